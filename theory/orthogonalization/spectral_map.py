"""The spectrum of the next layer's Gram matrix, in expectation, under linear batch normalisation.

Let G have trace 1 and eigenvalues λ_1, …, λ_n. In its eigenbasis the next layer's Gram matrix
(normalised to trace 1) is C = (1/d) Σ_k u_k u_kᵀ with u = (w⊙σ)/‖w⊙σ‖, w ~ N(0, I_n), σ_i² = λ_i,
so E C = diag(p) with

    p_i(λ) = E[λ_i w_i² / Σ_k λ_k w_k²].

Source: daneshmand2021, Lemma 6 and Lemma 9 (the integral is due to Sawa, 1972). In the wide limit
d → ∞ the spectrum follows λ ← p(λ).

All numbers here are balls; none depends on the scale of λ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import acb, arb

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import Number, ball, exact_key
from depthlaw.theory.rigorous.integrate import integral


def expected_spectrum(eigenvalues: Sequence[Number]) -> tuple[arb, ...]:
    """Return p(λ), enclosed, by Sawa's integral.

    With 2θ = 1/y² − 1 the integral over θ becomes one over a finite interval,

        p_i = λ_i ∫₀¹ y^{n−1} / (y² + λ_i(1−y²)) Π_j (y² + λ_j(1−y²))^{−1/2} dy    (Σλ = 1),

    whose integrand is holomorphic near [0, 1]. Zero eigenvalues contribute nothing to Σ_k λ_k w_k²
    and are left out.

    Parameters
    ----------
    eigenvalues
        n ≥ 1 nonnegative numbers, not all zero, in any order and scale.

    Returns
    -------
    tuple of n balls that sum to 1, in the order of the input.

    Raises
    ------
    ArgumentError
        If an eigenvalue is negative or not finite, or all are zero.

    Examples
    --------
    At n = 2 the expectation is √λ_1 / (√λ_1 + √λ_2):

    >>> p = expected_spectrum([4, 1])
    >>> p[0].overlaps(ball(2) / 3)
    True
    """
    lam = [ball(value) for value in eigenvalues]
    if any(not (value >= 0 and value.is_finite()) for value in lam):
        raise ArgumentError("eigenvalues", eigenvalues, "they must be finite and not negative")
    nonzero = [value for value in lam if not value.is_zero()]
    if not nonzero:
        raise ArgumentError("eigenvalues", eigenvalues, "one of them must be above 0")
    total = sum(nonzero[1:], start=nonzero[0])
    shares = [value / total for value in lam]
    by_value: dict[object, arb] = {}
    result = []
    for share in shares:
        key = exact_key(share)
        if key not in by_value:
            by_value[key] = _sawa(share, [s for s in shares if not s.is_zero()])
        result.append(by_value[key])
    return tuple(result)


def _sawa(share: arb, shares: list[arb]) -> arb:
    """Return one p_i for a spectrum of positive shares that sum to 1."""
    if share.is_zero():
        return arb(0)
    n = len(shares)
    if n == 1:
        return arb(1)

    def integrand(y: acb, analytic: bool) -> acb:
        squared = y * y
        weight = 1 - squared
        value = y ** (n - 1) / (squared + share * weight)
        for other in shares:
            value *= (squared + other * weight).rsqrt(analytic)
        return value

    return share * integral(integrand, 0, 1)


@dataclass(frozen=True)
class TwoLevelSpectrum:
    """A spectrum with k eigenvalues a and n − k eigenvalues b; trace 1 is not needed.

    Then Σ over the first group of u_i² has the Beta(k/2, (n−k)/2) law, and everything is a Gauss
    hypergeometric function of 1 − a/b: a second route to p, and the exact derivative of the map.

    Parameters
    ----------
    batch, multiplicity
        n ≥ 2 and 1 ≤ k ≤ n − 1.
    first, second
        a > 0, of multiplicity k, and b > 0, of multiplicity n − k.
    """

    batch: int
    multiplicity: int
    first: arb
    second: arb

    @property
    def smallest(self) -> arb:
        """λ_min of the trace-normalised spectrum."""
        a, b = self._shares
        return a.min(b)

    @property
    def gap(self) -> arb:
        """Orthogonality gap V = √(Σ λ_i² − 1/n): here √(k(n−k)/n) |a − b| at trace 1."""
        n, k = self.batch, self.multiplicity
        a, b = self._shares
        return (arb(k * (n - k)) / n).sqrt() * abs(a - b)

    @property
    def _shares(self) -> tuple[arb, arb]:
        trace = self.multiplicity * self.first + (self.batch - self.multiplicity) * self.second
        return self.first / trace, self.second / trace

    def next(self) -> TwoLevelSpectrum:
        """Return p(λ), again two-level.

        p_a = (a/b) ₂F₁(1, k/2 + 1; n/2 + 1; 1 − a/b)/n increases with a/b, so a ball for a/b is
        mapped end point by end point and its radius does not blow up over many layers.

        >>> start = TwoLevelSpectrum(2, 1, ball(4), ball(1))
        >>> start.next().first.overlaps(expected_spectrum([4, 1])[0])
        True
        """
        n, k = self.batch, self.multiplicity
        ratio = self.first / self.second
        low, high = (self._first_share(end) for end in (ratio.lower(), ratio.upper()))
        first = low.union(high)
        return TwoLevelSpectrum(n, k, first, (1 - k * first) / (n - k))

    def _first_share(self, ratio: arb) -> arb:
        n, k = self.batch, self.multiplicity
        return ratio / n * _gauss(1, k / 2 + 1, n / 2 + 1, 1 - ratio)

    def contraction(self) -> arb:
        """Enclose the norm of the derivative of G ↦ E C at this spectrum, on trace-zero matrices.

        The derivative is diagonal in four orthogonal families: perturbations inside a group (two of
        them, one for each group with two or more members), between the groups off the diagonal,
        and of the two levels against each other along the diagonal. Its norm (Frobenius to
        Frobenius) is the largest of the four factors. At a = b all equal n/(n+2).

        >>> flat = TwoLevelSpectrum(6, 5, ball(1) / 6, ball(1) / 6)
        >>> flat.contraction().overlaps(ball(6) / 8)
        True
        """
        largest = self.between_factor().max(self.levels_factor())
        n, k = self.batch, self.multiplicity
        a, b = self._shares
        for inside, parameter in ((k > 1, k / 2 + 2), (n - k > 1, k / 2)):
            if inside:
                within = _gauss(1, parameter, n / 2 + 2, 1 - a / b) / ((n + 2) * b)
                largest = largest.max(within)
        return largest

    def between_factor(self) -> arb:
        """Return the factor between the groups, (p_a − p_b)/(a − b) at trace 1."""
        n, k = self.batch, self.multiplicity
        a, b = self._shares
        return _gauss(1, k / 2 + 1, n / 2 + 2, 1 - a / b) / ((n + 2) * b)

    def levels_factor(self) -> arb:
        """Return the factor of the levels against each other: d(k p_a)/d(k a) at trace 1."""
        n, k = self.batch, self.multiplicity
        a, b = self._shares
        ratio = ((n - k) + k * a / b) / (n * (n + 2) * b)
        return _gauss(2, k / 2 + 1, n / 2 + 2, 1 - a / b) * ratio


def _gauss(a: float, b: float, c: float, z: arb) -> arb:
    """₂F₁(a, b; c; z) at real z < 1; the parameters are halves of integers, exact as floats."""
    return z.hypgeom_2f1(arb(a), arb(b), arb(c))
