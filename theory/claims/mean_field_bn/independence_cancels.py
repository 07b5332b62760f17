"""Mean field's rate for batch norm holds at widths where both of its assumptions fail.

median of the true growth of log ‖∂L/∂W_ℓ‖² per layer = log λ to within an eighth, from width 16 on.

At width 16 and sixteen samples the growth is .47, with independent weights .63, and log λ = .464:
going forward, finite width raises the growth by about as much as true weights lower it going back.

Example: the rate falls with the batch.

>>> few, many = (CLAIM.bound(batch=batch, width=64) for batch in (8, 32))
>>> bool(many.ball < few.ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import BATCH, WIDTH, Outcome, Requires, Status, Steps, declare, equal
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as independence
from depthlaw.theory.mean_field_bn.rates import RELU, B
from depthlaw.theory.writing.symbols import d, n

RATE = RELU.subs(B, n)


def _derivation() -> Steps:
    yield from independence.met_again(
        "finite width also spreads the covariances of the forward pass, which raises the "
        "growth; that both changes nearly cancel is measured"
    )


CLAIM = declare(
    __name__,
    "the mean-field rate of batch norm at finite width",
    equal(sp.Symbol(r"\operatorname{median} \hat{g}"), sp.log(RATE), within=sp.Rational(1, 8)),
    source=PAPER.ours("gradient independence at finite width"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        "W h, batch normalisation with recentring, ReLU",
        independence.MODEL,
        independence.START,
        independence.RANDOM,
        Requires(sp.And(n >= 8, n <= 32), "at n = 4 the rate is approached like d^(−1/2)"),
        Requires(sp.And(d >= 16, d <= 512), "widths from 16 to 512 were looked at"),
    ),
    checks=independence.checks(
        independence.true_growth,
        independence.BATCH_NORM,
        {(8, 32): 400, (16, 16): 200},
        {(16, 128): 100, (32, 64): 100},
    ),
    derivation=_derivation,
    control=Fraction(4, 3),
    siblings=("mean-field-bn.independence-batch-norm",),
)
