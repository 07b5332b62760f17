r"""One layer with rescaling, in the mean field: an average over layers without it.

n − 1 exchangeable points and one other, centred, in the notation of
`depthlaw.theory.decomposition.closed_forms`. The values of a neuron on the batch are z ~ N(0, M),
and rescaling divides them by |z|/√n. Since 1/|z|² = ∫ e^{−u|z|²} du, the mean of φ(z)φ(z)ᵀ/|z|² is
one over Gaussians of covariance (M⁻¹ + 2u)⁻¹: batches of the same kind, with the spreads

    s(y)² = s²y² + n(n−2)(1 − y²),   0 < y < 1,   and weights ∝ y^{n−2}/s(y),

from the state of equal cosines (y = 0) to the state itself (y = 1). In units of the difference in
the cluster, a layer leaves π − ψ of that difference, and N/s² of the odd point, with
N = π(m²+1) + s²ψ − 2m(s − arctan s), both up to one factor.
"""

from __future__ import annotations

from functools import lru_cache

from flint import acb, arb

from depthlaw.theory.errors import DepthlawError, integer
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.integrate import integral
from depthlaw.theory.values import Enclosure

_BITS = 64
_PIECES = 40


def spread_of(ratio: arb, batch: int) -> arb:
    """Return s of the state in which one norm is `ratio` times the others, 0 < r < n − 1.

    Equal norms have s² = n(n − 2):

    >>> spread_of(arb(1), 5).overlaps(arb(15).sqrt())
    True
    """
    return (((batch - 1) / ratio) ** 2 - 1).sqrt()


def next_spread(spread: arb, batch: int) -> arb:
    """Return s one layer on, s′² = n² ∫ y^{n−2} (π − ψ)/s dy / ∫ y^{n−2} N/s³ dy, 0 < s² ≤ n(n−2).

    In the state of equal cosines, s² = n(n − 2), nothing changes:

    >>> next_spread(arb(15).sqrt(), 5).overlaps(arb(15).sqrt())
    True
    """
    n = batch

    def part(kind: int) -> arb:
        def integrand(y: acb, analytic: bool) -> acb:
            square = n * (n - 2) + (acb(spread) ** 2 - n * (n - 2)) * y * y
            s = square.sqrt(analytic)
            return y ** (n - 2) * _parts(s, square, n - 1, analytic)[kind] / s

        return integral(integrand, 0, 1)

    return n * (part(0) / part(1)).sqrt()


def _parts(s: acb, square: acb, m: int, analytic: bool) -> tuple[acb, acb]:
    """Return π − ψ and N/s²; not-a-number near the cuts of arcsine and arc tangent."""
    h = acb(m) / (2 * (m - 1)) * square / (1 + square)
    root, other = h.sqrt(analytic), (1 - h).sqrt(analytic)
    if analytic and not (root.abs_upper() < 1 and s.real > 0):
        return acb("nan"), acb("nan")
    psi = (root * other - root.asin() * (1 - 2 * h)) / h
    norm = acb.pi() * (m * m + 1) + square * psi - 2 * m * (s - s.atan())
    return acb.pi() - psi, norm / square


def long_point(batch: int) -> Enclosure | None:
    """Return the norm ratio of a fixed state with one long point, or None where none was found.

    The odd point grows at one end of the enclosure and shrinks at the other, each proved, so that
    a fixed state lies between.

    Parameters
    ----------
    batch
        n ≥ 4.

    Examples
    --------
    >>> long_point(40) is None
    True
    """
    return _long_point(integer("batch", batch, at_least=4))


@lru_cache(maxsize=256)
def _long_point(n: int) -> Enclosure | None:
    with precision(_BITS):
        # Norm ratios from 3/2 to √n; the odd point grows where the spread shrinks.
        ends = arb(3) / 2, arb(n).sqrt()
        shares = (arb(i) / _PIECES for i in range(_PIECES, -1, -1))
        ratios = [arb((ends[0] * (ends[1] / ends[0]) ** share).mid()) for share in shares]
        above = ratios[0]
        if _grows(above, n) is not False:
            raise DepthlawError(f"batch = {n}: the odd point was not seen to shrink at √n")
        for ratio in ratios[1:]:
            if _grows(ratio, n):
                return Enclosure(ratio.union(above))
            above = ratio
    return None


def _grows(ratio: arb, n: int) -> bool | None:
    """Return whether the norm ratio is larger one layer on, proved, or None."""
    spread = spread_of(ratio, n)
    after = next_spread(spread, n)
    return True if after < spread else False if after > spread else None
