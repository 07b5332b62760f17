"""Two samples under batch normalisation and an odd activation, in the wide limit and at a width.

At trace 1 a Gram matrix of two samples is ½ [[1 + x, y], [y, 1 − x]]: a point z = x + iy of the
unit disc, with gap V = |z|/√2 and λ_min = (1 − |z|)/2. A row of WH has the law N(0, G); its
direction (cos θ, sin θ) is such that ψ = 2θ has the wrapped Cauchy law

    E e^{imψ} = wᵐ for m ≥ 0,   w = z/(1 + √(1 − |z|²)).

Rescaled to mean square 1 the row is √2 (cos θ, sin θ), so that after the activation the next layer
has

    x′ = (p̄ − q̄)/(p̄ + q̄),   y′ = 2b̄/(p̄ + q̄),

with p̄, q̄, b̄ the averages over d independent rows of p = φ(√2 cos θ)², q = φ(√2 sin θ)² and
b = φ(√2 cos θ) φ(√2 sin θ). All three are bounded. In the wide limit they are their means. At
width d, by Hoeffding's inequality, each stays within R √(log(2N/δ)/(2d)) of its mean, R its range,
for all N averages of a trajectory together with probability 1 − δ at least. Balls that are widened
by as much in each layer therefore contain the whole trajectory with that probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from flint import acb, arb

from depthlaw.theory.errors import ArgumentError, finite, integer, probability
from depthlaw.theory.rigorous.balls import Number, ball, ball_text
from depthlaw.theory.rigorous.integrate import integral


@dataclass(frozen=True)
class Pair:
    """The Gram matrix of two samples at trace 1, as balls around x and y."""

    x: arb
    y: arb

    @classmethod
    def diagonal(cls, smallest: Number) -> Pair:
        """Return diag(1 − `smallest`, `smallest`).

        >>> Pair.diagonal(Fraction(1, 4)).smallest.contains(ball(1) / 4)
        True
        """
        return cls(1 - 2 * ball(smallest), arb(0))

    @property
    def radius(self) -> arb:
        """|z|."""
        if self.y.is_zero():
            return abs(self.x)
        # From end to end: the square root of a ball that reaches below 0 is not a number.
        return self._square.lower().max(arb(0)).sqrt().union(self._square.upper().sqrt())

    @property
    def _square(self) -> arb:
        """|z|²."""
        x, y = (
            (value.abs_lower() ** 2).union(value.abs_upper() ** 2) for value in (self.x, self.y)
        )
        return x + y

    @property
    def gap(self) -> arb:
        """V = |z|/√2."""
        return self.radius / arb(2).sqrt()

    @property
    def smallest(self) -> arb:
        """λ_min = (1 − |z|)/2."""
        return (1 - self.radius) / 2

    @property
    def resultant(self) -> acb:
        """The mean w of e^{iψ}."""
        return acb(self.x, self.y) / (1 + (1 - self._square).sqrt())


class Means(Protocol):
    """What one layer needs to know of an activation."""

    @property
    def ranges(self) -> tuple[arb, arb]:
        """The lengths of the intervals in which p (and q) and b lie."""

    def means(self, pair: Pair) -> tuple[arb, arb, arb]:
        """Return E p, E q and E b."""


@dataclass(frozen=True)
class OddPower:
    """φ(x) = xᵏ with k odd: p = (1 + cos ψ)ᵏ, q = (1 − cos ψ)ᵏ and b = sinᵏ ψ, Fourier sums.

    The scale to which rows are normalised does not matter: a constant comes out of φ.

    >>> OddPower(1).means(Pair.diagonal(Fraction(1, 5)))[0].overlaps(ball(4) / 3)
    True

    Raises
    ------
    ArgumentError
        If `power` is no odd whole number ≥ 1.
    """

    power: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "power", integer("power", self.power))
        if self.power % 2 == 0:
            raise ArgumentError("power", self.power, "it must be odd")

    @property
    def ranges(self) -> tuple[arb, arb]:
        """2ᵏ, and 2 for a sine in [−1, 1]."""
        return arb(2) ** self.power, arb(2)

    def means(self, pair: Pair) -> tuple[arb, arb, arb]:
        """Sum the Fourier series, cos mψ and sin mψ having the means Re wᵐ and Im wᵐ."""
        k, w = self.power, pair.resultant
        even, odd, cross = arb(math.comb(2 * k, k)), arb(0), arb(0)
        power = acb(1)
        for m in range(1, k + 1):
            power *= w
            term = 2 * math.comb(2 * k, k - m) * power.real
            if m % 2 == 0:
                even += term
                continue
            odd += term
            cross += (-1) ** ((m - 1) // 2) * math.comb(k, (k - m) // 2) * power.imag
        scale = arb(2) ** k
        return (even + odd) / scale, (even - odd) / scale, 2 * cross / scale


@dataclass(frozen=True)
class Shrinkage:
    """φ(x) = x − `shift` · sign x for |x| > `threshold`, 0 otherwise: soft or hard threshold.

    With a threshold of 1 or more at most one sample of a row passes it, so that b = 0, and two
    samples are orthogonal from the first layer on.

    Raises
    ------
    ArgumentError
        Unless 1 ≤ threshold < √2 and 0 ≤ shift ≤ threshold.
    """

    threshold: Fraction
    shift: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        for name in ("threshold", "shift"):
            object.__setattr__(self, name, Fraction(finite(name, getattr(self, name))))
        if not (self.threshold >= 1 and self.threshold**2 < 2):
            raise ArgumentError("threshold", self.threshold, "it must be at least 1 and below √2")
        if not 0 <= self.shift <= self.threshold:
            raise ArgumentError("shift", self.shift, "it must lie between 0 and the threshold")

    @property
    def ranges(self) -> tuple[arb, arb]:
        """(√2 − shift)², and 0."""
        return (arb(2).sqrt() - ball(self.shift)) ** 2, arb(0)

    def means(self, pair: Pair) -> tuple[arb, arb, arb]:
        """Integrate over the directions that pass the threshold.

        tan θ is √((1 − x)/(1 + x)) times a standard Cauchy variable and |φ| does not fall, so E p
        rises and E q falls with x: the ends of the ball for x give the ends of theirs.
        """
        if not pair.y.is_zero():
            raise ArgumentError("pair", pair, "after a threshold of 1 or more it is diagonal")
        low, high = pair.x.lower(), pair.x.upper()
        first = self._mean(low).union(self._mean(high))
        return first, self._mean(-high).union(self._mean(-low)), arb(0)

    def _mean(self, x: arb) -> arb:
        """Return E p at an exact x: that of q is at −x."""
        largest = (ball(self.threshold) / arb(2).sqrt()).acos()
        root, shift = arb(2).sqrt(), ball(self.shift)
        weight = 2 * (1 - x**2).sqrt() / arb.pi()

        def integrand(angle: acb, _: bool) -> acb:
            value = root * angle.cos() - shift
            return value**2 / (1 - x * (2 * angle).cos())

        return weight * integral(integrand, 0, largest)


def next_pair(law: Means, pair: Pair, slack: arb) -> Pair:
    """Return what the next layer can be if each average is within `slack` ranges of its mean.

    With no slack this is the wide limit.

    >>> wide = next_pair(OddPower(1), Pair.diagonal(Fraction(1, 5)), arb(0))
    >>> wide.smallest.overlaps(ball(1) / 3)
    True

    Raises
    ------
    ArgumentError
        If the averages may vanish together.
    """
    p, q, b = law.means(pair)
    square, cross = (slack * length for length in law.ranges)
    p, q = (
        (mean.lower() - square).max(arb(0)).union(mean.upper() + square) if slack > 0 else mean
        for mean in (p, q)
    )
    if not p + q > 0:
        raise ArgumentError(
            "slack", ball_text(slack, 5), "all neurons may vanish together: lower it"
        )
    # (p − q)/(p + q) rises with p and falls with q.
    x = _share(p.lower(), q.upper()).union(_share(p.upper(), q.lower()))
    if law.ranges[1].is_zero():
        return Pair(x, arb(0))
    return Pair(x, 2 * (b + arb(0, cross.upper())) / (p + q))


def _share(p: arb, q: arb) -> arb:
    return (p - q) / (p + q)


def wide_limit(law: Means, start: Pair, layers: int) -> Pair:
    """Return the state after `layers` layers of infinite width."""
    pair = start
    for _ in range(integer("layers", layers, at_least=0)):
        pair = next_pair(law, pair, arb(0))
    return pair


def gap_on_event(
    law: Means,
    smallest: Fraction,
    *,
    depth: int,
    width: int,
    threshold: Fraction,
    failure: float = 1e-3,
) -> arb:
    """Enclose E[V(H_{ℓ+1}); λ_min(H_k) ≥ threshold for k = 1..ℓ] at a finite width.

    The lower end holds for every larger width too, because the deviations allowed here are only
    less probable there.

    Parameters
    ----------
    law
        The activation.
    smallest
        λ_min of H_0, whose Gram matrix is diagonal at trace 1.
    depth
        ℓ ≥ 1: the gap is that of layer ℓ + 1.
    width
        d, at least 2.
    threshold
        α > 0 of assumption A₁.
    failure
        δ, the probability that is given away; the gap counts 0 there.

    Raises
    ------
    ArgumentError
        If the width is too small to keep the trajectory above the threshold.

    Examples
    --------
    The wider, the closer to the limit:

    >>> law, start, alpha = OddPower(3), Fraction(2, 5), Fraction(3, 8)
    >>> limit = wide_limit(law, Pair.diagonal(start), 4).gap
    >>> narrow, wide = (gap_on_event(law, start, depth=3, width=10**k, threshold=alpha)
    ...                 for k in (6, 12))
    >>> bool(narrow.lower() < wide.lower() < limit < wide.upper() < narrow.upper())
    True
    """
    ell, d = integer("depth", depth), integer("width", width, at_least=2)
    delta, alpha = ball(probability("failure", failure)), ball(threshold)
    averages = 3 * (ell + 1)
    slack = ((2 * averages / delta).log() / (2 * d)).sqrt()
    pair = Pair.diagonal(smallest)
    for layer in range(ell + 1):
        try:
            pair = next_pair(law, pair, slack)
        except ArgumentError:
            raise ArgumentError("width", d, "too small to keep neurons alive: raise it") from None
        if layer < ell and not pair.smallest >= alpha:
            raise ArgumentError("width", d, "too small to stay above the threshold: raise it")
    highest = 1 / arb(2).sqrt()
    return (pair.gap * (1 - delta)).union(pair.gap + highest * delta)
