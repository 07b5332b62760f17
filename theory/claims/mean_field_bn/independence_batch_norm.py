"""Independent backward weights overstate how batch norm's gradients grow, by order 1/width.

median of (growth with independent weights − true growth) ≥ 1/(2d).

The growth is that of log ‖∂L/∂W_ℓ‖² per layer, with ReLU after batch norm. In the mean over
networks the difference times d is 1.1 ± .2 at four samples, 2.2 ± .1 at eight, 2.7 ± .1 at sixteen,
3.0 ± .1 at 32. Going back, W meets what it has drawn: Wᵀ E is known on the directions of the batch,
and new only on the others.

Example: four times the width, a quarter of the bound.

>>> narrow, wide = (CLAIM.bound(batch=8, width=width) for width in (16, 64))
>>> bool(narrow.ball == 4 * wide.ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import BATCH, WIDTH, Outcome, Status, Steps, declare, lower
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as independence
from depthlaw.theory.writing.symbols import d

OVERSTATED = sp.Symbol(r"\operatorname{median}(\hat{g}_{\text{independent}} - \hat{g})")


def _derivation() -> Steps:
    yield from independence.met_again(
        "the batch has n of d directions, so that the error is of the order n/d in each layer;"
        " its sign and size are measured"
    )


CLAIM = declare(
    __name__,
    "independent backward weights overstate the explosion under batch norm",
    lower(OVERSTATED, 1 / (2 * d)),
    source=PAPER.ours("gradient independence at finite width"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        "W h, batch normalisation with recentring, ReLU",
        independence.MODEL,
        independence.START,
        independence.RANDOM,
        *independence.SIZES,
    ),
    checks=independence.checks(
        independence.overstated,
        independence.BATCH_NORM,
        {(8, 16): 300, (8, 64): 200},
        {(4, 16): 2000, (16, 32): 150, (32, 256): 100},
    ),
    derivation=_derivation,
    control=Fraction(10),
    siblings=(
        "mean-field-bn.independence-batch-norm-upper",
        "mean-field-bn.independence-stream",
    ),
)
