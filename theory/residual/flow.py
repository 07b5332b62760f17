"""The flow ρ̇ = κ(ρ) − ρ, enclosed: time as an integral over correlations, inverted.

The time from ρ₀ to ρ₁ is ∫ dρ/(κ(ρ) − ρ). A float root of time = t is found by Newton's method, and
two more integrals, on both sides of it, prove where the exact one lies.
"""

from __future__ import annotations

from fractions import Fraction

from flint import acb, arb

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.kernels.correlation_map import CorrelationMap
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.holomorphic import Holomorphic, compile_holomorphic
from depthlaw.theory.rigorous.integrate import integral
from depthlaw.theory.terms.closed_kernel import RHO

_BITS = 96
_NEWTON_STEPS = 60
_SHARE = arb(2) ** -40
"""Half-width of the enclosure, relative to ρ(t)."""


def _drift(f: CorrelationMap) -> Holomorphic:
    """Return κ(ρ) − ρ as a holomorphic function; κ must have a closed form."""
    if f.kernel.closed is None:
        raise DepthlawError(f"{f.activation.name} has no closed kernel map to integrate")
    formula = f.scale * f.kernel.closed.unit + f.linear * RHO + f.offset - RHO
    return compile_holomorphic(formula, RHO)


def _time(drift: Holomorphic, start: arb, end: arb) -> arb:
    return integral(lambda z, analytic: 1 / drift(z, analytic), start, end)


def flow(
    correlation_map: CorrelationMap,
    start: Fraction,
    time: Fraction | arb,
    near: float | None = None,
) -> arb:
    """Return a ball around ρ(t) for a map with a closed form.

    Parameters
    ----------
    correlation_map
        κ.
    start
        ρ₀, neither 0 nor a fixed point.
    time
        t > 0.
    near
        Where to look for ρ(t); None for ρ₀.

    Raises
    ------
    DepthlawError
        If κ has no closed form, or ρ(t) was not found.

    Examples
    --------
    κ(ρ) = ρ² gives the logistic equation: ρ/(1−ρ) falls like e^{−t}.

    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels import normalised_map
    >>> rho = flow(normalised_map(activation("hermite(2)")), Fraction(1, 2), Fraction(1))
    >>> rho.overlaps(1 / (1 + arb(1).exp()))
    True
    """
    with precision(_BITS):
        drift, rho0, t = _drift(correlation_map), ball(start), ball(time)
        rho = rho0 if near is None else arb(near)
        for _ in range(_NEWTON_STEPS):
            slope = drift(acb(rho), False).real
            step = (t - _time(drift, rho0, rho)) * slope
            # A step that would overshoot 0, which the flow may tend to, is cut to half the way.
            after = arb((rho + step).mid())
            rho = after if after * rho0 > 0 and abs(after) < 1 else rho / 2
            if abs(step) < abs(rho) * _SHARE / 4:
                break
        outer, inner = rho * (1 + _SHARE), rho * (1 - _SHARE)
        past, not_yet = sorted((_time(drift, rho0, end) for end in (outer, inner)), key=float)
        if not (past < t and not_yet > t):
            raise DepthlawError(f"the flow of {correlation_map.activation.name} was not enclosed")
        return outer.union(inner)
