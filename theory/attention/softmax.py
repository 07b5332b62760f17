"""One head of self-attention, SA(X) = softmax(X W_QK Xᵀ · scale) X W_V; rows of X are tokens."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import arb, arb_mat

from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.matrices import smallest_eigenvalue

Exact = tuple[tuple[Fraction, ...], ...]
Rows = Sequence[Sequence[arb | Fraction]]


def plain_matrix(rows: int, columns: int, number: int = 0, scale: Fraction = Fraction(1)) -> Exact:
    """Return a matrix of small whole numbers without structure, times a scale.

    Parameters
    ----------
    rows, columns
        Shape.
    number
        Tells one from the others.
    scale
        Of the entries.

    Examples
    --------
    >>> len(plain_matrix(2, 3)[0])
    3
    """
    return tuple(
        tuple(
            scale * (((5 + number) * (i + 1) ** 3 + (7 + i) * (k + 2) ** 2 + 3 * number) % 11 - 5)
            for k in range(columns)
        )
        for i in range(rows)
    )


def _balls(rows: Rows) -> list[list[arb]]:
    return [[x if isinstance(x, arb) else ball(x) for x in row] for row in rows]


def product(first: Rows, *others: Rows) -> list[list[arb]]:
    """Return a product of matrices.

    >>> one = ((Fraction(2),),)
    >>> bool(product(one, one, one)[0][0] == 8)
    True
    """
    found = arb_mat(_balls(first))
    for other in others:
        found = found * arb_mat(_balls(other))
    return [list(row) for row in found.tolist()]


def transposed(rows: Rows) -> list[list[arb | Fraction]]:
    """Return the transpose."""
    return [list(column) for column in zip(*rows, strict=True)]


def centred(rows: Rows) -> list[list[arb]]:
    """Return the rows less their mean.

    >>> [float(row[0]) for row in centred(((Fraction(1),), (Fraction(3),)))]
    [-1.0, 1.0]
    """
    found = _balls(rows)
    means = [sum(column, start=arb(0)) / len(found) for column in zip(*found, strict=True)]
    return [[x - mean for x, mean in zip(row, means, strict=True)] for row in found]


def norm(rows: Rows) -> arb:
    """Return the Frobenius norm.

    >>> bool(norm(((Fraction(3), Fraction(4)),)) == 5)
    True
    """
    return sum((x * x for row in _balls(rows) for x in row), start=arb(0)).sqrt()


def spread_norm(rows: Rows) -> arb:
    """Return the Frobenius norm of the rows less their mean."""
    return norm(centred(rows))


def largest_singular_value(rows: Rows) -> arb:
    """Return a ball around σ₁.

    >>> swapped = ((Fraction(0), Fraction(2)), (Fraction(1), Fraction(0)))
    >>> largest_singular_value(swapped).overlaps(arb(2))
    True
    """
    gram = product(transposed(rows), rows)
    size = range(len(gram))
    negative = arb_mat([[-(gram[i][k] + gram[k][i]) / 2 for k in size] for i in size])
    return (-smallest_eigenvalue(negative)).sqrt()


def attention_matrix(tokens: Rows, scores: Rows, scale: arb) -> list[list[arb]]:
    """Return softmax(X W_QK Xᵀ · scale), row by row."""
    found = []
    for row in product(tokens, scores, transposed(tokens)):
        exponents = [scale * score for score in row]
        top = max(float(x.mid()) for x in exponents)
        weights = [(x - top).exp() for x in exponents]
        total = sum(weights, start=arb(0))
        found.append([weight / total for weight in weights])
    return found


def self_attention(
    tokens: Rows, scores: Rows, values: Rows, head_width: int | Fraction
) -> list[list[arb]]:
    """Return SA(X), the scores divided by √d_qk.

    Parameters
    ----------
    tokens, scores, values
        X, W_QK and W_V.
    head_width
        d_qk.
    """
    scale = 1 / ball(head_width).sqrt()
    return product(attention_matrix(tokens, scores, scale), tokens, values)
