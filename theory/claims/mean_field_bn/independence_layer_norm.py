"""With layer norm after the activation gradient independence errs by less than 1/width per layer.

median of (true growth − growth with independent weights) ≤ 1/d.

Here independence errs downwards, by (.1 ± .1)/d in the mean over networks: a tenth of what it errs
under batch norm, whose rows take part in the mean over the batch.

Example: the bound at width 64.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=8, width=64).contains(Fraction(1, 64))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import BATCH, WIDTH, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as independence
from depthlaw.theory.writing.symbols import d

UNDERSTATED = sp.Symbol(r"\operatorname{median}(\hat{g} - \hat{g}_{\text{independent}})")


def _derivation() -> Steps:
    yield from independence.met_again(
        "samples do not meet in a layer norm, and what Q Ωᵀ E adds is of the size of what the "
        "projection takes away: what is left over is measured"
    )


CLAIM = declare(
    __name__,
    "gradient independence with layer norm",
    upper(UNDERSTATED, 1 / d),
    source=PAPER.ours("gradient independence at finite width"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        "ReLU, layer normalisation with recentring, W h",
        independence.MODEL,
        independence.START,
        independence.RANDOM,
        *independence.SIZES,
    ),
    checks=independence.checks(
        independence.understated,
        independence.LAYER_NORM,
        {(4, 16): 500},
        {(8, 32): 300, (16, 64): 300, (32, 16): 300},
    ),
    derivation=_derivation,
    control=Fraction(-1),
    siblings=("mean-field-bn.independence-batch-norm",),
)
