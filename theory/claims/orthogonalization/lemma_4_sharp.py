"""Lemma 4 with the best constant.

V(H) ≤ √(n(n−1)) V̂(H) for ‖H‖_F = 1, with equality iff all eigenvalues but one are equal and the
odd one is the largest.

Example: at V̂ = 1/n it is the trivial bound, so it never says less.

>>> import sympy as sp
>>> from fractions import Fraction
>>> bound = CLAIM.bound(batch=5, lyapunov=Fraction(1, 5))
>>> bound.expression == sp.sqrt(1 - sp.Rational(1, 5))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import BATCH, Identity, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_4 as lemma
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.writing.symbols import lyapunov, n

FORMULA = sp.sqrt(n * (n - 1)) * lyapunov


def _derivation() -> Steps:
    yield from lemma.largest_gap_steps()
    square = sp.Symbol("x", nonnegative=True)
    yield Identity("its root", sp.Subs(sp.sqrt(square), square, n * (n - 1) * lyapunov**2), FORMULA)


CLAIM = declare(
    __name__,
    "orthogonality gap at most √(n(n−1)) times the Lyapunov function",
    upper(lemma.QUANTITY, FORMULA, trivial=setting.HIGHEST_GAP),
    source=PAPER.at("Lemma 4", "sharper constant, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, setting.LYAPUNOV),
    assumes=(setting.at_most_one_over_batch(setting.LYAPUNOV),),
    checks=lemma.checks(),
    derivation=_derivation,
    control=Fraction(999, 1000),
    siblings=("orthogonalization.lemma-4",),
)
