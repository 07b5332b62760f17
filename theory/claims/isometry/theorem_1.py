"""Theorem 1: normalising the samples raises isometry.

I(G̃) ≥ I(G) (1 + n^{−1} Σ (a_i − ā)²/ā²), a_i = ‖x_i‖, G̃ the Gram matrix of x_i/‖x_i‖.

Example: two samples whose norms differ by ten per cent of their mean on either side.

>>> CLAIM.bound(norms=(Fraction(9, 10), Fraction(11, 10))).expression
101/100
"""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.claim import Derivation, Outcome, Status, declare, lower
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _norms as norms
from depthlaw.theory.claims.isometry import _setting as setting

CLAIM = declare(
    __name__,
    "normalising the samples raises isometry",
    lower(norms.QUANTITY, norms.VARIATION),
    source=PAPER.at("Theorem 1"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.NORMS,),
    assumes=("x_i ≠ 0, linearly independent (otherwise both sides are 0)",),
    checks=norms.checks(),
    derivation=lambda: Derivation((*norms.ratio_steps(), *norms.mean_steps())),
    control=Fraction(11, 10),
    siblings=("isometry.theorem-1-exact", "isometry.corollary-2", "isometry.optimal-constant"),
)
