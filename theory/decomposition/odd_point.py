"""Fixed states of n − 1 exchangeable points and one odd point, as functions of one number s.

Notation and formulas are those of `depthlaw.theory.decomposition.closed_forms`. Everything is
written in h = (1 − cos θ)/2, which keeps its relative accuracy at small angles.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from depthlaw.theory.values import Enclosure


def half_chord(spread: arb, points: arb | int) -> arb:
    """Return h = sin²(θ/2) = (m/(m−1)) s²/(2(1+s²)), cut off at 1."""
    m, s2 = points, spread * spread
    h: arb = arb(m) / (2 * (m - 1)) * s2 / (1 + s2)
    return h.min(arb(1))


def angle(spread: arb, points: arb | int) -> arb:
    """Return θ, the angle between two centred points of the cluster."""
    return 2 * half_chord(spread, points).sqrt().asin()


def psi(spread: arb, points: arb | int) -> arb:
    """Return ψ(θ(s)), which increases with s."""
    h = half_chord(spread, points)
    theta = 2 * h.sqrt().asin()
    return (2 * (h * (1 - h)).sqrt() - theta * (1 - 2 * h)) / (2 * h)


def rising(spread: arb, points: int) -> arb:
    """Return (n² + s²) ψ(θ(s)), which increases with s."""
    n = points + 1
    return (n * n + spread * spread) * psi(spread, points)


def falling(spread: arb, points: int) -> arb:
    """Return 2m(π + s − arctan s), which increases with s and enters F with a minus."""
    return 2 * points * (arb.pi() + spread - spread.atan())


def excess(spread: arb, points: int) -> arb:
    """Return F(s), which has the sign of τ − T(τ)."""
    return rising(spread, points) - falling(spread, points)


def psi_slope(low: arb, high: arb, points: int) -> arb:
    """Return a ball around dψ/ds = 2(θ − sin θ)(m−1)/(m s³) on [`low`, `high`].

    θ − sin θ increases with θ, hence with s.
    """
    m = points
    lower, upper = angle(low, m), angle(high, m)
    lens = ((lower - lower.sin()) / high**3).union((upper - upper.sin()) / low**3)
    return 2 * lens * (m - 1) / m


def excess_slope(low: arb, high: arb, points: int) -> arb:
    """Return a ball around F′ on [`low`, `high`], by the monotone parts of its formula."""
    m, n = points, points + 1
    s = low.union(high)
    angles = psi(low, m).union(psi(high, m))
    return (
        2 * s * angles + (n * n + s * s) * psi_slope(low, high, m) - 2 * m * (1 - 1 / (1 + s * s))
    )


def next_spread(spread: arb, points: int) -> arb:
    """Return s one layer on: s′² = s² n²(π − ψ)/(π(m² + 1) + s²ψ − 2m(s − arctan s)).

    A ball is carried by its middle and the slope, so that errors do not pile up over layers.

    In the state of equal cosines, s² = n(n − 2), nothing changes:

    >>> next_spread(arb(15).sqrt(), 4).overlaps(arb(15).sqrt())
    True
    """
    m, n = points, points + 1
    low, middle, high = spread.lower(), arb(spread.mid()), spread.upper()
    after = _next_spread(middle, m)
    # s′² = s² A/(A + F) with A = n²(π − ψ).
    values = psi(low, m).union(psi(high, m))
    A, slope = n * n * (arb.pi() - values), -n * n * psi_slope(low, high, m)
    excesses = rising(low, m).union(rising(high, m)) - falling(low, m).union(falling(high, m))
    growth = slope / A - (slope + excess_slope(low, high, m)) / (A + excesses)
    sloped = _next_spread(spread, m) * (1 / spread + growth / 2)
    return after + sloped * (spread - middle)


def _next_spread(s: arb, m: int) -> arb:
    n, value = m + 1, psi(s, m)
    norm = arb.pi() * (m * m + 1) + s * s * value - 2 * m * (s - s.atan())
    return s * n * ((arb.pi() - value) / norm).sqrt()


def next_norm_ratio(ratio: arb, points: int) -> arb:
    """Return the norm ratio r one layer on, for 0 < r < m."""
    s = ((points / ratio) ** 2 - 1).sqrt()
    return points / (1 + next_spread(s, points) ** 2).sqrt()


@dataclass(frozen=True)
class OddPointState:
    """A fixed state: n − 1 points of a cluster and one odd point, known by its spread s.

    Attributes
    ----------
    batch
        n ≥ 3.
    spread
        A ball that contains s, and no other fixed state.
    """

    batch: int
    spread: arb

    @property
    def points(self) -> int:
        """How many points the cluster has, m = n − 1."""
        return self.batch - 1

    @property
    def centred_angle(self) -> Enclosure:
        """θ, between two points of the cluster after recentring, in radians."""
        return Enclosure(angle(self.spread, self.points))

    @property
    def cluster_cosine(self) -> Enclosure:
        """κ(cos θ) = 1 − (1 − cos θ)(1 − ψ/π): the cosine within the cluster after ReLU."""
        h = half_chord(self.spread, self.points)
        return Enclosure(1 - 2 * h * (1 - psi(self.spread, self.points) / arb.pi()))

    @property
    def cluster_angle(self) -> Enclosure:
        """The angle within the cluster after ReLU, in radians."""
        h = half_chord(self.spread, self.points)
        chord = h * (1 - psi(self.spread, self.points) / arb.pi())
        return Enclosure(2 * chord.sqrt().asin())

    @property
    def odd_cosine(self) -> Enclosure:
        """The cosine between odd point and cluster after ReLU, r(s − arctan s)/(πm)."""
        s = self.spread
        return Enclosure(self.norm_ratio.ball * (s - s.atan()) / (arb.pi() * self.points))

    @property
    def norm_ratio(self) -> Enclosure:
        """The norm of the odd point over that of the others, r = m/√(1+s²)."""
        return Enclosure(self.points / (1 + self.spread**2).sqrt())

    @property
    def difference(self) -> Enclosure:
        """τ = s²/(m(m−1)), the fixed point of the one-dimensional map."""
        return Enclosure(self.spread**2 / (self.points * (self.points - 1)))

    @property
    def multiplier(self) -> Enclosure:
        """T′(τ) = 1 − s F′(s)/(2n²(π − ψ)): stable within the family iff below 1."""
        s, m, n = self.spread, self.points, self.batch
        slope = excess_slope(s.lower(), s.upper(), m)
        return Enclosure(1 - s * slope / (2 * n * n * (arb.pi() - psi(s, m))))
