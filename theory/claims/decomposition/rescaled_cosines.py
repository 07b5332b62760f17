"""With rescaling the cosines of a large batch exceed those of equal norms, at every width tried.

Median of the mean cosine within the cluster at layer ℓ ≥ κ(−1/(n−1)) + 1/100.

There is no law in n/d. From 52 points on the mean field has states with long points
(rescaled-long-point), and noise carries the batch to them: the norms settle at a spread that
depends on n, whatever the width. The mean cosine of all pairs, averaged over the layers from 100 to
400, minus κ(−1/(n−1)):

====  ======  =======  =======  =======  =======
n     d = 50  d = 100  d = 200  d = 400  d = 800
====  ======  =======  =======  =======  =======
16    0.0115  0.0057   0.0024   0.0015   0.0006
32    0.0171  0.0073   0.0037   0.0016   0.0008
64    0.0245  0.0120   0.0061   0.0030   0.0016
128   0.0323  0.0196   0.0122   0.0088   0.0069
256   0.0398  0.0285   0.0229   0.0195   0.0178
512   0.0452  0.0372   0.0352   0.0386   0.0376
1024  0.0514  0.0487   0.0516   0.0610   0.0649
====  ======  =======  =======  =======  =======

Example: the bound is above the cosines that all batches of equal norms tend to.

>>> CLAIM.bound(batch=10**3, width=100, depth=100).ball > 1 / sp.pi.evalf(30)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    WIDTH,
    Argued,
    Budget,
    Check,
    Outcome,
    Requires,
    Status,
    Steps,
    Typical,
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.decomposition import PAPER, odd_point_forms, rescaled_long_point
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _simulated as simulated
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.writing.symbols import d, ell, n

LARGE_BATCH = Requires(
    sp.And(n >= 256, n <= 1024),
    "in smaller batches the excess is less (decomposition.rescaling-destroys), and larger ones "
    "were not looked at",
)
IN_RANGE = Requires(sp.And(d >= 50, d <= 400), "wider networks take longer until norms spread")
SETTLED = Requires(ell >= 100, "the norms need some tens of layers to spread: go deeper")


def _check(
    batch: int, width: int, depth: int, replicas: int, budget: Budget = Budget.QUICK
) -> Check:
    quantity = simulated.measured(batch, width, simulated.WITH_RESCALING, "cluster_cosine", depth)
    return Check(
        f"n = {batch}, d = {width}, layer {depth}",
        {"batch": batch, "width": width, "depth": depth},
        Typical(quantity),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    yield Uses("equal norms are neutral in large batches", "decomposition.rescaled-break-away")
    yield from rescaled_long_point.CLAIM.derivation().steps
    yield Argued("how far they spread", "measured")


CLAIM = declare(
    __name__,
    "cosines of a large batch with rescaling",
    lower(
        sp.Symbol(r"\operatorname{median} \cos_{\text{cluster}}"),
        closed_forms.kappa(-1 / (n - 1)) + sp.Rational(1, 100),
        trivial=sp.Integer(0),
    ),
    source=PAPER.ours("the need for recentring without rescaling"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(setting.CLUSTERED, WIDTH, DEPTH),
    assumes=(
        *setting.RESCALED,
        LARGE_BATCH,
        IN_RANGE,
        SETTLED,
        odd_point_forms.ORTHONORMAL,
    ),
    checks=(
        _check(256, 50, 100, 24),
        _check(256, 400, 100, 4, Budget.STANDARD),
        _check(512, 100, 100, 4, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(6, 5),
    siblings=("decomposition.rescaling-destroys", "decomposition.rescaled-long-point"),
)
