"""A bound on the mean square gap from below: with the one from above, a remainder of its limit.

E V(H_{ℓ+1})² ≥ (1 − aˡ⁺¹)/(1 − a) · [(1 − 1/n)/d − a P], a = (1 − 1/d)/((n+2)(1−(n−1)α))²,
P = (1 − 1/n) ℓ n e^{−dα(δ−log(1+δ))}, δ = 2(1 − nα)/(n+2).

The two bounds meet at (n−1)(n+2)²/(4n(n+1)d) of `orthogonalization.stationary-gap`. With
1/n − α of the order √(log(nℓd)·n/d) they leave a relative error of that order times n, from a
burn-in until a depth that grows exponentially with the width.

>>> from fractions import Fraction
>>> from depthlaw.theory.claim.registry import claim
>>> at = {"batch": 2, "width": 10**12, "depth": 60}
>>> low = CLAIM.bound(**at, alpha=Fraction(4999, 10_000))
>>> high = claim("orthogonalization.unconditional-gap").bound(**at, alpha=Fraction(4999, 10_000))
>>> limit = claim("orthogonalization.stationary-gap").bound(batch=2, width=10**12)
>>> low.upper < limit.lower and limit.upper < high.lower and high.upper < 1.001 * low.lower
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    ALPHA,
    BATCH,
    DEPTH,
    WIDTH,
    Budget,
    Heading,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    TowerProperty,
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.orthogonalization import PAPER, a1_probability
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization.unconditional_gap import QUANTITY, check
from depthlaw.theory.writing.symbols import alpha, d, ell, gap, n

FACTOR = (1 - 1 / d) * pairs.LEAST**2
NOISE = (1 - 1 / n) / d
RARE = (1 - 1 / n) * a1_probability.FORMULA
FORMULA = (1 - FACTOR ** (ell + 1)) / (1 - FACTOR) * (NOISE - FACTOR * RARE)


def _derivation() -> Steps:
    now, smaller, event = sp.symbols("x a P", nonnegative=True)
    noise, rare = sp.symbols("nu p", positive=True)
    layer = sp.Symbol("k", integer=True, nonnegative=True)

    def solution(steps: sp.Expr) -> sp.Expr:
        return (1 - smaller**steps) / (1 - smaller) * (noise - smaller * event)

    yield from pairs.factors()
    yield from pairs.bounds()
    yield from pairs.from_trace()
    yield from pairs.norms()
    yield from pairs.norms_from_below()
    yield from pairs.one_layer()
    yield Identity(
        "which is at least, with V² for that of this layer: q is at least (V/((n+2)(1−(n−1)α)))²",
        sp.Subs(pairs.NEXT, pairs.SQUARE, (pairs.LEAST * gap) ** 2),
        FACTOR * gap**2 + NOISE,
    )
    yield Uses(
        "A₁ fails with a probability of at most",
        "orthogonalization.a1-probability",
        known=(alpha <= 1 / n,),
    )
    yield Heading("All layers, from below")
    yield Identity(
        "what V² counts where A₁ fails, with V ≤ √(1 − 1/n) there, is at most",
        sp.Subs(gap**2 * rare, (gap, rare), (setting.HIGHEST_GAP, a1_probability.FORMULA)),
        RARE,
    )
    yield TowerProperty(
        "with B_k the event that λ_min ≥ α in the layers 1, …, k, given these: "
        "E V_{k+1}² ≥ a E[V_k²; B_k] + ν with ν = (1 − 1/n)/d",
        sp.Symbol("V_{k+1}^2", nonnegative=True),
        smaller * sp.Symbol(r"V_k^2\,1_{B_k}", nonnegative=True) + noise,
        ">=",
    )
    yield Identity(
        "so x_{k+1} ≥ a (x_k − P) + ν, P = (1 − 1/n) ℓ n e^{…}, which is solved from x_0 = 0 by",
        smaller * (solution(layer) - event) + noise,
        solution(layer + 1),
    )
    yield Sign("and x_0 = V(H_0)² is not below 0", now)
    yield Identity(
        "ℓ + 1 layers",
        sp.Subs(solution(ell + 1), (smaller, noise, event), (FACTOR, NOISE, RARE)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "mean square gap from an explicit start, from below",
    lower(QUANTITY, FORMULA, trivial=sp.Integer(0)),
    source=PAPER.ours("without an event", "Theorem 1"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumes=(
        *setting.MODEL,
        setting.at_most_one_over_batch(ALPHA),
        a1_probability.START,
    ),
    checks=(
        check(2, 2000, 5, Fraction(3, 10), 20_000),
        check(3, 20_000, 20, Fraction(1, 4), 2000, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(10),
    siblings=("orthogonalization.unconditional-gap", "orthogonalization.stationary-gap"),
)
