"""Lemma 4: the Lyapunov function bounds the orthogonality gap.

V(H) ≤ 2n V̂(H) for ‖H‖_F = 1.

Example: it says V ≤ 2 for singular batches, more than the trivial √(1 − 1/n).

>>> from fractions import Fraction
>>> CLAIM.vacuous(batch=5, lyapunov=Fraction(1, 5))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import BATCH, Identity, Outcome, Sign, Status, Steps, declare, upper
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_4 as lemma
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.writing.symbols import lyapunov, n

FORMULA = 2 * n * lyapunov


def _derivation() -> Steps:
    excess = 3 * n**2 + n
    yield from lemma.largest_gap_steps()
    yield Identity(
        "the square of the bound exceeds n(n−1)V̂² by",
        FORMULA**2 - n * (n - 1) * lyapunov**2,
        excess * lyapunov**2,
    )
    yield Sign("which is positive", excess, strict=True)
    yield Identity(
        "so V is at most the root of the sum",
        sp.sqrt(n * (n - 1) * lyapunov**2 + excess * lyapunov**2),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "orthogonality gap at most 2n times the Lyapunov function",
    upper(lemma.QUANTITY, FORMULA, trivial=setting.HIGHEST_GAP),
    source=PAPER.at("Lemma 4"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, setting.LYAPUNOV),
    assumes=(setting.at_most_one_over_batch(setting.LYAPUNOV),),
    checks=lemma.checks(),
    derivation=_derivation,
    control=Fraction(9, 20),
    siblings=("orthogonalization.lemma-4-sharp",),
)
