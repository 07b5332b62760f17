"""The mean stable rank is at least that of the mean of ‖M‖_F².

E r(M) ≥ d²/E‖M‖_F².

So E‖M‖_F² = O(d^{3/2}) would give E r = Ω(√d). Attained iff ‖M‖_F² is constant.

Example: isometry has full rank, rank one has rank one.

>>> CLAIM.bound(width=7, square=7).expression, CLAIM.bound(width=7, square=49).expression
(7, 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Check,
    Computed,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _moments as moments
from depthlaw.theory.rank.covariance import normalised, stable_rank, traces
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.symbols import d
from depthlaw.theory.values import Exact

FORMULA = d**2 / moments.T_2


def _mean(law: Any) -> Exact:
    return Exact(sp.Rational(sum(share * stable_rank(M) for share, M in law)))


def _check(label: str, weighted: Sequence[tuple[Fraction, RationalMatrix]]) -> Check:
    law = [(share, normalised(matrix)) for share, matrix in weighted]
    square = sum((share * traces(M).square for share, M in law), start=Fraction(0))

    return Check(label, {"width": len(law[0][1]), "square": square}, Computed(_mean, {"law": law}))


def _derivation() -> Steps:
    x, mean = sp.symbols("x mu", positive=True)
    above = (x - mean) ** 2 / (x * mean**2)
    yield Argued("r = d²/x", "with x = ‖M‖_F² and Tr M = d")
    yield Identity(
        "1/x less its tangent at μ = E x", 1 / x - (1 / mean - (x - mean) / mean**2), above
    )
    yield Sign("is not negative; the tangent has the mean 1/μ", above)


_HALF = Fraction(1, 2)

CLAIM = declare(
    __name__,
    "mean stable rank from the mean of ‖M‖_F²",
    lower(
        sp.Symbol(r"\mathbb{E}\, r(M)"),
        FORMULA,
        trivial=sp.Integer(1),
    ),
    source=PAPER.ours("stable rank from a mean square"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(WIDTH, moments.SQUARE),
    assumes=(
        "any law of M on covariances with unit diagonal",
        moments.SQUARE_POSSIBLE,
    ),
    checks=(
        _check("a point mass, d = 5", [(Fraction(1), cov.FIVE)]),
        _check(
            "two covariances with the same norm",
            [(_HALF, cov.pair(Fraction(1, 3))), (_HALF, cov.pair(Fraction(-1, 3)))],
        ),
        _check(
            "isometry or rank one, evenly, d = 5",
            [(_HALF, cov.equicorrelated(5, Fraction(0))), (_HALF, cov.signs([1] * 5))],
        ),
        _check(
            "rarely rank one, d = 5",
            [
                (Fraction(99, 100), cov.equicorrelated(5, Fraction(0))),
                (Fraction(1, 100), cov.signs([1] * 5)),
            ],
        ),
        _check("rank one: nothing said", [(Fraction(1), cov.signs([1, -1, 1]))]),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("rank.invariance", "rank.rank-one-invariant"),
)
