"""Under an invariant law the mean drift of ‖M‖_F² vanishes to order γ².

|E_ν δ(M)| ≤ ε/γ² + C γ²/(1 − 4Bdγ), with C = 512 (625/49) d²(d−1)(3d − 3 + B²) and
ε = |E_ν‖M⁺‖_F² − E_ν‖M‖_F²|. An invariant law ν has ε = 0.

The form with a defect can be checked on laws that are not invariant, where it is nearly tight. The
invariant laws known in closed form live on the matrices ssᵀ, s of entries ±1.

Example: without a defect the bound is O(γ²).

>>> at = {"width": 2, "largest": 1, "defect": 0}
>>> whole, half = (CLAIM.bound(residual=Fraction(1, k), **at).ball for k in (64, 128))
>>> bool(whole > 4 * half)
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Check,
    Computed,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    TowerProperty,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _moments as moments
from depthlaw.theory.claims.rank import _remainder as remainder
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.network.weight_law import WeightLaw, symmetric
from depthlaw.theory.rank.covariance import normalised, traces
from depthlaw.theory.rank.drift import drift_of_square_norm
from depthlaw.theory.rank.enumeration import mean_square_norm
from depthlaw.theory.rank.remainder import GAMMA, SQUARE_NORM, B
from depthlaw.theory.rank.weights import RADEMACHER, THREE_VALUED
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Exact
from depthlaw.theory.writing.symbols import d

FORMULA = remainder.DEFECT / GAMMA**2 + SQUARE_NORM / GAMMA**2
_PARAMETERS = (
    WIDTH,
    remainder.LARGEST,
    setting.RESIDUAL,
    remainder.defect("|E‖M⁺‖_F² − E‖M‖_F²|"),
)


def _drift(support: Any, size: Any) -> Exact:
    mean = sum((drift_of_square_norm(M) for M in support), start=Fraction(0)) / size
    return Exact(sp.Rational(abs(mean)))


def _check(
    label: str, law_of_m: Sequence[RationalMatrix], weights: WeightLaw, gamma: Fraction
) -> Check:
    """Return a check for ν uniform on the given covariances."""
    support = [normalised(M) for M in law_of_m]
    size = len(support)
    moved = sum(
        (mean_square_norm(M, symmetric(weights), gamma) - traces(M).square for M in support),
        start=Fraction(0),
    )

    return Check(
        f"{label}, weights {weights.name}, γ = {gamma}",
        {
            "width": len(support[0]),
            "largest": weights.largest,
            "residual": gamma,
            "defect": abs(moved) / size,
        },
        Computed(_drift, {"support": support, "size": size}),
    )


def _derivation() -> Steps:
    change, left_out = sp.symbols("a b", nonnegative=True)
    yield Uses(
        "γ²δ(M) is the mean change of ‖M‖_F² given M up to",
        "rank.one-step-remainder",
        known=(remainder.SMALL_RESIDUAL.relation,),
    )
    yield TowerProperty(
        "averaged over ν, with b for what is left out",
        sp.Symbol("T_2^+", positive=True),
        moments.T_2 + GAMMA**2 * moments.DRIFT + left_out,
    )
    yield Limit(
        "E_ν δ = O(γ²) beside the defect: the bound without ε/γ², over γ², tends to",
        SQUARE_NORM / GAMMA**4,
        GAMMA,
        sp.Integer(0),
        sp.Rational(320_000, 49) * d**2 * (d - 1) * (3 * d - 3 + B**2),
    )
    yield Identity(
        "γ²|E_ν δ| is at most |E_ν‖M⁺‖_F² − E_ν‖M‖_F²| = ε, 0 for an invariant law, and the bound "
        "on what is left out",
        sp.Subs(
            (change + left_out) / GAMMA**2, (change, left_out), (remainder.DEFECT, SQUARE_NORM)
        ),
        FORMULA,
    )


_SMALL = Fraction(1, 2**12)

CLAIM = declare(
    __name__,
    "the mean drift under an invariant law is O(γ²)",
    upper(sp.Symbol(r"|\mathbb{E}_\nu \delta(M)|"), FORMULA),
    source=PAPER.ours("invariance"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=_PARAMETERS,
    assumes=(
        *setting.SYMMETRIC_WEIGHTS,
        "ν lives on covariances with unit diagonal",
        remainder.SMALL_RESIDUAL,
    ),
    checks=(
        _check(
            "rank one is invariant",
            [cov.signs([1, 1]), cov.signs([1, -1])],
            RADEMACHER,
            Fraction(1, 16),
        ),
        _check("a point mass, correlation 1/3", [cov.pair(Fraction(1, 3))], RADEMACHER, _SMALL),
        _check("a point mass, correlation 4/5", [cov.pair(Fraction(4, 5))], THREE_VALUED, _SMALL),
        _check(
            "isometry and rank one, evenly",
            [cov.pair(Fraction(0)), cov.signs([1, 1])],
            RADEMACHER,
            _SMALL,
        ),
        _check(
            "drifts that almost cancel: correlations 1/3 and 2/3",
            [cov.pair(Fraction(1, 3)), cov.pair(Fraction(2, 3))],
            RADEMACHER,
            _SMALL,
        ),
        _check("a point mass, d = 3", [cov.THREE], RADEMACHER, Fraction(1, 2**14)),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("rank.one-step", "rank.one-step-remainder"),
)
