"""The stationary cost of the coupling to a Gaussian matrix.

E‖C_ℓ^{1/2} − I/√n‖_F² = (n−1)(n+2)²/(16(n+1)d) · (1 + O(1/d)) as ℓ → ∞.

Example: n/4 times the stationary gap.

>>> from depthlaw.theory.claim.registry import claim
>>> stationary = claim("orthogonalization.stationary-gap").bound(batch=6, width=100)
>>> (CLAIM.bound(batch=6, width=100).ball / stationary.ball).contains(1.5)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Budget,
    Check,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.orthogonalization import PAPER, stationary_gap
from depthlaw.theory.claims.orthogonalization import _radius as radius
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import gram
from depthlaw.theory.writing.symbols import d, n

FORMULA = (n - 1) * (n + 2) ** 2 / (16 * (n + 1) * d)


def _check(
    *,
    batch: int,
    width: int,
    depth: int,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    return Check(
        f"n = {batch}, d = {width}, layer {depth} from isometry",
        {"batch": batch, "width": width},
        setting.measured(
            setting.flat(batch),
            width=width,
            depth=depth,
            observables={"cost": gram.bures_to_isotropy},
            per_replica=radius.last_cost,
            layers=(depth,),
            highest=2 - 2 / batch**0.5,
        ),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    deviation = sp.Symbol("x", real=True)
    root = sp.sqrt(1 / n + deviation) - 1 / sp.sqrt(n)
    yield from stationary_gap.CLAIM.derivation().steps
    yield Identity(
        "(√(1/n + x) − 1/√n)² to second order in x: the factor of x²",
        sp.Subs(sp.Derivative(root**2, (deviation, 2)) / 2, deviation, 0),
        n / 4,
    )
    yield Identity("n/4 times the stationary gap", n / 4 * stationary_gap.FORMULA, FORMULA)


CLAIM = declare(
    __name__,
    "stationary cost of the coupling to a Gaussian matrix, to leading order",
    equal(radius.MEAN_COST, FORMULA, leading="O(1/width)", within=sp.Rational(1, 10)),
    source=PAPER.at("Corollary 3", "asymptotic form, ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        *setting.MODEL,
        "leading order in 1/d (linear-noise approximation)",
        setting.WIDTH_AT_LEAST_BATCH,
        setting.RANK_SURVIVES,
        setting.NON_SINGULAR_START,
    ),
    checks=(
        _check(batch=2, width=100, depth=6, replicas=60_000),
        _check(
            batch=3,
            width=200,
            depth=8,
            replicas=20_000,
            budget=Budget.STANDARD,
        ),
    ),
    derivation=_derivation,
    decreasing=("width",),
    control=Fraction(6, 5),
    siblings=("orthogonalization.stationary-gap", "orthogonalization.wasserstein-radius"),
)
