"""Corollary A.3: the potential falls like β^{−ℓ}.

γ(G^ℓ) ≤ γ(G⁰) β^{−ℓ}.

Example: five layers at β = 2.

>>> CLAIM.bound(depth=5, potential=64, strength=2).contains(2)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.values import Value
from depthlaw.theory.writing.symbols import ell

FORMULA = setting.GAMMA * setting.BETA**-ell


def _quantity(instance: recursion.Instance) -> Value:
    return recursion.potential(instance.gram())


def _derivation() -> Steps:
    yield Uses("one layer", "isometry.theorem-a2", {setting.GAMMA: powers.x}, steps.KNOWN)
    yield from powers.layers(r"\gamma(G^k)", FORMULA, setting.GAMMA, 1 / setting.BETA)


CLAIM = declare(
    __name__,
    "the potential falls like β^{−ℓ}",
    upper(sp.Symbol(r"\gamma(G^\ell)"), FORMULA),
    source=PAPER.at("Corollary A.3"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.POTENTIAL, setting.STRENGTH),
    assumes=(
        *setting.RECURSION,
        "unit diagonal, no two samples equal or opposite",
        setting.STRENGTH_AT_MOST_TWO,
    ),
    checks=tuple(
        recursion.check(_quantity, instance, "depth", "potential", "strength")
        for instance in recursion.INSTANCES
        if instance.depth > 0
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    decreasing=("depth",),
    siblings=("isometry.theorem-a2", "isometry.asymptotic-ratio"),
)
