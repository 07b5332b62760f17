"""Lemma 1, first part: the stable rank bounds the rank from below.

rank(H) ≥ r(H) = tr(M)²/‖M‖_F², M = HHᵀ/N.

Attained iff all non-zero eigenvalues of M are equal.

Example: orthogonal rows of equal norm attain it.

>>> from depthlaw.theory.rank.covariance import rank, stable_rank
>>> M = covariance([[2, 2, 0], [2, -2, 0], [0, 0, 0]])
>>> CLAIM.bound(stable_rank=stable_rank(M)).expression == rank(M)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Outcome, Status, declare, lower
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _lemma_1 as lemma
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.rank.covariance import covariance

CLAIM = declare(
    __name__,
    "the stable rank bounds the rank from below",
    lower(
        sp.Symbol(r"\mathrm{rank}(H)"),
        setting.STABLE,
        trivial=sp.Integer(1),
    ),
    source=PAPER.at("Lemma 1"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.STABLE_RANK,),
    assumes=("H is not zero",),
    checks=(
        lemma.rank_check("orthogonal rows, d = 4, N = 4", cov.equicorrelated(4, Fraction(0))),
        lemma.rank_check(
            "orthogonal rows that are not normalised, d = 3, N = 2",
            covariance([[3, 3], [3, -3], [0, 0]]),
        ),
        lemma.rank_check("one neuron dominates", covariance([[100, 0, 0], [0, 1, 0], [0, 0, 1]])),
        lemma.rank_check("general position, d = 5", cov.FIVE),
        lemma.rank_check("rank three of five", cov.FIVE_IN_SPACE),
        lemma.rank_check("wide batch, d = 2, N = 6", covariance([[1, 2, 3, 4, 5, 6], [1, 1] * 3])),
        lemma.rank_check("nearly rank one, d = 4", cov.NEARLY_ONE),
        lemma.rank_check("rank one: nothing said", cov.signs([1, -1, 1])),
    ),
    derivation=lemma.whole,
    control=Fraction(11, 10),
    siblings=("rank.lemma-1-soft",),
)
