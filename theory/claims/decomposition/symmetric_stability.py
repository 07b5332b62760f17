"""The state of equal cosines is stable for every batch size.

The spectral radius of the derivative of the step is at most 1 (and below it) at equal cosines.

For large n the margin is small, (π − 2)/(2(π − 1)n): the state is weakly stable (symmetric-margin).

Example: a convex function lies above its tangent, which is all the proof needs.

>>> CLAIM.derivation().check().holds
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Heading,
    Identity,
    Outcome,
    PositiveOnBox,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _symmetric as symmetric
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.values import Enclosure, Value


def _radius(batch: int) -> Enclosure:
    first, *rest = symmetric.measured(batch)
    for value in rest:
        first = first.max(value)
    return Enclosure(first)


def _quantity(batch: int) -> Value:
    return _radius(batch)


def _check(batch: int) -> Check:
    return Check(f"n = {batch}", {"batch": batch}, Computed(_quantity, {"batch": batch}))


def _derivation() -> Steps:
    rho = sp.Symbol("rho", real=True)
    sine, extra, q = sp.symbols("w p q", positive=True)
    v, lam = sp.symbols("v lambda_2")
    yield from symmetric.steps()
    yield Heading("Both are below 1")
    yield Identity(
        "κ″ = 1/(π√(1−ρ²))",
        sp.Derivative(closed_forms.kappa(rho), rho, 2),
        1 / (sp.pi * sp.sqrt(1 - rho**2)),
    )
    yield Sign("which is positive inside (−1, 1), w = √(1−ρ²)", 1 / (sp.pi * sine), strict=True)
    yield PositiveOnBox(
        "so κ lies above its tangent at −1/m, which says λ_2 < 1: 1 − λ_2 > 0 for v = 1/m in "
        "[0, 1/2], every n ≥ 3 at once",
        1 - symmetric.outer_in(v),
        {v: (Fraction(0), Fraction(1, 2))},
    )
    first = sp.Subs(1 - (1 - lam) / symmetric.m, lam, 1 - q)
    yield Identity("with q = 1 − λ_2 > 0, λ_1 exceeds λ_2 by", first - (1 - q), q - q / symmetric.m)
    yield Sign("which is positive: at m = 1 + p", sp.factor(q - q / (1 + extra)), strict=True)
    yield Sign("the larger one falls short of 1", q / symmetric.m, strict=True)
    yield Identity("as λ_1 and this add up to", first + q / symmetric.m, sp.Integer(1))


CLAIM = declare(
    __name__,
    "equal cosines are stable, for every n",
    upper(sp.Symbol(r"\max(\lambda_1, \lambda_2)"), sp.Integer(1)),
    source=PAPER.ours("symmetric state"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(*setting.MEAN_FIELD,),
    checks=tuple(_check(batch) for batch in (3, 4, 6, 16)),
    derivation=_derivation,
    control=Fraction(19, 20),
    siblings=("decomposition.symmetric-multipliers",),
)
