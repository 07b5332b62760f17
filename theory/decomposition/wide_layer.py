"""One layer of the infinitely wide network, on any Gram matrix, in ball arithmetic.

With φ(x) = x₊ + a·min(x, 0) and weights of variance 2/(1−a)²/width, a ≠ 1, the Gram matrix after
recentring and φ is, in the limit of infinite width,

    G′_ij = √(M_ii M_jj) κ(ρ_ij) + (2a/(1−a)²) M_ij,    M = PGP,  ρ_ij = M_ij/√(M_ii M_jj),

because φ(x) = (1−a) x₊ + a x and E X₊Y = E XY/2 for centred Gaussians.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from flint import arb, arb_series

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import Number, ball

Matrix: TypeAlias = list[list[arb]]


def arc_cosine(cosine: arb) -> arb:
    """Return κ on a ball of cosines; what reaches outside [−1, 1] is rounding and is cut off.

    κ increases, so its values at the two ends enclose it.

    >>> arc_cosine(arb(1)) == 1 and arc_cosine(arb(-1)).contains(0)
    True
    """
    low = _arc_cosine(cosine.lower().max(arb(-1)).min(arb(1)))
    high = _arc_cosine(cosine.upper().min(arb(1)).max(arb(-1)))
    return low.union(high)


def _arc_cosine(x: arb) -> arb:
    if x == 1:
        return arb(1)
    return ((1 - x * x).max(arb(0)).sqrt() + x * (arb.pi() - x.acos())) / arb.pi()


def arc_cosine_slope(cosine: arb) -> arb:
    """Return κ′ = 1 − arccos(ρ)/π.

    >>> arc_cosine_slope(arb(0)).contains(arb(1) / 2)
    True
    """
    return 1 - cosine.acos() / arb.pi()


def arc_cosine_series(cosine: arb_series) -> arb_series:
    """Return κ of a power series whose constant term lies inside (−1, 1)."""
    return ((1 - cosine * cosine).sqrt() + cosine * (arb.pi() - cosine.acos())) / arb.pi()


def centred(gram: Sequence[Sequence[Number]]) -> Matrix:
    """Return PGP, shape (n, n).

    >>> [sum(row).contains(0) for row in centred([[2, 1], [1, 3]])]
    [True, True]
    """
    G = [[ball(entry) for entry in row] for row in gram]
    n = len(G)
    rows = [sum(row, start=arb(0)) / n for row in G]
    mean = sum(rows, start=arb(0)) / n
    return [[G[i][j] - rows[i] - rows[j] + mean for j in range(n)] for i in range(n)]


def mean_field_step(gram: Sequence[Sequence[Number]], slope: Number = 0) -> Matrix:
    """Return the Gram matrix after recentring and φ(x) = x₊ + a·min(x, 0), at infinite width.

    Parameters
    ----------
    gram
        Symmetric and positive semidefinite, shape (n, n), n ≥ 2; balls allowed.
    slope
        a ≠ 1; 0 is ReLU.

    Raises
    ------
    ArgumentError
        If there are fewer than two points, all points are equal (the batch recentres to zero) or
        a = 1 (the layer is linear).

    Examples
    --------
    Two points end at a right angle after one layer, from whatever angle:

    >>> step = mean_field_step([[2, 1], [1, 3]])
    >>> step[0][1].contains(0), step[0][0] > 0
    (True, True)
    """
    a = ball(slope)
    if (1 - a).contains(0):
        raise ArgumentError("slope", slope, "with slope 1 the layer is linear: choose another")
    if len(gram) < 2 or any(len(row) != len(gram) for row in gram):
        raise ArgumentError("gram", f"{len(gram)} rows", "give a square matrix of 2 points or more")
    M = centred(gram)
    n = len(M)
    if all(M[i][i].contains(0) for i in range(n)):
        raise ArgumentError(
            "gram", "equal points", "the batch recentres to zero: make two points differ"
        )
    norm = [M[i][i].max(arb(0)).sqrt() for i in range(n)]
    linear = 2 * a / (1 - a) ** 2
    return [[_entry(M, norm, i, j) + linear * M[i][j] for j in range(n)] for i in range(n)]


def _entry(M: Matrix, norm: list[arb], i: int, j: int) -> arb:
    """Return √(M_ii M_jj) κ(ρ_ij); a centred point at the origin stays there."""
    if i == j:
        return M[i][i].max(arb(0))
    scale = norm[i] * norm[j]
    if scale.contains(0):
        # κ lies in [0, 1].
        return arb(0).union(scale.upper())
    return scale * arc_cosine(M[i][j] / scale)


def step_derivative(gram: Matrix, direction: Matrix) -> Matrix:
    """Return the derivative of `mean_field_step`, centred, at `gram` along `direction`.

    Both have shape (n, n), symmetric; all centred cosines off the diagonal lie inside (−1, 1).
    Power series carry the derivative, so nothing is differentiated by hand.

    Examples
    --------
    Along the matrix itself the step only scales (Euler's identity):

    >>> G = [[arb(3), arb(1), arb(0)], [arb(1), arb(2), arb(0)], [arb(0), arb(0), arb(4)]]
    >>> slope, step = step_derivative(G, G), centred(mean_field_step(G))
    >>> all(slope[i][j].overlaps(step[i][j]) for i in range(3) for j in range(3))
    True
    """
    M, E = centred(gram), centred(direction)
    n = len(M)
    moving = [[arb_series([M[i][j], E[i][j]], 2) for j in range(n)] for i in range(n)]
    roots = [moving[i][i].sqrt() for i in range(n)]

    def entry(i: int, j: int) -> arb:
        if i == j:
            return E[i][i]
        scale = roots[i] * roots[j]
        return (scale * arc_cosine_series(moving[i][j] / scale))[1]

    upper = [[entry(i, j) if i <= j else arb(0) for j in range(n)] for i in range(n)]
    return centred([[upper[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)])
