"""Recentring and ReLU make one odd point, at finite width.

P(odd state at layer 200) ≥ 9/10, from orthonormal points.

Both ranges matter. The start is a stable state of the mean field, which noise of order 1/√d has to
leave, and a wider network waits longer (equal-cosines-wait). In a larger batch several points break
away at first, and it takes some n layers until one of them has won (odd-point-time): of 40 networks
with n = 256, d = 100 only 17 have an odd state at layer 200.

Example: the claim is about more than half of all networks.

>>> CLAIM.bound(batch=16, width=100).lower > 1 / 2
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Budget,
    Check,
    Order,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _simulated as simulated
from depthlaw.theory.decomposition import fixed_points, two_groups
from depthlaw.theory.writing.symbols import d, n

LARGE_BATCH = Requires(n >= 16, "smaller batches reach the odd state in part of the networks only")
SMALL_BATCH = Requires(
    n <= 64,
    "in larger batches 200 layers are too few for one point to win: use "
    "decomposition.odd-point-time, the law in the depth over the batch",
)
ORTHONORMAL = "orthonormal points at first"
IN_RANGE = Requires(
    sp.And(d >= 100, d <= 1000),
    "narrower networks leave the odd state at times, and wider ones wait at equal cosines",
)


def _check(batch: int, width: int, replicas: int, budget: Budget = Budget.QUICK) -> Check:
    quantity = simulated.measured(batch, width, simulated.WITHOUT_RESCALING, "odd_state", 200)
    return Check(
        f"n = {batch}, d = {width}",
        {"batch": batch, "width": width},
        quantity,
        budget=budget,
        replicas=replicas,
    )


def separatrix(batch: int) -> arb:
    """Return the norm ratio beyond which the mean field goes to the odd-point state."""
    state = fixed_points(batch).separatrix
    return arb.nan() if state is None else state.norm_ratio.ball


def _derivation() -> Steps:
    yield Argued(
        "where the network starts",
        "orthonormal points are in the state of equal cosines, which is stable but weakly "
        "(symmetric-margin); the way to the odd-point state is over the separatrix",
    )
    yield Order(
        "n = 16: the separatrix is a norm ratio below 1.1, which fluctuations of order "
        "1/√d in the norms reach",
        r"r_{sep} < 11/10",
        lambda: separatrix(16),
        lambda: arb(11) / 10,
    )
    yield Order(
        "and the state beyond attracts",
        r"\varrho(J) < 1",
        lambda: two_groups(15).spectral_radius().ball,
        lambda: arb(1),
    )
    yield Argued("how often", "measured")


CLAIM = declare(
    __name__,
    "an odd point forms at finite width, within 200 layers",
    lower(
        sp.Function("P")(sp.Symbol(r"\text{odd state at layer 200}")),
        sp.Rational(9, 10),
        trivial=sp.Integer(0),
    ),
    source=PAPER.ours("one cluster and an odd point"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(setting.CLUSTERED, WIDTH),
    assumes=(*setting.FINITE, LARGE_BATCH, SMALL_BATCH, IN_RANGE, ORTHONORMAL),
    checks=(
        _check(16, 100, 256),
        _check(32, 200, 256, Budget.STANDARD),
        _check(50, 100, 256, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(6, 5),
    siblings=(
        "decomposition.odd-point-time",
        "decomposition.equal-cosines-wait",
        "decomposition.rescaling-destroys",
    ),
)
