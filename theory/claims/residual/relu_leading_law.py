"""The leading law of ReLU on a stream, as a bound: true, and below 12 000 layers it says nothing.

1 − ρ_ℓ ≤ (9π²/2)/log² ℓ.

It is also the limit law, and 5.4 times too large at 1000 layers from ρ₀ = 1/2 with K₀ = σ². From
ρ₀ = 0 it allows nothing that is not so at the start until log ℓ = 3π/√2, and from 1/2 until 3π.

Example: at e^{3π} layers it is the 1/2 with which one began.

>>> from fractions import Fraction
>>> half = Fraction(1, 2)
>>> [CLAIM.vacuous(depth=depth, start=half, ratio=1) for depth in (12_391, 12_392)]
[True, False]
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Domain,
    Identity,
    Limit,
    Outcome,
    Parameter,
    Requires,
    Sign,
    Status,
    Steps,
    Tangent,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _relu as relu
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual._setting import k0
from depthlaw.theory.claims.residual.relu_logarithmic_upper import HALF, check
from depthlaw.theory.writing.symbols import ell

LOGARITHM = sp.log(ell)
FORMULA = relu.gap(LOGARITHM)
DEEP = Parameter("depth", ell, Domain.INTEGER, 2, "layers")
NOT_TOO_LARGE = Requires(
    sp.log(1 + k0) <= relu.BEGIN, "the stream must outgrow its start", argument="ratio"
)


def _derivation() -> Steps:
    x, t = relu.x, sp.Symbol("t", positive=True)
    assumed, margin = NOT_TOO_LARGE.relation, sp.Symbol("s", nonnegative=True)
    yield Uses(
        "the bound with its constant",
        "residual.relu-logarithmic-upper",
        known=(setting.BELOW_ONE.relation,),
    )
    yield Tangent(
        "log x ≤ x − 1: at x = (k₀ + j + 1)/(k₀ + j) the share 1/(k₀ + j) is at least the "
        "difference of logarithms",
        -sp.log(x),
        x,
        sp.Integer(1),
    )
    yield Identity(
        "so their sum is at least log((k₀ + ℓ + 1)/(k₀ + 1)), and y ≥ log ℓ by at least",
        relu.BEGIN + sp.log((k0 + t + 1) / (k0 + 1)) - sp.log(t),
        assumed.gts - assumed.lts + sp.log(1 + (k0 + 1) / t),
    )
    yield Sign(
        "which is not negative: its first part is the difference s ≥ 0 of the two sides that are "
        "assumed to be in order, and log grows",
        margin + sp.log(1 + (k0 + 1) / t),
    )
    yield Limit(
        "and the two have the same leading term",
        (relu.b + sp.log(relu.h + relu.y + 1) - sp.log(relu.h + 1)) / sp.log(relu.y),
        relu.y,
        sp.oo,
        sp.Integer(1),
    )
    yield Identity("δ at y = log ℓ", sp.Subs(relu.gap(x), x, LOGARITHM), FORMULA)


CLAIM = declare(
    __name__,
    "the leading law (9π²/2)/log² of the depth bounds 1 − ρ for ReLU, far from it",
    upper(1 - setting.rho_ell, FORMULA, trivial=1 - setting.rho0),
    source=PAPER.ours("correlations in pre-norm networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEEP, setting.START, setting.RATIO),
    assumes=(*setting.PRE_NORM, relu.RELU, setting.BELOW_ONE, NOT_TOO_LARGE),
    checks=(
        check(HALF, Fraction(1), 1000),
        check(HALF, Fraction(1), 20_000),
        check(Fraction(0), Fraction(1), 20_000),
    ),
    derivation=_derivation,
    control=Fraction(1, 4),
    decreasing=("depth",),
    siblings=("residual.relu-logarithmic", "residual.relu-logarithmic-upper"),
)
