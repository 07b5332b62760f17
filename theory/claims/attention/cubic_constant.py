"""One head near equal tokens: the best constant of the cubic rate.

‖P SA(X)‖_F ≤ σ₁(W_QK) σ₁(W_V)/(T√d_qk) ‖R‖_F³ + σ₁(W_QK)² σ₁(W_V)/d_qk · r³(2‖x̄‖ + r)‖R‖_F.

The first term is attained in the limit R → 0 by tokens on a line that W_QK and W_V stretch most:
neither the order three nor the constant can be better.

Example: four times the tokens, a quarter of the constant.

>>> at = {"head_width": 1, "scores": 1, "values": 1, "farthest": 0, "mean_norm": 0}
>>> few, many = (CLAIM.bound(tokens=T, residual=1, **at) for T in (2, 8))
>>> few.contains(4 * many.expression)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Cited, Identity, Outcome, Status, Steps, Uses, declare, upper
from depthlaw.theory.claims.attention import PAPER, cubic_contraction, cubic_law
from depthlaw.theory.claims.attention import _cubic as cubic
from depthlaw.theory.claims.attention._cubic import R, d, sigma, sigma_v
from depthlaw.theory.claims.attention._setting import TOKENS, T

FORMULA = sigma * sigma_v / (T * sp.sqrt(d)) * R**3 + cubic_law.FORMULA
_NAMES = ("tokens", *cubic_law.NAMES)


def _derivation() -> Steps:
    s = sp.Symbol("s", positive=True)
    yield Uses("the cubic term and its remainder", "attention.cubic-law")
    yield Cited(
        "norms of products are at most products of norms, and ‖RᵀR‖ ≤ ‖R‖_F²",
        "Horn and Johnson, Matrix Analysis, 5.6",
        r"\|R W_{QK} R^\top R W_V\|_F \le \|R\|_F\, \sigma_{QK}\, \|R\|_F^2\, \sigma_V",
    )
    yield Identity(
        "over T√d_qk, with what remains",
        sp.Subs(s * R * sigma * R**2 * sigma_v / T, s, 1 / sp.sqrt(d)) + cubic_law.FORMULA,
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "the best constant of the cubic rate of one attention head",
    upper(cubic_contraction.CLAIM.quantity, FORMULA),
    source=PAPER.ours("the best constant"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(TOKENS, *cubic_law.CLAIM.parameters),
    assumes=cubic.MODEL,
    checks=(
        cubic.check(
            "four tokens on a line",
            cubic.on_a_line((1, -1, 1, -1), Fraction(1, 10_000)),
            1,
            cubic_contraction.residual,
            _NAMES,
        ),
        *cubic.checks(cubic_contraction.residual, _NAMES),
    ),
    derivation=_derivation,
    control=Fraction(99, 100),
    siblings=("attention.cubic-law", "attention.cubic-contraction"),
)
