"""Lemma 1, second part, for every batch: the threshold is a fraction of the mean eigenvalue.

#{i : σ_i(H)²/N ≥ τ Tr(M)/d} ≥ (1−τ)² r(H), M = HHᵀ/N.

Example: the bound is that of the normalised form.

>>> from depthlaw.theory.claim.registry import claim
>>> at = {"stable_rank": 3, "threshold": Fraction(1, 2)}
>>> CLAIM.bound(**at) == claim("rank.lemma-1-soft").bound(**at)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Check, Outcome, Status, declare, lower
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _lemma_1 as lemma
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.rank.covariance import covariance
from depthlaw.theory.rigorous.matrices import RationalMatrix


def _check(label: str, matrix: RationalMatrix, tau: Fraction) -> Check:
    level = lemma.scale_free_level(matrix, tau)
    return lemma.soft_check(f"{label}, τ = {tau}", matrix, tau, level)


_HALF = Fraction(1, 2)
_FLAT = cov.equicorrelated(5, Fraction(0))

CLAIM = declare(
    __name__,
    "the soft-rank bound at a fraction of the mean eigenvalue",
    lower(
        sp.Symbol(r"\mathrm{rank}_{\tau\,\mathrm{Tr}(M)/d}(H)"),
        lemma.FORMULA,
        trivial=sp.Integer(1),
    ),
    source=PAPER.at("Lemma 1", "scale-free form, ours"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.STABLE_RANK, setting.THRESHOLD),
    assumes=(
        "H is not zero",
        setting.THRESHOLD_AT_MOST_ONE,
    ),
    checks=(
        _check("M = 10⁻⁴ I_5", lemma.scaled(_FLAT, Fraction(1, 10**4)), _HALF),
        _check("M = 10⁻⁴ I_5", lemma.scaled(_FLAT, Fraction(1, 10**4)), Fraction(0)),
        _check("M = 10⁶ I_5", lemma.scaled(_FLAT, Fraction(10**6)), _HALF),
        _check(
            "one neuron large, the others small",
            covariance([[1, 0, 0, 0], [0, _HALF, 0, 0], [0, 0, _HALF, 0], [0, 0, 0, _HALF]]),
            Fraction(1, 10),
        ),
        _check(
            "two strong directions of 48, the rest just below the threshold, halved",
            lemma.scaled(cov.blocks([24, 24], Fraction(31, 40)), _HALF),
            Fraction(1, 4),
        ),
        _check(
            "a batch that was never normalised, d = 3, N = 4",
            covariance([[1, 2, 3, 4], [0, -1, 5, 2], [7, 1, 0, -2]]),
            Fraction(1, 5),
        ),
        _check("rank one: nothing said", covariance([[1, 2], [2, 4]]), _HALF),
    ),
    derivation=lemma.truncated,
    control=Fraction(11, 10),
    siblings=("rank.lemma-1-soft", "rank.lemma-1-unnormalised"),
)
