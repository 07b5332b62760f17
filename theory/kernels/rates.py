"""How fast correlations approach their fixed point, asymptotically and layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sympy as sp
from flint import arb

from depthlaw.theory.errors import ArgumentError, DepthlawError, integer
from depthlaw.theory.hermite.mean import second_moment
from depthlaw.theory.hermite.series import coefficients, expansion
from depthlaw.theory.kernels.correlation_map import CorrelationMap, takes_map
from depthlaw.theory.kernels.fixed_points import Case, decide_case, fixed_points
from depthlaw.theory.kernels.power_series import PowerSeriesMap
from depthlaw.theory.rigorous.balls import Number, ball_text, check_number, precision
from depthlaw.theory.rigorous.zero import sign_of
from depthlaw.theory.values import Enclosure, Exact, as_value

DEEPEST = 1_000_000
"""Layers after which a search for a depth gives up."""
_BITS = 512


class Decay(StrEnum):
    """The shape of the approach, δ_ℓ being the distance from the fixed point."""

    GEOMETRIC = "geometric"
    """δ_{ℓ+1}/δ_ℓ tends to `constant`."""
    POLYNOMIAL = "polynomial"
    """δ_ℓ ~ `constant` / ℓ^`power`, whatever the start."""
    DOUBLE_EXPONENTIAL = "double exponential"
    """δ_{ℓ+1} ~ `constant` · δ_ℓ^`power`, and |ρ_ℓ| ≤ |ρ_0|^(`power`^ℓ)."""


@dataclass(frozen=True)
class Rate:
    """How the distance to the fixed point decays."""

    decay: Decay
    constant: Exact | Enclosure
    power: int = 1


@takes_map
def rate(correlation_map: CorrelationMap) -> Rate:
    """Return the asymptotic rate of approach to the attracting fixed point.

    Case 3 (f′(1) = 1) is polynomial. Where φ′ jumps by s_i at b_i, f(1−ε) = 1 − ε + C ε^{3/2} + …
    with C = (4/3) a Σ s_i² e^{−b_i²/2}/(2π√2), a the factor of κ in f, and δ_ℓ ~ 4/(C² ℓ²); else
    f(1−ε) = 1 − ε + f″(1) ε²/2 + … and δ_ℓ ~ 2/(f″(1) ℓ).

    Raises
    ------
    ArgumentError, DepthlawError
        As `decide_case`.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels.correlation_map import normalised_map
    >>> relu = rate(normalised_map(activation("relu")))
    >>> relu.power, sp.simplify(relu.constant.expression - 9 * sp.pi**2 / 2)
    (2, 0)
    """
    f = correlation_map
    case = decide_case(f)
    if case is Case.COLLAPSES_SLOWLY:
        return _polynomial(f)
    if case is Case.ORTHOGONALISES:
        sign = sign_of(f.slope_at_zero)
        if sign is None:
            raise _unknown(f, 1)
        if sign == 0:
            return _double_exponential(f)
    return Rate(Decay.GEOMETRIC, fixed_points(f).attractor.slope)


def _polynomial(f: CorrelationMap) -> Rate:
    slope = f.activation.derivative()
    if not slope.is_resolved:
        raise DepthlawError(f"{f.activation.name}: how its kinks far out add up is not known")
    if slope.jumps:
        weight = sum(
            (jump**2 * sp.exp(-(place**2) / 2) for place, jump in slope.jumps), start=sp.Integer(0)
        )
        C = sp.Rational(4, 3) * f.scale * weight / (2 * sp.pi * sp.sqrt(2))
        return Rate(Decay.POLYNOMIAL, as_value(sp.simplify(4 / C**2)), 2)
    curvature = f.scale * second_moment(slope.derivative())
    return Rate(Decay.POLYNOMIAL, as_value(sp.simplify(2 / curvature)), 1)


def _double_exponential(f: CorrelationMap) -> Rate:
    """Return the rate by the first coefficient that is not 0; all before it are proved to be."""
    known = coefficients(f.activation, _COEFFICIENTS)
    for k, c in enumerate(known[2:], start=2):
        sign = sign_of(c.expression) if isinstance(c, Exact) else _sign(f, k, c)
        if sign is None:
            raise _unknown(f, k)
        if sign != 0:
            with precision(128):
                leading = Enclosure(f.point(k, arb(0)) / arb.fac_ui(k))
            return Rate(Decay.DOUBLE_EXPONENTIAL, leading, k)
    raise DepthlawError(
        f"{f.activation.name}: its first {_COEFFICIENTS} Hermite coefficients vanish, so that the "
        "power to which correlations are raised is higher"
    )


_COEFFICIENTS = 40
_SHARPER = (90, 180, 360)


def _sign(f: CorrelationMap, k: int, coefficient: Enclosure) -> int | None:
    """Return the sign of c_k, or None where no precision tells it from 0."""
    for bits in _SHARPER:
        c = coefficient.ball
        if bits > _SHARPER[0]:
            c = expansion(f.activation, k, bits).coefficients[k]
        if not c.contains(0):
            return 1 if c > 0 else -1
    return None


def _unknown(f: CorrelationMap, k: int) -> DepthlawError:
    return DepthlawError(
        f"{f.activation.name}: whether its Hermite coefficient c_{k} is 0 is not decided, and the "
        "rate depends on it"
    )


@takes_map
def trajectory(correlation_map: PowerSeriesMap, start: Number, depth: int) -> tuple[Enclosure, ...]:
    """Return ρ_0, ρ_1, …, ρ_`depth` of ρ_{ℓ+1} = f(ρ_ℓ), enclosed.

    Parameters
    ----------
    correlation_map
        f.
    start
        ρ_0 ∈ [−1, 1].
    depth
        ℓ ≥ 0.

    Raises
    ------
    ArgumentError
        If |ρ_0| > 1 or the depth is negative.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels.correlation_map import normalised_map
    >>> from fractions import Fraction
    >>> path = trajectory(normalised_map(activation("hermite(2)")), Fraction(1, 2), 3)
    >>> [2**(2**ell) * rho.ball == 1 for ell, rho in enumerate(path)]  # ρ_ℓ = ρ_0^(2^ℓ)
    [True, True, True, True]
    """
    rho = check_correlation("start", start)
    found = [Enclosure(rho)]
    with precision(_BITS):
        for _ in range(integer("depth", depth, at_least=0)):
            rho = correlation_map.over(0, rho)
            found.append(Enclosure(rho))
    return tuple(found)


def check_correlation(argument: str, correlation: Number) -> arb:
    """Return a correlation as a ball if it lies in [−1, 1]."""
    with precision(_BITS):
        rho = check_number(argument, correlation, -1, 1)
        inside = bool(abs(rho) <= 1)
    if not inside:
        raise ArgumentError(argument, correlation, "it must lie between −1 and 1")
    return rho


@takes_map
def depth_to_reach(correlation_map: CorrelationMap, start: Number, target: Number) -> int:
    """Return the first depth at which the correlation has passed `target` on its way from `start`.

    Parameters
    ----------
    correlation_map
        f.
    start, target
        Correlations in [−1, 1]; `target` between `start` and the attracting fixed point.

    Raises
    ------
    ArgumentError
        If the correlation never passes the target, or not within `DEEPEST` layers.
    DepthlawError
        If the enclosures do not decide on which side of the target a layer lies.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels.correlation_map import normalised_map
    >>> from fractions import Fraction
    >>> depth_to_reach(normalised_map(activation("hermite(2)")), Fraction(1, 2), Fraction(1, 100))
    3
    """
    rho, goal = check_correlation("start", start), check_correlation("target", target)
    upwards = bool(goal > rho)
    limit = fixed_points(correlation_map).attractor.location.ball
    if not (rho < 1 and rho > -1) or not (goal < limit if upwards else goal > limit):
        raise ArgumentError(
            "target",
            target,
            f"from {start} the correlation tends to {ball_text(limit)} and never passes it",
        )
    with precision(_BITS):
        for ell in range(DEEPEST + 1):
            if (rho >= goal) if upwards else (rho <= goal):
                return ell
            if rho.overlaps(goal):
                raise DepthlawError(
                    f"at layer {ell} the correlation {ball_text(rho)} is too near the target to "
                    "decide"
                )
            rho = correlation_map.over(0, rho)
    raise ArgumentError("target", target, f"it is not reached within {DEEPEST} layers")
