"""Theorem 1 as an equality.

I(G̃)/I(G) = (n^{−1} Σ a_i²)/(Π a_i²)^{1/n}, a_i = ‖x_i‖.

Example: two samples of norms 1 and 3.

>>> CLAIM.bound(norms=(1, 3)).expression
5/3
"""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.claim import Derivation, Outcome, Status, declare, equal
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _norms as norms
from depthlaw.theory.claims.isometry import _setting as setting

CLAIM = declare(
    __name__,
    "what normalising the samples does to isometry, exactly",
    equal(norms.QUANTITY, norms.MEAN_SQUARE / norms.GEOMETRIC**2),
    source=PAPER.at("Theorem 1", "exact ratio"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.NORMS,),
    assumes=("x_i ≠ 0, linearly independent",),
    checks=norms.checks(),
    derivation=lambda: Derivation(norms.ratio_steps()),
    control=Fraction(101, 100),
    siblings=("isometry.theorem-1",),
)
