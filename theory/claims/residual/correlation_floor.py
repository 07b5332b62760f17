"""On a stream correlations fall no faster than a power of its variance.

ρ_ℓ ≥ ρ₀ (K_ℓ/K₀)^{κ′(0) − 1} for ρ₀ ≥ 0, whatever the branches and their number.

It is attained by linear φ, and by every φ with κ(0) = 0 in the limits ρ₀ → 0 and thin branches.

Example: a stream that doubled, κ′(0) = 0.

>>> from fractions import Fraction
>>> CLAIM.bound(growth=2, start=Fraction(1, 2), slope_at_zero=0).contains(Fraction(1, 4))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Deferred,
    Domain,
    Identity,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _powers as powers
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual._setting import rho0, slope0
from depthlaw.theory.residual import equal_branches, falling_branches, split
from depthlaw.theory.values import Enclosure

g = sp.Symbol("g", positive=True)
GROWTH = Parameter("growth", g, Domain.REAL, 1, "K_ℓ/K₀: by how much the variance has grown")
FORMULA = rho0 * g ** (slope0 - 1)
_SHARES = {"equal": equal_branches, "1/√layer": falling_branches, "split": split}


def _correlation(
    subject: kernels.Subject, start: Fraction, branches: str, size: Fraction, layers: int
) -> Enclosure:
    return powers.after(subject, start, _SHARES[branches](size, layers))


def _check(
    subject: kernels.Subject, start: Fraction, branches: str, size: Fraction, layers: int
) -> Check:
    def parameters() -> dict[str, ParameterValue]:
        grown = Fraction(1)
        for share in _SHARES[branches](size, layers):
            grown /= 1 - share
        return {
            "growth": grown,
            "start": start,
            "slope_at_zero": kernels.below(subject.slope_at_zero),
        }

    given = {
        "subject": subject, "start": start, "branches": branches, "size": size, "layers": layers
    }  # fmt: skip
    return Check(
        f"{subject.label}, ρ₀ = {start}, {branches} branches ({size}), ℓ = {layers}",
        Deferred(parameters),
        Computed(_correlation, given),
    )


def _derivation() -> Steps:
    yield from powers.floor_steps()
    b, K0 = sp.Symbol("b", positive=True), setting.K0
    yield Identity(
        "divided by K_ℓᵇ",
        sp.Subs(rho0 * K0**b / (g * K0) ** b, b, 1 - slope0),
        FORMULA,
    )


HALF, ONE = Fraction(1, 2), Fraction(1)
CLAIM = declare(
    __name__,
    "on a residual stream correlations fall no faster than a power of its variance",
    lower(setting.rho_ell, FORMULA, trivial=sp.Integer(0)),
    source=PAPER.ours("correlations in pre-norm networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(GROWTH, setting.START, setting.SLOPE_AT_ZERO),
    assumes=(
        "infinite width, Gaussian weights, Gaussian start",
        "each branch begins with a norm, adds to the stream with independent weights, and has "
        "the same map κ; its variance is any, and may differ from layer to layer",
        setting.NOT_NEGATIVE,
        setting.ONE_WEIGHT,
    ),
    checks=(
        _check(kernels.catalogue("tanh"), HALF, "equal", ONE, 64),
        _check(kernels.catalogue("tanh"), HALF, "split", ONE, 20),
        _check(kernels.catalogue("tanh"), Fraction(1, 10**6), "split", ONE, 100),
        _check(kernels.centred("relu"), HALF, "equal", ONE, 64),
        _check(kernels.centred("gelu"), HALF, "1/√layer", ONE, 64),
        _check(kernels.catalogue("hermite(3)"), Fraction(1, 10), "equal", Fraction(10), 100),
        _check(kernels.catalogue("relu"), HALF, "equal", ONE, 64),
    ),
    derivation=_derivation,
    control=Fraction(21, 20),
    siblings=("residual.power-law", "residual.power-law-upper"),
)
