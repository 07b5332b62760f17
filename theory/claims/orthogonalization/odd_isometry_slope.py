"""How fast gaps near isometry fall under an odd activation, in the wide limit: powers exactly.

‖DP(I/n)‖ = nk/(n + 2k) for φ(x) = xᵏ, k odd, P the map of the Gram matrix at trace 1. For any odd φ
the norm is the larger of the factors n E[φ²(s² − 1)]/(2(n−1) E φ²) on the diagonal and
E[s₁φ(s₁)s₂φ(s₂)]/E φ² off it, in size, with s uniform on the sphere of radius √n.

The rate 1 − 2α/3 of Theorem 1 holds near isometry for every α < 1/n only if the norm is at most
1 − 2/(3n), and if it is below. `depthlaw.theory.orthogonalization.isometry_slope`
encloses both factors for any odd activation and any n. At n = 2, where 2/3 is needed, on and off
the diagonal: identity .500 and .500, tanh .381 and .602, sin .401 and .590, sign 0 and .637 are
fast enough; x³ .750, x⁵ .833, sinh(5x) .864, soft threshold at 1.3 .954, hard threshold at 1.3 .899
fail on the diagonal, x/(1 + x²) fails off it with .696. Above 1 isometry repels: powers do so iff n
> 2k/(k − 1).

Example: without activation.

>>> CLAIM.bound(batch=6, power=1).contains(Fraction(3, 4))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.activations import Activation, activation, from_text
from depthlaw.theory.claim import (
    BATCH,
    Agreement,
    Check,
    Computed,
    Domain,
    Heading,
    Identity,
    Induction,
    Order,
    Outcome,
    Parameter,
    Requires,
    Sign,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _odd_slope as slope
from depthlaw.theory.orthogonalization.isometry_slope import isometry_slope, zonal_off_diagonal
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import n

k = sp.Symbol("k", integer=True, positive=True)
FORMULA = n * k / (n + 2 * k)
POWER = Parameter("power", k, Domain.INTEGER, 1, "exponent of the activation")
ODD = Requires(
    sp.Eq(sp.Mod(POWER.symbol, 2), 1), "the power is odd, as the activation is", argument="power"
)


def _norm(batch: int, power: int) -> Enclosure:
    return Enclosure(isometry_slope(activation(f"monomial({power})"), batch).largest)


def _check(batch: int, power: int) -> Check:
    return Check(
        f"power {power}, n = {batch}",
        {"batch": batch, "power": power},
        Computed(_norm, {"batch": batch, "power": power}),
    )


def _cube_steps() -> Steps:
    over = 6 * n**2 - 16 * n + 12
    root = 6 * (n - sp.Rational(4, 3)) ** 2 + sp.Rational(4, 3)
    yield Heading("The cube is too slow for every n")
    yield Identity(
        "against 1 − 2/(3n), which F.2 needs as α → 1/n",
        sp.Subs(FORMULA, k, 3) - slope.ALLOWED,
        over / (3 * n * (n + 6)),
    )
    yield Identity("the numerator", over, root)
    yield Sign("is positive", root, strict=True)
    yield Identity("against 1", sp.Subs(FORMULA, k, 3) - 1, 2 * (n - 3) / (n + 6))


def _power_steps() -> Steps:
    moment = n * (2 * k + 1) / (n + 2 * k)
    before = sp.Symbol("r", nonnegative=True)
    order = sp.Symbol("k", positive=True)
    half = sp.Rational(1, 2)
    ratio = 2 * sp.gamma(order / 2 + 1) ** 2 / (order * sp.sqrt(sp.pi) * sp.gamma(order + half))
    growth = order * (order + 2) / ((2 * order + 1) * (2 * order + 3))
    zero, first = sp.Integer(0), sp.Integer(1)
    yield Heading("Powers off the diagonal: never the larger factor")
    yield slope.moments()
    yield Identity(
        "the factor off the diagonal is r_k nk/(n + 2k), with r_k",
        slope.mixed_moment((order + 1) / 2, (order + 1) / 2)
        / slope.mixed_moment(order, zero)
        / (n * order / (n + 2 * order)),
        ratio,
    )
    yield Identity("r_1", sp.Subs(ratio, order, 1), first)
    yield Identity("r_{k+2}/r_k", sp.Subs(ratio, order, order + 2) / ratio, growth)
    yield Induction(
        "so r_k ≤ 1 for odd k: the diagonal decides", "r_k", growth * before, before, first, first
    )
    yield Heading("Powers on the diagonal")
    yield from slope.moment_step(k, moment)
    yield Identity("so m there gives the factor", slope.diagonal_factor(moment), FORMULA)


def _allowed() -> arb:
    return evaluate(slope.ALLOWED, {n: arb(TWO)})


def _off_diagonal(phi: Activation) -> arb:
    return isometry_slope(phi, TWO).off_diagonal


def _hard_threshold(cut: Fraction) -> arb:
    """Return the diagonal factor of the hard threshold at n = 2, in closed form."""
    angle = (ball(cut) / arb(2).sqrt()).acos()
    waves = (2 * angle).sin() / 2
    return (waves + angle / 2 + (4 * angle).sin() / 8) / (angle + waves)


def _hard(cut: str) -> Activation:
    return from_text(f"x*(1+sign(abs(x)-{cut}))/2")


TWO = 2
"""Samples of the other activations."""
_SMOOTH = ("identity", "tanh", "sin", "erf", "monomial(3)")
_CUTS = ("1.3", "1.39", "1")


def _derivation() -> Steps:
    square = r"\mathbb E\,\varphi(s_1)^2"
    top, cross, mu = sp.symbols("f c mu", positive=True)
    yield from slope.linearised()
    yield Heading("Off the diagonal, E = ε(e_ie_jᵀ + e_je_iᵀ)")
    yield Identity(
        "sᵀEs = 2ε s_is_j, and means vanish in which a coordinate stands an odd number of times, φ "
        "being odd: the factor of ε, with c = E[s_1φ(s_1) s_2φ(s_2)] and μ = E φ²",
        sp.Subs(top / (2 * mu), top, 2 * cross),
        cross / mu,
    )
    yield from _cube_steps()
    yield Heading("Other activations at n = 2, where the larger of both factors is to be below 2/3")
    yield Agreement(
        "off the diagonal at n = 2: an integral over the angle, and zonal harmonics",
        rf"\sum_k P_k(0) N_k (\mathbb E\, s\varphi P_k)^2 / {square}",
        lambda: [_off_diagonal(activation(name)) for name in _SMOOTH],
        lambda: [zonal_off_diagonal(activation(name), TWO) for name in _SMOOTH],
    )
    yield Agreement(
        "hard thresholds t at n = 2 on the diagonal, with cos θ = t/√2",
        r"\frac{\tfrac12\sin 2\theta + \tfrac12\theta + \tfrac18\sin 4\theta}"
        r"{\theta + \tfrac12\sin 2\theta}",
        lambda: [isometry_slope(_hard(cut), TWO).diagonal for cut in _CUTS],
        lambda: [_hard_threshold(Fraction(cut)) for cut in _CUTS],
    )
    yield Order(
        "n = 2: tanh is fast enough, off the diagonal too",
        r"\|DP(I/2)\| < 2/3",
        lambda: isometry_slope(activation("tanh"), TWO).largest,
        _allowed,
    )
    yield Order(
        "n = 2: x/(1 + x²) is not, off the diagonal",
        r"2/3 < \mathbb E[s_1\varphi(s_1) s_2\varphi(s_2)]/" + square,
        _allowed,
        lambda: _off_diagonal(from_text("x/(1+x**2)")),
    )
    yield from _power_steps()


CLAIM = declare(
    __name__,
    "change of small gaps per layer under an odd power, in the wide limit",
    equal(sp.Symbol(r"\|DP(I/n)\|"), FORMULA, tested=sp.Rational(1, 10**9)),
    source=PAPER.at("Conjecture F.2", "criterion ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, POWER),
    assumes=(
        "infinite width",
        "rows rescaled to mean square 1 before φ",
        ODD,
    ),
    checks=(
        *(_check(2, power) for power in (1, 3, 5, 9, 31)),
        *(_check(batch, 3) for batch in (3, 4, 16)),
        _check(5, 1),
        _check(8, 9),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("orthogonalization.conjecture-f2", "orthogonalization.odd-sublinear-slope"),
)
