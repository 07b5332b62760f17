"""Under batch norm gradient independence errs by less than 5/width per layer.

median of (growth with independent weights − true growth) ≤ 5/d.

Example: at width 16 that is a third per layer, beside a growth of about one half.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=8, width=16).contains(Fraction(5, 16))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import BATCH, WIDTH, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as independence
from depthlaw.theory.writing.symbols import d

OVERSTATED = sp.Symbol(r"\operatorname{median}(\hat{g}_{\text{independent}} - \hat{g})")


def _derivation() -> Steps:
    yield from independence.met_again(
        "the batch has n of d directions, so that the error is of the order n/d in each layer;"
        " its size is measured"
    )


CLAIM = declare(
    __name__,
    "gradient independence under batch norm errs by O(1/width)",
    upper(OVERSTATED, 5 / d),
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
        {(4, 32): 300, (8, 32): 250},
        {(16, 64): 150, (32, 64): 300, (16, 512): 100},
    ),
    derivation=_derivation,
    control=Fraction(1, 10),
    siblings=("mean-field-bn.independence-batch-norm",),
)
