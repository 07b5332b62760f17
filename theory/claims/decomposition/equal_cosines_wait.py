"""A wide network waits at equal cosines: no odd point forms.

P(no odd state at layer 100) ≥ 1/2, from orthonormal points.

Orthonormal points are in a stable state of the mean field (symmetric-stability), and the odd-point
state is another. Noise of order 1/√d has to carry a norm ratio over the separatrix, so that the odd
point forms later the wider the network is, and not at all in the limit d → ∞ taken first.

Example: the bound is the same for all widths.

>>> CLAIM.bound(batch=8, width=4000).ball == CLAIM.bound(batch=8, width=10**6).ball
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
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _simulated as simulated
from depthlaw.theory.claims.decomposition import odd_point_forms as forms
from depthlaw.theory.writing.symbols import d, n

EIGHT = Requires(sp.Eq(n, 8), "the claim is measured for 8 points: larger batches leave sooner")
WIDE = Requires(d >= 4000, "narrower networks leave equal cosines within 100 layers")


def _check(width: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"n = 8, d = {width}",
        {"batch": 8, "width": width},
        simulated.fewer(8, width, 100),
        budget=budget,
        replicas=48,
    )


def _derivation() -> Steps:
    yield Uses("equal cosines attract", "decomposition.symmetric-stability")
    yield Order(
        "n = 8: the separatrix is a norm ratio above 1.3, while noise in the norms is of "
        "order 1/√d",
        r"13/10 < r_{sep}",
        lambda: arb(13) / 10,
        lambda: forms.separatrix(8),
    )
    yield Argued("how long it takes", "measured")


CLAIM = declare(
    __name__,
    "wide networks wait at equal cosines",
    lower(
        sp.Function("P")(sp.Symbol(r"\text{no odd state at layer 100}")),
        sp.Rational(1, 2),
        trivial=sp.Integer(0),
    ),
    source=PAPER.ours("the need for fluctuations"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(setting.CLUSTERED, WIDTH),
    assumes=(*setting.FINITE, EIGHT, WIDE, forms.ORTHONORMAL),
    checks=(_check(4000), _check(20_000, Budget.STANDARD)),
    derivation=_derivation,
    control=Fraction(21, 10),
    siblings=("decomposition.odd-point-forms", "decomposition.symmetric-stability"),
)
