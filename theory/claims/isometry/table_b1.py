"""Table B.1: isometry strengths with a gain.

β of x ↦ σ(αx): exp 2 − α²/(e^{α²} − 1), sin 2 − 2α² e^{α²}/(e^{2α²} − 1),
ReLU (3π − 4)/(2π − 2), whatever α.

Example: gain 1 gives Table 2.

>>> from depthlaw.theory.claims.isometry import table_2
>>> CLAIM.bound(row=3, gain=1) == table_2.CLAIM.bound(row=6)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import (
    Check,
    Computed,
    Domain,
    Outcome,
    Parameter,
    Status,
    declare,
    equal,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _tables as tables
from depthlaw.theory.claims.isometry._tables import GAIN, Row

_SQUARE = sp.exp(GAIN**2)
ROWS = (
    Row("exp(αx)", activation("exp"), 2 - GAIN**2 / (_SQUARE - 1), GAIN * sp.sqrt(_SQUARE),
        _SQUARE**2 - _SQUARE),
    Row("sin(αx)", activation("sin"), 2 - 2 * GAIN**2 * _SQUARE / (_SQUARE**2 - 1),
        GAIN / sp.sqrt(_SQUARE), (1 - _SQUARE**-2) / 2),
    Row("ReLU(αx)", activation("relu"), (3 * sp.pi - 4) / (2 * sp.pi - 2), GAIN / 2,
        GAIN**2 / 2 - GAIN**2 / (2 * sp.pi)),
)  # fmt: skip


def _check(row: int, gain: Fraction) -> Check:
    function = ROWS[row - 1].function.gain(gain)
    return Check(
        f"{ROWS[row - 1].name}, α = {gain}",
        {"row": row, "gain": gain},
        Computed(tables.strength, {"activation": function}),
    )


CLAIM = declare(
    __name__,
    "isometry strengths with a gain",
    equal(tables.QUANTITY, tables.formula(ROWS)),
    source=PAPER.at("Table B.1"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(
        tables.row_parameter(ROWS),
        Parameter("gain", GAIN, Domain.REAL, 0, "factor α on the argument", above=True),
    ),
    assumes=(tables.in_table(ROWS),),
    checks=tuple(
        _check(row, gain)
        for row in (1, 2, 3)
        for gain in (Fraction(1, 2), Fraction(1), Fraction(2))
    ),
    derivation=lambda: tables.strength_steps(ROWS, GAIN),
    control=Fraction(101, 100),
    siblings=("isometry.table-2",),
)
