"""The exponential: correlations tend to 1 like 2/depth.

1 − ρ_ℓ ~ 2/ℓ for φ = exp, whose κ(ρ) = e^{ρ−1}.

Example: 200 layers.

>>> CLAIM.bound(depth=200).leading.contains(Fraction(1, 100))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    LAYERS,
    Agreement,
    Argued,
    Budget,
    Check,
    Computed,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.symbols import ell
from depthlaw.theory.values import Enclosure, Value

EXP = setting.catalogue("exp")


def _quantity(start: Fraction, depth: int) -> Value:
    return Enclosure(1 - EXP.after(start, depth))


def _check(start: Fraction, depth: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"ρ₀ = {start}, ℓ = {depth}",
        {"depth": depth},
        Computed(_quantity, {"start": start, "depth": depth}),
        budget=budget,
    )


def _derivation() -> Steps:
    x, rho = sp.symbols("delta rho", positive=True)
    kernel = sp.exp(rho - 1)
    points = [Fraction(k, 4) for k in range(-3, 4)]
    yield Agreement(
        "E e^X e^Y/E e^{2X} = e^{ρ−1}",
        r"\kappa(\rho) = e^{\rho - 1}",
        lambda: [EXP.map(point).ball for point in points],
        lambda: [(ball(point) - 1).exp() for point in points],
    )
    yield Identity("κ′(1) = 1: case 3", sp.Subs(sp.Derivative(kernel, rho), rho, 1), sp.Integer(1))
    yield Identity(
        "α = 1 − κ(0) − κ′(0)",
        1 - sp.Subs(kernel, rho, 0) - sp.Subs(sp.Derivative(kernel, rho), rho, 0),
        1 - 2 / sp.E,
    )
    yield Limit(
        "1/δ, with δ_{ℓ+1} = 1 − e^{−δ}, grows by 1/2 in each layer",
        (x - 1 + sp.exp(-x)) / (x * (1 - sp.exp(-x))),
        x,
        sp.Integer(0),
        sp.Rational(1, 2),
    )
    yield Argued("and by Cesàro", "1/δ_ℓ ~ ℓ/2", r"1 - \rho_\ell \sim 2/\ell")


CLAIM = declare(
    __name__,
    "correlations of the exponential tend to 1 like 2/depth",
    equal(1 - setting.rho_ell, 2 / ell, leading="O(log ℓ/ℓ)", within=sp.Rational(1, 100)),
    source=PAPER.at("Theorem 1, case 3", "asymptotics ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(LAYERS,),
    assumes=(
        *setting.MODEL,
        "ℓ is large against 1/(1 − ρ₀)",
        "ρ₀ < 1",
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
