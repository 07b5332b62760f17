"""Probabilists' Hermite polynomials He_k and their orthonormal multiples h_k = He_k/√k!.

Both come from the recurrence He_{k+1}(x) = x He_k(x) − k He_{k−1}(x); E h_j(x) h_k(x) = δ_jk for
x ~ N(0, 1).
"""

from __future__ import annotations

import sympy as sp
from flint import arb


def hermite_values(order: int, x: sp.Expr) -> list[sp.Expr]:
    """Return He_0(x), …, He_order(x), exactly.

    >>> hermite_values(3, sp.Symbol("x"))[3] == sp.hermite_prob(3, sp.Symbol("x")).expand()
    True
    """
    values = [sp.Integer(1), x]
    for k in range(1, order):
        values.append(sp.expand(x * values[k] - k * values[k - 1]))
    return values[: order + 1]


def orthonormal_values(order: int, x: arb) -> list[arb]:
    """Return balls that contain h_0(x), …, h_order(x).

    The radius grows by up to e^{|x|√k}, so that the caller chooses a precision with room for it.
    """
    values = [arb(1), x]
    for k in range(1, order):
        root = arb(k + 1).sqrt()
        values.append((x * values[k] - arb(k).sqrt() * values[k - 1]) / root)
    return values[: order + 1]


def hermite_at(k: sp.Expr, x: sp.Expr) -> sp.Expr:
    """Return He_k(x) for a symbolic k; at 0 in closed form, He_k(0) = 2^{k/2} √π / Γ((1−k)/2).

    SymPy 1.14 evaluates ``hermite_prob(k, 0)`` without the factor 2^{k/2}, hence the own formula.

    >>> k = sp.Symbol("k", integer=True)
    >>> [hermite_at(k, sp.Integer(0)).subs(k, j) for j in range(5)]
    [1, 0, -1, 0, 3]
    """
    if x == 0:
        return 2 ** (k / 2) * sp.sqrt(sp.pi) / sp.gamma((1 - k) / 2)
    return sp.hermite_prob(k, x)
