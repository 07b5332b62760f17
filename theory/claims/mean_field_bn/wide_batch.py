"""In wide batches batch normalisation multiplies squared gradients by E φ′²/Var φ.

λ = Σ_k k a_k²/Σ_k a_k² to within 12/B, for φ of degree 3 at most.

The limit is κ′(1) of φ with layer normalisation behind it: the number by which two samples that
are nearly equal part on the way forward. ReLU has π/(π−1).

Example: a square has twice the growth of a linear map.

>>> CLAIM.bound(batch=1000, first=0, second=1, third=0).contains(2)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Cited, Limit, Outcome, Status, Steps, Uses, declare, equal
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _polynomial as setting
from depthlaw.theory.writing.symbols import n

FORMULA = sum(k * w for k, w in enumerate(setting.WEIGHTS, start=1)) / sum(setting.WEIGHTS)


def _derivation() -> Steps:
    yield Uses("the growth, degree by degree", "mean-field-bn.backward-rate", known=setting.KNOWN)
    for k in (1, 2, 3):
        yield Limit(f"c_{k} tends to 1", setting.share(k), n, sp.oo, sp.Integer(1))
        yield Limit(f"and what degree {k} gives to {k}", setting.factor(k), n, sp.oo, sp.Integer(k))
    yield Cited(
        "the entries of a uniform point of a sphere tend to independent Gaussians, and Gegenbauer "
        "polynomials to Hermite's: Σ k a_k² = E φ′², Σ a_k² = Var φ",
        "Szegő, Orthogonal Polynomials, (5.6.3)",
    )
    yield Limit("so that λ tends to", setting.FORMULA, n, sp.oo, FORMULA)


CLAIM = declare(
    __name__,
    "growth of squared gradients under batch normalisation of wide batches",
    equal(setting.LAMBDA, FORMULA, within=12 / n),
    source=PAPER.ours("wide batches"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=setting.PARAMETERS,
    assumes=(*setting.MODEL, setting.FOUR, setting.NOT_CONSTANT),
    checks=(
        setting.check("y", 100, 0, 1),
        setting.check("y + y²", 100, 0, 1, 1),
        setting.check("y − y² + y³/2", 100, 0, 1, -1, Fraction(1, 2)),
        setting.check("y³", 400, 0, 0, 0, 1),
    ),
    derivation=_derivation,
    control=Fraction(5, 4),
    siblings=("mean-field-bn.backward-rate",),
)
