"""Lemma 8: the expected spectrum moves its smallest eigenvalue towards 1/n.

1/n − p_n ≤ (1 − (2/3) λ_n)(1/n − λ_n), with λ_n the smallest eigenvalue.

Example: isometry is fixed.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=4, smallest=Fraction(1, 4)).contains(0)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER, lemma_8_sharp
from depthlaw.theory.claims.orthogonalization import _lemma_8 as lemma
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.writing.symbols import lam, n

FORMULA = (1 - sp.Rational(2, 3) * lam) * (1 / n - lam)


def _derivation() -> Steps:
    more = sp.Symbol("m", nonnegative=True)
    excess = 4 * (n - 1) / (3 * (n + 2))
    sharp = lemma_8_sharp.FORMULA
    yield Uses(
        "the best constant: 1/n − p_n is at most",
        "orthogonalization.lemma-8-sharp",
        known=(lam <= 1 / n,),
    )
    yield Identity(
        "the printed form exceeds the sharp one by (2n/(n+2) − 2/3) λ_n (1/n − λ_n)",
        FORMULA - sharp,
        excess * lam * (1 / n - lam),
    )
    yield Sign("where the factor is not negative, with n = 1 + m", excess.subs(n, 1 + more))
    yield Identity("the sum", sharp + excess * lam * (1 / n - lam), sp.factor(FORMULA))


CLAIM = declare(
    __name__,
    "the smallest expected eigenvalue approaches 1/n",
    upper(lemma.QUANTITY, FORMULA, trivial=1 / n),
    source=PAPER.at("Lemma 8"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, setting.SMALLEST),
    assumes=(
        "Σ λ_i = 1",
        setting.at_most_one_over_batch(setting.SMALLEST),
    ),
    checks=lemma.checks(),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("orthogonalization.lemma-8-sharp",),
)
