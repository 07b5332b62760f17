"""One head without skip: what tokens differ by is bounded by its own cube, at every distance.

‖P SA(X)‖_F ≤ σ₁(W_QK) σ₁(W_V)/√d_qk · max_i ‖r_i‖² ‖R‖_F, R = PX with rows r_i, P = 1 − 11ᵀ/T.

Example: half the distances, an eighth of the bound.

>>> from fractions import Fraction
>>> at = {"head_width": 4, "scores": 1, "values": 1}
>>> far, near = (CLAIM.bound(farthest=h, residual=2 * h, **at) for h in (1, Fraction(1, 2)))
>>> far.contains(8 * near.expression)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.attention import norm
from depthlaw.theory.claim import Identity, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _cubic as cubic
from depthlaw.theory.claims.attention._cubic import R, d, r, sigma, sigma_v
from depthlaw.theory.values import Enclosure

FORMULA = sigma * sigma_v / sp.sqrt(d) * r**2 * R
_NAMES = ("scores", "values", "farthest", "residual")


def residual(case: cubic.Instance, head_width: int) -> Enclosure:
    """Return ‖P SA(X)‖_F."""
    return Enclosure(norm(cubic.output(case, head_width)))


def _derivation() -> Steps:
    s = sp.Symbol("s", positive=True)
    i = sp.Symbol("i", integer=True, positive=True)
    T = sp.Symbol("T", integer=True, positive=True)
    rows = sp.IndexedBase("h")
    yield from cubic.tilt_steps()
    yield Identity(
        "so row i is at most s‖r_i‖ σ_QK r² σ_V long, squared and summed over the rows",
        sp.Sum((s * rows[i] * sigma * r**2 * sigma_v) ** 2, (i, 1, T)),
        (s * sigma * r**2 * sigma_v) ** 2 * sp.Sum(rows[i] ** 2, (i, 1, T)),
    )
    yield Identity(
        "where Σ‖r_i‖² = ‖R‖², and s = 1/√d",
        sp.Subs(sp.sqrt((s * sigma * r**2 * sigma_v) ** 2 * R**2), s, 1 / sp.sqrt(d)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "one attention head without skip contracts the differences of tokens cubically",
    upper(sp.Symbol(r"\|P\,SA(X)\|_F"), FORMULA),
    source=PAPER.ours("a bound in norms that rotations keep"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(cubic.HEAD_WIDTH, cubic.SCORES, cubic.VALUES, cubic.FARTHEST, cubic.RESIDUAL),
    assumes=cubic.MODEL,
    checks=(
        cubic.check(
            "two tokens apart by 1/5",
            cubic.on_a_line((1, -1), Fraction(1, 10)),
            1,
            residual,
            _NAMES,
        ),
        cubic.check(
            "four tokens on a line",
            cubic.on_a_line((1, -1, 1, -1), Fraction(1, 100)),
            2,
            residual,
            _NAMES,
        ),
        *cubic.checks(residual, _NAMES),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("attention.cubic-law", "attention.tilted-cubic-law", "attention.cubic-constant"),
)
