"""With four samples the rate of batch normalisation is approached like 1/√width only.

log (log λ − median growth) / log d → −1/2.

The growth has the law of 1/variance, whose tail index is (n−1)/2 = 3/2: means exist, squares do
not. With six samples and more the rate is approached like 1/width.

Example: a hundred times the width, a tenth of the distance.

>>> CLAIM.bound().contains(Fraction(-1, 2))
True
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Array,
    Backward,
    Budget,
    Check,
    Identity,
    Measured,
    Observed,
    Outcome,
    Scaling,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as growing
from depthlaw.theory.mean_field_bn.rates import RELU, B
from depthlaw.theory.network import Network, gram
from depthlaw.theory.network.text import parse_layer

BATCH = 4
LIMIT = float(sp.log(RELU.subs(B, BATCH)).evalf(20))


def _distance(observed: Observed) -> Array:
    return np.asarray(LIMIT - growing.growth(observed))


def _measured(width: int) -> Measured:
    return Measured(
        Network(width, BATCH, parse_layer(growing.BATCH_NORM)),
        gram.equicorrelated(BATCH, 0.5),
        growing.DEPTH,
        {},
        _distance,
        -math.inf,
        math.inf,
        backward=Backward(),
    )


def _check(widths: tuple[int, ...], replicas: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"widths {widths[0]} to {widths[-1]}",
        {},
        Scaling(widths, tuple(map(_measured, widths))),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    x, d = sp.symbols("x d", positive=True)
    yield Argued(
        "a layer",
        "multiplies the squared gradient by a mean of d factors 1/s², s² ~ χ²_{n−1}/n: heavy "
        "tails, that a mean of d of them sees up to the size d^(2/(n−1))",
    )
    yield Identity(
        "what of the mean lies beyond that, for four samples, is of the order",
        sp.Integral(x ** (-sp.Rational(3, 2)), (x, d, sp.oo)),
        2 / sp.sqrt(d),
    )


CLAIM = declare(
    __name__,
    "with four samples batch normalisation's rate is approached like 1/√width",
    rate(
        sp.Symbol(r"\log(\log\lambda - \operatorname{median}\hat{g}) / \log d"),
        -sp.Rational(1, 2),
        within=sp.Rational(1, 4),
    ),
    source=PAPER.ours("gradients at finite width"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(),
    assumes=(
        "four samples; W h, batch normalisation with recentring, ReLU",
        growing.MODEL,
        growing.START,
        growing.RANDOM,
    ),
    checks=(
        _check((16, 64, 256), 250),
        _check((64, 1024), 250, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(2),
    siblings=("mean-field-bn.backward-rate-relu",),
)
