"""How the pseudo-determinant of M moves in one residual layer, at every rank.

lim_{γ→0} E[log pdet M⁺ − log pdet M | M]/γ² = 4Σ P_ii (M²)_ii − 2Σ P_ii² (M²)_ii − 4d − k² + 3k, k
the rank of M and P the projector on its range.

Checked by routes that replace no moment, in power series with rational coefficients.

Example: at full rank P = I, and isometry has 2d − d² − d.

>>> CLAIM.bound(width=5, rank=5, single=5, double=5).expression == 5 - 5**2
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Check,
    Computed,
    Condition,
    Domain,
    Outcome,
    Parameter,
    ParameterValue,
    Requires,
    Status,
    declare,
    equal,
    number,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _log_pdet as pdet
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank.covariance import normalised, rank
from depthlaw.theory.rank.drift import projected_sums
from depthlaw.theory.rank.enumeration import log_volume_series
from depthlaw.theory.rank.single_entry import log_volume_coefficient
from depthlaw.theory.rank.weights import RADEMACHER, SKEWED, THREE_VALUED
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import d

_PARAMETERS = (
    WIDTH,
    Parameter("rank", pdet.K, Domain.INTEGER, 1, "rank k of M"),
    Parameter("single", pdet.SINGLE, Domain.REAL, 0, "Σ P_ii (M²)_ii"),
    Parameter("double", pdet.DOUBLE, Domain.REAL, 0, "Σ P_ii² (M²)_ii"),
)
RANK_POSSIBLE = Requires(pdet.K <= d, "a rank is at most the width")


def _sums_possible(values: Mapping[str, ParameterValue]) -> bool:
    k, d = number(values, "rank"), number(values, "width")
    single, double = number(values, "single"), number(values, "double")
    if k == d and single != double:
        return False
    return k <= single <= k * d and k * k <= d * double and double <= single


SUMS_POSSIBLE = Condition(
    "k ≤ Σ P_ii (M²)_ii ≤ kd and k²/d ≤ Σ P_ii² (M²)_ii ≤ Σ P_ii (M²)_ii, equal at k = d",
    "double",
    _sums_possible,
    lambda values: (
        f"no projector of rank {values['rank']} has these sums: P_ii lies in [0, 1] and sums to "
        "the rank, (M²)_ii lies in [1, width]"
    ),
)


def _parameters(matrix: RationalMatrix) -> dict[str, ParameterValue]:
    M = normalised(matrix)
    single, double = projected_sums(M)
    return {"width": len(M), "rank": rank(M), "single": single, "double": double}


def _quantity(matrix: RationalMatrix, law: WeightLaw) -> Value:
    return Exact(sp.Rational(log_volume_series(matrix, law, 2)[2]))


def _enumerated(label: str, matrix: RationalMatrix, law: WeightLaw) -> Check:
    return Check(
        f"{label}, weights {law.name}",
        _parameters(matrix),
        Computed(_quantity, {"matrix": matrix, "law": law}),
    )


def _quantity_2(matrix: RationalMatrix) -> Value:
    return Exact(sp.Rational(log_volume_coefficient(matrix, 2)))


def _single_entries(label: str, matrix: RationalMatrix) -> Check:
    return Check(
        f"{label}, any law",
        _parameters(matrix),
        Computed(_quantity_2, {"matrix": matrix}),
    )


CLAIM = declare(
    __name__,
    "mean change of log pdet M in one residual layer, per γ²",
    equal(
        sp.Symbol(
            r"\lim_{\gamma \to 0} \gamma^{-2}\,\mathbb{E}[\log\mathrm{pdet}\,M^+ - "
            r"\log\mathrm{pdet}\,M \mid M]"
        ),
        pdet.DRIFT,
    ),
    source=PAPER.ours("log-pseudo-determinant drift"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=_PARAMETERS,
    assumes=(*setting.UNIT_DIAGONAL, setting.INVERTIBLE, RANK_POSSIBLE, SUMS_POSSIBLE),
    checks=(
        _enumerated("rank 2 of 2, correlation 1/3", cov.pair(Fraction(1, 3)), RADEMACHER),
        _enumerated("rank 2 of 2, correlation −9/10", cov.pair(Fraction(-9, 10)), THREE_VALUED),
        _enumerated("rank 2 of 2, correlation 1/3", cov.pair(Fraction(1, 3)), SKEWED),
        _enumerated("rank 1 of 2", cov.signs([1, -1]), THREE_VALUED),
        _enumerated("rank 1 of 3", cov.signs([1, -1, 1]), RADEMACHER),
        _enumerated("rank 2 of 3", cov.THREE_IN_A_PLANE, RADEMACHER),
        _enumerated("rank 3 of 3", cov.THREE, RADEMACHER),
        _single_entries("rank 2 of 4, nearly one", cov.NEARLY_ONE),
        _single_entries("rank 3 of 5", cov.FIVE_IN_SPACE),
        _single_entries("rank 5 of 5", cov.FIVE),
    ),
    derivation=pdet.steps,
    control=Fraction(101, 100),
    siblings=("rank.log-det-drift", "rank.rank-one-growth", "rank.no-full-rank-law"),
)
