"""With fewer samples than neurons gradients explode under orthogonal weights as well.

median growth of log ‖∂L/∂W_ℓ‖ per layer ≥ (1 − n/d)/80, 4 ≤ n ≤ d/2.

As many samples as neurons is what the theorem is about, and what nobody has: at width 50 the growth
is .047 with ten samples, .0115 with 25, .0034 with 40, and nothing with 50.

Example: half as many samples as neurons.

>>> CLAIM.bound(batch=25, width=50).contains(Fraction(1, 160))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Budget,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.no_explosion import PAPER
from depthlaw.theory.claims.no_explosion import _gradients as setting
from depthlaw.theory.writing.symbols import d, n


def _derivation() -> Steps:
    r, z = sp.symbols("r z", positive=True)
    yield Identity(
        "the Jacobian of dividing by a length is the projection beside the direction, over it",
        sp.Derivative(r / sp.sqrt(r**2 + z**2), r),
        (1 - r**2 / (r**2 + z**2)) / sp.sqrt(r**2 + z**2),
    )
    yield Argued(
        "what lies beyond the batch",
        "for n < d rows of WX stay of different lengths in every layer: dividing by them "
        "multiplies gradients by a mean of 1/|w_iᵀX|², above 1 by Jensen; by how much is "
        "measured",
    )


CLAIM = declare(
    __name__,
    "with fewer samples than neurons gradients explode under orthogonal weights",
    lower(sp.Symbol(r"\operatorname{median} \hat{g}"), (1 - n / d) / 80),
    source=PAPER.ours("what n = d is needed for"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=setting.PARAMETERS,
    assumes=(
        *setting.MODEL,
        Requires(n >= 4, "smaller batches were not looked at"),
        Requires(n <= d / 2, "nearer to square batches the growth falls faster"),
    ),
    checks=(
        setting.check(10, 50, 40),
        setting.check(25, 50, 40),
        setting.check(8, 200, 40),
        setting.check(50, 100, 40, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(6),
    siblings=("no-explosion.square-batch",),
)
