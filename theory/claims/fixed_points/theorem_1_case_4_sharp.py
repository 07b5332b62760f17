"""Theorem 1, case 4, for starts that are not negative, with a prefactor that stays near 1.

|ρ_ℓ − ρ*| ≤ α^ℓ |ρ₀ − ρ*| (1 − ρ*)/(1 − max{ρ₀, ρ*}) with α = 1/(2 − κ′(ρ*)).

After one layer every trajectory of an even φ meets the assumption ρ₀ ≥ 0, and every trajectory does
once it is above 0.

Example: below ρ* there is no prefactor.

>>> from fractions import Fraction
>>> half = Fraction(1, 2)
>>> CLAIM.bound(depth=0, start=0, attractor=half, slope=half).contains(half)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    Check,
    Heading,
    Identity,
    Outcome,
    ParameterValue,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _case_4 as case_4
from depthlaw.theory.claims.fixed_points import _gauge as gauge
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import rho0, slope_star, star
from depthlaw.theory.writing.symbols import ell

FORMULA = (
    (1 / (2 - slope_star)) ** ell * sp.Abs(rho0 - star) * (1 - star) / (1 - sp.Max(rho0, star))
)
STARTS = ((Fraction(0), 1), (Fraction(1, 10), 10), (Fraction(9, 10), 40))


def _check(name: str, start: Fraction, depth: int) -> Check:
    subject = setting.catalogue(name)

    def find() -> dict[str, ParameterValue]:
        found = case_4.numbers(subject, start)
        return {key: found[key] for key in ("attractor", "slope")}

    return setting.instance(subject, start, depth, find, case_4.distance)


def _derivation() -> Steps:
    h, e = sp.symbols("h e", positive=True)
    yield powers.MEHLER
    yield from gauge.above_the_attractor()
    yield from gauge.below_the_attractor()
    yield Heading("from the gauge to the distance, above ρ*")
    yield Identity(
        "with 1 − ρ = h and 1 − ρ* = h + e, the distance e is below (1 − ρ*) times the gauge by",
        (h + e) * e / h - e,
        e**2 / h,
    )
    yield Sign("which is positive", e**2 / h, strict=True)
    yield from powers.layers(
        r"V(\rho_k)",
        FORMULA,
        sp.Abs(rho0 - star) * (1 - star) / (1 - sp.Max(rho0, star)),
        1 / (2 - slope_star),
    )


CLAIM = declare(
    __name__,
    "correlations settle strictly between 0 and 1, sharper from ρ₀ ≥ 0",
    upper(setting.DISTANCE, FORMULA, trivial=sp.Max(star, 1 - star)),
    source=PAPER.at("Theorem 1, case 4", "sharper form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.PLACE, setting.SLOPE),
    assumes=(
        *setting.MODEL,
        "κ(0) > 0 and κ′(1) > 1",
        setting.START_BELOW_ONE,
        setting.START_NOT_NEGATIVE,
        setting.INSIDE,
        setting.BELOW_ONE,
        setting.CONTRACTS,
    ),
    checks=tuple(
        _check(name, start, depth)
        for name in ("monomial(2)", "gelu", "elu", "relu_squared", "step")
        for start, depth in STARTS
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    decreasing=("depth",),
    siblings=("fixed-points.theorem-1-case-4-corrected",),
)
