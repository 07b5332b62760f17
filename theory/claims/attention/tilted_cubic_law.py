"""One head near equal tokens: the cubic law with what the mean token sees, to the fifth order.

‖P SA(X) − R W_QK C W_V/√d_qk‖_F ≤ σ₁(W_QK)² σ₁(W_V)/d_qk · r⁴‖R‖_F, C the covariance of the rows
of R under the weights of the mean token.

Example: half the distances, a thirty-second of the bound.

>>> at = {"head_width": 4, "scores": 1, "values": 1}
>>> far, near = (CLAIM.bound(farthest=h, residual=h, **at) for h in (2, 1))
>>> far.contains(32 * near.expression)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Heading, Identity, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _cubic as cubic
from depthlaw.theory.claims.attention._cubic import R, d, r, sigma, sigma_v
from depthlaw.theory.values import Enclosure

FORMULA = sigma**2 * sigma_v / d * r**4 * R
_NAMES = ("scores", "values", "farthest", "residual")


def _remainder(case: cubic.Instance, head_width: int) -> Enclosure:
    return cubic.distance(cubic.output(case, head_width), cubic.tilted(case, head_width))


def _derivation() -> Steps:
    s, theta = sp.symbols("s theta", positive=True)
    yield from cubic.tilt_steps()
    yield Heading("The mean token has the weights p: q_θ is a tilt of them by t = θ s r_iᵀW r_j")
    yield from cubic.covariance_steps()
    yield Identity(
        "|t| ≤ θ s σ_QK r² = M: over θ the covariance is off by",
        sp.Integral(2 * theta * s * sigma * r**2 * r**2, (theta, 0, 1)),
        s * sigma * r**4,
    )
    yield Identity(
        "times s‖r_i‖ σ_QK σ_V in row i, of which the squares add up, and s = 1/√d",
        sp.Subs(s * sigma * sigma_v * R * s * sigma * r**4, s, 1 / sp.sqrt(d)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "one attention head near equal tokens: the cubic law with the covariance that is seen",
    upper(sp.Symbol(r"\left\|P\,SA(X) - \frac{R W_{QK} C W_V}{\sqrt{d_{qk}}}\right\|_F"), FORMULA),
    source=PAPER.ours("the exact law behind the cubic rate"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(cubic.HEAD_WIDTH, cubic.SCORES, cubic.VALUES, cubic.FARTHEST, cubic.RESIDUAL),
    assumes=cubic.MODEL,
    checks=(
        cubic.check(
            "three tokens on a line",
            cubic.on_a_line((2, -1, -1), Fraction(1, 100)),
            1,
            _remainder,
            _NAMES,
        ),
        *cubic.checks(_remainder, _NAMES),
    ),
    derivation=_derivation,
    control=Fraction(1, 20),
    siblings=("attention.cubic-law", "attention.cubic-contraction"),
)
