"""The gap at which width and contraction balance.

E V(H_ℓ)² = (n−1)(n+2)²/(4n(n+1)d) · (1 + O(1/d)) as ℓ → ∞.

The contraction of V per layer is n/(n+2) (`orthogonalization.asymptotic-rate`), so that from
isometry the mean square gap has reached the fraction 1 − (n/(n+2))^{2ℓ} of its stationary value
at layer ℓ. What is proved are bounds from both sides whose ratio tends to 1,
`orthogonalization.unconditional-gap` and its sibling from below.

Example: two samples.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=2, width=200).leading.contains(Fraction(2, 3) / 200)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Argued,
    Budget,
    Check,
    Identity,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    equal,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.writing.symbols import d, n

QUANTITY = sp.Function("E")(sp.Symbol(r"V(H_\ell)^2"))
FORMULA = (n - 1) * (n + 2) ** 2 / (4 * n * (n + 1) * d)


def _check(
    *, batch: int, width: int, depth: int, replicas: int, budget: Budget = Budget.QUICK
) -> Check:
    """Return a check started at isometry and run until (n/(n+2))^{2ℓ} is below a thousandth."""
    return Check(
        f"n = {batch}, d = {width}, layer {depth} from isometry",
        {"batch": batch, "width": width},
        setting.measured(
            setting.flat(batch),
            width=width,
            depth=depth,
            observables=setting.GAP,
            per_replica=setting.last_square_gap,
            layers=(depth,),
            highest=1 - 1 / batch,
        ),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    r = n / (n + 2)
    noise = (1 - 1 / n) / d
    yield Uses("the contraction of V per layer, near isometry", "orthogonalization.asymptotic-rate")
    yield Argued(
        "linear noise",
        "to leading order V² satisfies E V_{ℓ+1}² = r² E V_ℓ² + (1 − 1/n)/d with "
        "r = n/(n+2): the exact E V_{ℓ+1}² = (1 − 1/d)‖p − 1/n‖² + (1 − 1/n)/d with p "
        "linearised. The order of what is left is not proved here",
    )
    yield Identity("its fixed point", noise / (1 - r**2), FORMULA)


CLAIM = declare(
    __name__,
    "stationary mean square gap, to leading order in 1/width",
    equal(QUANTITY, FORMULA, leading="O(1/width)", within=sp.Rational(1, 20)),
    source=PAPER.at("Figure 2", "formula ours"),
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
        _check(batch=2, width=100, depth=6, replicas=100_000),
        _check(batch=3, width=200, depth=8, replicas=20_000, budget=Budget.STANDARD),
        _check(batch=4, width=400, depth=9, replicas=8_000, budget=Budget.THOROUGH),
    ),
    derivation=_derivation,
    decreasing=("width",),
    control=Fraction(6, 5),
    siblings=(
        "orthogonalization.asymptotic-rate",
        "orthogonalization.tight-gap",
        "orthogonalization.unconditional-gap",
        "orthogonalization.unconditional-gap-lower",
    ),
)
