"""Theorem 1, case 4, with the rate corrected.

|ρ_ℓ − ρ*| ≤ α^ℓ |ρ₀ − ρ*| / (1 − |ρ₀|) with α = max{1 − κ(0), 1/(2 − κ′(ρ*))}.

Example: κ(ρ) = (1 + 2ρ²)/3 has α = 3/4.

>>> from fractions import Fraction
>>> half, rate = Fraction(1, 2), Fraction(2, 3)
>>> CLAIM.bound(depth=9, start=0, at_zero=1 - rate, attractor=half, slope=rate).contains(
...     Fraction(3, 4)**9 * half)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import DEPTH, Budget, Heading, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _case_4 as case_4
from depthlaw.theory.claims.fixed_points import _gauge as gauge
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import kappa0, rho0, slope_star, star
from depthlaw.theory.writing.symbols import ell

RATE = sp.Max(1 - kappa0, 1 / (2 - slope_star))
FORMULA = RATE**ell * sp.Abs(rho0 - star) / (1 - sp.Abs(rho0))
STARTS = ((-Fraction(1, 2), 12), (Fraction(1, 10), 10), (Fraction(9, 10), 60))


def _derivation() -> Steps:
    yield Heading(
        "V(ρ) is to shrink by α in each layer: V = (ρ − ρ*)/(1 − ρ) from ρ* on, ρ* − ρ in [0, ρ*], "
        "(ρ* − ρ)/(1 + ρ) below 0; |ρ − ρ*| ≤ V(ρ) ≤ |ρ − ρ*|/(1 − |ρ|)"
    )
    yield powers.MEHLER
    yield from gauge.above_the_attractor()
    yield from gauge.below_the_attractor()
    yield from gauge.from_negative()
    yield from powers.layers(r"V(\rho_k)", FORMULA, sp.Abs(rho0 - star) / (1 - sp.Abs(rho0)), RATE)


CLAIM = declare(
    __name__,
    "correlations settle strictly between 0 and 1, with the corrected rate",
    upper(setting.DISTANCE, FORMULA, trivial=1 + star),
    source=PAPER.at("Theorem 1, case 4", "rate corrected, ours"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.AT_ZERO, setting.PLACE, setting.SLOPE),
    assumes=(*setting.MODEL, "κ(0) > 0 and κ′(1) > 1 (infinite where φ jumps)", *setting.BETWEEN),
    checks=(
        case_4.square(Fraction(99, 100), 20),
        case_4.square(1 - Fraction(1, 10**12), 110),
        *(case_4.square(start, depth) for start, depth in STARTS),
        case_4.far_away(setting.catalogue("gelu"), bits=2015, near=20_000, slow=96),
        *(
            case_4.followed(setting.catalogue(name), start, depth)
            for name in ("gelu", "elu", "relu_squared", "step", "monomial(4)")
            for start, depth in STARTS
        ),
        *(
            case_4.followed(setting.catalogue(name), start, 20, Budget.STANDARD)
            for name in ("silu", "mish", "gelu_tanh", "celu(2)", "elu(1/2)")
            for start, _ in STARTS
        ),
    ),
    derivation=_derivation,
    control=Fraction(1, 2),
    decreasing=("depth",),
    errata=(
        "Printed: α = max{1 − κ(0), κ′(ρ*), (1 − ρ*)/(2 − κ′(ρ*))}, which rests on "
        "Σ A_k (1−ρ*)^{k−1} = 1 − ρ*; the sum is 1.",
    ),
    siblings=("fixed-points.theorem-1-case-4", "fixed-points.theorem-1-case-4-sharp"),
)
