"""A linear layer whose width is comparable to the batch costs isometry.

E I(G_1) ~ exp(−(1 + ((1−c)/c) log(1−c))), c = n/d: near isotropy the layer adds
1 + ((1−c)/c) log(1−c) to the isometry gap.

The gap is unbounded, and its mean is out of reach of a bounded sample; I = e^{−gap} lies in [0, 1].
At c = 512/1000 the gap is 0.316.

Example: half as many samples as neurons: 1 − log 2 is added.

>>> from flint import arb
>>> CLAIM.bound(batch=10, width=20).ball.overlaps(2 / arb(1).exp())
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Argued,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _wishart as wishart
from depthlaw.theory.symbols import d, n


def added_gap(ratio: sp.Expr) -> sp.Expr:
    """Return 1 + ((1−c)/c) log(1−c)."""
    return 1 + (1 - ratio) / ratio * sp.log(1 - ratio)


def _derivation() -> Steps:
    c, x, t = sp.symbols("c x t", positive=True)
    yield from wishart.exact_steps()
    yield Limit(
        "log Γ(y + s) − log Γ(y) − s log y → 0, y = (d−i)/2 (Stirling's leading terms)",
        (1 / t + x) * sp.log(1 / t + x) - 1 / t * sp.log(1 / t) - x - x * sp.log(1 / t),
        t,
        sp.S.Zero,
        sp.S.Zero,
    )
    yield Argued(
        "a Riemann sum",
        "log E I = (1/n) Σ_{i<n} log(1 − i/d) + o(1) → (1/c) ∫_0^c log(1 − x) dx",
    )
    yield Identity(
        "the integrand is the slope of c times minus the added gap",
        sp.Derivative(-c * added_gap(c), c),
        sp.log(1 - c),
    )
    yield Limit("which vanishes at c = 0", -c * added_gap(c), c, sp.S.Zero, sp.S.Zero)


CLAIM = declare(
    __name__,
    "isometry gap added by a linear layer as narrow as the batch",
    equal(
        wishart.QUANTITY, sp.exp(-added_gap(n / d)), leading="O(1/batch)", within=sp.Rational(1, 20)
    ),
    source=PAPER.at("Figures 4 to 6", "finite-width effect, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        *wishart.MODEL,
        "n, d → ∞ at a fixed ratio",
        wishart.MORE_NEURONS,
    ),
    checks=(
        wishart.check(64, 125, replicas=512),
        wishart.check(64, 640, replicas=512),
        wishart.check(48, 60, replicas=512),
    ),
    derivation=_derivation,
    control=Fraction(12, 10),
    siblings=("isometry.finite-width-linear-exact",),
)
