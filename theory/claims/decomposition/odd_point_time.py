"""How long it takes until there is one odd point: some layers for each sample.

P(odd state at layer ℓ) ≥ 9/10 for ℓ ≥ max(4n, 200), from orthonormal points.

What counts is the depth over the batch; the width enters through its logarithm. Several points
break away at first, and a state of k odd points is left slowly: its unstable multiplier is about
1 + k/n, so that the last two, which differ by 1/√d, take some (n/4) log d layers to part. The share
of networks with an odd state reads

====  ====  ==========  ==========  ==========  ==========
n     d     ℓ/n = 0.78  ℓ/n = 1.56  ℓ/n = 2.34  ℓ/n = 3.12
====  ====  ==========  ==========  ==========  ==========
64    100   50/140      119/140     136/140     139/140
64    200   13/40       30/40       39/40       40/40
64    400   10/24       22/24       24/24       24/24
64    1000  7/24        20/24       22/24       23/24
128   100   16/40       31/40                   39/40
128   200   17/40       34/40                   40/40
128   400   10/24       24/24                   24/24
256   100   5/12        10/12       11/12
====  ====  ==========  ==========  ==========  ==========

and an odd state, once formed, stays: of 40 networks with n = 16, d = 100 it is there in 39 or 40 at
each of the layers 200, 500, 1000, 2000, 3000 and 4000.

Example: four layers for each sample, from n = 50 on.

>>> CLAIM.bound(batch=64, width=100, depth=256).contains(Fraction(9, 10))
True
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    DEPTH,
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
from depthlaw.theory.claims.decomposition import odd_point_forms as forms
from depthlaw.theory.decomposition import two_groups
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.symbols import ell, n

LONG_ENOUGH = Requires(ell >= sp.Max(4 * n, 200), "by then one point has won: go deeper")


def parting(batch: int) -> arb:
    """Return the multiplier with which the norms of two odd points move apart."""
    return two_groups(batch - 2, 2).spectral_radius().ball


def _one_and(part: Fraction) -> arb:
    return 1 + ball(part)


def _check(
    batch: int, width: int, depth: int, replicas: int, budget: Budget = Budget.QUICK
) -> Check:
    return Check(
        f"n = {batch}, d = {width}, layer {depth}",
        {"batch": batch, "width": width, "depth": depth},
        simulated.measured(batch, width, simulated.WITHOUT_RESCALING, "odd_state", depth),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    yield from forms.CLAIM.derivation().steps
    yield from (
        Order(
            f"n = {batch}: two odd points part by less than 1 + 2/n per layer, so that the "
            "time is of order n",
            rf"\lambda < 1 + 2/{batch}",
            partial(parting, batch),
            partial(_one_and, Fraction(2, batch)),
        )
        for batch in (16, 64, 256)
    )
    yield Order(
        "and for large n by nearly that, here at n = 256",
        r"1 + 1.99/256 < \lambda",
        partial(_one_and, Fraction(199, 25_600)),
        partial(parting, 256),
    )
    yield Argued("how many times n", "measured")


CLAIM = declare(
    __name__,
    "one odd point within four layers for each sample",
    lower(
        sp.Function("P")(sp.Symbol(r"\text{odd state at layer } \ell")),
        sp.Rational(9, 10),
        trivial=sp.Integer(0),
    ),
    source=PAPER.ours("how deep the network has to be"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(setting.CLUSTERED, WIDTH, DEPTH),
    assumes=(*setting.FINITE, forms.LARGE_BATCH, forms.IN_RANGE, LONG_ENOUGH, forms.ORTHONORMAL),
    checks=(
        _check(16, 200, 200, 256),
        _check(64, 100, 256, 256, Budget.STANDARD),
        _check(128, 200, 512, 32, Budget.THOROUGH),
    ),
    derivation=_derivation,
    control=Fraction(6, 5),
    siblings=(
        "decomposition.odd-point-forms",
        "decomposition.more-odd-points",
    ),
)
