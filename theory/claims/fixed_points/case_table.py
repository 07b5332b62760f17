"""The table of kernels, to all printed digits.

κ(0), κ′(0), κ′(1), ρ*, κ′(ρ*) and the case of Theorem 1 for tanh, sin, erf, ReLU, exp, cos,
sigmoid, GELU and ELU are the decimals given, to half a unit of the last digit.

Entries that have a formula are checked as identities in the derivation: 1/π, 1/2 and 1 for ReLU,
1/e and 1 for exp, tanh 1 for cos, and 1.0716 for SELU, whose κ(0) is 0 exactly.

Example: it is what it is.

>>> CLAIM.bound(printed=Fraction(1, 2)).contains(Fraction(1, 2))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Budget, Identity, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points import _table as table

COLUMNS = (
    table.AT_ZERO,
    table.SLOPE_AT_ZERO,
    table.SLOPE_AT_ONE,
    table.PLACE,
    table.SLOPE,
    table.CASE,
)
ROWS: dict[str, tuple[str, ...]] = {
    "tanh": ("0", "0.93047", "1.17781", "0", "0.93047", "1"),
    "sin": ("0", "0.85092", "1.31304", "0", "0.85092", "1"),
    "erf": ("0", "0.91358", "1.22570", "0", "0.91358", "1"),
    "relu": ("0.31831", "0.50000", "1", "1", "1", "3"),
    "exp": ("0.36788", "0.36788", "1", "1", "1", "3"),
    "cos": ("0.64805", "0", "0.76159", "1", "0.76159", "2"),
    "sigmoid": ("0.85214", "0.14552", "0.15283", "1", "0.15283", "2"),
    "gelu": ("0.18714", "0.58793", "1.07203", "0.760402", "0.93273", "4"),
    "elu": ("0.03995", "0.89930", "1.03590", "0.597568", "0.96971", "4"),
}


def _derivation() -> Steps:
    relu, exponential, cosine = (setting.catalogue(name).map for name in ("relu", "exp", "cos"))
    yield Identity("ReLU: κ(0), the square of a mean", relu.at_zero, 1 / sp.pi)
    yield Identity("ReLU: κ′(0)", relu.slope_at_zero, sp.Rational(1, 2))
    yield Identity("ReLU: κ′(1)", relu.slope_at_one, sp.Integer(1))
    yield Identity("exp: κ(0)", exponential.at_zero, sp.exp(-1))
    yield Identity("exp: κ′(0)", exponential.slope_at_zero, sp.exp(-1))
    yield Identity("exp: κ′(1)", exponential.slope_at_one, sp.Integer(1))
    yield Identity(
        "cos: κ′(1)",
        cosine.slope_at_one.rewrite(sp.exp),
        sp.tanh(1).rewrite(sp.exp),
    )


CLAIM = declare(
    __name__,
    "the table of kernels, re-derived",
    equal(sp.Symbol(r"\text{entry}"), table.printed, within=sp.Rational(1, 7990)),
    source=PAPER.at("Table of kernels", "re-derived"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(table.PRINTED,),
    assumes=(*setting.MODEL,),
    checks=(
        *(
            table.row(column, name, text)
            for name, texts in ROWS.items()
            for column, text in zip(COLUMNS, texts, strict=True)
        ),
        table.row(table.AT_ZERO, "selu", "0", Budget.STANDARD),
        table.row(table.SLOPE_AT_ONE, "selu", "1.0716", Budget.STANDARD),
        table.row(table.CASE, "selu", "1", Budget.STANDARD),
        table.row(table.DEFECT, "exp", "0.26424"),
    ),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    errata=("See fixed-points.published-table for the entries that are printed otherwise.",),
    siblings=("fixed-points.published-table",),
)
