"""All fixed points of q ← V(q) = σ_w² E φ(√q z)² + σ_b², proved, and which of them a start reaches.

Let g = φ² and H(q) = √q E g(√q z) = ∫ g(x) e^{−x²/2q} dx/√(2π).

- H increases, so that V′(q) > −V(q)/2q: at a fixed point V′ > −1/2, and it attracts exactly where
  V′ < 1. From q on one side of q* the next V(q) is at most half as far on the other side, in log q:
  an iteration that meets no second fixed point on its way converges to the one it moves towards.
- E g(√q z) is holomorphic for Re(1/q) > 0 with derivatives E[g(√q z) He_{2j}(z)]/(2q)^j, and for
  |q − q₀| ≤ ¾q₀ it is at most √7 times its value at 7q₀/4. So one integral gives a polynomial with
  a proved remainder for q within a fifth of q₀, whose roots are isolated by bisection.
- Next to 0 the series of `depthlaw.theory.kernels.variance_origin` takes over.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy as sp
from flint import arb, arb_poly

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.hermite.mean import second_moment
from depthlaw.theory.kernels.isolate import Finding, Local, isolate
from depthlaw.theory.kernels.scaled import BITS, even_moments, square_mean
from depthlaw.theory.kernels.variance_origin import limit_at_zero, near_zero
from depthlaw.theory.rigorous.balls import ball, precision

WORKING = 240
HIGHEST = 32
"""Variance up to which fixed points of an unbounded φ are searched, unless the start is large."""
_TERMS = 22
_REACH = Fraction(1, 5)
_SHARP = 120
_COARSE = 50


@dataclass(frozen=True)
class Root:
    """A fixed point q* > 0 of V, with V′(q*)."""

    place: arb
    slope: arb


@dataclass(frozen=True)
class Landscape:
    """The fixed points in (`low`, `high`), and the sign of V(q) − q before and after each.

    Attributes
    ----------
    low, high
        Where was searched; `low` = 0 where the sign next to 0 is known.
    roots
        Increasing.
    signs
        One more than there are roots: 1 where V(q) > q, −1 where V(q) < q.
    doubtful
        Balls of q on which neither a sign nor a fixed point could be proved.
    """

    low: arb
    high: arb
    roots: tuple[Root, ...]
    signs: tuple[int, ...]
    doubtful: tuple[arb, ...]


@dataclass(frozen=True)
class VarianceMap:
    """V for φ, σ_w² > 0 and σ_b² ≥ 0."""

    activation: Activation
    weight: Fraction
    bias: Fraction
    reach: Fraction | int = HIGHEST
    """Variance up to which fixed points of an unbounded φ are searched."""

    def value(self, q: arb, bits: int = BITS) -> arb:
        """Return a ball around V(q)."""
        with precision(max(WORKING, 2 * bits)):
            return ball(self.weight) * square_mean(self.activation, q, bits) + ball(self.bias)

    def slope(self, q: arb, bits: int = _SHARP) -> arb:
        """Return a ball around V′(q) = σ_w² E[φ(√q z)² (z² − 1)]/(2q), 0 where V is constant."""
        if self.activation.has_constant_square:
            return arb(0)
        with precision(max(WORKING, 2 * bits)):
            second = even_moments(self.activation, q, 2, bits)[1]
            return ball(self.weight) * second / (arb(2).sqrt() * q)

    @cached_property
    def factor(self) -> sp.Expr | None:
        """σ_w² E φ², where φ(ax) = aφ(x) for a > 0, so that V(q) = `factor` q + σ_b²; else None."""
        phi = self.activation
        if not phi.is_homogeneous:
            return None
        return sp.Rational(self.weight) * second_moment(phi)

    @cached_property
    def at_zero(self) -> sp.Expr | None:
        """V′(0), where V(0) = 0 is proved, else None."""
        return None if self.bias > 0 else limit_at_zero(self.activation, self.weight)

    @cached_property
    def landscape(self) -> Landscape:
        """All fixed points above 0."""
        roots: list[Root] = []
        signs: list[int] = []
        doubtful: list[arb] = []
        with precision(WORKING):
            low, high, parts = self._parts()
            for part in parts:
                for finding, t in isolate(part):
                    if finding is Finding.DOUBTFUL:
                        doubtful.append(part.variance(t))
                    elif finding is Finding.ROOT:
                        found = self._refined(part, t)
                        # One on the common end of two parts is found twice.
                        again = bool(roots) and roots[-1].place.overlaps(found.place)
                        if len(signs) > len(roots) and not again:
                            roots.append(found)
                    elif len(signs) == len(roots):
                        signs.append(finding.value)
            if len(signs) == len(roots):
                signs.append(0)
        return Landscape(low, high, tuple(roots), tuple(signs), tuple(doubtful))

    def _parts(self) -> tuple[arb, arb, Iterator[Local]]:
        """Return the range to be searched, and the expansions that cover it."""
        growth = self.activation.growth
        high = ball(self.reach)
        if growth.quadratic > 0:
            # Fourth moments exist there, and so does E φ² at 7/4 of it.
            high = high.min(arb(1) / (16 * ball(growth.quadratic)))
        elif growth.linear == 0 and growth.start == 0:
            # V never exceeds this.
            high = ball(self.weight) * ball(growth.scale) ** 2 + ball(self.bias)
        top = Fraction(math.nextafter(float(high.upper()), math.inf))
        small = None
        if self.bias < Fraction(1, 2**12):
            small = near_zero(self.activation, self.weight, self.bias)
        if small is not None:
            low, start = arb(0), Fraction(float(small.variance(small.high).lower()))
        elif self.bias > 0:
            # V ≥ σ_b²
            low, start = arb(0), self.bias * Fraction(999, 1000)
        else:
            start = top / 2**24
            low = ball(start)

        def parts() -> Iterator[Local]:
            if small is not None:
                yield small
            q = start
            while q < top:
                # A short fraction, near enough to overlap with the part before.
                centre = Fraction(float(q / (1 - _REACH)) * (1 - 2.0**-40))
                yield self._cell(centre)
                q = centre * (1 + _REACH)

        return low, ball(top), parts()

    def _cell(self, centre: Fraction) -> Local:
        """Return (V(q) − q)/q₀ for q = q₀(1 + t), |t| ≤ 1/5, from one integral."""
        q0, w, b, rho, K = ball(centre), ball(self.weight), ball(self.bias), arb(3) / 4, _TERMS
        bits = _COARSE + max(0, -int(math.log2(centre)))
        moments = even_moments(self.activation, q0, 2 * K, bits)
        terms = [
            w * c * arb(math.factorial(2 * j)).sqrt() / (2**j * math.factorial(j)) / q0
            for j, c in enumerate(moments)
        ]
        # (V(q) − q)/q₀ = Σ terms t^j − 1 − t
        terms[0] += b / q0 - 1
        terms[1] -= 1
        excess, derived = arb_poly(terms), arb_poly(terms).derivative()
        most = w * arb(7).sqrt() * square_mean(self.activation, q0 * 7 / 4, 16) / q0
        most = arb(most.abs_upper())

        def value(t: arb) -> arb:
            share = abs(t).upper() / rho
            return _over(excess, t) + arb(0, (most * share ** (K + 1) / (1 - share)).abs_upper())

        def slope(t: arb) -> arb:
            share = abs(t).upper() / rho
            rest = most * (K + 1) * share**K / (rho * (1 - share) ** 2)
            return _over(derived, t) + arb(0, rest.abs_upper())

        reach = ball(_REACH).upper()
        return Local(-reach, reach, value, slope, lambda t: q0 * (1 + t), slope)

    def _refined(self, part: Local, t: arb) -> Root:
        """Shrink the bracket of a root: Newton with the expansion, then with V itself."""
        for _ in range(100):
            middle = arb(t.mid())
            shrunk = middle - part.value(middle) / part.slope(t)
            if not (shrunk.is_finite() and shrunk.overlaps(t)):
                break
            shrunk = shrunk.intersection(t)
            done = shrunk.rad() * 2 > t.rad()
            t = shrunk
            if done:
                break
        q, steep = part.variance(t), part.steepness(t)
        bits = _SHARP + 2 * max(0, -int(float(abs(q.mid()).log()) / math.log(2)))
        for _ in range(4):
            middle = arb(q.mid())
            shrunk = middle - (self.value(middle, bits) - middle) / steep
            if not (shrunk.is_finite() and shrunk.overlaps(q)):
                break
            shrunk = shrunk.intersection(q)
            done = shrunk.rad() * 2 > q.rad()
            q = shrunk
            if done:
                break
        return Root(q, self.slope(q, bits))


def _over(polynomial: arb_poly, t: arb) -> arb:
    """Return a ball around the values over a ball, written about its midpoint: little is lost."""
    middle = arb(t.mid())
    if t.is_exact():
        return polynomial(t)
    return polynomial(arb_poly([middle, 1]))(t - middle)
