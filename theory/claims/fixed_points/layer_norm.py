"""Layer normalisation after φ: every activation orthogonalises.

|ρ_ℓ|/(1−|ρ_ℓ|) ≤ α^ℓ |ρ₀|/(1−|ρ₀|), α = (1 − κ(0))/(2(1 − κ(0)) − κ′(0)), for
ρ_{ℓ+1} = (κ(ρ_ℓ) − κ(0))/(1 − κ(0)).

A norm before φ, or RMS normalisation after it, changes nothing in the wide limit
(`fixed-points.normalisation-unchanged`).

Example: ReLU would have κ(0) = 1/π, κ′(0) = 1/2; with 1/3 in place of 1/π the rate is 4/5.

>>> from fractions import Fraction
>>> third, half = Fraction(1, 3), Fraction(1, 2)
>>> CLAIM.bound(depth=2, start=half, at_zero=third, slope_at_zero=half).contains(
...     Fraction(16, 25))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    Budget,
    Check,
    Heading,
    Identity,
    Limit,
    Outcome,
    ParameterValue,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import kappa0, rho0, slope0
from depthlaw.theory.claims.fixed_points.theorem_1_case_3 import TOGETHER
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

RATE = (1 - kappa0) / (2 * (1 - kappa0) - slope0)
FORMULA = RATE**ell * sp.Abs(rho0) / (1 - sp.Abs(rho0))
STARTS = ((-Fraction(1, 2), 3), (Fraction(1, 20), 1), (1 - Fraction(1, 10**6), 6))


def _ratio(subject: setting.Subject, start: Fraction, depth: int) -> Enclosure:
    size = abs(subject.after(start, depth))
    return Enclosure(size / (1 - size))


def _check(name: str, start: Fraction, depth: int, budget: Budget = Budget.QUICK) -> Check:
    plain, centred = setting.catalogue(name), setting.centred(name)

    def find() -> dict[str, ParameterValue]:
        # α grows with both numbers.
        return {
            "at_zero": setting.above(plain.at_zero),
            "slope_at_zero": setting.above(plain.slope_at_zero),
        }

    return setting.instance(centred, start, depth, find, _ratio, budget=budget)


def _derivation() -> Steps:
    rho = sp.Symbol("rho", real=True)
    kappa, one = sp.Function("kappa"), sp.Integer(1)
    first = slope0 / (1 - kappa0)
    relu = (sp.pi - sp.acos(rho)) / 2 * rho + sp.sqrt(1 - rho**2) / 2
    relu_map = 2 * relu / sp.pi
    image = (kappa(rho) - kappa(0)) / (1 - kappa(0))
    yield powers.MEHLER
    yield Identity("the map vanishes at 0", sp.Subs(image, rho, 0), sp.Integer(0))
    yield Identity("and is 1 at 1, since κ(1) = 1", sp.Subs(image, kappa(rho), 1), one)
    yield Heading("so that it is a map of case 1, with a₁ = f′(0)")
    yield from powers.majorant(sp.Symbol("f'(0)", nonnegative=True))
    yield Identity(
        "its slope",
        sp.Derivative(image, rho),
        sp.diff(kappa(rho), rho) / (1 - kappa(0)),
    )
    yield Limit(
        "for ReLU, duplicates are driven apart by f′(1) = π/(π − 1)",
        sp.diff(relu_map, rho) / (1 - relu_map.subs(rho, 0)),
        rho,
        sp.Integer(1),
        sp.pi / (sp.pi - 1),
    )
    yield Identity("the rate 1/(2 − f′(0)), with f′(0) = κ′(0)/(1 − κ(0))", 1 / (2 - first), RATE)
    yield from powers.layers(powers.SIZE, FORMULA, sp.Abs(rho0) / (1 - sp.Abs(rho0)), RATE)


CLAIM = declare(
    __name__,
    "with layer normalisation after it, every activation orthogonalises",
    upper(setting.RATIO, FORMULA),
    source=PAPER.at("Layer normalisation"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.AT_ZERO, setting.SLOPE_AT_ZERO),
    assumes=(
        "infinite width",
        "layer normalisation after φ: ρ_{ℓ+1} = (κ(ρ_ℓ) − κ(0))/(1 − κ(0)), since the mean over "
        "neurons takes κ(0) = (E φ)² off every covariance, and the diagonal is brought back to 1",
        "φ is not affine",
        setting.START_BELOW_ONE,
        TOGETHER,
    ),
    checks=(
        *(
            _check(name, start, depth)
            for name in ("relu", "leaky_relu(0.3)", "exp", "cos", "gelu", "normal_cdf")
            for start, depth in STARTS
        ),
        *(
            _check(name, Fraction(1, 2), 10, Budget.STANDARD)
            for name in ("sigmoid", "softplus", "silu", "mish", "elu", "step", "relu_squared")
        ),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    decreasing=("depth",),
    siblings=("fixed-points.theorem-1-case-1", "fixed-points.normalisation-unchanged"),
)
