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

from depthlaw.theory.activations import X, activation
from depthlaw.theory.claim import Check, Computed, Identity, Outcome, Status, Steps, declare, equal
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


def _derivation() -> Steps:
    _, square, sine, exponential, step, relu = ROWS
    yield Identity(
        "x² − 1 = √2 h_2: c_1 = 0, Σ c_k² = 2",
        square.function.expression,
        sp.sqrt(2) * sp.hermite_prob(2, X) / sp.sqrt(sp.factorial(2)),
    )
    yield from tables.wave_steps(_ONE, {"exp": exponential, "sin": sine})
    yield Identity("step: c_1 = E[x; x > 0]", tables.half_line(1), step.first)
    yield Identity(
        "step: P(x > 0) − P(x > 0)²",
        tables.half_line(0) - tables.half_line(0) ** 2,
        step.variance,
    )
    yield from tables.relu_steps(_ONE, relu)
    yield from tables.strength_steps(ROWS)


CLAIM = declare(
    __name__,
    "isometry strengths of six activations",
    equal(
        tables.QUANTITY,
        tables.formula(ROWS),
    ),
    source=PAPER.at("Table 2"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(tables.row_parameter(ROWS),),
    assumes=(tables.in_table(ROWS),),
    checks=tuple(
        Check(row.name, {"row": k}, Computed(tables.strength, {"activation": row.function}))
        for k, row in enumerate(ROWS, start=1)
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("isometry.table-b1",),
)
