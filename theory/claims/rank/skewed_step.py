"""A skewed law of the weights leaves a term of order γ³: for two neurons in closed form.

lim_{γ→0} (E[‖M⁺‖_F² | M] − ‖M‖_F² − γ² δ(M))/γ³ = −16 κ₃ c (1 − c²)(1 − 2c²) at d = 2, c = M_12.

For any width it is κ₃ C(M), C in `depthlaw.theory.rank.drift.cubic_term`; a symmetric law has none,
and neither has isometry or rank one.

Example: at c² = 1/2 the term vanishes, whatever the law.

>>> FORMULA.subs({c: sp.sqrt(sp.Rational(1, 2))})
0
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Domain,
    Heading,
    Identity,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank._indices import M, delta, j, k, l, total
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank import expansion
from depthlaw.theory.rank.enumeration import square_norm_series
from depthlaw.theory.rank.weights import RADEMACHER, SKEWED, THREE_VALUED, two_valued
from depthlaw.theory.values import Exact, Value

c = sp.Symbol("c", real=True)
SKEWNESS = sp.Symbol("kappa_3", nonnegative=True)
FORMULA = -16 * SKEWNESS * c * (1 - c**2) * (1 - 2 * c**2)
_C = Parameter("correlation", c, Domain.REAL, -1, "correlation M_12 of two neurons")
_KAPPA = Parameter("skewness", SKEWNESS, Domain.REAL, 0, "third moment of a weight")

VERY_SKEWED = two_valued(3)


def _quantity(law: WeightLaw, matrix: Any) -> Value:
    return Exact(sp.Rational(square_norm_series(matrix, law, 3)[3]))


def _check(correlation: Fraction, law: WeightLaw) -> Check:
    matrix = cov.pair(correlation)
    return Check(
        f"c = {correlation}, weights {law.name}",
        {"correlation": correlation, "skewness": law.moment(3)},
        Computed(_quantity, {"law": law, "matrix": matrix}),
    )


def _cubic(matrix: sp.Matrix) -> sp.Expr:
    m, p, s = expansion.m, expansion.p, expansion.s_i
    summand = m * (2 - 8 * m**2) * s + (8 * m**2 - 2) * p - 2 * m + 2 * m**3
    return 2 * expansion.sum_over_pairs(summand, matrix)


def _derivation() -> Steps:
    a, b, e = sp.symbols("a b e", integer=True, positive=True)
    two = sp.Matrix([[1, c], [c, 1]])
    summed = expansion.sum_over_pairs(expansion.pair_coefficient(3), two)
    three = delta(k, l) * delta(l, j)
    yield Cited(
        "the mean of the γ³ term is the limit: W is bounded, so the remainder is O(γ⁴) for all W "
        "at once",
        "Taylor's theorem; Rudin, Principles of Mathematical Analysis, Theorem 5.15",
    )
    yield Heading("Means of order three: one weight has to occur three times, E w³ = κ₃")
    yield Identity(
        "E u_ia u_ib u_ie over κ₃",
        total(three * M[k, a] * M[l, b] * M[j, e], j, l, k),
        total(M[k, a] * M[k, b] * M[k, e], k),
    )
    yield Identity(
        "E u_ia q_ii over κ₃, where M_kk = 1",
        total(three * M[k, a] * M[l, j], j, l, k),
        total(M[k, a] * M[k, k], k),
    )
    yield Heading("Two neurons")
    for end in (0, 1, -1):
        yield Identity(f"no term at c = {end}", sp.Subs(FORMULA, c, end), sp.Integer(0))
    yield Identity(
        "the γ³ term of (M⁺_12)² + (M⁺_21)², its products replaced by their means",
        summed.subs(expansion.KAPPA, SKEWNESS),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "the γ³ term of a skewed law, two neurons",
    equal(
        sp.Symbol(
            r"\lim_{\gamma \to 0} \gamma^{-3}(\mathbb{E}[\|M^+\|_F^2 \mid M] - \|M\|_F^2"
            r" - \gamma^2 \delta(M))"
        ),
        FORMULA,
    ),
    source=PAPER.ours("what a symmetric law is for"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(_C, _KAPPA),
    assumes=(
        *setting.UNIT_DIAGONAL,
        "the weights are bounded",
        "third moment κ₃ ≥ 0: by W → −W only |κ₃| matters up to sign",
        setting.at_most_one(_C, "a correlation of two neurons"),
    ),
    checks=(
        _check(Fraction(1, 2), SKEWED),
        _check(Fraction(-3, 4), SKEWED),
        _check(Fraction(9, 10), VERY_SKEWED),
        _check(Fraction(1, 10), VERY_SKEWED),
        _check(Fraction(0), SKEWED),
        _check(Fraction(1), SKEWED),
        _check(Fraction(1, 2), RADEMACHER),
        _check(Fraction(-2, 3), THREE_VALUED),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("rank.one-step", "rank.one-step-remainder"),
)
