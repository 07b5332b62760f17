"""A bound on the mean square gap without an event: from an explicit start, for every trajectory.

E V(H_{ℓ+1})² ≤ (1 − 1/n) [κ^{2ℓ} + 1/((1−κ²)d) + ℓ n e^{−dα(δ−log(1+δ))}], κ = 1/((n+2)α),
δ = 2(1 − nα)/(n+2).

It is `orthogonalization.tight-gap` where A₁ holds, and the largest gap where it does not. As the
width grows with α → 1/n slowly it tends to `orthogonalization.stationary-gap`.

>>> from fractions import Fraction
>>> from depthlaw.theory.claim.registry import claim
>>> at = {"batch": 2, "width": 2 * 10**4, "depth": 20, "alpha": Fraction(2, 5)}
>>> on_the_event = claim("orthogonalization.tight-gap").bound(**at)
>>> on_the_event.lower < CLAIM.bound(**at).lower < 1.001 * on_the_event.upper
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    ALPHA,
    BATCH,
    DEPTH,
    WIDTH,
    Budget,
    Check,
    E,
    Identity,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER, a1_probability, tight_gap
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.writing.symbols import alpha, d, ell, n

FORMULA = (1 - 1 / n) * (
    tight_gap.KAPPA ** (2 * ell) + 1 / ((1 - tight_gap.KAPPA**2) * d) + a1_probability.FORMULA
)
QUANTITY = E(sp.Symbol(r"V(H_{\ell+1})^2"))


def check(
    batch: int,
    width: int,
    depth: int,
    alpha: Fraction,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    """Return a check of a bound on E V(H_{ℓ+1})² from λ_min(H_0) = α."""
    return Check(
        f"n = {batch}, d = {width}, α = {float(alpha):g}, {depth} layers",
        {"batch": batch, "width": width, "depth": depth, "alpha": alpha},
        setting.measured(
            setting.flat(batch, alpha),
            width=width,
            depth=depth + 1,
            observables=setting.GAP,
            per_replica=setting.last_square_gap,
            layers=(depth + 1,),
            highest=1 - 1 / batch,
        ),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    yield Uses(
        "the part of E V² on A₁ is at most",
        "orthogonalization.tight-gap",
        known=(alpha <= 1 / n, d >= n, alpha > 1 / (n + 2)),
    )
    yield Uses(
        "A₁ fails with a probability of at most",
        "orthogonalization.a1-probability",
        known=(alpha <= 1 / n,),
    )
    yield Identity(
        "together: V² is at most 1 − 1/n where it fails",
        tight_gap.FORMULA + setting.HIGHEST_GAP**2 * a1_probability.FORMULA,
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "mean square gap from an explicit start, without an event",
    upper(QUANTITY, FORMULA, trivial=1 - 1 / n),
    source=PAPER.ours("without an event", "Theorem 1"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumes=(
        *setting.MODEL,
        setting.WIDTH_AT_LEAST_BATCH,
        setting.at_most_one_over_batch(ALPHA),
        tight_gap.CONTRACTS,
        a1_probability.START,
    ),
    checks=(
        check(2, 2000, 10, Fraction(1, 3), 8000),
        check(2, 4000, 12, Fraction(2, 5), 8000),
        check(3, 8000, 20, Fraction(1, 4), 2000, Budget.STANDARD),
        check(4, 20_000, 30, Fraction(1, 5), 500, Budget.THOROUGH),
    ),
    derivation=_derivation,
    decreasing=("width",),
    control=Fraction(1, 20),
    siblings=(
        "orthogonalization.tight-gap",
        "orthogonalization.a1-probability",
        "orthogonalization.unconditional-gap-lower",
    ),
)
