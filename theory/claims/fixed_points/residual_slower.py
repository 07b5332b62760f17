"""Residual layers cannot be faster than their linear branch.

|ρ_ℓ − ρ*| ≥ r^{2ℓ} |ρ₀ − ρ*| for κ_r(ρ) = (1 − r²)κ(ρ) + r²ρ.

Attained in the limit ρ₀ → 0 by h_m, m ≥ 2.

Example: two layers at r² = 1/4.

>>> from fractions import Fraction
>>> half = Fraction(1, 2)
>>> CLAIM.bound(depth=2, start=half, strength=half, attractor=0).contains(half**5)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    LAYER,
    Check,
    Heading,
    Identity,
    Induction,
    Outcome,
    ParameterValue,
    Requires,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _gauge as gauge
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _residual as residual
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._residual import r
from depthlaw.theory.claims.fixed_points._setting import rho0, star
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

FORMULA = r ** (2 * ell) * sp.Abs(rho0 - star)


def _distance(
    subject: setting.Subject, start: Fraction, depth: int, plain: setting.Subject
) -> Enclosure:
    return Enclosure(abs(subject.after(start, depth) - plain.attractor))


def _check(subject: setting.Subject, strength: Fraction, start: Fraction, depth: int) -> Check:
    slowed = residual.residual(subject, strength)

    def find() -> dict[str, ParameterValue]:
        place = subject.attractor
        towards = setting.below if ball(start) < place else setting.above
        return {"strength": strength, "attractor": towards(place)}

    return setting.instance(slowed, start, depth, find, _distance, plain=subject)


def _derivation() -> Steps:
    place, rho, near, far = gauge.r, gauge.rho, sp.Symbol("D"), sp.Symbol(r"D_\kappa")
    distance = sp.Symbol("D_0", nonnegative=True)
    yield powers.MEHLER
    yield Heading("κ increases on [0, 1]: κ(ρ) − ρ* has the sign of ρ − ρ*, and D_κ = |κ(ρ) − ρ*|")
    yield gauge.not_passed_from_above()
    yield gauge.not_passed_from_below()
    yield Identity(
        "distances D from ρ* = κ(ρ*): both terms have one sign",
        (1 - r**2) * (place + far) + r**2 * (place + near) - place,
        (1 - r**2) * far + r**2 * near,
    )
    yield Heading("so that D is at least r² times what it was, and −D at most")
    yield Induction(
        "layer by layer",
        r"-|\rho_k - \rho^*|",
        r**2 * rho,
        rho,
        -distance,
        -distance * r ** (2 * LAYER),
    )
    yield Identity(
        "which is the claim",
        sp.Subs(distance * r ** (2 * LAYER), (distance, LAYER), (sp.Abs(rho0 - star), ell)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "residual layers are no faster than their linear branch",
    lower(setting.DISTANCE, FORMULA, trivial=sp.Integer(0)),
    source=PAPER.at("Residual connections", "lower bound ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, residual.STRENGTH, setting.PLACE),
    assumes=(
        *setting.MODEL,
        residual.MAP,
        setting.START_BELOW_ONE,
        setting.START_NOT_NEGATIVE,
        residual.BELOW_ONE,
        Requires(star <= 1, "a correlation"),
    ),
    checks=(
        _check(setting.catalogue("hermite(3)"), Fraction(1, 2), Fraction(1, 100), 3),
        *(
            _check(setting.catalogue(name), strength, start, 4)
            for name in ("sin", "relu", "cos", "gelu")
            for strength, start in (
                (Fraction(1, 2), Fraction(9, 10)),
                (Fraction(95, 100), Fraction(1, 10)),
            )
        ),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("fixed-points.residual",),
)
