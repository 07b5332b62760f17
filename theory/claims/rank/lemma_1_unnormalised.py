"""Lemma 1, second part, read for a batch that is not normalised: false.

rank_τ(H) = #{i : σ_i(H)²/N ≥ τ} ≥ (1−τ)² r(H).

r does not change when H is scaled, and an absolute threshold does: M = 10⁻⁴ I_5 has r = 5 and no
eigenvalue above 1/2. `rank.lemma-1-scale-free` repairs it.

Example: 5/4 is claimed for that matrix, and 0 is counted.

>>> CLAIM.bound(stable_rank=5, threshold=Fraction(1, 2)).expression
5/4
>>> from depthlaw.theory.rank.covariance import soft_rank
>>> soft_rank(lemma.scaled(FLAT, Fraction(1, 10**4)), Fraction(1, 2))
0
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Identity, Outcome, Sign, Status, Steps, declare, lower
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _lemma_1 as lemma
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.rank.covariance import covariance

FLAT = cov.equicorrelated(5, Fraction(0))
_HALF = Fraction(1, 2)


def _derivation() -> Steps:
    scale, tau, largest, more, u = sp.symbols("c tau lambda e u", positive=True)
    claimed = (1 - tau) ** 2 * lemma.T**2 / lemma.F
    yield Identity(
        "r does not change under H → √c H, where T = Tr M and F = ‖M‖_F²",
        sp.Subs(lemma.T**2 / lemma.F, (lemma.T, lemma.F), (scale * lemma.T, scale**2 * lemma.F)),
        lemma.T**2 / lemma.F,
    )
    yield Identity(
        "the eigenvalues are multiplied by c: the largest is below τ, at c = τ/(λ + e), by",
        sp.Subs(tau - scale * largest, scale, tau / (largest + more)),
        tau * more / (largest + more),
    )
    yield Sign("so that none is counted: rank_τ = 0", tau * more / (largest + more), strict=True)
    yield Sign(
        "while the bound stays above 0, for every τ = 1/(1+u) < 1",
        claimed.subs(tau, 1 / (1 + u)),
        strict=True,
    )


CLAIM = declare(
    __name__,
    "the soft-rank bound without normalisation",
    lower(
        lemma.SOFT_RANK,
        lemma.FORMULA,
    ),
    source=PAPER.at("Lemma 1", "read for an arbitrary H"),
    status=Status.PUBLISHED,
    expected=Outcome.REFUTED,
    parameters=(setting.STABLE_RANK, setting.THRESHOLD),
    assumes=(
        "H is not zero; the normalisation diag(HHᵀ/N) = 1 is left out",
        setting.THRESHOLD_AT_MOST_ONE,
    ),
    checks=(
        lemma.soft_check(
            "M = 10⁻⁴ I_5, τ = 1/2", lemma.scaled(FLAT, Fraction(1, 10**4)), _HALF, _HALF
        ),
        lemma.soft_check(
            "rows of norm 1 instead of √N, d = 3, N = 8, τ = 1/4",
            covariance(
                [
                    [Fraction(1, 2)] * 4 + [0] * 4,
                    [0] * 4 + [Fraction(1, 2)] * 4,
                    [_HALF, -_HALF] * 2 + [0] * 4,
                ]
            ),
            Fraction(1, 4),
            Fraction(1, 4),
        ),
        lemma.soft_check(
            "one neuron large, the others small, τ = 1/10",
            covariance([[1, 0, 0, 0], [0, _HALF, 0, 0], [0, 0, _HALF, 0], [0, 0, 0, _HALF]]),
            Fraction(1, 10),
            Fraction(1, 10),
        ),
        lemma.soft_check(
            "scaled up it holds: M = 10 I_5, τ = 1/2",
            lemma.scaled(FLAT, Fraction(10)),
            _HALF,
            _HALF,
        ),
    ),
    derivation=_derivation,
    errata=(
        "The soft-rank bound needs Tr M = d, which batch normalisation gives: r is free of scale "
        "and the threshold τ is not, so that for an arbitrary H it fails at small scales.",
    ),
    siblings=("rank.lemma-1-soft", "rank.lemma-1-scale-free"),
)
