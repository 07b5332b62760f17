"""The kernel flow: correlations vanish exponentially.

|ρ(t)|/(1−|ρ(t)|) ≤ e^{−t(1−κ′(0))} |ρ₀|/(1−|ρ₀|) for ρ̇ = κ(ρ) − ρ.

κ(ρ) = a₁ρ + (1−a₁)ρ² attains it for every ρ₀ > 0: the logistic equation. A residual network with
strength r takes steps of length 1 − r² along this flow.

Example: at κ′(0) = 0 the ratio falls like e^{−t}.

>>> from fractions import Fraction
>>> from flint import arb
>>> half = CLAIM.bound(time=1, start=Fraction(1, 2), slope_at_zero=0)
>>> half.ball.overlaps(1 / arb(1).exp())
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Agreement,
    Check,
    Cited,
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
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import rho0, slope0
from depthlaw.theory.residual import flow
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure

t = sp.Symbol("t", positive=True)
TIME = Parameter("time", t, Domain.REAL, 0, "time along the flow", above=True)
FORMULA = sp.exp(-t * (1 - slope0)) * sp.Abs(rho0) / (1 - sp.Abs(rho0))


def _ratio(subject: setting.Subject, start: Fraction, time: Fraction) -> Enclosure:
    size = abs(flow(subject.map, start, time))
    return Enclosure(size / (1 - size))


def _check(subject: setting.Subject, start: Fraction, time: Fraction) -> Check:
    def parameters() -> dict[str, ParameterValue]:
        slope = setting.above(subject.slope_at_zero)
        return {"time": time, "start": start, "slope_at_zero": slope}

    return Check(
        f"{subject.label}, ρ₀ = {start}, t = {time}",
        Deferred(parameters),
        Computed(_ratio, {"subject": subject, "start": start, "time": time}),
    )


def _derivation() -> Steps:
    s, b = sp.symbols("s b", positive=True)
    drift = s * (1 - b + b * s) - s
    logistic = setting.weighted(Fraction(0), Fraction(1, 2), Fraction(1, 2))
    times = (Fraction(1, 2), Fraction(3))
    yield powers.MEHLER
    yield from powers.quadratic()
    yield Identity(
        "hence ṡ ≤ a₁s + (1−a₁)s² − s for s = |ρ|; with a₁ = 1 − b", drift, -b * s * (1 - s)
    )
    yield Identity(
        "so log(s/(1−s)) falls at the rate b = 1 − κ′(0) at least",
        sp.Derivative(sp.log(s / (1 - s)), s) * drift,
        -b,
    )
    yield Agreement(
        "equality for κ = (ρ + ρ²)/2 from ρ₀ = 1/3, by the enclosed flow",
        r"\rho(t) / (1 - \rho(t)) = e^{-t/2} / 2",
        lambda: [
            rho / (1 - rho) for rho in (flow(logistic.map, Fraction(1, 3), time) for time in times)
        ],
        lambda: [(-ball(time) / 2).exp() / 2 for time in times],
        accuracy_bits=30,
    )
    yield Cited(
        "Grönwall: log(s/(1−s)) falls by bt at least",
        "Hartman, Ordinary Differential Equations, Theorem III.1.1",
        r"\frac{s(t)}{1 - s(t)} \le e^{-bt} \frac{s(0)}{1 - s(0)}",
    )
    yield Identity(
        "which is the claim",
        sp.Subs(sp.exp(-b * t) * s / (1 - s), (b, s), (1 - slope0, sp.Abs(rho0))),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "along the kernel flow correlations vanish exponentially",
    upper(sp.Symbol(r"|\rho(t)| / (1 - |\rho(t)|)"), FORMULA),
    source=PAPER.at("Kernel ODE"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(TIME, setting.START, setting.SLOPE_AT_ZERO),
    assumes=(
        *setting.MODEL,
        "κ(0) = 0 and φ is not linear",
        setting.START_BELOW_ONE,
        setting.ONE_WEIGHT,
    ),
    checks=(
        _check(setting.centred("exp"), -Fraction(1, 2), Fraction(2)),
        *(
            _check(subject, start, time)
            for subject in (
                setting.catalogue("sin"),
                setting.catalogue("erf"),
                setting.catalogue("hermite(3)"),
                setting.centred("relu"),
            )
            for start, time in (
                (Fraction(1, 100), Fraction(1)),
                (Fraction(9, 10), Fraction(5)),
            )
        ),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("fixed-points.theorem-1-case-1", "fixed-points.residual"),
)
