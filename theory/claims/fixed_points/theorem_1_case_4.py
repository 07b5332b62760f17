"""Theorem 1, case 4, as printed: the rate is too fast.

|ρ_ℓ − ρ*| ≤ α^ℓ |ρ₀ − ρ*| / (1 − |ρ₀|) with
α = max{1 − κ(0), κ′(ρ*), (1 − ρ*)/(2 − κ′(ρ*))}.

From ρ₀ = 1 − ε a trajectory needs log(1/ε)/log κ′(1) layers to leave 1, while α^ℓ/ε is then of the
order ε^c with c > 0 as soon as α κ′(1) < 1. For φ = x²/√3 that product is 8/9 and 20 layers from
ρ₀ = 0.99 are enough; for SiLU, mish and GELU it is .9977, .9997 and .99991, and hundreds, thousands
and twenty thousand layers are.

Example: ρ = 1/2 is fixed by κ(ρ) = (1 + 2ρ²)/3, whose α is 2/3.

>>> from fractions import Fraction
>>> half, rate = Fraction(1, 2), Fraction(2, 3)
>>> CLAIM.bound(depth=9, start=0, at_zero=1 - rate, attractor=half, slope=rate).contains(
...     rate**9 * half)
True

The third rate never decides, since κ(0) ≤ κ(ρ*) = ρ* and 2 − κ′(ρ*) > 1.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    DEPTH,
    Argued,
    Budget,
    Identity,
    Order,
    Outcome,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _case_4 as case_4
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import kappa0, rho0, slope_star, star
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.writing.symbols import ell

RATE = sp.Max(1 - kappa0, slope_star, (1 - star) / (2 - slope_star))
FORMULA = RATE**ell * sp.Abs(rho0 - star) / (1 - sp.Abs(rho0))


def printed_rate(subject: setting.Subject) -> arb:
    """Return α as printed, enclosed."""
    place, slope = subject.attractor, subject.slope
    return (1 - subject.at_zero).max(slope).max((1 - place) / (2 - slope))


def _too_fast(name: str) -> Order:
    subject = setting.catalogue(name)
    return Order(
        f"{name} has α κ′(1) < 1",
        r"\alpha \kappa'(1) < 1",
        lambda: printed_rate(subject) * subject.slope_at_one,
        lambda: arb(1),
    )


def _derivation() -> Steps:
    rho, r = sp.symbols("rho r", real=True)
    a = sp.symbols("a0:4", nonnegative=True)
    f = sum(coefficient * rho**k for k, coefficient in enumerate(a))
    taylor = sum(
        sp.diff(f, rho, k).subs(rho, r) / sp.factorial(k) * (1 - r) ** (k - 1) for k in range(1, 4)
    )
    square = (1 + 2 * rho**2) / 3
    yield Argued(
        "where the proof slips",
        "with A_k = κ^{(k)}(ρ*)/k! it takes Σ A_k (1−ρ*)^{k−1} for 1 − ρ*; by Taylor's "
        "formula it is (κ(1) − κ(ρ*))/(1 − ρ*) = 1",
        carries=False,
    )
    yield Identity(
        "Taylor's formula, for degree 3",
        taylor,
        sp.cancel((f.subs(rho, 1) - f.subs(rho, r)) / (1 - r)),
    )
    yield Argued(
        "what the bound needs near 1",
        "1 − ρ_N ≤ κ′(1)^N (1 − ρ₀): from ρ₀ = 1 − η κ′(1)^{−N} the trajectory is still "
        "above 1 − η after N layers, where the bound is (ακ′(1))^N (1 − ρ*)/η at most; so "
        "α κ′(1) ≥ 1 is necessary",
        carries=False,
    )
    yield Identity(
        "φ = x²/√3: ρ* = 1/2", sp.Subs(square, rho, sp.Rational(1, 2)), sp.Rational(1, 2)
    )
    yield Identity(
        "and α κ′(1) = (2/3)(4/3)",
        sp.Subs(
            RATE,
            (kappa0, star, slope_star),
            (
                sp.Subs(square, rho, 0),
                sp.Rational(1, 2),
                sp.Subs(sp.Derivative(square, rho), rho, sp.Rational(1, 2)),
            ),
        )
        * sp.Subs(sp.Derivative(square, rho), rho, 1),
        sp.Rational(8, 9),
    )
    yield _too_fast("gelu")
    yield _too_fast("silu")
    start, depth = Fraction(99, 100), 20
    yield Order(
        "φ = x²/√3 from ρ₀ = 99/100: after 20 layers the distance is larger than the bound",
        r"(2/3)^{20} \frac{49/100}{1/100} < |\rho_{20} - 1/2|",
        lambda: ball(Fraction(2, 3) ** depth * Fraction(49, 100) / Fraction(1, 100)),
        lambda: case_4.exact_distance(case_4.SQUARE, start, depth).ball,
    )


CLAIM = declare(
    __name__,
    "correlations settle strictly between 0 and 1, with the printed rate",
    upper(setting.DISTANCE, FORMULA, trivial=1 + star),
    source=PAPER.at("Theorem 1, case 4"),
    status=Status.PUBLISHED,
    expected=Outcome.REFUTED,
    parameters=(DEPTH, setting.START, setting.AT_ZERO, setting.PLACE, setting.SLOPE),
    assumes=(*setting.MODEL, "κ(0) > 0 and κ′(1) > 1", *setting.BETWEEN),
    checks=(
        case_4.square(Fraction(99, 100), 20),
        case_4.far_away(setting.catalogue("gelu"), bits=2015, near=20_000, slow=96),
        case_4.far_away(setting.catalogue("silu"), bits=87, near=900, slow=24),
        case_4.far_away(
            setting.catalogue("mish"), bits=666, near=8_000, slow=24, budget=Budget.STANDARD
        ),
        case_4.square(Fraction(1, 2) + Fraction(1, 100), 20),
        case_4.square(-Fraction(9, 10), 2),
        case_4.followed(setting.catalogue("gelu"), Fraction(1, 5), 20),
        case_4.followed(setting.catalogue("elu"), Fraction(9, 10), 20),
        case_4.followed(setting.catalogue("relu_squared"), Fraction(9, 10), 20),
        case_4.followed(setting.catalogue("gelu_tanh"), Fraction(1, 5), 20, Budget.STANDARD),
    ),
    derivation=_derivation,
    decreasing=("depth",),
    errata=(
        "The step Σ A_k (1−ρ*)^{k−1} = 1 − ρ* is wrong: the sum is 1. The rate is "
        "max{1 − κ(0), 1/(2 − κ′(ρ*))}.",
    ),
    siblings=("fixed-points.theorem-1-case-4-corrected", "fixed-points.theorem-1-case-4-sharp"),
)
