"""The exponential: correlations tend to 1 like 2/depth.

1 − ρ_ℓ = 2/ℓ for φ = exp, whose κ(ρ) = e^{ρ−1}, up to a relative error that falls like log ℓ/ℓ.

Example: 200 layers.

>>> CLAIM.bound(depth=200, start=0).leading.contains(Fraction(1, 100))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    LAYER,
    LAYERS,
    Budget,
    Check,
    Computed,
    Heading,
    Identity,
    Induction,
    Outcome,
    Sign,
    Status,
    Steps,
    Tangent,
    declare,
    equal,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import ell

REMAINDER = (2 / (1 - setting.rho0) + (3 - setting.rho0 + 2 * sp.log(ell)) / 6) / ell
"""No more than this is 1 − ρ_ℓ off, relative to 2/ℓ."""
EXP = setting.catalogue("exp")


def _quantity(start: Fraction, depth: int) -> Value:
    return Enclosure(1 - EXP.after(start, depth))


def _check(start: Fraction, depth: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"ρ₀ = {start}, ℓ = {depth}",
        {"depth": depth, "start": start},
        Computed(_quantity, {"start": start, "depth": depth}),
        budget=budget,
    )


def _derivation() -> Steps:
    rho, y, t, j = sp.symbols("rho y t j", positive=True)
    size, z = sp.Symbol("delta_0", positive=True), sp.Symbol("z", real=True)
    kernel = sp.exp(rho - 1)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    mean = sp.exp(t**2 / 2)
    yield Identity(
        "E e^{tZ}, Z standard normal",
        sp.Integral(sp.exp(t * z) * density, (z, -sp.oo, sp.oo)),
        mean,
    )
    yield Identity(
        "X + Y is √(2 + 2ρ) Z and 2X is 2Z: κ(ρ) = E e^{X+Y}/E e^{2X}",
        sp.Subs(mean, t, sp.sqrt(2 + 2 * rho)) / sp.Subs(mean, t, 2),
        kernel,
    )
    yield Identity("κ′(1) = 1: case 3", sp.Subs(sp.Derivative(kernel, rho), rho, 1), sp.Integer(1))
    yield Identity(
        "α = 1 − κ(0) − κ′(0)",
        1 - sp.Subs(kernel, rho, 0) - sp.Subs(sp.Derivative(kernel, rho), rho, 0),
        1 - 2 / sp.E,
    )
    yield Heading("1/δ, with δ_{ℓ+1} = 1 − e^{−δ}, grows by 1/2 at least and 1/2 + δ/12 at most")
    gained = (y * sp.cosh(y) - sp.sinh(y)) / (2 * y * sp.sinh(y))
    yield Identity(
        "by more than 1/2, with δ = 2y",
        (1 / (1 - sp.exp(-2 * y)) - 1 / (2 * y) - sp.Rational(1, 2)).rewrite(sp.exp),
        gained.rewrite(sp.exp),
    )
    yield Identity(
        "whose numerator is an integral",
        sp.Integral(t * sp.sinh(t), (t, 0, y)),
        y * sp.cosh(y) - sp.sinh(y),
    )
    yield Sign("of something positive", t * sp.sinh(t), strict=True)
    yield Identity(
        "what δ/12 exceeds that by",
        y / 6 - gained,
        ((3 + y**2) * sp.sinh(y) - 3 * y * sp.cosh(y)) / (6 * y * sp.sinh(y)),
    )
    yield Identity(
        "the numerator is an integral of t(t cosh t − sinh t), positive as was shown",
        sp.Integral(t * (t * sp.cosh(t) - sp.sinh(t)), (t, 0, y)),
        (3 + y**2) * sp.sinh(y) - 3 * y * sp.cosh(y),
    )
    yield Heading("ℓ layers: δ_k ≤ 2/k, and Σ_{0<k<ℓ} 2/k ≤ 2 + 2 log ℓ")
    x = powers.x
    above = size / (1 + LAYER * size / 2)
    yield Induction("layer by layer", r"1 - \rho_k", x / (1 + x / 2), x, size, above)
    yield Identity("2/k is larger by", 2 / j - above.subs(LAYER, j), 4 / (j * (2 + j * size)))
    yield Sign("which is positive", 4 / (j * (2 + j * size)), strict=True)
    yield Tangent(
        "1 − x ≤ −log x: at x = k/(k + 1), 1/(k + 1) ≤ log(k + 1) − log k, which add up",
        -sp.log(x),
        x,
        sp.Integer(1),
    )
    yield Identity(
        "1/δ_ℓ lies between 1/δ₀ + ℓ/2 and that + (δ₀ + 2 + 2 log ℓ)/12: relative to ℓ/2",
        sp.Subs((1 / size + (size + 2 + 2 * sp.log(ell)) / 12) / (ell / 2), size, 1 - setting.rho0),
        REMAINDER,
    )
    yield Identity("the leading term", sp.Subs(1 / x, x, ell / 2), 2 / ell)


CLAIM = declare(
    __name__,
    "correlations of the exponential tend to 1 like 2/depth",
    equal(1 - setting.rho_ell, 2 / ell, leading="O(log ℓ/ℓ)", within=REMAINDER),
    source=PAPER.at("Theorem 1, case 3", "asymptotics ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(LAYERS, setting.START),
    assumes=(
        *setting.MODEL,
        setting.START_BELOW_ONE,
    ),
    checks=(
        _check(Fraction(0), 1000),
        _check(-Fraction(9, 10), 1000),
        _check(Fraction(0), 10_000, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    decreasing=("depth",),
    errata=("The table gives α = .74: that is 2/e = κ(0) + κ′(0); α = 1 − 2/e = .264.",),
    siblings=("fixed-points.theorem-1-case-3", "fixed-points.published-table"),
)
