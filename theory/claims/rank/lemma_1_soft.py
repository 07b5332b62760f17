"""Lemma 1, second part: the stable rank bounds the soft rank of a normalised batch.

rank_τ(H) = #{i : σ_i(H)²/N ≥ τ} ≥ (1−τ)² r(H).

Without the normalisation it is false (`rank.lemma-1-unnormalised`).

Example: at τ = 0 it is the bound on the rank, at τ = 1 it says nothing.

>>> CLAIM.bound(stable_rank=3, threshold=0).expression == 3
True
>>> CLAIM.vacuous(stable_rank=3, threshold=1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Check, Outcome, Status, Steps, declare, lower
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _lemma_1 as lemma
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.rank.covariance import normalised
from depthlaw.theory.rigorous.matrices import RationalMatrix


def _check(label: str, matrix: RationalMatrix, tau: Fraction) -> Check:
    return lemma.soft_check(f"{label}, τ = {tau}", normalised(matrix), tau, tau)


def _derivation() -> Steps:
    yield lemma.threshold()
    yield from lemma.truncated()


_QUARTER, _HALF = Fraction(1, 4), Fraction(1, 2)

CLAIM = declare(
    __name__,
    "the stable rank bounds the soft rank of a normalised batch",
    lower(
        lemma.SOFT_RANK,
        lemma.FORMULA,
        trivial=sp.Integer(1),
    ),
    source=PAPER.at("Lemma 1"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.STABLE_RANK, setting.THRESHOLD),
    assumes=(
        "H is an output of batch normalisation: diag(HHᵀ/N) = 1",
        setting.THRESHOLD_AT_MOST_ONE,
    ),
    checks=(
        _check("isometry, d = 6", cov.equicorrelated(6, Fraction(0)), Fraction(0)),
        _check("isometry, d = 6", cov.equicorrelated(6, Fraction(0)), _HALF),
        _check(
            "two strong directions, the rest just below the threshold, d = 48",
            cov.blocks([24, 24], Fraction(31, 40)),
            _QUARTER,
        ),
        _check(
            "eigenvalues exactly at the threshold, d = 8",
            cov.blocks([4, 4], Fraction(3, 4)),
            _QUARTER,
        ),
        _check("general position, d = 5", cov.FIVE, _QUARTER),
        _check("rank three of five", cov.FIVE_IN_SPACE, Fraction(1, 10)),
        _check("general position, d = 5: nothing said", cov.FIVE, Fraction(9, 10)),
        _check("nearly rank one: nothing said", cov.NEARLY_ONE, _HALF),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("rank.lemma-1", "rank.lemma-1-scale-free", "rank.lemma-1-unnormalised"),
)
