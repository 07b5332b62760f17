"""Theorem A.2: one layer divides the potential by β.

γ(F(G)) ≤ γ(G)/β, γ(G) = max_{i≠j} |ρ_ij|/(1 − |ρ_ij|).

Example: an affine activation keeps the potential.

>>> CLAIM.bound(potential=3, strength=1).contains(3)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Identity,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.values import Value


def _quantity(instance: recursion.Instance) -> Value:
    return recursion.potential(instance.next_gram())


def _derivation() -> Steps:
    rho, pair = sp.symbols("rho rho_ij", real=True)
    x, gamma = sp.Symbol("x", nonnegative=True), setting.GAMMA
    one = Uses("for that pair", "isometry.lemma-a7", {rho: pair}, (pair < 1, *steps.KNOWN))
    yield Identity(
        "x/(1 − x) grows with x, so that the pair with the largest |f(ρ_ij)| decides γ(F(G))",
        sp.Derivative(x / (1 - x), x),
        1 / (1 - x) ** 2,
    )
    yield one
    yield Identity(
        "which grows with |ρ_ij|, at most γ/(1 + γ) with γ = γ(G)",
        sp.Subs(one.right, sp.Abs(pair), gamma / (1 + gamma)),
        gamma / setting.BETA,
    )


CLAIM = declare(
    __name__,
    "one layer divides the potential by β",
    upper(sp.Symbol(r"\gamma(F(G))"), setting.GAMMA / setting.BETA),
    source=PAPER.at("Theorem A.2"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.POTENTIAL, setting.STRENGTH),
    assumes=(
        "unit diagonal, no two samples equal or opposite; F applies the centred map to every entry",
        setting.STRENGTH_AT_MOST_TWO,
    ),
    checks=recursion.one_layer_checks(_quantity, "potential", "strength"),
    derivation=_derivation,
    control=Fraction(95, 100),
    siblings=("isometry.lemma-a7", "isometry.corollary-a3"),
)
