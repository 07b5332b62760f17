"""Table 2: isometry strengths of six activations.

β_σ: x 1, x² − 1 2, sin 2 − 2e/(e² − 1), exp 2 − 1/(e − 1), step 2 − 2/π,
ReLU (3π − 4)/(2π − 2).

Example: an affine function has the least strength, one without c_1 the largest.

>>> CLAIM.bound(row=2).expression == 2 * CLAIM.bound(row=1).expression
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import (
    Check,
    Computed,
    Outcome,
    Status,
    declare,
    equal,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _tables as tables
from depthlaw.theory.claims.isometry._tables import Row

_ONE, _E, _PI = sp.Integer(1), sp.E, sp.pi
ROWS = (
    Row("x", activation("identity"), _ONE, _ONE, _ONE),
    Row("x² − 1", activation("polynomial(-1;0;1)"), sp.Integer(2), sp.Integer(0), sp.Integer(2)),
    Row("sin", activation("sin"), 2 - 2 * _E / (_E**2 - 1), sp.exp(-_ONE / 2),
        (1 - sp.exp(-2)) / 2),
    Row("exp", activation("exp"), 2 - 1 / (_E - 1), sp.exp(_ONE / 2), _E**2 - _E),
    Row("step", activation("step"), 2 - 2 / _PI, 1 / sp.sqrt(2 * _PI), _ONE / 4),
    Row("ReLU", activation("relu"), (3 * _PI - 4) / (2 * _PI - 2), _ONE / 2,
        _ONE / 2 - 1 / (2 * _PI)),
)  # fmt: skip


CLAIM = declare(
    __name__,
    "isometry strengths of six activations",
    equal(tables.QUANTITY, tables.formula(ROWS)),
    source=PAPER.at("Table 2"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(tables.row_parameter(ROWS),),
    assumes=(tables.in_table(ROWS),),
    checks=tuple(
        Check(row.name, {"row": k}, Computed(tables.strength, {"activation": row.function}))
        for k, row in enumerate(ROWS, start=1)
    ),
    derivation=lambda: tables.strength_steps(ROWS, _ONE),
    control=Fraction(101, 100),
    siblings=("isometry.table-b1",),
)
