"""The one-step identity: how ‖M‖_F² moves in one residual layer, on average.

lim_{γ→0} (E[‖M⁺‖_F² | M] − ‖M‖_F²)/γ² = δ(M) = 2d² − 2Tr M² − 8Tr M³ + 8 Σ_i ((M²)_ii)².

Checked by routes that replace no moment: all weight matrices with entries of finitely many values,
in power series with rational coefficients; weights with a single entry; extrapolation in γ.

Example: isometry is left, at the rate 2d(d−1).

>>> CLAIM.bound(width=7, square=7, cube=7, diagonal=7).expression == 2 * 7 * 6
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Heading, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _moments as moments
from depthlaw.theory.claims.rank import _one_step as one_step
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.rank.weights import RADEMACHER, SKEWED, THREE_VALUED


def _derivation() -> Steps:
    yield from one_step.limit_steps()
    yield Heading("Two cases")
    yield from one_step.drift_at_isometry()
    yield one_step.rank_one_has_no_drift()
    yield from one_step.expansion_steps()


_COARSE, _FINE = Fraction(1, 64), Fraction(1, 256)

CLAIM = declare(
    __name__,
    "mean change of ‖M‖_F² in one residual layer, per γ²",
    equal(
        sp.Symbol(r"\lim_{\gamma \to 0} \gamma^{-2}(\mathbb{E}[\|M^+\|_F^2 \mid M] - \|M\|_F^2)"),
        moments.DRIFT,
        tested=sp.Rational(1, 2**24),
    ),
    source=PAPER.ours("one-step identity"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=moments.TRACES,
    assumes=(
        *setting.UNIT_DIAGONAL,
        moments.SQUARE_POSSIBLE,
        moments.CUBE_POSSIBLE,
        moments.DIAGONAL_POSSIBLE,
    ),
    checks=(
        *(
            moments.enumerated("correlation 1/3", cov.pair(Fraction(1, 3)), law)
            for law in (RADEMACHER, THREE_VALUED, SKEWED)
        ),
        moments.enumerated("correlation −9/10", cov.pair(Fraction(-9, 10)), THREE_VALUED),
        moments.enumerated("isometry, d = 2", cov.pair(Fraction(0)), RADEMACHER),
        moments.enumerated("rank one, d = 2: no drift", cov.signs([1, -1]), RADEMACHER),
        moments.enumerated("general position, d = 3", cov.THREE, RADEMACHER),
        moments.enumerated("general position, d = 3", cov.THREE, SKEWED),
        moments.enumerated("rank two, d = 3", cov.THREE_IN_A_PLANE, THREE_VALUED),
        moments.enumerated("general position, d = 5", cov.FIVE, RADEMACHER),
        moments.extrapolated("correlation 1/3", cov.pair(Fraction(1, 3)), RADEMACHER, _COARSE),
        moments.extrapolated("correlation 4/5", cov.pair(Fraction(4, 5)), THREE_VALUED, _FINE),
        moments.single_entries("general position, d = 5", cov.FIVE),
        moments.single_entries("rank three of five", cov.FIVE_IN_SPACE),
        moments.single_entries("nearly rank one, d = 4", cov.NEARLY_ONE),
        moments.single_entries("two blocks, d = 6", cov.blocks([2, 4], Fraction(2, 5))),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("rank.one-step-remainder", "rank.skewed-step", "rank.invariance"),
)
