"""On a stream of equal branches with κ(0) = 0 correlations fall like a power of the depth.

−log(ρ_{8ℓ}/ρ_ℓ)/log 8 → 1 − κ′(0).

It is approached from below, slowly: the error is of the order of ρ_ℓ itself.

Example: κ′(0) = 1/4.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=512, slope_at_zero=Fraction(1, 4)).contains(Fraction(3, 4))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Deferred,
    Heading,
    Identity,
    Limit,
    Outcome,
    ParameterValue,
    Status,
    Steps,
    Tangent,
    Uses,
    declare,
    rate,
)
from depthlaw.theory.claims.fixed_points import _powers as series
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _powers as powers
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual._setting import k0, slope0
from depthlaw.theory.residual import correlation, equal_branches
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

FORMULA = 1 - slope0


def _exponent(subject: kernels.Subject, start: Fraction, ratio: Fraction, depth: int) -> Enclosure:
    shares = tuple(equal_branches(ratio, 8 * depth))
    first = correlation(subject.map, start, shares[:depth])
    rho = first
    for share in shares[depth:]:
        rho += ball(share) * (subject.map.over(0, rho) - rho)
    return Enclosure((first / rho).log() / ball(8).log())


def _check(subject: kernels.Subject, start: Fraction, ratio: Fraction, depth: int) -> Check:
    def parameters() -> dict[str, ParameterValue]:
        return {"depth": depth, "slope_at_zero": kernels.above(subject.slope_at_zero)}

    given = {"subject": subject, "start": start, "ratio": ratio, "depth": depth}
    return Check(
        f"{subject.label}, ρ₀ = {start}, K₀/σ² = {ratio}, ℓ = {depth} to {8 * depth}",
        Deferred(parameters),
        Computed(_exponent, given),
    )


def _derivation() -> Steps:
    x, b, L, z = sp.symbols("x b L z", positive=True)
    slope = 1 - b
    yield Uses(
        "from above: 8 times the depth multiplies ρ by at least",
        "residual.correlation-floor",
        at={sp.Symbol("g", positive=True): (k0 + 8 * ell) / (k0 + ell)},
        known=(setting.NOT_NEGATIVE.relation, setting.ONE_WEIGHT.relation),
    )
    yield Limit(
        "the exponent is then at most b times, b = 1 − κ′(0),",
        sp.log((z + 8 * L) / (z + L)) / sp.log(8),
        L,
        sp.oo,
        sp.Integer(1),
    )
    yield Heading("and from below")
    yield series.MEHLER
    yield from series.quadratic()
    yield Identity(
        "so a layer with share ε multiplies ρ by at most 1 minus",
        1 - (1 - z * (1 - (slope * x + b * x**2) / x)),
        z * b * (1 - x),
    )
    yield Tangent("log(1 − z) ≤ −z: log x ≤ x − 1", sp.log(x), x, sp.Integer(1), concave=True)
    yield Uses(
        "while ρ tends to 0",
        "residual.power-law-upper",
        known=(setting.BELOW_ONE.relation, setting.ONE_WEIGHT.relation),
    )
    yield Tangent(
        "the shares from ℓ to 8ℓ add up to at least log((k₀ + 8ℓ + 1)/(k₀ + ℓ + 1)), as "
        "log x ≤ x − 1",
        -sp.log(x),
        x,
        sp.Integer(1),
    )
    yield Limit(
        "and each counts b(1 − ρ_ℓ) times at least, which is b in the limit, as their sum over "
        "log 8 is 1",
        sp.log((z + 8 * L + 1) / (z + L + 1)) / sp.log(8),
        L,
        sp.oo,
        sp.Integer(1),
    )
    yield Identity("which is the claim", sp.Subs(b, b, 1 - slope0), FORMULA)


HALF, ONE = Fraction(1, 2), Fraction(1)
CLAIM = declare(
    __name__,
    "on a residual stream with κ(0) = 0 correlations fall like depth^(κ′(0) − 1)",
    rate(
        -sp.log(sp.Symbol(r"\rho_{8\ell}") / setting.rho_ell) / sp.log(8),
        FORMULA,
        within=sp.Rational(1, 8),
    ),
    source=PAPER.ours("correlations in pre-norm networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.LAYERS, setting.SLOPE_AT_ZERO),
    assumes=(
        *setting.PRE_NORM,
        powers.CENTRED,
        "the depth is large, since the relative error is of the order of ρ_ℓ and of (1 + k₀)/ℓ",
        "ρ₀ in (0, 1)",
        setting.ONE_WEIGHT,
    ),
    checks=(
        _check(kernels.catalogue("tanh"), HALF, ONE, 512),
        _check(kernels.centred("relu"), HALF, ONE, 512),
        _check(kernels.centred("gelu"), HALF, ONE, 512),
        _check(kernels.catalogue("sin"), Fraction(1, 10), Fraction(10), 100),
    ),
    derivation=_derivation,
    control=Fraction(4, 5),
    siblings=("residual.power-law-upper", "residual.correlation-floor"),
)
