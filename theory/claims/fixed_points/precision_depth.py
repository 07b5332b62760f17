"""Precision depth: when two inputs can no longer be told apart.

The last layer with 1 − ρ_ℓ > ε is at most log((1 − ρ₀)/ε)/log(1/κ′(1)).

The paper's numerator ln(1/ε) is this one at ρ₀ = 0, and safe for ρ₀ ≥ 0; from ρ₀ < 0 the distance
starts above 1 and up to ln 2 is missing.

Example: from orthogonal inputs, 2^{−10} takes ten layers of slope 1/2.

>>> from fractions import Fraction
>>> CLAIM.bound(start=0, precision=Fraction(1, 1024), slope_at_one=Fraction(1, 2)).contains(10)
True
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    LAYER,
    Budget,
    Check,
    Computed,
    Deferred,
    Domain,
    Heading,
    Identity,
    Induction,
    Outcome,
    Parameter,
    ParameterValue,
    Requires,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import rho0, slope1
from depthlaw.theory.kernels import depth_to_reach
from depthlaw.theory.values import Exact
from depthlaw.theory.writing.symbols import ell

epsilon = sp.Symbol("epsilon", positive=True)
PRECISION = Parameter(
    "precision", epsilon, Domain.REAL, 0, "distance from 1 that counts as equal", above=True
)
FORMULA = sp.log((1 - rho0) / epsilon) / sp.log(1 / slope1)

FINER_THAN_START = Requires(
    PRECISION.symbol < 1 - rho0, "the inputs are not already closer than that"
)


def _last_apart(start: Fraction, subject: Any, precision: Any) -> Exact:
    return Exact(sp.Integer(depth_to_reach(subject.map, start, 1 - precision) - 1))


def _check(name: str, start: Fraction, digits: int, budget: Budget = Budget.QUICK) -> Check:
    subject = setting.catalogue(name)
    precision = Fraction(1, 10**digits)

    def parameters() -> dict[str, ParameterValue]:
        return {
            "start": start,
            "precision": precision,
            "slope_at_one": setting.above(subject.slope_at_one),
        }

    return Check(
        f"{name}, ρ₀ = {start}, ε = 10^−{digits}",
        Deferred(parameters),
        Computed(_last_apart, {"start": start, "subject": subject, "precision": precision}),
        budget=budget,
    )


def _derivation() -> Steps:
    gamma, size = sp.symbols("gamma delta_0", positive=True)
    depth = sp.log(size / epsilon) / sp.log(1 / gamma)
    yield from powers.tangent()
    yield Induction(
        "ℓ layers", r"1 - \rho_k", gamma * powers.x, powers.x, size, size * gamma**LAYER
    )
    yield Heading("while ε < 1 − ρ_ℓ ≤ κ′(1)^ℓ (1 − ρ₀), ℓ is below the depth at which that is ε")
    yield Identity(
        "the logarithm of the bound over ε falls along a line",
        sp.expand_log(sp.log(size * gamma**ell / epsilon), force=True),
        (depth - ell) * sp.log(1 / gamma),
    )
    yield Identity(
        "whose zero is the claim",
        sp.Subs(depth, (size, gamma), (1 - rho0, slope1)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "layers after which two inputs cannot be told apart",
    upper(sp.Symbol(r"\max\{\ell : 1 - \rho_\ell > \varepsilon\}"), FORMULA),
    source=PAPER.at("Precision depth"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.START, PRECISION, setting.SLOPE_AT_ONE),
    assumes=(
        *setting.MODEL,
        "κ(0) > 0",
        setting.START_BELOW_ONE,
        Requires(slope1 > 0, "φ is not constant"),
        setting.ATTRACTS_ONE,
        FINER_THAN_START,
    ),
    checks=(
        *(
            _check(name, start, digits)
            for name in ("cos", "gaussian", "normal_cdf")
            for start, digits in ((Fraction(0), 16), (Fraction(99, 100), 30), (-Fraction(9, 10), 7))
        ),
        *(_check(name, Fraction(0), 7, Budget.STANDARD) for name in ("sigmoid", "softplus")),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    errata=("ln(1/ε) takes 1 − ρ₀ ≤ 1 for granted; from ρ₀ < 0 it must be ln((1 − ρ₀)/ε).",),
    siblings=("fixed-points.theorem-1-case-2",),
)
