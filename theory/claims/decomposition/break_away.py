"""How the odd point breaks away, in a large batch.

r′² = r² + (r − 1)²/(π − 1): the squared norm ratio, one layer on, as n → ∞.

Example: equal norms stay equal.

>>> CLAIM.bound(ratio=1).ball.contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Check,
    Computed,
    Domain,
    Identity,
    Limit,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import formulas
from depthlaw.theory.decomposition.odd_point import next_norm_ratio
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Value

RATIO = Parameter("ratio", formulas.r, Domain.REAL, 0, "norm of the odd point", above=True)
r = formulas.r
FORMULA = r**2 + (r - 1) ** 2 / (sp.pi - 1)


def squared_ratio(batch: int, ratio: Fraction) -> Enclosure:
    """Return r′² at finite n, by the one-dimensional map."""
    return Enclosure(next_norm_ratio(ball(ratio), batch - 1) ** 2)


def _quantity(ratio: Fraction, batch: int) -> Value:
    return squared_ratio(batch, ratio)


def _check(ratio: Fraction, batch: int) -> Check:
    return Check(
        f"r = {ratio}, n = {batch:.0e}",
        {"ratio": ratio},
        Computed(_quantity, {"ratio": ratio, "batch": batch}),
        # What is left out is of relative order r/n.
        resolution=10 * (ratio + 1) / batch,
    )


def _derivation() -> Steps:
    alpha = sp.Symbol("alpha", positive=True)
    m, tau = sp.Symbol("m", positive=True), formulas.tau
    zero = formulas.kappa(sp.Integer(0))
    after = (1 - 2 * sp.sqrt(alpha) * zero + alpha * zero) / (alpha * (1 - zero))
    yield Identity("κ(0)", zero, 1 / sp.pi)
    yield Limit(
        "the cluster's cosine β/α tends to 0 at fixed τ",
        formulas.beta(m, tau) / formulas.alpha(m, tau),
        m,
        sp.oo,
        sp.Integer(0),
    )
    yield Argued(
        "the limit of the map",
        "and so does ρ_o = −1/(m√α); hence g → 1 − 2√α κ(0) + α κ(0), α′g → α(1 − κ(0))",
    )
    yield Identity(
        "with α = 1/r², r′² = g/(α(1 − κ(0))) is",
        sp.Subs(sp.Subs(after, alpha, 1 / r**2), sp.sqrt(r ** (-2)), 1 / r),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "the odd point breaks away",
    equal(sp.Symbol("r'^2"), FORMULA, leading="O(r/n)", within=sp.Rational(3, 10**5)),
    source=PAPER.ours("break-away of the odd point"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(RATIO,),
    assumes=(
        *setting.MEAN_FIELD,
        "then n → ∞",
    ),
    checks=(
        _check(Fraction(11, 10), 10**6),
        _check(Fraction(2), 10**6),
        _check(Fraction(1, 2), 10**7),
        _check(Fraction(100), 10**9),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("decomposition.break-away-growth",),
)
