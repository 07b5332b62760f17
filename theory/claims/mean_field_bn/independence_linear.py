"""Without an activation the error of gradient independence has a closed form.

median of (growth with independent weights − true growth) = (r − r²/((r+2)²(λ − α²)))/d to within a
quarter, with r = n − 1, λ = (r−1)/(r−2), α = r/(r+2), far from the output.

The n × n matrix ZᵀE has no trace. Going down a layer its antisymmetric part stays, without noise:
HᵀD = ZᵀE. Its symmetric part shrinks by α and is fed by noise.

Example: eight samples, width 64.

>>> bool(abs(CLAIM.bound(batch=8, width=64).ball * 64 - 5.36) < 0.01)
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
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as independence
from depthlaw.theory.writing.symbols import d, n

LAYER = "linear,batchnorm:epsilon=0"
r, lam, alpha = sp.symbols("r lambda alpha", positive=True)
GENERAL = (r - r**2 / ((r + 2) ** 2 * (lam - alpha**2))) / d
_BY_BATCH = {lam: (n - 2) / (n - 3), alpha: (n - 1) / (n + 1), r: n - 1}
FORMULA = GENERAL.subs(_BY_BATCH)


def _derivation() -> Steps:
    yield Argued(
        "one layer down",
        "|E|² ↦ λ((1 − r/d)|E|² + (r/(r−1))(|M_a|² + α|M_s|²)) with M = ΩᵀE of r × r entries: r "
        "directions of W are known, on which the gradient is M",
    )
    yield Argued(
        "the two parts of M",
        "M_a ↦ M_a, since HᵀD = ZᵀE; M_s ↦ αM_s + noise of variance |E|²(r−1)/((r+2)d)",
    )
    q = sp.Symbol("q", positive=True)
    yield Identity(
        "relative to |E|², which grows by λ, what noise feeds M_s settles where",
        sp.Subs(lam * q - alpha**2 * q, q, 1 / (lam - alpha**2)),
        sp.Integer(1),
    )
    yield Identity(
        "in terms of the batch",
        sp.Subs(GENERAL, (lam, alpha, r), ((n - 2) / (n - 3), (n - 1) / (n + 1), n - 1)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "error of gradient independence under batch normalisation without an activation",
    equal(
        sp.Symbol(r"\operatorname{median}(\hat{g}_{\text{independent}} - \hat{g})"),
        FORMULA,
        within=sp.Rational(1, 4),
    ),
    source=PAPER.ours("gradient independence at finite width"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        "W h, batch normalisation with recentring, no activation",
        independence.MODEL,
        independence.START,
        independence.RANDOM,
        Requires(sp.And(n >= 6, n <= 12), "larger batches forget the output more slowly"),
        Requires(d >= 32, "to leading order in 1/width"),
    ),
    checks=independence.checks(
        independence.overstated, LAYER, {(8, 64): 400}, {(6, 64): 500, (8, 128): 800}
    ),
    derivation=_derivation,
    control=Fraction(2),
    siblings=("mean-field-bn.independence-batch-norm",),
)
