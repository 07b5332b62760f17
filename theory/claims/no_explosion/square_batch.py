"""Orthogonal weights and as many samples as neurons: gradients do not explode.

median growth of log ‖∂L/∂W_ℓ‖ per layer ≤ 1/200, n = d.

Example: the bound is the same at every size.

>>> CLAIM.bound(batch=50, width=50).contains(Fraction(1, 200))
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
    upper,
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
        "no direction of W is left to draw",
        "for n = d an invertible X leaves nothing of W unknown, and X tends to isometry, where"
        " BN(WX) = WX keeps every gradient's length; how far it is from isometry on the way is"
        " measured",
    )


CLAIM = declare(
    __name__,
    "gradients of square batches under orthogonal weights do not explode",
    upper(sp.Symbol(r"\operatorname{median} \hat{g}"), sp.Rational(1, 200)),
    source=PAPER.at("Theorem 5", "as a growth rate, measured"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=setting.PARAMETERS,
    assumes=(*setting.MODEL, Requires(sp.Eq(n, d), "as many samples as neurons")),
    checks=(
        setting.check(20, 20, 60),
        setting.check(50, 50, 40),
        setting.check(100, 100, 40, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(-10),
    errata=(
        "Corollary 4 does not follow from Theorem 3 by Jensen's inequality, which points the other "
        "way; it follows from the proof of Theorem 3.",
        "The constant .015 of Figure 1 is violated for widths up to 20.",
    ),
    siblings=("no-explosion.fewer-samples",),
)
