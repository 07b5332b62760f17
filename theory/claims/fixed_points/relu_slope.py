"""ReLU and its relatives: the slope at 1 is exactly 1.

κ′(1) = 1 for φ(x) = a·min(x, 0) + max(x, 0), for every a ≠ 1: case 3, not case 2.

The printed .95 is the sum of 25 terms: Σ_{k<25} k c_k²/Σ c_k² = .948. The terms fall like k^{−3/2},
so that the sum of K terms falls short by something like 1/√K, and no truncation shows the 1.

Example: the squared slope is 1 on one side and a² on the other, its mean that of φ².

>>> CLAIM.bound(leak=0).ball == 1
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.activations import leaky_relu
from depthlaw.theory.claim import (
    Check,
    Computed,
    Order,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points import _two_slopes as two_slopes
from depthlaw.theory.claims.fixed_points._truncated import truncated_slope
from depthlaw.theory.kernels import normalised_map
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Value, as_value


def _slope(leak: Fraction) -> Value:
    return as_value(normalised_map(leaky_relu(leak)).slope_at_one)


def _check(leak: Fraction) -> Check:
    return Check(f"a = {leak}", {"leak": leak}, Computed(_slope, {"leak": leak}))


def _derivation() -> Steps:
    def truncation() -> arb:
        return truncated_slope("relu", 25)

    yield Sign("κ(0) = (1−a)²/(π(1+a²)) is not negative, and 0 for a = 1 alone", two_slopes.SHARE)
    yield Order(
        "25 terms of the series at 1, for ReLU: above .945",
        r".945 < \sum_{k < 25} k c_k^2 / \sum_k c_k^2",
        lambda: ball(Fraction(945, 1000)),
        truncation,
    )
    yield Order(
        "and below .955: the printed .95",
        r"\sum_{k < 25} k c_k^2 / \sum_k c_k^2 < .955",
        truncation,
        lambda: ball(Fraction(955, 1000)),
    )
    yield from two_slopes.closed_form()


CLAIM = declare(
    __name__,
    "ReLU and leaky ReLU are case 3 exactly",
    equal(setting.slope1, sp.Integer(1)),
    source=PAPER.at("Table of kernels", "value corrected, ours"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(two_slopes.LEAK,),
    assumes=(
        *setting.MODEL,
        two_slopes.CURVED,
    ),
    checks=tuple(
        _check(leak)
        for leak in (
            Fraction(0),
            Fraction(1, 100),
            Fraction(3, 10),
            Fraction(999_999, 1_000_000),
            Fraction(-1, 4),
            Fraction(-1),
            Fraction(7),
        )
    ),
    derivation=_derivation,
    control=Fraction(95, 100),
    errata=(
        "ReLU and leaky ReLU are listed as case 2 with κ′(1) = .95; the exact slope is 1, which "
        "is case 3.",
    ),
    siblings=("fixed-points.relu-asymptotics", "fixed-points.published-table"),
)
