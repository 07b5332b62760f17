"""The moment expansion of one residual layer, for general width.

With A = I + γW, rows w_i of W, and u_ij = w_iᵀMe_j, q_ij = w_iᵀMw_j, one entry of the next
covariance is

    (M⁺_ij)² = (m + γ(u_ij + u_ji) + γ² q_ij)² / ((1 + 2γu_ii + γ²q_ii)(1 + 2γu_jj + γ²q_jj)),

m = M_ij. The coefficients of γ² and γ³ are polynomials in the u and q, whose monomials are replaced
by their means. A row that occurs once in a monomial makes its mean 0 (independent rows, mean 0); a
row that occurs twice contracts its two vectors (variance 1); a row that occurs three times needs
the third moment κ₃, which is 0 for a symmetric law. The width is a symbol throughout.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations

import sympy as sp

from depthlaw.theory.errors import ArgumentError, integer
from depthlaw.theory.writing.symbols import d

m, p, s_i, s_j = sp.symbols("m p s_i s_j", real=True)
"""M_ij, (M²)_ij, (M²)_ii and (M²)_jj."""
KAPPA = sp.Symbol("kappa_3", real=True)
"""Third moment of a weight."""

_U = {(row, column): sp.Symbol(f"u_{row}{column}") for row in "ij" for column in "ij"}
_Q = {pair: sp.Symbol("q_" + "".join(pair)) for pair in (("i", "i"), ("i", "j"), ("j", "j"))}
_ROWS = {u: (row,) for (row, _), u in _U.items()} | {q: pair for pair, q in _Q.items()}
_COLUMN = {u: column for (_, column), u in _U.items()}
_SECOND = {"ii": s_i, "ij": p, "jj": s_j}


def third_contraction(columns: str) -> sp.Symbol:
    """Return the symbol t of Σ_k M_ak M_bk M_ck, for `columns` a, b, c out of i and j, sorted.

    >>> third_contraction("iij")
    t_iij
    """
    return sp.Symbol(f"t_{columns}", real=True)


def row_sum(column: str) -> sp.Symbol:
    """Return the symbol v of Σ_k M_ck, the mean of w_iᵀMe_c w_iᵀMw_i over κ₃ on a unit diagonal."""
    return sp.Symbol(f"v_{column}", real=True)


def mean(monomial: Counter[sp.Symbol]) -> sp.Expr:
    """Return the mean of a product of u and q whose degree in W is 2 or 3.

    Examples
    --------
    Two different rows are independent, and a row contracts with itself:

    >>> u_ii, u_ij, u_ji = _U["i", "i"], _U["i", "j"], _U["j", "i"]
    >>> mean(Counter([u_ij, u_ji])), mean(Counter([u_ii, u_ij]))
    (0, p)
    """
    factors = list(monomial.elements())
    degrees = Counter(row for factor in factors for row in _ROWS[factor])
    if min(degrees.values()) == 1:
        return sp.Integer(0)
    # At degree 2 or 3 no second row can occur twice as well: one row is left.
    columns = "".join(sorted(_COLUMN[factor] for factor in factors if factor in _COLUMN))
    if sum(degrees.values()) == 2:
        return _SECOND[columns] if columns else d  # q_ii has the mean tr M = d
    return KAPPA * (third_contraction(columns) if len(columns) == 3 else row_sum(columns))


def pair_coefficient(order: int) -> sp.Expr:
    """Return the mean of the coefficient of γ^`order` in (M⁺_ij)², i ≠ j.

    Parameters
    ----------
    order
        1, 2 or 3.

    Returns
    -------
    sp.Expr
        In m, p, s_i, s_j and the width d; for order 3 in κ₃, t and v as well.

    Raises
    ------
    ArgumentError
        For other orders, whose means need products of two rows.

    Examples
    --------
    Two independent neurons are correlated by the layer, two equal ones stay equal:

    >>> second = pair_coefficient(2)
    >>> second.subs({m: 0, p: 0, s_i: 1, s_j: 1})
    2
    >>> sp.simplify(second.subs({m: 1, p: d, s_i: d, s_j: d}))
    0
    """
    if integer("order", order) not in (1, 2, 3):
        raise ArgumentError("order", order, "means are known for the orders 1, 2 and 3")
    return _pair_coefficient(int(order))


@cache
def _pair_coefficient(order: int) -> sp.Expr:
    g = sp.Symbol("gamma")
    numerator = (m + g * (_U["i", "j"] + _U["j", "i"]) + g**2 * _Q["i", "j"]) ** 2
    factors = [1 + 2 * g * _U[r, r] + g**2 * _Q[r, r] for r in "ij"]
    ratio = numerator / (factors[0] * factors[1])
    coefficient = sp.expand(sp.diff(ratio, g, order).subs(g, 0) / sp.factorial(order))
    symbols = list(_ROWS)
    polynomial = sp.Poly(coefficient, *symbols)
    return sp.expand(
        sum(
            factor * mean(Counter(dict(zip(symbols, powers, strict=True))))
            for powers, factor in polynomial.terms()
        )
    )


def generic_covariance(width: int) -> sp.Matrix:
    """Return a symmetric matrix with unit diagonal and a symbol for every pair.

    >>> bool(generic_covariance(3).is_symmetric())
    True
    """
    entries = {
        pair: sp.Symbol(f"m_{pair[0] + 1}{pair[1] + 1}", real=True)
        for pair in combinations(range(width), 2)
    }
    return sp.Matrix(
        width,
        width,
        lambda a, b: sp.Integer(1) if a == b else entries[min(a, b), max(a, b)],
    )


def sum_over_pairs(coefficient: sp.Expr, matrix: sp.Matrix) -> sp.Expr:
    """Return Σ_{i≠j} of a pair coefficient, for the entries of `matrix`.

    >>> M = generic_covariance(2)
    >>> bool(sp.expand(sum_over_pairs(m**2, M) - (M * M).trace() + 2) == 0)
    True
    """
    size = matrix.rows
    squared = matrix * matrix
    total = sp.Integer(0)
    for a in range(size):
        for b in range(size):
            if a == b:
                continue
            place = {"i": a, "j": b}
            values: dict[sp.Symbol, sp.Expr] = {
                m: matrix[a, b],
                p: squared[a, b],
                s_i: squared[a, a],
                s_j: squared[b, b],
                d: sp.Integer(size),
            }
            for columns in ("iii", "iij", "ijj", "jjj"):
                values[third_contraction(columns)] = sum(
                    sp.prod(matrix[place[c], k] for c in columns) for k in range(size)
                )
            for column in "ij":
                values[row_sum(column)] = sum(matrix[place[column], k] for k in range(size))
            total += coefficient.subs(values, simultaneous=True)
    return sp.expand(total)
