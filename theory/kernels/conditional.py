"""κ(ρ) as one integral: E φ(X)φ(Y) = E[φ(X) (Tφ)(X)] with (Tφ)(x) = E φ(ρx + √(1−ρ²) Z).

For sums of x^m e^{tx} on intervals Tφ is closed and entire. This gives sharp balls near ρ = ±1 for
functions with kinks that have no closed kernel map, where the Hermite series converges slowly.
With Y ~ N(μ, v), v = 1 − ρ², the exponential moves the mean to μ′ = μ + tv, and integration by
parts gives for M_j = E[Y^j; l < Y < u], M_j = μ′M_{j−1} + (j−1)v M_{j−2} − v[y^{j−1}p(y)]_l^u.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import acb, arb

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.hermite.mean import segments
from depthlaw.theory.kernels.scaled import scaled_growth
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.gaussian import Segment, expectation
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.interval import IntervalTerm
from depthlaw.theory.terms.rule_table import decompose

BITS = 100
"""Precision of the integral: balls of width about 2^{−90}."""


@lru_cache(maxsize=256)
def smoothable(activation: Activation) -> tuple[IntervalTerm, ...] | None:
    """Return the terms of φ if every one is x^m e^{tx} on an interval, else None."""
    terms = decompose(activation.pieces)
    if terms is None:
        return None
    found = tuple(t for t in terms if isinstance(t, IntervalTerm) and t.quadratic == 0)
    return found if len(found) == len(terms) else None


@dataclass(frozen=True)
class _Smoother:
    """(Tf)(x) = E f(ρx + √v Z) for one term f = c y^m e^{ty} on (l, u)."""

    coefficient: arb
    power: int
    linear: arb
    lower: arb | None
    upper: arb | None
    rho: arb
    variance: arb

    @classmethod
    def of(cls, term: IntervalTerm, rho: arb, variance: arb) -> _Smoother:
        lower, upper = (
            None if end.is_infinite else ball_of(end) for end in (term.lower, term.upper)
        )
        t = ball_of(term.linear)
        return cls(ball_of(term.coefficient), term.power, t, lower, upper, rho, variance)

    def __call__(self, x: acb) -> acb:
        t, rho, v = self.linear, self.rho, self.variance
        front = self.coefficient * (t * rho * x + t * t * v / 2).exp()
        centre = rho * x + t * v
        below = None if self.lower is None else self.lower - centre
        above = None if self.upper is None else self.upper - centre
        moments = [_mass(below, above, (2 * v).sqrt())]
        for j in range(1, self.power + 1):
            value = centre * moments[j - 1]
            if j > 1:
                value += (j - 1) * v * moments[j - 2]
            for sign, distance, end in ((-1, above, self.upper), (1, below, self.lower)):
                if distance is not None and end is not None:
                    density = (-distance * distance / (2 * v)).exp() / (2 * arb.pi() * v).sqrt()
                    value += sign * v * end ** (j - 1) * density
            moments.append(value)
        return front * moments[self.power]


def _mass(below: acb | None, above: acb | None, spread: arb) -> acb:
    """Return the Gaussian mass between two distances from the centre, None meaning infinity."""
    if below is None:
        return acb(1) if above is None else (-above / spread).erfc() / 2
    if above is None:
        return (below / spread).erfc() / 2
    return ((above / spread).erf() - (below / spread).erf()) / 2


def conditional_kernel(activation: Activation, rho: arb, bits: int = BITS) -> arb | None:
    """Return a ball around κ(ρ) at an exact |ρ| < 1, or None where φ is not of the right form.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> kappa = conditional_kernel(activation("sign"), arb(1) / 2)
    >>> kappa.overlaps(arb(1) / 3)  # (2/π) arcsin(1/2)
    True
    """
    with precision(max(bits, 2 * BITS)):
        given = 1 - rho * rho
    return conditional_covariance(activation, arb(1), rho, given, arb(1), bits)


def conditional_covariance(
    activation: Activation, first: arb, slope: arb, given: arb, second: arb, bits: int = BITS
) -> arb | None:
    """Return a ball around E φ(X)φ(Y) with X = √q₁ x, Y = b x + √v z, or None as above.

    Parameters
    ----------
    activation
        φ.
    first, second
        The variances q₁ and q₂ of X and Y.
    slope, given
        b = r/√q₁, and v = q₂ − r²/q₁ > 0, the variance of Y given X.
    """
    terms = smoothable(activation)
    if terms is None:
        return None
    with precision(bits):
        root = first.sqrt()
        bounds = [scaled_growth(activation, q) for q in (first, second)]
        R = ball(bounds[0].radius(bits))
        smoothers = [_Smoother.of(term, slope, given) for term in terms]
        parts = []
        for part in segments(activation.pieces, 2 * R * root):

            def product(z: acb, analytic: bool, part: Segment = part) -> acb:
                image = sum((smoother(z) for smoother in smoothers), start=acb(0))
                return part.function(root * z, analytic) * image

            lower, upper = ((end / root).max(-R).min(R) for end in (part.lower, part.upper))
            if lower < upper:
                parts.append(Segment(lower, upper, product))
        # E[φ(X)φ(Y); |x| > R] ≤ √(E[φ(X)²; |x| > R] E φ(Y)²)
        tail = bounds[0].square_beyond(R) * bounds[1].square_beyond(0)
        return expectation(parts, tail.sqrt())
