"""The limiting spectrum of M = HHᵀ/N in a deep batch-normalised linear net (a conjecture).

A batch of N linearly independent samples at width d leaves n = min(N, 2√d) eigenvalues of M away
from zero, spread like d/n times a Marchenko–Pastur variable y of ratio q = min(1, N²/(4d)):

    density  √((b − y)(y − a)) / (2π q y)   on [a, b] = [(1 − √q)², (1 + √q)²].

For N ≥ 2√d this is the density (2/π) √((2 − x)/x) of x = λ/√d on (0, 2], of mass 2 per √d. The law
does not depend on γ or on the law of the weights. Everything below is exact for this density; that
networks follow it as d grows is what the claims measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy as sp
from flint import acb, arb

from depthlaw.theory.errors import ArgumentError, finite, integer
from depthlaw.theory.rigorous.balls import Number, ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.rigorous.integrate import integral
from depthlaw.theory.values import Enclosure, Exact

y, q = sp.symbols("y q", positive=True)
LOWER_EDGE, UPPER_EDGE = 1 + q - 2 * sp.sqrt(q), 1 + q + 2 * sp.sqrt(q)
_UNDER_ROOT = (UPPER_EDGE - y) * (y - LOWER_EDGE)
DENSITY = sp.sqrt(_UNDER_ROOT) / (2 * sp.pi * q * y)
ANGLES = (
    (y - 1 - q) / (2 * sp.sqrt(q)),
    ((1 + q) * y - (1 - q) ** 2) / (2 * sp.sqrt(q) * y),
)
"""The sines of the two angles in the distribution function; ±1 at the edges."""
DISTRIBUTION = sp.Rational(1, 2) + (
    sp.sqrt(_UNDER_ROOT) + (1 + q) * sp.asin(ANGLES[0]) - (1 - q) * sp.asin(ANGLES[1])
) / (2 * sp.pi * q)
"""The probability of a value up to y, for y inside the edges."""


def moment_formula(order: int) -> sp.Expr:
    """Return the `order`-th moment of the Marchenko–Pastur law, a polynomial in q.

    m_k = Σ_{j<k} C(k, j) C(k−1, j) q^j / (j+1), with k = `order` ≥ 1.

    Raises
    ------
    ArgumentError
        If k is not a whole number ≥ 1.

    Examples
    --------
    >>> moment_formula(3) - (1 + 3*q + q**2)
    0
    """
    k = integer("order", order)
    return sp.Add(*(sp.binomial(k, j) * sp.binomial(k - 1, j) * q**j / (j + 1) for j in range(k)))


def moment_integral(order: int, ratio: Fraction) -> arb:
    """Return the same moment by integrating the density, at the working precision.

    With y = 1 + q + 2√q cos t the law is (2/π) sin² t / y dt on [0, π], so that the k-th moment is
    (2/π) ∫ sin² t · y^{k−1} dt, of an entire function.

    Parameters
    ----------
    order
        k ≥ 1.
    ratio
        q in (0, 1].

    Raises
    ------
    ArgumentError
        If k is not a whole number ≥ 1, or q is outside (0, 1].

    Examples
    --------
    The mean is 1, whatever q:

    >>> moment_integral(1, Fraction(1, 3)).contains(1)
    True
    """
    k = integer("order", order)
    if not 0 < finite("ratio", ratio) <= 1:
        raise ArgumentError("ratio", ratio, "it must lie in (0, 1]")
    middle, reach = 1 + ball(ratio), 2 * ball(ratio).sqrt()

    def integrand(t: acb, _: bool) -> acb:
        return t.sin() ** 2 * (middle + reach * t.cos()) ** (k - 1)

    return integral(integrand, 0, arb.pi()) * 2 / arb.pi()


@dataclass(frozen=True)
class SpectralLaw:
    """The limiting spectrum at one width and batch, for eigenvalues λ of M at trace d.

    Parameters
    ----------
    width
        d ≥ 1.
    batch
        N ≥ 1, the rank of the input.

    Raises
    ------
    ArgumentError
        If a size is not a whole number ≥ 1.

    Examples
    --------
    At N = 2√d both forms of the law meet: r = N/2 = √d.

    >>> SpectralLaw(width=16, batch=8).stable_rank == SpectralLaw(width=16, batch=1000).stable_rank
    True
    """

    width: int
    batch: int

    def __post_init__(self) -> None:
        integer("width", self.width)
        integer("batch", self.batch)

    @cached_property
    def ratio(self) -> Fraction:
        """The ratio q = min(1, N²/(4d)) of the Marchenko–Pastur law, in (0, 1]."""
        return min(Fraction(1), Fraction(self.batch**2, 4 * self.width))

    @property
    def survivors(self) -> sp.Expr:
        """The number n = min(N, 2√d) of eigenvalues that stay away from 0; not rounded."""
        return sp.Integer(self.batch) if self.ratio < 1 else 2 * sp.sqrt(self.width)

    @property
    def scale(self) -> sp.Expr:
        """The factor d/n from y to λ; it is also the mean of λ."""
        return self.width / self.survivors

    @property
    def edges(self) -> tuple[sp.Expr, sp.Expr]:
        """The least and the largest λ, (2√d ∓ n)²/(4n): 0 and 2√d from N = 2√d on."""
        n, twice = self.survivors, 2 * sp.sqrt(self.width)
        return (twice - n) ** 2 / (4 * n), (twice + n) ** 2 / (4 * n)

    @property
    def stable_rank(self) -> sp.Expr:
        """The stable rank tr(M)²/‖M‖_F² = n/(1 + q): N/(1 + N²/(4d)), then √d."""
        return self.survivors / (1 + sp.Rational(self.ratio))

    def moment(self, order: int) -> Exact:
        """Return the mean of λ^`order` over the surviving eigenvalues.

        Raises
        ------
        ArgumentError
            If the order is not a whole number ≥ 1.

        Examples
        --------
        n times the second moment is tr M² = d²/r:

        >>> law = SpectralLaw(width=64, batch=8)
        >>> law.survivors * law.moment(2).expression - 64**2 / law.stable_rank
        0
        """
        moment = moment_formula(order).subs(q, sp.Rational(self.ratio))
        return Exact(sp.simplify(self.scale ** sp.Integer(order) * moment))

    def fraction_below(self, value: Number) -> Enclosure:
        """Return the share of surviving eigenvalues λ ≤ `value`, enclosed.

        Next to an edge, closer than the working precision tells apart, nothing better than [0, 1]
        is said.

        Parameters
        ----------
        value
            λ, a finite number.

        Raises
        ------
        ArgumentError
            If the value is not finite.

        Examples
        --------
        For N ≥ 2√d and x = λ/√d it is (√(x(2−x)) + 2 arcsin √(x/2))/π, at x = 1 that is 1/π + 1/2:

        >>> half = SpectralLaw(width=100, batch=50).fraction_below(10)
        >>> half.contains(1 / arb.pi() + ball(Fraction(1, 2))), half.ball.rel_accuracy_bits() > 40
        (True, True)
        """
        return Enclosure(self._below(ball(value)))

    @cached_property
    def _distribution(self) -> sp.Expr:
        # Put in as an exact number: at q = 1 the second angle is a right one, and its term is 0.
        return DISTRIBUTION.subs(q, sp.Rational(self.ratio))

    def _edge_balls(self) -> tuple[arb, arb]:
        low, high = self.edges
        return evaluate(low, {}), evaluate(high, {})

    def _below(self, value: arb) -> arb:
        low, high = self._edge_balls()
        if value <= low:
            return arb(0)
        if value >= high:
            return arb(1)
        at = value / evaluate(self.scale, {})
        found = evaluate(self._distribution, {y: at})
        return found if found.is_finite() else arb(0).union(arb(1))

    def quantile(self, fraction: Fraction) -> Enclosure:
        """Return the λ below which a `fraction` of the surviving eigenvalues lie, enclosed.

        By bisection between the edges, as long as the share below the middle is certainly on one
        side.

        Parameters
        ----------
        fraction
            In (0, 1).

        Raises
        ------
        ArgumentError
            If the fraction is outside (0, 1).

        Examples
        --------
        >>> law = SpectralLaw(width=64, batch=8)
        >>> median = law.quantile(Fraction(1, 2))
        >>> below = law.fraction_below(median.ball)
        >>> below.contains(Fraction(1, 2)), below.ball.rel_accuracy_bits() > 40
        (True, True)
        """
        if not 0 < finite("fraction", fraction) < 1:
            raise ArgumentError("fraction", fraction, "it must lie strictly between 0 and 1")
        share = ball(fraction)
        low, high = self._edge_balls()
        while True:
            middle = ((low + high) / 2).mid()
            below = self._below(middle)
            if below < share and middle > low:
                low = middle
            elif below > share and middle < high:
                high = middle
            else:
                return Enclosure(low.union(high))

    def soft_rank(self, threshold: Fraction) -> Enclosure:
        """Return the number of eigenvalues λ ≥ τ, n (1 − F(τ)): rank_τ in the limit, not rounded.

        Parameters
        ----------
        threshold
            τ ≥ 0.

        Raises
        ------
        ArgumentError
            If τ is negative or not finite.

        Examples
        --------
        Nothing lies beyond the upper edge 2√d, and every survivor lies above 0:

        >>> law = SpectralLaw(width=25, batch=100)
        >>> law.soft_rank(Fraction(11)).contains(0), law.soft_rank(Fraction(0)).contains(10)
        (True, True)
        """
        if finite("threshold", threshold) < 0:
            raise ArgumentError("threshold", threshold, "it must be at least 0")
        return Enclosure(evaluate(self.survivors, {}) * (1 - self._below(ball(threshold))))


def soft_rank_leading(width: int, threshold: Fraction) -> Exact:
    """Return 2√d − (4/π) √(2τ) d^{1/4}, `SpectralLaw.soft_rank` for N ≥ 2√d and small τ/√d.

    What is left out is (√2/(3π)) τ^{3/2} d^{−1/4} at leading order, and positive.

    Parameters
    ----------
    width
        d ≥ 1.
    threshold
        τ ≥ 0.

    Raises
    ------
    ArgumentError
        If d is not a whole number ≥ 1 or τ is negative.

    Examples
    --------
    >>> soft_rank_leading(16, Fraction(0)).expression
    8
    """
    d = sp.Integer(integer("width", width))
    if finite("threshold", threshold) < 0:
        raise ArgumentError("threshold", threshold, "it must be at least 0")
    tau = sp.Rational(threshold)
    return Exact(2 * sp.sqrt(d) - 4 / sp.pi * sp.sqrt(2 * tau) * sp.root(d, 4))
