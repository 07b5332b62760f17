"""Order and chaos: wide networks with weight variance σ_w²/width and bias variance σ_b².

The variance of a pre-activation obeys q ← V(q) = σ_w² E φ(√q z)² + σ_b². Where it settles, at q*,
the correlation of two inputs obeys c ← f(c) = (σ_w² κ_q*(c) + σ_b²)/q*, κ_q the kernel map of
φ(√q ·). χ_1 = f′(1) = σ_w² E φ′(√q* z)² separates order (χ_1 < 1) from chaos; it is infinite where
φ jumps. Distances shrink like e^{−ℓ/ξ}: ξ_q = −1/log|V′(q*)| for the variance, and
ξ_c = −1/log f′(c*) for the correlation at its fixed point c*.

Source: Poole et al., Exponential expressivity in deep neural networks through transient chaos, 2016
(arXiv:1606.05340); Schoenholz et al., Deep information propagation, 2017 (arXiv:1611.01232).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from flint import arb

from depthlaw.theory.activations.definition import Activation, check_activation
from depthlaw.theory.activations.growth import NotSquareIntegrableError
from depthlaw.theory.errors import ArgumentError, finite
from depthlaw.theory.kernels.power_series import PowerSeriesMap, Truncation, sum_series
from depthlaw.theory.kernels.scaled import scaled_coefficients, square_mean
from depthlaw.theory.kernels.variance_flow import Fate, Flow, flow
from depthlaw.theory.kernels.variance_map import HIGHEST, Root, VarianceMap
from depthlaw.theory.rigorous.balls import Number, ball, check_number, from_zero, precision
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.values import Enclosure

_WORKING = 160
_ORDERS = (150, 400)


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
    NO_FIXED_POINT = "no fixed point"
    """The variance does not settle above 0: `OrderChaos.fate` says where it goes."""


@dataclass(frozen=True)
class VarianceFixedPoint:
    """A solution q* > 0 of V(q) = q, with V′(q*); it attracts where V′(q*) < 1."""

    variance: Enclosure
    slope: Enclosure

    @property
    def attracting(self) -> bool | None:
        """Whether it attracts; None where the ball around the slope holds 1."""
        ball = self.slope.ball
        return True if ball < 1 else False if ball > 1 else None


@dataclass(frozen=True)
class OrderChaos(PowerSeriesMap):
    """The correlation map at the variance fixed point, and what it says about depth.

    Attributes
    ----------
    fate
        Whether the variance settles, and if not, where it goes from the start.
    variance
        q*, where the start goes: an attracting fixed point of V, or 0, or infinity; all of
        [0, ∞) where that is undecided.
    slope
        V′(q*).
    chi_one
        χ_1 = f′(1).
    fixed_points
        All fixed points of V in (0, `searched`), increasing. Which one is reached depends on where
        the variance starts.
    complete
        Whether it is proved that there is no other up to `searched`.
    searched
        The variance up to which fixed points were searched; infinite where V is known.
    critical
        Whether χ_1 = 1 was proved, which takes a positively homogeneous φ.
    """

    fate: Fate
    variance: Enclosure
    slope: Enclosure
    chi_one: Enclosure
    fixed_points: tuple[VarianceFixedPoint, ...]
    complete: bool
    searched: Enclosure
    critical: bool
    coefficients: tuple[arb, ...] = field(repr=False)
    truncation: Truncation = field(repr=False)

    @property
    def phase(self) -> Phase:
        """Ordered, chaotic or critical, proved."""
        if self.critical:
            return Phase.CRITICAL
        if self.fate is Fate.UNDECIDED:
            return Phase.UNDECIDED
        if self.fate is not Fate.SETTLES:
            return Phase.NO_FIXED_POINT
        chi = self.chi_one.ball
        if chi < 1:
            return Phase.ORDERED
        return Phase.CHAOTIC if chi > 1 else Phase.UNDECIDED

    @property
    def fixed_point(self) -> Enclosure | None:
        """c*, the attracting correlation: below 1 in the chaotic phase; None if undecided."""
        if self.phase in (Phase.ORDERED, Phase.CRITICAL):
            return Enclosure(arb(1))
        if self.phase is not Phase.CHAOTIC:
            return None
        if self.coefficients[0] == 0:
            return Enclosure(arb(0))
        with precision(_WORKING):
            return Enclosure(self._inner())

    @property
    def depth_scale(self) -> Enclosure | None:
        """ξ_c = −1/log f′(c*), in layers; infinite at criticality, None if undecided."""
        if self.phase is Phase.CRITICAL:
            return Enclosure(arb.pos_inf())
        place = self.fixed_point
        if place is None:
            return None
        with precision(_WORKING):
            slope = self.chi_one.ball if self.phase is Phase.ORDERED else self.over(1, place.ball)
            return Enclosure(_scale(slope))

    @property
    def variance_depth_scale(self) -> Enclosure | None:
        """ξ_q = −1/log|V′(q*)|, in layers; None where the variance does not settle."""
        if self.fate is not Fate.SETTLES:
            return None
        with precision(_WORKING):
            return Enclosure(_scale(abs(self.slope.ball)))

    def point(self, order: int, rho: arb) -> arb:
        """Return a ball around the `order`-th derivative of f at an exact ρ of [−1, 1]."""
        total = sum_series(self.coefficients, self.truncation, order, rho)
        return arb.nan() if total is None else total

    def _inner(self) -> arb:
        """Return a ball around c* in (0, 1), by bisection of G(c) = (1 − f(c))/(1 − c).

        G(c) = Σ a_k (1 + c + … + c^{k−1}) increases from 1 − f(0) < 1 to χ_1 > 1, however near 1
        its only solution of G = 1 lies; a sign is a proof of the side.
        """
        tails, beyond = [arb(0)] * len(self.coefficients), arb(0)
        for k in range(len(self.coefficients) - 1, 0, -1):
            beyond += self.coefficients[k]
            tails[k - 1] = beyond
        steep, left = self.truncation.slope(1), 1 - sum(self.coefficients, start=arb(0))

        def quotient(c: arb) -> arb:
            total = arb(0)
            for value in reversed(tails):
                total = total * c + value
            # Σ_{k>K} a_k (1 − c^k)/(1 − c), Σ_{k>K} a_k being known: all a_k add up to 1.
            rest = left * (1 - arb(0).union(c ** len(tails))) / (1 - c)
            if steep is not None and not rest.upper() < steep:
                rest = arb(0).union(steep)
            return total + rest

        low, high, lost = arb(0), arb(1), arb(1)
        for _ in range(2 * _WORKING):
            # On the scale of 1 − c, so that a fixed point next to 1 is as near as any other.
            cut = arb((1 - ((1 - low) * (1 - high).max((1 - low) / 2**16)).sqrt()).mid())
            if not (cut > low and cut < high):
                break
            value = quotient(cut)
            if value < 1:
                low = cut
            elif value > 1:
                high = cut
            else:
                lost = cut
                break
        # Around the first point without a sign, each end moves on to where it loses its own.
        inner, outer = lost.min(high), lost.min(high)
        for _ in range(60):
            cut = arb(((low + inner) / 2).mid())
            if quotient(cut) < 1:
                low = cut
            else:
                inner = cut
            cut = arb(((high + outer) / 2).mid())
            if quotient(cut) > 1:
                high = cut
            else:
                outer = cut
        return low.union(high)


def _scale(slope: arb) -> arb:
    """Return −1/log of a slope in [0, 1): 0 where it is 0."""
    if slope == 0:
        return arb(0)
    if slope.contains(0):
        return from_zero((-1 / slope.upper().log()).upper())
    return -1 / slope.log()


def order_chaos(
    activation: Activation,
    weight_variance: float | Fraction,
    bias_variance: float | Fraction,
    *,
    start: float | Fraction = 1,
) -> OrderChaos:
    """Return the order–chaos quantities of `activation` at (σ_w², σ_b²).

    Parameters
    ----------
    activation
        φ.
    weight_variance, bias_variance
        σ_w² > 0 and σ_b² ≥ 0, taken exactly.
    start
        The variance q > 0 of the first layer. It matters where V has several fixed points.

    Returns
    -------
    Where the variance does not settle, the answer says so: `OrderChaos.fate`.

    Raises
    ------
    ArgumentError
        If a variance is out of range.

    Examples
    --------
    The erf network with σ_w² = 1 and σ_b² = 1 is ordered:

    >>> from depthlaw.theory.activations import activation
    >>> order_chaos(activation("erf"), 1, 1).phase
    <Phase.ORDERED: 'ordered'>
    """
    phi = check_activation(activation)
    if phi.growth.start > 0:
        raise ArgumentError("activation", phi.name, "it is not bounded: a network cannot apply it")
    sw = _variance("weight_variance", weight_variance)
    sb = _variance("bias_variance", bias_variance)
    first = _variance("start", start)
    for name, value in (("weight_variance", sw), ("start", first)):
        if value == 0:
            raise ArgumentError(name, 0, "it must be above 0")
    variances = VarianceMap(phi, sw, sb, max(Fraction(HIGHEST), 2 * first))
    found = flow(variances, first)
    with precision(_WORKING):
        if found.fate is Fate.SETTLES and found.root is not None:
            return _settled(variances, found, found.root)
        return _elsewhere(variances, found, first)


def _settled(variances: VarianceMap, found: Flow, root: Root) -> OrderChaos:
    """Return the correlation map at q*: Σ a_k = 1 there, which bounds what is left out."""
    phi, q = variances.activation, root.place
    sw, sb = ball(variances.weight), ball(variances.bias)
    squares: list[arb] = []
    chi = left = arb(0)
    for order in _ORDERS:
        squares, chi = _squares(variances, q, order)
        squares = [sw * value for value in squares]
        squares[0] += sb / q
        left = 1 - sum(squares, start=arb(0))
        # Steep functions need more; kinks make every order slow.
        if left.abs_upper() < arb(2) ** -60 or len(phi.pieces) > 1:
            break
    slope_left = chi - sum((k * a for k, a in enumerate(squares)), start=arb(0))

    def steep(order: int) -> arb | None:
        return slope_left.abs_upper() if order == 1 and chi.is_finite() else None

    return _answer(found, q, root.slope, chi, tuple(squares), Truncation(left.abs_upper(), steep))


def _squares(variances: VarianceMap, q: arb, order: int = _ORDERS[0]) -> tuple[list[arb], arb]:
    """Return c_k(√q ·)²/q and χ_1."""
    phi, sw = variances.activation, ball(variances.weight)
    if variances.factor is not None:
        c = scaled_coefficients(phi, arb(1), order)
        return [value * value for value in c], ball_of(variances.factor)
    c = scaled_coefficients(phi, q, order)
    return [value * value / q for value in c], sw * _slope_square(phi, q)


def _slope_square(phi: Activation, q: arb) -> arb:
    """Return E φ′(√q z)², infinite where φ jumps or is too steep."""
    if phi.jumps:
        return arb.pos_inf()
    try:
        return square_mean(phi.derivative(), q)
    except NotSquareIntegrableError:
        return arb.pos_inf()


def _elsewhere(variances: VarianceMap, found: Flow, start: Fraction) -> OrderChaos:
    """Return what is left to say where no fixed point is reached: nothing is known of f."""
    unknown = arb(0, 1)
    nothing = Truncation(arb(1), lambda order: None)
    if variances.factor is not None:
        slope = ball_of(variances.factor)
    elif found.fate is Fate.VANISHES and variances.at_zero is not None:
        slope = ball_of(variances.at_zero)
    else:
        slope = arb.nan()
    if found.fate is Fate.KEPT:
        q = ball(start)
        squares, _ = _squares(variances, q)
        squares = [ball(variances.weight) * value for value in squares]
        left = (1 - sum(squares, start=arb(0))).abs_upper()
        rest = (1 - sum((k * a for k, a in enumerate(squares)), start=arb(0))).abs_upper()
        truncation = Truncation(left, lambda order: rest if order == 1 else None)
        return _answer(found, q, arb(1), arb(1), tuple(squares), truncation)
    ends = {Fate.VANISHES: arb(0), Fate.GROWS: arb.pos_inf()}
    q = ends.get(found.fate, arb.nan())
    return _answer(found, q, slope, slope, (unknown,), nothing)


def _answer(
    found: Flow,
    q: arb,
    slope: arb,
    chi: arb,
    coefficients: tuple[arb, ...],
    truncation: Truncation,
) -> OrderChaos:
    return OrderChaos(
        found.fate,
        Enclosure(q),
        Enclosure(slope),
        Enclosure(chi),
        tuple(VarianceFixedPoint(Enclosure(r.place), Enclosure(r.slope)) for r in found.roots),
        found.complete,
        Enclosure(found.searched),
        found.fate is Fate.KEPT,
        coefficients,
        truncation,
    )


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
        slope = _slope_square(activation, q)
        if slope == arb.pos_inf():
            advice = "χ_1 is infinite: it jumps, or its slope is not square-integrable"
            raise ArgumentError("activation", activation.name, advice)
        if not slope > 0:
            raise ArgumentError("activation", activation.name, "it is constant: χ_1 = 0")
        weight = 1 / slope
        return Enclosure(weight), Enclosure(q - weight * square_mean(activation, q))


def _variance(argument: str, value: object) -> Fraction:
    number = Fraction(finite(argument, value))
    if number > sys.float_info.max:
        raise ArgumentError(argument, value, "it must be below 1.8e308")
    if number < 0:
        raise ArgumentError(argument, value, "a variance is at least 0")
    return number
