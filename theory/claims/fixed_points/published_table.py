"""Entries of the table of kernels that are printed wrong.

κ′(1) = .95 for ReLU, α = .74 for exp, κ′(1) = 1.06 for SELU.

.95 and 1.06 are sums of 25 terms of Σ k c_k², and .74 is 2/e = κ(0) + κ′(0), of which α is the
complement.

Example: it is what it is.

>>> from fractions import Fraction
>>> CLAIM.bound(printed=Fraction(19, 20)).contains(Fraction(19, 20))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Identity, Order, Outcome, Status, Step, Steps, declare, equal
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points import _table as table
from depthlaw.theory.claims.fixed_points._truncated import truncated_slope
from depthlaw.theory.rigorous.balls import ball

TERMS = 25


def _explains(name: str, text: str) -> tuple[Step, ...]:
    """Return the steps that put the sum of 25 terms where it rounds to the printed decimal."""
    middle = Fraction(text)
    half_unit = Fraction(1, 200)

    def total() -> arb:
        return truncated_slope(name, TERMS)

    return (
        Order(
            f"{name}: the sum of {TERMS} terms rounds to {text}, from above",
            rf"{middle - half_unit} < \sum_{{k<25}} k c_k^2",
            lambda: ball(middle - half_unit),
            total,
        ),
        Order(
            f"{name}: and from below",
            rf"\sum_{{k<25}} k c_k^2 < {middle + half_unit}",
            total,
            lambda: ball(middle + half_unit),
        ),
    )


def _derivation() -> Steps:
    x = sp.Symbol("x", real=True)
    exponential = setting.catalogue("exp").map
    yield from _explains("relu", "0.95")
    yield from _explains("selu", "1.06")
    yield Identity(
        "exp: κ(0) + κ′(0), which rounds to .74",
        exponential.at_zero + exponential.slope_at_zero,
        2 * sp.exp(-1),
    )
    yield Identity(
        "a uniform weight on [−1, 1] has variance 1/3, not 1",
        sp.Integral(x**2 / 2, (x, -1, 1)),
        sp.Rational(1, 3),
    )


CLAIM = declare(
    __name__,
    "entries of the table of kernels, as printed",
    equal(sp.Symbol(r"\text{entry}"), table.printed, within=sp.Rational(1, 148)),
    source=PAPER.at("Table of kernels"),
    status=Status.PUBLISHED,
    expected=Outcome.REFUTED,
    parameters=(table.PRINTED,),
    assumes=(*setting.MODEL,),
    checks=(
        table.row(table.SLOPE_AT_ONE, "relu", "0.95"),
        table.row(table.DEFECT, "exp", "0.74"),
        table.row(table.SLOPE_AT_ONE, "selu", "1.06"),
    ),
    derivation=_derivation,
    errata=(
        "ReLU: κ′(1) = 1, not .95, which is the sum of 25 terms; the case is 3, not 2.",
        "exp: α = 1 − 2/e = .264, not .74, which is 2/e.",
        "SELU: κ′(1) = 1.0716, not 1.06, which is the sum of 25 terms.",
        "Weights uniform on [−1, 1] have variance 1/3; variance 1 takes [−√3, √3].",
    ),
    siblings=("fixed-points.case-table", "fixed-points.relu-slope"),
)
