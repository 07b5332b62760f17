"""Theorem 1, case 4: after a burn-in the distance falls with the slope at the attractor.

|ρ_ℓ − ρ*| ≤ κ′(ρ*)^{ℓ − 1 − B} (c − ρ*) ((1 − ρ*)/(1 − c))^{1/κ′(ρ*)} from ρ₀ ≥ c > ρ*, with
B = log((1 − c)/(1 − ρ₀))/log m and m = (1 − κ(c))/(1 − c) > 1.

c is free. As c → 1, m → κ′(1): the burn-in is log(1/(1 − ρ₀))/log κ′(1) to leading order, and of
smaller order where κ′(1) = ∞. The rate cannot be better: κ lies above its tangent at ρ*, so that
|ρ_ℓ − ρ*| ≥ κ′(ρ*)^ℓ |ρ₀ − ρ*| from above ρ*. In [0, ρ*] there is no burn-in at all.

Example: without burn-in, at c = ρ₀, one layer of slope 1/2 is for free.

>>> from fractions import Fraction
>>> half = Fraction(1, 2)
>>> CLAIM.bound(depth=2, start=half, turn=half, growth=2, attractor=0, slope=half).contains(
...     half * half * 2**2)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    LAYER,
    Budget,
    Check,
    Domain,
    Heading,
    Identity,
    Induction,
    Outcome,
    Parameter,
    ParameterValue,
    Requires,
    Sign,
    Status,
    Steps,
    Tangent,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _case_4 as case_4
from depthlaw.theory.claims.fixed_points import _gauge as gauge
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import rho0, slope_star, star
from depthlaw.theory.claims.fixed_points._termwise import DEGREE, Termwise, power, total
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.writing.symbols import ell

c = sp.Symbol("c", nonnegative=True)
m = sp.Symbol("m", positive=True)
TURN = Parameter("turn", c, Domain.REAL, 0, "where the trajectory counts as having left 1")
GROWTH = Parameter("growth", m, Domain.REAL, 0, "(1 − κ(c))/(1 − c), or a rational below it")
BURN_IN = sp.log((1 - c) / (1 - rho0)) / sp.log(m)
FORMULA = (
    slope_star ** (ell - 1 - BURN_IN) * (c - star) * ((1 - star) / (1 - c)) ** (1 / slope_star)
)


def _check(
    name: str, turn: Fraction, digits: int, depth: int, budget: Budget = Budget.QUICK
) -> Check:
    subject, start = setting.catalogue(name), 1 - Fraction(1, 10**digits)

    def find() -> dict[str, ParameterValue]:
        growth = (1 - subject.map(turn).ball) / ball(1 - turn)
        return {
            "turn": turn,
            "growth": setting.below(growth),
            "attractor": setting.below(subject.attractor),
            "slope": setting.above(subject.slope),
        }

    note = f"1 − 10^−{digits}, c = {turn}"
    return setting.instance(subject, start, depth, find, case_4.distance, budget=budget, note=note)


def _leaving() -> Steps:
    rho, y, size = gauge.rho, gauge.y, sp.Symbol("delta", positive=True)
    at_turn, start = sp.symbols("kappa_c delta_0", positive=True)
    turn, growth = sp.symbols("c m", positive=True)
    yield Heading("above c, 1 − ρ grows by m in each layer")
    yield Termwise(
        "with ρ = c + (1 − c)y: κ lies below its chord from c to 1, where it is κ(c) and 1",
        rho**DEGREE,
        (total(y), power(1 - y, turn, at_turn)),
        (rho, turn),
        unit=(turn, y),
        given={rho: turn + (1 - turn) * y},
    )
    yield Identity(
        "the chord's distance from 1, with y = (ρ − c)/(1 − c), is m (1 − ρ)",
        sp.Subs(1 - (y + (1 - y) * at_turn), y, (rho - turn) / (1 - turn)),
        (1 - at_turn) / (1 - turn) * (1 - rho),
    )
    yield Induction(
        "so its reciprocal falls by m, as long as the layers before lie above c",
        r"\frac{1}{1 - \rho_k}",
        size / growth,
        size,
        1 / start,
        1 / (start * growth**LAYER),
    )
    room = sp.Symbol("e", positive=True)
    yield Heading("the number N of the first layer with ρ_N ≤ c satisfies N − 1 < B")
    yield Identity(
        "1 − ρ_{N−1} < 1 − c =: e, and δ₀ m^B = e",
        sp.Subs(start * growth**y, y, sp.log(room / start) / sp.log(growth)),
        room,
    )


def _settling() -> Steps:
    y = gauge.y
    z, q = sp.symbols("z q", positive=True)
    yield Heading(
        "below c the gauge h(y) = y/(1 − y)^{1/σ} falls by σ = κ′(ρ*): y = (ρ − ρ*)/(1 − ρ*)"
    )
    yield from gauge.quadratic_above()
    yield Identity(
        "with σ = 1/(1 + q): what h gains under y ↦ σy + (1 − σ)y² over σ",
        (y / (1 + q) + q / (1 + q) * y**2) / y * (1 + q),
        1 + q * y,
    )
    yield Identity(
        "and what its denominator (1 − y)^{1 + q} loses: a base, to the power 1 + q",
        sp.cancel(1 - y / (1 + q) - q / (1 + q) * y**2) / (1 - y),
        1 + q * y / (1 + q),
    )
    yield Tangent(
        "Bernoulli: z^{1+q} ≥ 1 + (1 + q)(z − 1), where z = 1 + qy/(1 + q)",
        z ** (1 + q),
        z,
        sp.Integer(1),
    )
    yield Identity(
        "the right side is what h gains",
        sp.Subs(1 + (1 + q) * (z - 1), z, 1 + q * y / (1 + q)),
        1 + q * y,
    )
    yield Identity(
        "h in the variable z = y/(1 − y), which grows with y",
        sp.Subs(y / (1 - y) ** (1 + q), y, z / (1 + z)),
        z * (1 + z) ** q,
    )
    growth = (1 + z) ** q * (1 + q * z / (1 + z))
    yield Identity("its slope", sp.Derivative(z * (1 + z) ** q, z), growth)
    yield Sign("is positive: h grows with y", growth, strict=True)


def _derivation() -> Steps:
    yield powers.MEHLER
    yield from _leaving()
    yield from _settling()
    yield Heading(
        "ℓ − N layers after the first one below c: the distance is at most (1 − ρ*)h, h(c) at first"
    )
    at_turn = (c - star) * ((1 - star) / (1 - c)) ** (1 / slope_star)
    yield from powers.layers(
        r"(1 - \rho^*) h(y_{N+k})",
        FORMULA,
        at_turn,
        slope_star,
        more={LAYER: ell - 1 - BURN_IN},
    )


CLAIM = declare(
    __name__,
    "in case 4 the distance falls like κ′(ρ*)^ℓ, after a burn-in",
    upper(setting.DISTANCE, FORMULA),
    source=PAPER.at("Theorem 1, case 4", "asymptotic form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, TURN, GROWTH, setting.PLACE, setting.SLOPE),
    assumes=(
        *setting.MODEL,
        "κ(0) > 0 and κ′(1) > 1 (infinite where φ jumps)",
        setting.START_BELOW_ONE,
        Requires(c > star, "the burn-in ends above the attractor"),
        Requires(rho0 >= c, "the start is at least c"),
        Requires(m > 1, "above the attractor 1 − ρ grows"),
        Requires(slope_star > 0, "φ is not constant"),
        setting.CONTRACTS,
        Requires(ell >= 1 + BURN_IN, "the burn-in is over"),
    ),
    checks=(
        _check("monomial(2)", Fraction(9, 10), 12, 150),
        _check("monomial(2)", Fraction(3, 4), 2, 40),
        _check("monomial(4)", Fraction(7, 8), 12, 80),
        _check("relu_squared", Fraction(9, 10), 6, 80),
        _check("step", Fraction(9, 10), 9, 80),
        _check("gelu", Fraction(19, 20), 2, 120),
        _check("elu", Fraction(9, 10), 1, 60),
        _check("elu", Fraction(9, 10), 2, 400, Budget.STANDARD),
        _check("silu", Fraction(19, 20), 2, 120, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(1, 5),
    decreasing=("depth",),
    siblings=("fixed-points.theorem-1-case-4-corrected", "fixed-points.theorem-1-case-4-sharp"),
)
