"""Lemma 8 with the constant that its proof gives.

1/n − p_n ≤ (1 − (2n/(n+2)) λ_n)(1/n − λ_n), with λ_n the smallest eigenvalue.

The constant is the best possible: at isometry the two sides have the same derivative.

Example: the difference to the published form is (2n/(n+2) − 2/3) λ_n (1/n − λ_n).

>>> from fractions import Fraction
>>> from depthlaw.theory.claim.registry import claim
>>> from depthlaw.theory.rigorous.balls import ball
>>> at = {"batch": 4, "smallest": Fraction(1, 8)}
>>> gain = claim("orthogonalization.lemma-8").bound(**at).ball - CLAIM.bound(**at).ball
>>> gain.overlaps(ball((Fraction(8, 6) - Fraction(2, 3)) * Fraction(1, 64)))
True
"""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.claim import BATCH, Derivation, Outcome, Status, declare, upper
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_8 as lemma
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.symbols import lam, n

CLAIM = declare(
    __name__,
    "the smallest expected eigenvalue approaches 1/n, best constant",
    upper(lemma.QUANTITY, (1 - 2 * n / (n + 2) * lam) * (1 / n - lam), trivial=1 / n),
    source=PAPER.at("Lemma 8", "sharper constant, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, setting.SMALLEST),
    assumes=(
        "Σ λ_i = 1",
        setting.at_most_one_over_batch(setting.SMALLEST),
    ),
    checks=lemma.checks(),
    derivation=lambda: Derivation(lemma.steps()),
    control=Fraction(99, 100),
    errata=(lemma.MISPRINT,),
    siblings=("orthogonalization.lemma-8",),
)
