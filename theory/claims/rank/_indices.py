"""Sums over neurons for every width d at once: indices, and means of two weights.

Weights are independent of mean 0 and variance 1, so that E W_ab W_ce is 1 where (a, b) = (c, e) and
0 elsewhere: a product of Kronecker's deltas, over which SymPy sums without knowing d.
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.writing.symbols import d

i, j, k, l = sp.symbols("i j k l", integer=True, positive=True)  # noqa: E741
A, M, P, W = (sp.IndexedBase(letter) for letter in "AMPW")
"""Entries of A = M², of M, of the projector P on its range, and of the weights."""


def delta(first: sp.Symbol, second: sp.Symbol) -> sp.Expr:
    """Return 1 where two indices agree, else 0."""
    return sp.KroneckerDelta(first, second, (1, d))


def total(summand: sp.Expr, *indices: sp.Symbol) -> sp.Expr:
    """Return the sum over indices from 1 to d, the first one innermost.

    >>> total(delta(i, j) * M[i, j], j, i).doit()
    Sum(M[i, i], (i, 1, d))
    """
    for index in indices:
        summand = sp.Sum(summand, (index, 1, d))
    return summand


def apart(summand: sp.Expr) -> sp.Expr:
    """Return the sum over pairs i ≠ j.

    >>> sp.simplify(apart(sp.Integer(1)).doit() - d**2 + d)
    0
    """
    return total((1 - delta(i, j)) * summand, j, i)


def mean(a: sp.Symbol, b: sp.Symbol, c: sp.Symbol, e: sp.Symbol) -> sp.Expr:
    """Return E W_ab W_ce.

    >>> total(mean(i, k, i, l) * M[k, l], l, k).doit()  # E w_iᵀMw_i = tr M
    Sum(M[k, k], (k, 1, d))
    """
    return delta(a, c) * delta(b, e)
