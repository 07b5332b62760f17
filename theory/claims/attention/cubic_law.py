"""One head near equal tokens: the exact cubic law, with a proved remainder of the fourth order.

‖P SA(X) − R W_QK RᵀR W_V/(T√d_qk)‖_F ≤ σ₁(W_QK)² σ₁(W_V)/d_qk · r³(2‖x̄‖ + r)‖R‖_F, r = max‖r_i‖.

With the covariance that the mean token sees in place of RᵀR/T the remainder is of the fifth order
(`attention.tilted-cubic-law`).

Example: ten times nearer about the origin, 10⁵ times less.

>>> at = {"head_width": 4, "scores": 1, "values": 1, "mean_norm": 0}
>>> far, near = (CLAIM.bound(farthest=h, residual=h, **at) for h in (10, 1))
>>> far.contains(10**5 * near.expression)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Heading, Identity, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _cubic as cubic
from depthlaw.theory.claims.attention._cubic import R, d, r, sigma, sigma_v, x
from depthlaw.theory.values import Enclosure

FORMULA = sigma**2 * sigma_v / d * r**3 * (2 * x + r) * R
NAMES = ("scores", "values", "farthest", "residual", "mean_norm")


def _remainder(case: cubic.Instance, head_width: int) -> Enclosure:
    return cubic.distance(cubic.output(case, head_width), cubic.leading(case, head_width))


def _derivation() -> Steps:
    s, theta = sp.symbols("s theta", positive=True)
    yield from cubic.tilt_steps()
    yield Heading("The covariance of equal weights is RᵀR/T: q_θ is a tilt of them by t")
    yield from cubic.covariance_steps()
    yield Identity(
        "|t| = s|x̄ᵀW r_j + θ r_iᵀW r_j| ≤ s σ_QK r(‖x̄‖ + θr) = M: over θ the covariance is off by",
        sp.Integral(2 * s * sigma * r * (x + theta * r) * r**2, (theta, 0, 1)),
        s * sigma * r**3 * (2 * x + r),
    )
    yield Identity(
        "times s‖r_i‖ σ_QK σ_V in row i, of which the squares add up, and s = 1/√d",
        sp.Subs(s * sigma * sigma_v * R * s * sigma * r**3 * (2 * x + r), s, 1 / sp.sqrt(d)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "one attention head near equal tokens: the cubic law and its remainder",
    upper(
        sp.Symbol(r"\left\|P\,SA(X) - \frac{R W_{QK} R^\top R W_V}{T\sqrt{d_{qk}}}\right\|_F"),
        FORMULA,
    ),
    source=PAPER.ours("the exact law behind the cubic rate"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(
        *(cubic.HEAD_WIDTH, cubic.SCORES, cubic.VALUES),
        *(cubic.FARTHEST, cubic.RESIDUAL, cubic.MEAN),
    ),
    assumes=cubic.MODEL,
    checks=(
        cubic.check(
            "three tokens on a line",
            cubic.on_a_line((2, -1, -1), Fraction(1, 100)),
            1,
            _remainder,
            NAMES,
        ),
        *cubic.checks(_remainder, NAMES),
    ),
    derivation=_derivation,
    control=Fraction(1, 20),
    siblings=("attention.tilted-cubic-law", "attention.cubic-contraction"),
)
