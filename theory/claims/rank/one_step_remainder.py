"""What the one-step identity leaves out is O(γ⁴) for a symmetric law, with a constant.

|E[‖M⁺‖_F² | M] − ‖M‖_F² − γ² δ(M)| ≤ C γ⁴/(1 − 4Bdγ), C = 512 (625/49) d²(d−1)(3d − 3 + B²).

The order is right and the constant is not: it holds for every M and every law at once. Where the
fourth-order coefficient is known the remainder is far smaller.

Example: halving γ divides the bound by more than 16.

>>> whole, half = (
...     CLAIM.bound(width=2, largest=1, residual=Fraction(1, k)).ball for k in (64, 128)
... )
>>> bool(whole > 16 * half)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import WIDTH, Check, Computed, Outcome, Status, declare, upper
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _remainder as remainder
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.network.weight_law import WeightLaw, symmetric
from depthlaw.theory.rank.covariance import normalised, traces
from depthlaw.theory.rank.drift import drift_of_square_norm
from depthlaw.theory.rank.enumeration import mean_square_norm
from depthlaw.theory.rank.remainder import SQUARE_NORM
from depthlaw.theory.rank.weights import RADEMACHER, THREE_VALUED
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Exact, Value


def left_out(matrix: RationalMatrix, law: WeightLaw, gamma: Fraction) -> Fraction:
    """Return E[‖M⁺‖_F² | M] − ‖M‖_F² − γ² δ(M), exactly.

    Raises
    ------
    ArgumentError
        If M is not normalised or the law is not symmetric.
    """
    M = normalised(matrix)
    linear = traces(M).square + gamma**2 * drift_of_square_norm(M)
    return mean_square_norm(M, symmetric(law), gamma) - linear


def _quantity(matrix: RationalMatrix, law: WeightLaw, gamma: Fraction) -> Value:
    return Exact(sp.Rational(abs(left_out(matrix, law, gamma))))


def _check(label: str, matrix: RationalMatrix, law: WeightLaw, gamma: Fraction) -> Check:
    return Check(
        f"{label}, weights {law.name}, γ = {gamma}",
        {"width": len(matrix), "largest": law.largest, "residual": gamma},
        Computed(_quantity, {"matrix": matrix, "law": law, "gamma": gamma}),
    )


_SMALL = Fraction(1, 2**20)

CLAIM = declare(
    __name__,
    "remainder of the one-step identity, symmetric law",
    upper(
        sp.Symbol(r"|\mathbb{E}[\|M^+\|_F^2 \mid M] - \|M\|_F^2 - \gamma^2 \delta(M)|"), SQUARE_NORM
    ),
    source=PAPER.ours("remainder of the one-step identity"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(WIDTH, remainder.LARGEST, setting.RESIDUAL),
    assumes=(
        *setting.UNIT_DIAGONAL,
        "the law is symmetric, |w| ≤ B",
        remainder.SMALL_RESIDUAL,
    ),
    checks=(
        *(
            _check("correlation 1/3", cov.pair(Fraction(1, 3)), RADEMACHER, gamma)
            for gamma in (Fraction(1, 9), Fraction(1, 64), _SMALL)
        ),
        _check("correlation −9/10", cov.pair(Fraction(-9, 10)), THREE_VALUED, Fraction(1, 64)),
        _check("isometry, d = 3", cov.equicorrelated(3, Fraction(0)), RADEMACHER, Fraction(1, 64)),
        _check("general position, d = 3", cov.THREE, RADEMACHER, _SMALL),
        _check("rank two, d = 3", cov.THREE_IN_A_PLANE, RADEMACHER, Fraction(1, 13)),
    ),
    derivation=remainder.square_norm_steps,
    control=Fraction(1, 25_000),
    siblings=("rank.one-step", "rank.skewed-step", "rank.invariance"),
)
