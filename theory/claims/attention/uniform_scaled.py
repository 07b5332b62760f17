"""Uniform attention with a skip, the branch scaled by √(a/depth): tokens stay apart.

1 − ρ_ℓ ≥ (1 − ρ₀)/(1 + m₀(e^a − 1)) after ℓ layers with α² = a/ℓ, m₀ = (1 + (T − 1)ρ₀)/T.

It is attained in the limit ℓ → ∞.

Example: no attention, no change.

>>> from fractions import Fraction
>>> CLAIM.bound(total=0, tokens=8, start=Fraction(1, 2)).contains(Fraction(1, 2))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    ParameterValue,
    Sign,
    Status,
    Steps,
    Tangent,
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _setting as setting
from depthlaw.theory.claims.attention import _uniform as uniform
from depthlaw.theory.claims.attention import uniform_correlation as correlation
from depthlaw.theory.claims.attention._setting import a2, rho0
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

a = sp.Symbol("a", nonnegative=True)
TOTAL = Parameter("total", a, Domain.REAL, 0, "a = ℓα²: what the branches have together")
FORMULA = (1 - rho0) / (1 + correlation.MEAN * (sp.exp(a) - 1))


def _gap(start: Fraction, tokens: int, total: Fraction, layers: int) -> Enclosure:
    return Enclosure.of(correlation.gap(start, tokens, total / layers, layers))


def _check(start: Fraction, tokens: int, total: Fraction, layers: int) -> Check:
    given: dict[str, ParameterValue] = {"start": start, "tokens": tokens, "total": total}
    label = f"ρ₀ = {start}, T = {tokens}, a = {total}, ℓ = {layers}"
    return Check(label, given, Computed(_gap, {**given, "layers": layers}))


def _derivation() -> Steps:
    x, b, m = sp.symbols("x b m", positive=True)
    yield Uses(
        "ℓ layers with α² = a/ℓ",
        "attention.uniform-correlation",
        at={a2: a / ell},
        known=(
            correlation.TWO.relation,
            correlation.POSSIBLE.relation,
            correlation.AT_MOST_ONE.relation,
        ),
    )
    yield Tangent("1 + x ≤ eˣ: at x = a/ℓ, (1 + a/ℓ)^ℓ ≤ e^a", sp.exp(x), x, sp.Integer(0))
    denominator = 1 + m * (x - 1)
    yield Identity(
        "1 − ρ falls as that power grows", sp.Derivative(1 / denominator, x), -m / denominator**2
    )
    yield Sign("since m₀ ≥ 0", m * b**2)
    yield Identity(
        "with e^a in its place",
        sp.Subs((1 - rho0) / (1 + correlation.MEAN * (x - 1)), x, sp.exp(a)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "with branches scaled by √(a/depth) uniform attention keeps tokens apart at every depth",
    lower(1 - setting.rho_ell, FORMULA, trivial=sp.Integer(0)),
    source=PAPER.ours("uniform attention with a skip"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(TOTAL, setting.TOKENS, setting.START),
    assumes=(
        *uniform.MODEL,
        "α² = a/ℓ in a network of ℓ layers",
        correlation.WIDE,
        correlation.ONE_LENGTH,
        correlation.TWO,
        correlation.POSSIBLE,
        correlation.AT_MOST_ONE,
    ),
    checks=(
        _check(Fraction(0), 8, Fraction(1), 1),
        _check(Fraction(0), 8, Fraction(1), 200),
        _check(Fraction(1, 2), 3, Fraction(3), 50),
        _check(Fraction(9, 10), 4, Fraction(1, 10), 20),
    ),
    derivation=_derivation,
    control=Fraction(51, 50),
    siblings=("attention.uniform-correlation",),
)
