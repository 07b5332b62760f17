"""The gradient of the stable rank, on which rank pre-training climbs.

∇_H r = (4 Tr M/(N‖M‖_F²)) (H − (Tr M/‖M‖_F²) M H), with the square norm
‖∇_H r‖_F² = (16 (Tr M)³/(N ‖M‖_F⁴)) (Tr M · Tr M³/‖M‖_F⁴ − 1).

Two exact quantities have this value only if the closed form C is the gradient: the sum of the
squares of all partial derivatives, ‖∇r‖², and the derivative along C, ⟨∇r, C⟩. Together with ‖C‖²
they give ‖∇r − C‖² = 0. Both are found by arithmetic up to O(t²), without the formula for r's
derivative.

Example: the gradient vanishes where all eigenvalues are equal.

>>> CLAIM.bound(batch=4, trace=3, square=3, cube=3).expression
0
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Condition,
    Domain,
    Identity,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    Steps,
    declare,
    equal,
    number,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank._moments import T_2, T_3
from depthlaw.theory.rank.covariance import covariance, traces
from depthlaw.theory.rank.gradient import Batch, directional_derivative, stable_rank_gradient
from depthlaw.theory.values import Exact, Value

T_1 = sp.Symbol("T_1", positive=True)
FORMULA = 16 * T_1**3 / (setting.N * T_2**2) * (T_1 * T_3 / T_2**2 - 1)
_PARAMETERS = (
    setting.BATCH,
    Parameter("trace", T_1, Domain.REAL, 0, "Tr M", above=True),
    Parameter("square", T_2, Domain.REAL, 0, "Tr M²", above=True),
    Parameter("cube", T_3, Domain.REAL, 0, "Tr M³", above=True),
)


def _traces_possible(values: Mapping[str, ParameterValue]) -> bool:
    first, second, third = (number(values, name) for name in ("trace", "square", "cube"))
    most = number(values, "batch") * second
    return second <= first**2 <= most and second**2 <= first * third and third**2 <= second**3


TRACES_POSSIBLE = Condition(
    "Tr M² ≤ (Tr M)² ≤ N Tr M², (Tr M²)² ≤ Tr M · Tr M³ and (Tr M³)² ≤ (Tr M²)³",
    "cube",
    _traces_possible,
    lambda _: "no M = HHᵀ/N has these three traces: they are power sums of N eigenvalues ≥ 0",
)


def _parameters(batch: Batch) -> dict[str, ParameterValue]:
    found = traces(covariance(batch))
    return {
        "batch": len(batch[0]),
        "trace": found.trace,
        "square": found.square,
        "cube": found.cube,
    }


def square_of_partials(batch: Batch) -> Fraction:
    """Return the sum of (∂r/∂H_in)² over all entries."""
    d, N = len(batch), len(batch[0])
    total = Fraction(0)
    for i in range(d):
        for n in range(N):
            corner = [[int(j == i and k == n) for k in range(N)] for j in range(d)]
            total += directional_derivative(batch, corner) ** 2
    return total


def slope_along_closed_form(batch: Batch) -> Fraction:
    """Return the derivative of r along the closed form of its gradient."""
    return directional_derivative(batch, stable_rank_gradient(batch))


def _quantity(batch: list[list[int]]) -> Value:
    return Exact(sp.Rational(square_of_partials(batch)))


def _quantity_2(batch: list[list[int]]) -> Value:
    return Exact(sp.Rational(slope_along_closed_form(batch)))


def _checks(label: str, batch: list[list[int]]) -> tuple[Check, Check]:
    return (
        Check(
            f"{label}: all partial derivatives",
            _parameters(batch),
            Computed(_quantity, {"batch": batch}),
        ),
        Check(
            f"{label}: along the closed form",
            _parameters(batch),
            Computed(_quantity_2, {"batch": batch}),
        ),
    )


def _derivation() -> Steps:
    t, f, a, b, c = sp.symbols("t f a b c", positive=True)
    h, mh = sp.symbols("h_in (MH)_in", real=True)
    N = setting.N
    factor = 4 * t / (N * f)
    yield Cited(
        "∂Tr M/∂h_in = (2/N) h_in and ∂‖M‖_F²/∂h_in = (4/N)(MH)_in, for M = HHᵀ/N of any shape",
        "Petersen and Pedersen, The Matrix Cookbook, section 2.5",
    )
    yield Identity(
        "so in r = t²/f, t = Tr M and f = ‖M‖_F², the partial derivative is",
        sp.Derivative(t**2 / f, t) * (2 / N) * h + sp.Derivative(t**2 / f, f) * (4 / N) * mh,
        factor * (h - (t / f) * mh),
    )
    yield Identity(
        "summed over i and n with a = Σh², b = Σh(MH), c = Σ(MH)²: the square norm, where "
        "a = ⟨H, H⟩ = N Tr M, b = ⟨H, MH⟩ = N Tr M² and c = ⟨MH, MH⟩ = N Tr M³",
        sp.Subs(
            factor**2 * (a - 2 * (t / f) * b + (t / f) ** 2 * c),
            (a, b, c, t, f),
            (N * T_1, N * T_2, N * T_3, T_1, T_2),
        ),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "gradient of the stable rank",
    equal(sp.Symbol(r"\|\nabla_H r\|_F^2"), FORMULA),
    source=PAPER.at("rank pre-training", "closed form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=_PARAMETERS,
    assumes=(
        "H is not zero",
        "no normalisation",
        TRACES_POSSIBLE,
    ),
    checks=(
        *_checks("d = 2, N = 3", [[1, 2, 3], [0, -1, 5]]),
        *_checks("d = 3, N = 2", [[1, 2], [3, -1], [0, 4]]),
        *_checks(
            "a square batch, d = 4", [[1, 2, 3, 4], [0, 1, -1, 2], [5, 0, 0, 1], [2, 2, 1, 0]]
        ),
        *_checks("nearly rank one", [[1000, 2000, 3000], [1000, 2001, 3000]]),
        *_checks("orthogonal rows: stationary", [[1, 1], [1, -1]]),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("rank.lemma-1",),
)
