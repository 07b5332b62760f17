"""Weights with a mean: whether the average neuron h̄ = Σ_i h_i/d grows from layer to layer.

Entries N(m/√d, 1) make the rows of WH independent normal vectors of mean m√d h̄ and covariance d G,
G = HᵀH/d. For wide nets h̄ of the next layer is the mean of √N x/|x| over such a row x. At h̄ = 0 it
stays 0; the linearisation decides whether it stays near.
"""

from __future__ import annotations

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Argued, Identity, Limit, Order, Step
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate

MEAN = sp.Symbol("m", nonnegative=True)
_k = sp.Symbol("k", positive=True)
MEAN_CHI = sp.sqrt(2) * sp.gamma((_k + 1) / 2) / sp.gamma(_k / 2)
"""E χ_k, the mean length of a standard normal vector in k dimensions."""
FACTOR = MEAN * MEAN_CHI / sp.sqrt(_k)


def _mean_chi_over_root(dimension: int) -> arb:
    return evaluate(MEAN_CHI / sp.sqrt(_k), {_k: ball(dimension)})


def growth() -> tuple[Step, ...]:
    """Find the growth factor of h̄ in a batch of k isotropic directions."""
    a, x = sp.symbols("a x", positive=True)
    k = 2 * a + 1
    weight = x ** (k - 1) * sp.exp(-(x**2) / 2)
    inverse = sp.Integral(weight / x, (x, 0, sp.oo)) / sp.Integral(weight, (x, 0, sp.oo))
    return (
        Argued(
            "linear in h̄",
            "with G isotropic on k directions, tr G = N, the mean of √N x/|x| for "
            "x ~ N(m√d h̄, d G) is m√k E[(1 − g_1²/|g|²)/|g|] h̄ + O(|h̄|²), g standard normal in k "
            "dimensions, since the derivative of x/|x| is (I − xxᵀ/|x|²)/|x|",
        ),
        Identity(
            "the direction and the length of g are independent and E g_1²/|g|² = 1/k; with "
            "k = 2a + 1 the factor is m E χ_k/√k",
            MEAN * sp.sqrt(k) * (1 - 1 / k) * inverse,
            FACTOR.subs(_k, k),
        ),
    )


def shrinks_up_to_one() -> tuple[Step, ...]:
    """Show that the factor is below 1 for |m| ≤ 1."""
    return (
        Argued("Jensen", "E χ_k < (E χ_k²)^{1/2} = √k, so the factor is below m for every k"),
        Order(
            "for instance in 16 dimensions, those that survive at d = 64",
            r"E \chi_{16}/4 < 1",
            lambda: _mean_chi_over_root(16),
            lambda: arb(1),
        ),
    )


def grows_above_one() -> tuple[Step, ...]:
    """Show that for m > 1 the factor exceeds 1 where enough directions survive."""
    return (
        Limit(
            "(E χ_k)²/k of the 2√d directions tends to 1 as their number grows: through "
            "E χ_k E χ_{k+1} = k the square lies between k − 1 and k, and the factor tends to m",
            sp.sqrt(_k - 1) / sp.sqrt(_k),
            _k,
            sp.oo,
            sp.Integer(1),
        ),
        Identity(
            "the product of neighbours",
            sp.gammasimp(MEAN_CHI * sp.Subs(MEAN_CHI, _k, _k + 1) - _k),
            sp.Integer(0),
        ),
        Order(
            "at m = 2 already one direction suffices: 2 E χ_1 = 2 √(2/π) > 1",
            r"1 < 2\,E \chi_1",
            lambda: arb(1),
            lambda: 2 * _mean_chi_over_root(1),
        ),
        Argued(
            "what is not proved",
            "where the growth of h̄ ends; that nearly one direction is left at m = 2 is measured",
        ),
    )
