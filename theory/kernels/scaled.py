"""Gaussian integrals of φ(√q ·), in balls: the variance q may be any positive ball.

Numbers stay balls from here on. Putting floats or roots of rationals into a formula and letting the
algebra system simplify it is slower, and can fail on numbers that nearly coincide.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise

from flint import acb, arb

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.activations.growth import GrowthBound
from depthlaw.theory.activations.piece import X
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.hermite.mean import segments
from depthlaw.theory.hermite.routes import vanishes
from depthlaw.theory.rigorous.balls import ball, ball_text, precision
from depthlaw.theory.rigorous.gaussian import Segment
from depthlaw.theory.rigorous.holomorphic import Holomorphic, enclose
from depthlaw.theory.rigorous.panels import hermite_integrals, working_bits
from depthlaw.theory.rigorous.zero import ball_of

BITS = 80
"""Accuracy, as a power of 1/2, unless another one is asked for."""


def square_mean(function: Activation, variance: arb, bits: int = BITS) -> arb:
    """Return a ball around E ψ(√q z)², z ~ N(0, 1), for q known as a ball.

    Raises
    ------
    ArgumentError
        If ψ(√q ·) is not square-integrable.
    """
    with precision(2 * bits):
        parts, tail = scaled_segments(function, variance, 2, bits)
        spread = tail + edges(function, variance, 2, 0)
        return hermite_integrals(parts, 0, bits)[0] + arb(0, spread.abs_upper())


def even_moments(function: Activation, variance: arb, order: int, bits: int = BITS) -> list[arb]:
    """Return balls around E[ψ(√q z)² h_k(z)], k = 0, 2, …, `order`.

    Beyond |z| = R they are at most √(E[ψ⁴; |z| > R]), by Cauchy and Schwarz.
    """
    with precision(2 * bits):
        growth = scaled_growth(function, variance)
        fourth = GrowthBound(
            math.nextafter(growth.scale**2, math.inf),
            2 * growth.linear,
            2 * growth.quadratic,
            growth.start,
        )
        if not fourth.quadratic < 0.25:
            advice = f"{function.name} has no fourth moment at it"
            raise ArgumentError("variance", ball_text(variance, 6), advice)
        radius = fourth.radius(bits)
        parts = _clipped(function, variance, 2, radius, order, bits)
        spread = fourth.square_beyond(radius).sqrt() + edges(function, variance, 2, order)
        found = hermite_integrals(parts, order, bits)
        return [value + arb(0, spread.abs_upper()) for value in found[::2]]


def scaled_coefficients(
    activation: Activation, variance: arb, order: int, bits: int = BITS
) -> list[arb]:
    """Return balls around the Hermite coefficients c_0, …, c_`order` of φ(√q ·).

    They are computed at the midpoint q₀ of q: the recurrence of h_k would blow up its ball. From
    there |c_k(q) − c_k(q₀)| ≤ (k + 2) ‖φ(√q ·)‖ |q − q₀|/(√2 q), because for any φ, jumps or not,
    2q dc_k/dq = k c_k + √((k+1)(k+2)) c_{k+2}.
    """
    middle = arb(variance.mid())
    parts, tail = scaled_segments(activation, middle, 1, bits, order)
    spread = tail.sqrt() + edges(activation, middle, 1, order)
    moved = arb(0)
    if not variance.is_exact():
        size = square_mean(activation, variance, bits).upper().sqrt()
        moved = size * variance.rad() / (arb(2).sqrt() * variance.lower())
    parity = activation.parity
    return [
        arb(0) if vanishes(parity, k) else c + arb(0, (spread + (k + 2) * moved).abs_upper())
        for k, c in enumerate(hermite_integrals(parts, order, bits))
    ]


def scaled_growth(function: Activation, variance: arb) -> GrowthBound:
    """Return a growth bound of ψ(√q ·).

    Raises
    ------
    ArgumentError
        If ψ(√q ·) is not square-integrable.
    """
    growth = function.growth
    bound = GrowthBound(
        growth.scale,
        _upper(ball(growth.linear) * variance.sqrt()),
        _upper(ball(growth.quadratic) * variance) if growth.quadratic > 0 else 0.0,
        _upper(ball(growth.start) / variance.sqrt()) if growth.start > 0 else 0.0,
    )
    if not bound.quadratic < 0.25:
        raise ArgumentError(
            "variance", ball_text(variance, 6), f"{function.name} is not square-integrable at it"
        )
    return bound


def scaled_segments(
    function: Activation, variance: arb, power: int, bits: int, order: int = 0
) -> tuple[list[Segment], arb]:
    """Return ψ(√q ·)^p between its breakpoints, and a bound on E[ψ(√q z)²; |z| > R]."""
    bound = scaled_growth(function, variance)
    radius = bound.radius(bits)
    return _clipped(function, variance, power, radius, order, bits), bound.square_beyond(radius)


def _clipped(
    function: Activation, variance: arb, power: int, radius: Fraction, order: int, bits: int
) -> list[Segment]:
    """Return ψ(√q ·)^p between its breakpoints, clipped to [−R, R]."""
    R, found = ball(radius), []
    with precision(working_bits(float(radius), order, bits)):
        root = variance.sqrt()
        for part in segments(function.pieces, R * root * 2, power):
            # Nodes must be exact, or the recurrence of h_k amplifies their balls: a breakpoint is
            # replaced by a number next to it, and the caller adds `edges`.
            lower, upper = ((end / root).mid().max(-R).min(R) for end in (part.lower, part.upper))
            if lower < upper:
                # Balls of values are bounds enough, and cheaper, for what is bounded.
                steep = function.growth.start > 0
                mass = partial(_stretched_mass, part, root) if steep else None
                found.append(Segment(lower, upper, stretched(part.function, root), mass))
    return found


def _stretched_mass(part: Segment, factor: arb, lower: arb, upper: arb) -> arb:
    """Bound ∫|f(`factor` z)| dz, also where f is not bounded."""
    ends = (factor * lower, factor * upper)
    low, high = ends if factor > 0 else reversed(ends)
    return part.mass_between(low, high) / abs(factor)


def edges(function: Activation, variance: arb, power: int, order: int) -> arb:
    """Bound what moving the breakpoints to their midpoints changes, for every h_k, k ≤ `order`.

    Over the ball b of a breakpoint the integrand is off by at most (|φ₋| + |φ₊|)^p |h_k| γ, and
    |h_k| γ ≤ k + 1 by the bound of `depthlaw.theory.rigorous.panels`.
    """
    total = arb(0)
    for left, right in pairwise(function.pieces):
        place = ball_of(left.upper) / variance.sqrt()
        if place.is_exact():
            continue
        at = place * variance.sqrt()
        values = [abs(enclose(p.expression, X, at)) for p in (left, right)]
        if not all(value.is_finite() for value in values):
            advice = f"it is not bounded near x = {at.str(6, radius=False)}"
            raise ArgumentError("activation", function.name, advice)
        total += 2 * place.rad() * sum(values, start=arb(0)) ** power * (order + 1)
    return total.abs_upper()


def stretched(function: Holomorphic, factor: arb) -> Holomorphic:
    """Return z ↦ f(`factor` z)."""
    return lambda z, analytic: function(acb(factor) * z, analytic)


def aligned_mean(
    activation: Activation, first: arb, second: arb, sign: int, bits: int = BITS
) -> arb:
    """Return a ball around E φ(√q₁ z) φ(±√q₂ z), z ~ N(0, 1): the two are multiples."""
    with precision(2 * bits):
        roots = (first.sqrt(), sign * second.sqrt())
        bounds = [scaled_growth(activation, q) for q in (first, second)]
        R = ball(max(bound.radius(bits) for bound in bounds))
        tail = (bounds[0].square_beyond(R) * bounds[1].square_beyond(R)).sqrt()
        cuts = _distinct([ball_of(b) / root for b in activation.breakpoints for root in roots])
        cuts = [cut for cut in cuts if abs(cut.mid()) < R]
        spread, ends = tail, [-R, *(cut.mid() for cut in cuts), R]
        for cut in cuts:
            if cut.is_exact():
                continue
            if any(bound.start > 0 and not abs(cut) > bound.start for bound in bounds):
                advice = f"it is not bounded near z = {cut.str(6, radius=False)}"
                raise ArgumentError("activation", activation.name, advice)
            # Within the ball of a breakpoint both factors obey their growth bounds.
            size = arb(1)
            for bound in bounds:
                z = cut.abs_upper()
                size *= bound.scale * (bound.linear * z + bound.quadratic * z * z).exp()
            spread += 4 * cut.rad() * size
        parts = [_product(activation, roots, lower, upper, bits) for lower, upper in pairwise(ends)]
        return hermite_integrals(parts, 0, bits)[0] + arb(0, spread.abs_upper())


def _distinct(cuts: list[arb]) -> list[arb]:
    """Return the balls in increasing order, those that overlap joined."""
    found: list[arb] = []
    for cut in sorted(cuts, key=lambda c: float(c.mid())):
        if found and found[-1].overlaps(cut):
            found[-1] = found[-1].union(cut)
        else:
            found.append(cut)
    return found


def _product(
    activation: Activation, roots: tuple[arb, arb], lower: arb, upper: arb, bits: int
) -> Segment:
    """Return z ↦ φ(r₁ z) φ(r₂ z) on an interval without breakpoints of either factor.

    What bounds its integral is the root of the integrals of the two squares.
    """
    functions: list[Holomorphic] = []
    squares: list[Callable[[arb, arb], arb]] = []
    with precision(2 * bits):
        for root in roots:
            x = root * (lower + upper) / 2
            reach = abs(x).upper() + 1
            both = (segments(activation.pieces, reach, power) for power in (1, 2))
            for part, square in zip(*both, strict=True):
                if part.lower < x and x < part.upper:
                    functions.append(stretched(part.function, root))
                    squares.append(partial(_stretched_mass, square, root))
    if len(functions) < 2:
        return Segment(lower, upper, lambda z, analytic: acb(0))  # a formula is 0 there
    one, two = functions

    def mass(low: arb, high: arb) -> arb:
        return (squares[0](low, high) * squares[1](low, high)).sqrt().upper()

    bound = mass if activation.growth.start > 0 else None
    return Segment(lower, upper, lambda z, analytic: one(z, analytic) * two(z, analytic), bound)


def value_at_zero(activation: Activation) -> arb:
    """Return a ball around φ(0), φ being continuous there."""
    piece = next(p for p in activation.pieces if not p.upper.is_finite or p.upper >= 0)
    return enclose(piece.expression, X, arb(0))


def _upper(value: arb) -> float:
    return math.nextafter(float(value.upper()), math.inf)
