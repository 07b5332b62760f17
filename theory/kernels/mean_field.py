"""Order and chaos: wide networks with weight variance σ_w²/width and bias variance σ_b².

The variance of a pre-activation obeys q ← V(q) = σ_w² E φ(√q z)² + σ_b²; at its fixed point q* the
correlation of two inputs obeys c ← f(c) = (σ_w² κ_q*(c) + σ_b²)/q*, κ_q the kernel map of φ(√q ·).
χ_1 = f′(1) = σ_w² E φ′(√q* z)² separates order (χ_1 < 1) from chaos; the correlation approaches its
fixed point c* like e^{−ℓ/ξ_c}, ξ_c = −1/log f′(c*).

Source: Poole et al., Exponential expressivity in deep neural networks through transient chaos, 2016
(arXiv:1606.05340); Schoenholz et al., Deep information propagation, 2017 (arXiv:1611.01232).
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

import numpy as np
import sympy as sp
from flint import acb, arb

from depthlaw.theory.activations.definition import Activation, check_activation
from depthlaw.theory.activations.growth import GrowthBound
from depthlaw.theory.activations.piece import X
from depthlaw.theory.errors import ArgumentError, DepthlawError, finite
from depthlaw.theory.hermite.mean import segments
from depthlaw.theory.hermite.routes import vanishes
from depthlaw.theory.kernels.fixed_points import inner_fixed_point
from depthlaw.theory.kernels.kernel_map import KernelMap
from depthlaw.theory.kernels.power_series import PowerSeriesMap, Truncation, sum_series
from depthlaw.theory.rigorous.balls import Number, ball, check_number, precision
from depthlaw.theory.rigorous.gaussian import Segment
from depthlaw.theory.rigorous.holomorphic import Holomorphic, enclose
from depthlaw.theory.rigorous.panels import hermite_integrals
from depthlaw.theory.rigorous.zero import ball_of, sign_of
from depthlaw.theory.values import Enclosure

_BITS = 80
_WORKING = 160
_ORDER = 150
_STEPS = 100_000


class Phase(StrEnum):
    """What happens to nearby inputs."""

    ORDERED = "ordered"
    """χ_1 < 1: they become indistinguishable."""
    CHAOTIC = "chaotic"
    """χ_1 > 1: they separate."""
    CRITICAL = "critical"
    """χ_1 = 1, exactly."""
    UNDECIDED = "undecided"
    """The ball around χ_1 holds 1: on the critical line, or too near it to tell."""


@dataclass(frozen=True)
class OrderChaos(PowerSeriesMap):
    """The correlation map at the variance fixed point, and what it says about depth.

    Attributes
    ----------
    variance
        q*, an attracting fixed point of V: V(q) − q changes its sign from + to − inside the ball.
    chi_one
        χ_1 = f′(1).
    critical
        Whether χ_1 = 1 was proved, which takes a positively homogeneous φ.
    """

    variance: Enclosure
    chi_one: Enclosure
    critical: bool
    coefficients: tuple[arb, ...]
    truncation: Truncation

    @property
    def phase(self) -> Phase:
        """Ordered, chaotic or critical, proved."""
        if self.critical:
            return Phase.CRITICAL
        chi = self.chi_one.ball
        if chi < 1:
            return Phase.ORDERED
        return Phase.CHAOTIC if chi > 1 else Phase.UNDECIDED

    @property
    def fixed_point(self) -> Enclosure | None:
        """c*, the attracting correlation: below 1 in the chaotic phase; None if undecided."""
        if self.phase in (Phase.ORDERED, Phase.CRITICAL):
            return Enclosure(arb(1))
        if self.phase is Phase.UNDECIDED:
            return None
        with precision(_WORKING):
            if self.coefficients[0] == 0:
                return Enclosure(arb(0))
            return Enclosure(inner_fixed_point(self))

    @property
    def depth_scale(self) -> Enclosure | None:
        """ξ_c = −1/log f′(c*), in layers; infinite at criticality, None if undecided."""
        place = self.fixed_point
        if place is None:
            return None
        if self.phase is Phase.CRITICAL:
            return Enclosure(arb.pos_inf())
        with precision(_WORKING):
            slope = self.chi_one.ball if self.phase is Phase.ORDERED else self.over(1, place.ball)
            return Enclosure(-1 / slope.log())

    def point(self, order: int, rho: arb) -> arb:
        """Return a ball around the `order`-th derivative of f at an exact ρ of [−1, 1]."""
        total = sum_series(self.coefficients, self.truncation, order, rho)
        return arb.nan() if total is None else total


def order_chaos(
    activation: Activation, weight_variance: float | Fraction, bias_variance: float | Fraction
) -> OrderChaos:
    """Return the order–chaos quantities of `activation` at (σ_w², σ_b²).

    Parameters
    ----------
    activation
        φ, without jumps.
    weight_variance, bias_variance
        σ_w² > 0 and σ_b² ≥ 0, taken exactly.

    Raises
    ------
    ArgumentError
        If a variance is out of range, φ jumps, or the variance tends to 0 or infinity: there is
        then no fixed point q* > 0.

    Examples
    --------
    The erf network with σ_w² = 1 and σ_b² = 1 is ordered:

    >>> from depthlaw.theory.activations import activation
    >>> order_chaos(activation("erf"), 1, 1).phase
    <Phase.ORDERED: 'ordered'>
    """
    check_activation(activation)
    sw = _variance("weight_variance", weight_variance)
    sb = _variance("bias_variance", bias_variance)
    if sw == 0:
        raise ArgumentError("weight_variance", weight_variance, "it must be above 0")
    _smooth(activation)
    guess = _variance_by_iteration(activation, float(sw), float(sb))
    with precision(_WORKING):
        q = _variance_ball(activation, ball(sw), ball(sb), guess)
        scale, offset = ball(sw) / q, ball(sb) / q
        c = _scaled_coefficients(activation, q, _ORDER)
        squares = [scale * value * value for value in c]
        squares[0] += offset
        chi = ball(sw) * square_mean(activation.derivative(), q)
        left = 1 - sum(squares, start=arb(0))
        slope_left = chi - sum((k * a for k, a in enumerate(squares)), start=arb(0))
    truncation = Truncation(left.abs_upper(), lambda j: slope_left.abs_upper() if j == 1 else None)
    critical = _critical(activation, sw)
    return OrderChaos(Enclosure(q), Enclosure(chi), critical, tuple(squares), truncation)


def _critical(activation: Activation, weight_variance: Fraction) -> bool:
    """Whether φ is positively homogeneous and χ_1 = σ_w² E φ′², the same for every q, is 1."""
    doubled = activation.gain(2).pieces == activation.multiple(2).pieces
    slope = KernelMap(activation).slope_at_one
    return doubled and sign_of(sp.Rational(weight_variance) * slope - 1) == 0


def critical_point(activation: Activation, variance: Number) -> tuple[Enclosure, Enclosure]:
    """Return (σ_w², σ_b²) on the critical line χ_1 = 1 whose fixed point is q* = `variance`.

    χ_1 = 1 gives σ_w² = 1/E φ′(√q z)², and V(q) = q gives σ_b² = q − σ_w² E φ(√q z)². As q runs
    from 0 upwards the whole line is drawn; where σ_b² is negative there is no such network.

    Raises
    ------
    ArgumentError
        If `variance` is not above 0, or φ jumps or is constant.

    Examples
    --------
    Every ReLU network with σ_w² = 2 and σ_b² = 0 is critical:

    >>> from depthlaw.theory.activations import activation
    >>> weight, bias = critical_point(activation("relu"), 3)
    >>> weight.ball.contains(2), bias.ball.contains(0)
    (True, True)
    """
    with precision(_WORKING):
        check_activation(activation)
        q = check_number("variance", variance)
        if not q > 0:
            raise ArgumentError("variance", variance, "it must be above 0")
        _smooth(activation)
        slope = square_mean(activation.derivative(), q)
        if not slope > 0:
            raise ArgumentError("activation", activation.name, "it is constant: χ_1 = 0")
        weight = 1 / slope
        return Enclosure(weight), Enclosure(q - weight * square_mean(activation, q))


def square_mean(function: Activation, variance: arb) -> arb:
    """Return a ball around E ψ(√q z)², z ~ N(0, 1), for q known as a ball.

    Raises
    ------
    ArgumentError
        If ψ(√q ·) is not square-integrable.
    """
    parts, tail = _scaled(function, variance, 2)
    spread = tail.abs_upper() + _edges(function, variance, 2, 0)
    return hermite_integrals(parts, 0, _BITS)[0] + arb(0, spread.abs_upper())


def _smooth(activation: Activation) -> None:
    if activation.jumps:
        raise ArgumentError("activation", activation.name, "it jumps, so that χ_1 is infinite")


def _variance(argument: str, value: float | Fraction) -> Fraction:
    number = Fraction(finite(argument, value))
    if number > sys.float_info.max:
        raise ArgumentError(argument, value, "it must be below 1.8e308")
    if number < 0:
        raise ArgumentError(argument, value, "a variance is at least 0")
    return number


def _scaled(function: Activation, variance: arb, power: int) -> tuple[list[Segment], arb]:
    """Return ψ(√q ·)^p between its breakpoints, and a bound on E[ψ(√q z)²; |z| > R]."""
    root, growth = variance.sqrt(), function.growth
    bound = GrowthBound(
        growth.scale,
        _upper(ball(growth.linear) * root),
        _upper(ball(growth.quadratic) * variance) if growth.quadratic > 0 else 0.0,
    )
    if not bound.quadratic < 0.25:
        raise ArgumentError(
            "variance", variance.str(6), f"{function.name} is not square-integrable at it"
        )
    radius = bound.radius(_BITS)
    found, R = [], ball(radius)
    for part in segments(function.pieces, R * root * 2, power):
        # Nodes must be exact, or the recurrence of h_k amplifies their balls: a breakpoint is
        # replaced by a float next to it, and the caller adds `_edges`.
        lower, upper = ((end / root).mid().max(-R).min(R) for end in (part.lower, part.upper))
        if lower < upper:
            found.append(Segment(lower, upper, _stretched(part.function, root)))
    return found, bound.square_beyond(radius)


def _edges(function: Activation, variance: arb, power: int, order: int) -> arb:
    """Bound what moving the breakpoints to floats changes, for every h_k with k ≤ `order`.

    Over the ball b of a breakpoint the integrand is off by at most (|φ₋| + |φ₊|)^p |h_k| γ, and
    |h_k| γ ≤ k + 1 by the bound of `depthlaw.theory.rigorous.panels`.
    """
    total = arb(0)
    for left, right in pairwise(function.pieces):
        place = ball_of(left.upper) / variance.sqrt()
        at = place * variance.sqrt()
        values = (abs(enclose(p.expression, X, at)) for p in (left, right))
        total += 2 * place.rad() * sum(values, start=arb(0)) ** power * (order + 1)
    return total.abs_upper()


def _stretched(function: Holomorphic, root: arb) -> Holomorphic:
    return lambda z, analytic: function(acb(root) * z, analytic)


def _upper(value: arb) -> float:
    return math.nextafter(float(value.upper()), math.inf)


def _scaled_coefficients(activation: Activation, variance: arb, order: int) -> list[arb]:
    parts, tail = _scaled(activation, variance, 1)
    edges = _edges(activation, variance, 1, order)
    spread = arb(0, (tail.sqrt() + edges).abs_upper())
    parity = activation.parity
    return [
        arb(0) if vanishes(parity, k) else c + spread
        for k, c in enumerate(hermite_integrals(parts, order, _BITS))
    ]


def _variance_by_iteration(activation: Activation, sw: float, sb: float) -> float:
    """Return a float near the fixed point to which V drives the variance 1."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(200)
    weights = weights / weights.sum()
    q = 1.0
    for _ in range(_STEPS):
        after = sw * float(weights @ activation.function(math.sqrt(q) * nodes) ** 2) + sb
        if not 1e-9 < after < 1e9:
            where = "0" if after < 1 else "infinity"
            advice = f"with σ_b² = {sb:g} the variance tends to {where}: there is no q* > 0"
            raise ArgumentError("weight_variance", sw, advice)
        if abs(after - q) <= 1e-13 * q:
            return after
        q = after
    return q


def _variance_ball(activation: Activation, sw: arb, sb: arb, guess: float) -> arb:
    """Return a ball around an attracting fixed point of V near `guess`, by changes of sign."""

    def excess(q: arb) -> arb:
        return sw * square_mean(activation, q) + sb - q

    width = arb(2) ** -30
    for _ in range(14):
        low, high = arb(guess) * (1 - width), arb(guess) * (1 + width)
        if excess(low) > 0 and excess(high) < 0:
            break
        if excess(arb(guess)).contains(0) and excess(low).contains(0):
            # V(q) = q on an interval, as for positively homogeneous φ: every variance is kept.
            return arb(guess)
        width *= 4
    else:
        raise DepthlawError(f"{activation.name}: no attracting variance was found near {guess:.6g}")
    for _ in range(40):
        middle = arb(((low + high) / 2).mid())
        value = excess(middle)
        if value > 0:
            low = middle
        elif value < 0:
            high = middle
        else:
            break
    return low.union(high)
