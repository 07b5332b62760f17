"""How the determinant of M moves in one residual layer, at full rank.

lim_{γ→0} E[log det M⁺ − log det M | M]/γ² = 2Tr M² − d² − d.

The determinant falls near isometry and rises near rank one; the two balance where Tr M² is
d(d+1)/2, a stable rank of 2d/(d+1) < 2 (`rank.no-full-rank-law`).

Example: the balance.

>>> CLAIM.bound(width=9, square=45).expression
0
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Check,
    Computed,
    Heading,
    Identity,
    Outcome,
    ParameterValue,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _log_det as log_det
from depthlaw.theory.claims.rank import _log_pdet as pdet
from depthlaw.theory.claims.rank import _moments as moments
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank.covariance import normalised, traces
from depthlaw.theory.rank.enumeration import log_volume_series
from depthlaw.theory.rank.single_entry import log_volume_coefficient
from depthlaw.theory.rank.weights import RADEMACHER, SKEWED, THREE_VALUED
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Exact
from depthlaw.theory.writing.symbols import d


def _coefficient(law: WeightLaw | None, M: Any) -> Exact:
    found = log_volume_coefficient(M, 2) if law is None else log_volume_series(M, law, 2)[2]
    return Exact(sp.Rational(found))


def _check(label: str, matrix: RationalMatrix, law: WeightLaw | None = None) -> Check:
    """Return a check over all weights of a law, or (None) by weights with a single entry."""
    M = normalised(matrix)
    parameters: dict[str, ParameterValue] = {"width": len(M), "square": traces(M).square}

    shown = f"{label}, weights {law.name}" if law else f"{label}, any law"
    return Check(shown, parameters, Computed(_coefficient, {"law": law, "M": M}))


def _derivation() -> Steps:
    yield Heading("The formula for every rank, at k = d and P = I")
    full = (d, moments.T_2, moments.T_2)
    yield Identity(
        "gives the same as what follows (rank.log-pdet-drift)",
        sp.Subs(pdet.DRIFT, (pdet.K, pdet.SINGLE, pdet.DOUBLE), full),
        log_det.DRIFT,
    )
    yield Heading("Directly, from log det M⁺ = log det M + 2 log|det(I + γW)| − Σ log D_ii")
    yield from log_det.steps()


CLAIM = declare(
    __name__,
    "mean change of log det M in one residual layer, per γ²",
    equal(
        sp.Symbol(r"\lim_{\gamma \to 0} \gamma^{-2}\,\mathbb{E}[\log\det M^+ - \log\det M \mid M]"),
        log_det.DRIFT,
    ),
    source=PAPER.ours("log-determinant drift"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(WIDTH, moments.SQUARE),
    assumes=(
        *setting.UNIT_DIAGONAL,
        "M has full rank",
        setting.INVERTIBLE,
        moments.SQUARE_POSSIBLE,
    ),
    checks=(
        _check("isometry, d = 2", cov.pair(Fraction(0)), THREE_VALUED),
        _check("correlation 7/10, just below the balance", cov.pair(Fraction(7, 10)), RADEMACHER),
        _check("correlation 5/7, just above the balance", cov.pair(Fraction(5, 7)), RADEMACHER),
        _check("correlation −99/100", cov.pair(Fraction(-99, 100)), SKEWED),
        _check("general position, d = 3", cov.THREE, RADEMACHER),
        _check("general position, d = 5", cov.FIVE),
        _check("two blocks, d = 6", cov.blocks([2, 4], Fraction(2, 5))),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("rank.log-pdet-drift", "rank.no-full-rank-law"),
)
