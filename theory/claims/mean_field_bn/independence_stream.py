"""A gradient that starts from the stream itself meets the same weights again: no width mends that.

median of (log ‖∂L/∂W‖² − the same with independent weights) ≥ 1/10 in the first of four blocks.

With L = ½‖H_L‖², or a squared error on the stream, or a read-out tied to the input, ∂L/∂H_L depends
on the last weights, and W₂ᵀ meets W₂. The difference is .29 ± .02 at width 16, .312 ± .006 at 64,
.327 ± .003 at 256: it does not fall. With a random direction at the output it is below .05/d per
block. "Gradient independence" is about the loss as much as about the width.

Example: the bound is the same at every width.

>>> narrow, wide = (CLAIM.bound(width=width) for width in (16, 4096))
>>> narrow.lower == wide.lower
True
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Array,
    Backward,
    Budget,
    Check,
    Measured,
    Observed,
    Outcome,
    Requires,
    Status,
    Steps,
    Top,
    Typical,
    declare,
    lower,
)
from depthlaw.theory.claim.backward import ANEW, WEIGHT
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as independence
from depthlaw.theory.network import Network, gram
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.writing.symbols import d

BLOCK, BLOCKS, BATCH = "residual(layernorm,linear,relu,linear:variance=2)", 4, 4


def _difference(observed: Observed) -> Array:
    return np.asarray((observed[WEIGHT] - observed[ANEW + WEIGHT])[:, 1])


def _check(width: int, replicas: int, budget: Budget = Budget.QUICK) -> Check:
    experiment = Measured(
        Network(width, BATCH, parse_layer(BLOCK)),
        gram.equicorrelated(BATCH, 0.5),
        BLOCKS,
        {},
        _difference,
        -math.inf,
        math.inf,
        backward=Backward(Top.OUTPUT, compares=True),
    )
    return Check(
        f"d = {width}", {"width": width}, Typical(experiment), budget=budget, replicas=replicas
    )


def _derivation() -> Steps:
    yield from independence.met_again(
        "ZᵀE is not small if E is made of Z: then the first term is of the size of the second,"
        " at every width"
    )


CLAIM = declare(
    __name__,
    "gradient independence fails at every width if the loss looks at the stream",
    lower(
        sp.Symbol(
            r"\operatorname{median} \log(\|\partial L/\partial W\|^2 / "
            r"\|\partial L/\partial W\|^2_{\text{independent}})"
        ),
        sp.Rational(1, 10),
    ),
    source=PAPER.ours("gradient independence at finite width"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH,),
    assumes=(
        "four blocks H + W₂ relu(W₁ LN(H)) of four samples, the gradient of the first one's W₁, W₂",
        "Gaussian weights, of variance 1/d and 2/d",
        "L = ½‖H_L‖², so that ∂L/∂H_L = H_L",
        independence.START,
        Requires(d >= 16, "widths from 16 on were looked at"),
    ),
    checks=(
        _check(16, 1000),
        _check(64, 300),
        _check(1024, 40),
        _check(8192, 40, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(5),
    siblings=("mean-field-bn.independence-batch-norm", "mean-field-bn.independence-layer-norm"),
)
