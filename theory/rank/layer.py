"""One residual layer, M⁺ = D^{−1/2}(I+γW) M (I+γW)ᵀD^{−1/2}, in rational arithmetic.

D is the diagonal of the middle factor; ‖M⁺‖_F² and the change of volumes need no root. Entries are
rational numbers, or power series in γ with rational coefficients: the code is the same. A layer is
taken row by row, since the neurons of a layer meet only in pairs (‖M⁺‖_F²) or in a sum (volumes),
and a mean over all weight matrices meets the same rows again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flint import fmpq, fmpq_mat

from depthlaw.theory.rank.covariance import to_flint
from depthlaw.theory.rank.series import Series, fraction
from depthlaw.theory.rigorous.matrices import RationalMatrix

Entry: TypeAlias = Series | fmpq


@dataclass(frozen=True)
class Neuron:
    """What one neuron of the next layer contributes.

    Attributes
    ----------
    row
        a = e_i + γw, a row of A = I + γW, d entries.
    moved
        M a, d entries.
    inverse
        1/D_ii = 1/(aᵀMa).
    """

    row: tuple[Entry, ...]
    moved: tuple[Entry, ...]
    inverse: Entry


def neuron(matrix: RationalMatrix, index: int, weights: Sequence[fmpq], residual: Entry) -> Neuron:
    """Return neuron number `index` with the given row of W; γ is a number or a series' variable.

    >>> from fractions import Fraction
    >>> identity = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    >>> neuron(identity, 0, [fmpq(2), fmpq(1)], fmpq(1)).inverse == 1 / fmpq(3**2 + 1**2)
    True
    """
    row = tuple(residual * w + int(k == index) for k, w in enumerate(weights))
    columns = zip(*to_flint(matrix).tolist(), strict=True)
    moved = tuple(_dot(row, column) for column in columns)
    return Neuron(row, moved, 1 / _dot(moved, row))


def square_cosine(first: Neuron, second: Neuron) -> Entry:
    """Return (M⁺_ij)² = (a_iᵀMa_j)²/(D_ii D_jj) of two neurons.

    >>> from fractions import Fraction
    >>> half = ((Fraction(1), Fraction(1, 2)), (Fraction(1, 2), Fraction(1)))
    >>> still = [neuron(half, i, [fmpq(0), fmpq(0)], fmpq(1)) for i in range(2)]
    >>> square_cosine(*still) == fmpq(1, 4)
    True
    """
    entry = _dot(first.moved, second.row)
    return entry * entry * (first.inverse * second.inverse)


def square_norm(neurons: Sequence[Neuron]) -> Entry:
    """Return ‖M⁺‖_F² = d + 2 Σ_{i<j} (M⁺_ij)²; d ≥ 2 neurons."""
    pairs = [square_cosine(u, v) for i, u in enumerate(neurons) for v in neurons[:i]]
    return 2 * _sum(pairs) + len(neurons)


def share(neuron: Neuron, basis: RationalMatrix) -> list[list[Entry]]:
    """Return what a neuron adds to BᵀAᵀD^{−1}AB, shape (k, k); the rows of `basis` are B's columns.

    Over all neurons it sums to the Gram matrix of the basis after the layer.
    """
    seen = [_dot(neuron.row, column) for column in to_flint(basis).tolist()]
    return [[x * y * neuron.inverse for y in seen] for x in seen]


def volume(shares: Sequence[Sequence[Sequence[Entry]]], basis: RationalMatrix) -> Entry:
    """Return det(BᵀAᵀD^{−1}AB)/det(BᵀB) from the neurons' shares.

    If B spans the range of M this is pdet(M⁺)/pdet(M): with M = UΛUᵀ the pseudo-determinant of
    C M Cᵀ is det(Λ) det(UᵀCᵀCU), and B = UR with R invertible.

    >>> from fractions import Fraction
    >>> one = Fraction(1)
    >>> flat = ((one, one), (one, one))
    >>> basis = range_basis(flat)
    >>> rows = [[fmpq(1), fmpq(1)], [fmpq(1), fmpq(-1)]]
    >>> volume([share(neuron(flat, i, rows[i], fmpq(1, 5)), basis) for i in (0, 1)], basis) == 1
    True
    """
    k = len(basis)
    gram = [[_sum([found[a][b] for found in shares]) for b in range(k)] for a in range(k)]
    B = to_flint(basis)
    return _determinant(gram) * (1 / (B * B.transpose()).det())


def range_basis(matrix: RationalMatrix) -> RationalMatrix:
    """Return linearly independent columns of M that span its range, as rows, shape (k, d).

    >>> from fractions import Fraction
    >>> one = Fraction(1)
    >>> range_basis(((one, -one), (-one, one)))
    ((Fraction(1, 1), Fraction(-1, 1)),)
    """
    reduced, rank = to_flint(matrix).rref()
    rows = reduced.tolist()
    pivots = [next(j for j, x in enumerate(rows[i]) if x != 0) for i in range(rank)]
    return tuple(tuple(row[j] for row in matrix) for j in pivots)


def range_projector(matrix: RationalMatrix) -> RationalMatrix:
    """Return the orthogonal projector P on the range of M, exactly.

    >>> from fractions import Fraction
    >>> one = Fraction(1)
    >>> range_projector(((one, -one), (-one, one))) == ((one / 2, -one / 2), (-one / 2, one / 2))
    True
    """
    Bt: fmpq_mat = to_flint(range_basis(matrix))
    P = Bt.transpose() * (Bt * Bt.transpose()).inv() * Bt
    return tuple(tuple(fraction(x) for x in row) for row in P.tolist())


def _dot(u: Sequence[Entry], v: Sequence[Entry]) -> Entry:
    return _sum([x * y for x, y in zip(u, v, strict=True)])


def _sum(terms: Sequence[Entry]) -> Entry:
    first, *rest = terms
    return sum(rest, first)


def _determinant(matrix: list[list[Entry]]) -> Entry:
    """Eliminate without pivoting: the matrix is positive definite, or a series that starts so."""
    rows = [list(row) for row in matrix]
    k = len(rows)
    found: Entry = rows[0][0]
    for p in range(k - 1):
        inverse = 1 / rows[p][p]
        for i in range(p + 1, k):
            factor = rows[i][p] * inverse
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[p], strict=True)]
        found = found * rows[p + 1][p + 1]
    return found
