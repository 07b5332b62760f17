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
from flint import arb

from depthlaw.theory.claim import Budget, Identity, Order, Outcome, Status, Steps, declare, equal
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

PRINTED = tuple(
    (column, name, text)
    for name, texts in ROWS.items()
    for column, text in zip(COLUMNS, texts, strict=True)
)
WITHIN = sp.Rational(1, 7990)


def _derivation() -> Steps:
    x, rho = sp.symbols("x rho", real=True)
    density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    mean, square, positive = (sp.Integral(x**k * density, (x, 0, sp.oo)) for k in (1, 2, 0))
    exponential = sp.exp(rho - 1)
    slope = sp.Derivative(exponential, rho)
    yield Identity("ReLU: κ(0) = (E φ)²/E φ²", mean**2 / square, 1 / sp.pi)
    yield Identity("ReLU: κ′(0) = (E Xφ)²/E φ²", square**2 / square, sp.Rational(1, 2))
    yield Identity("ReLU: κ′(1) = E φ′²/E φ²", positive / square, sp.Integer(1))
    yield Identity("exp, with κ(ρ) = e^{ρ−1}: κ(0)", sp.Subs(exponential, rho, 0), sp.exp(-1))
    yield Identity("exp: κ′(0)", sp.Subs(slope, rho, 0), sp.exp(-1))
    yield Identity("exp: κ′(1)", sp.Subs(slope, rho, 1), sp.Integer(1))
    cosine = sp.cosh(rho) / sp.cosh(1)
    yield Identity(
        "cos, with κ(ρ) = cosh ρ/cosh 1: κ′(1)",
        sp.Subs(sp.Derivative(cosine, rho), rho, 1),
        sp.tanh(1),
    )
    yield Order(
        "every other entry of the table, enclosed: the largest error, relative to what is printed",
        rf"\max |\text{{entry}} - x|/x < 1/{WITHIN.q}",
        lambda: table.largest_error(PRINTED),
        lambda: arb(WITHIN.p) / WITHIN.q,
    )
    error = sp.Symbol("e")
    yield Identity(
        "so an entry is x(1 + e), |e| below that, and up to it",
        sp.Subs(table.printed * (1 + error), error, 0),
        table.printed,
    )


CLAIM = declare(
    __name__,
    "the table of kernels, re-derived",
    equal(sp.Symbol(r"\text{entry}"), table.printed, within=WITHIN),
    source=PAPER.at("Table of kernels", "re-derived"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(table.PRINTED,),
    assumes=(*setting.MODEL,),
    checks=(
        *(table.row(*entry) for entry in PRINTED),
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
