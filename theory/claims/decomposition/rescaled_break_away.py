"""Rescaling does not hold a long point back, in a large batch.

r′² = r² + (r − 1)²/(π − 1) with rescaling too: the squared norm ratio, one layer on, as n → ∞.

Equal norms are neutral, r′ = r + (r − 1)²/(2(π − 1)) + …: noise of order 1/√d in the norms adds up
to order d^{−1/3} within d^{1/3} layers, and then they run away. What stops them is of order r²/n.

Example: neither the norm nor its first change is corrected at r = 1.

>>> changed = sp.sqrt(CLAIM.formula)
>>> changed.subs(break_away.r, 1), sp.diff(changed, break_away.r).subs(break_away.r, 1)
(1, 1)
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Heading,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER, break_away
from depthlaw.theory.claims.decomposition import _fixed_states as fixed_states
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms, rescaled
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Value

r = break_away.r


def squared_ratio(batch: int, ratio: Fraction) -> Enclosure:
    """Return r′² at finite n, by the average over layers without rescaling.

    Equal norms stay equal in every batch:

    >>> squared_ratio(5, Fraction(1)).ball.overlaps(1)
    True
    """
    after = rescaled.next_spread(rescaled.spread_of(ball(ratio), batch), batch)
    return Enclosure((batch - 1) ** 2 / (1 + after**2))


def _quantity(ratio: Fraction, batch: int) -> Value:
    return squared_ratio(batch, ratio)


def _check(ratio: Fraction, batch: int) -> Check:
    return Check(
        f"r = {ratio}, n = {batch:.0e}",
        {"ratio": ratio},
        Computed(_quantity, {"ratio": ratio, "batch": batch}),
        # What is left out is of relative order r²/n.
        resolution=3 * (ratio + 1) ** 2 / batch,
    )


def averages() -> Steps:
    """Yield that a layer with rescaling is an average over layers without it."""
    y, u, q, odd = sp.symbols("y u q lambda", positive=True)
    n, s = sp.Symbol("n", positive=True), closed_forms.s
    at = (1 / y**2 - 1) / 2
    whole = n * (n - 2)
    yield Heading("A neuron's values z ~ N(0, M) are divided by |z|, up to √n, before ReLU")
    yield Identity(
        "the factor of products of neurons' values, with q = |z|²",
        sp.Integral(sp.exp(-u * q), (u, 0, sp.oo)),
        1 / q,
    )
    yield Cited(
        "times e^{−u|z|²} the density is that of N(0, (M⁻¹ + 2u)⁻¹), times det(1 + 2uM)^{−1/2}; M "
        "has the eigenvalue 1 on the n − 2 dimensions of differences in the cluster, in this "
        "unit, and λ on the direction between cluster and odd point",
        "Anderson, An Introduction to Multivariate Statistical Analysis, section 2.3",
    )
    yield Identity(
        "the ratio of the two, with 1 + 2u = 1/y²,",
        sp.Subs(odd / (1 + 2 * u * odd) * (1 + 2 * u), u, at),
        odd / (y**2 + odd * (1 - y**2)),
    )
    yield Identity(
        "λ is n(n−2)/s², as s² = m(m−1)τ and τ = n/(mλ)",
        sp.Subs((n - 1) * (n - 2) * n / ((n - 1) * odd), odd, whole / s**2),
        s**2,
    )
    yield Identity(
        "so that the spreads s(y) that are averaged over have the squares",
        sp.Subs(whole / (odd / (y**2 + odd * (1 - y**2))), odd, whole / s**2),
        s**2 * y**2 + whole * (1 - y**2),
    )
    yield Identity(
        "and the weights, the unit 1/(1 + 2u) and du = dy/y³ included, are y^{n−2}/s(y) up to a "
        "factor: the determinant is (1 + 2u)^{n−2} (1 + 2uλ)",
        sp.Subs(
            (1 + 2 * u) ** (-(n - 2) / 2) / sp.sqrt(1 + 2 * u * odd) / (1 + 2 * u) / y**3, u, at
        ),
        y ** (n - 2) / sp.sqrt(y**2 + odd * (1 - y**2)),
    )


def _derivation() -> Steps:
    (x, y, p), theta = sp.symbols("x y p", positive=True), closed_forms.theta
    s = 1 / (x * r)
    yield from averages()
    yield Heading("Without rescaling")
    yield from fixed_states.steps()
    yield Heading("n → ∞ at a fixed r: the average is over layers at y → 1")
    yield Identity(
        "the mean of 1 − y² at weights yᵖ, p = n − 2; 1/s(y) lies between 1/s and 1/√(n(n−2)), "
        "whose ratio stays bounded, and changes it by no more than that factor",
        sp.Integral((p + 1) * (y**p - y ** (p + 2)), (y, 0, 1)),
        2 / (p + 3),
    )
    yield Cited(
        "the law of y tends to the point 1; s(y)² is s² times 1 + (λ − 1)(1 − y²), where "
        "λ → r² stays bounded, so that averages of the two functions below tend to their values "
        "at y = 1, in units of n²: they are bounded and converge uniformly",
        "bounded convergence; Billingsley, Probability and Measure, Theorem 25.8",
    )
    yield Limit(
        "cos θ at s = m/r, 1/m = x",
        closed_forms.cosine_of(1 / x, s),
        x,
        sp.Integer(0),
        sp.Integer(0),
    )
    yield Identity(
        "so that ψ tends to", sp.Subs(closed_forms.psi(theta), theta, sp.pi / 2), sp.Integer(1)
    )
    yield Limit(
        "and N/m², N = π(m² + 1) + s²ψ − 2m(s − arctan s) = πn²g, tends to",
        x**2 * (sp.pi * (1 / x**2 + 1) + s**2 - 2 / x * (s - sp.atan(s))),
        x,
        sp.Integer(0),
        sp.pi + 1 / r**2 - 2 / r,
    )
    yield Identity(
        "the odd point has r² times that, per π − ψ in the cluster",
        sp.Subs(r**2 * x / (sp.pi - y), (x, y), (sp.pi + 1 / r**2 - 2 / r, 1)),
        break_away.FORMULA,
    )


CLAIM = declare(
    __name__,
    "rescaling leaves the norm of one point neutral",
    equal(sp.Symbol("r'^2"), break_away.FORMULA, leading="O(r²/n)", within=sp.Rational(4, 10**5)),
    source=PAPER.ours("the need for recentring without rescaling"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(break_away.RATIO,),
    assumes=(*setting.RESCALED_MEAN_FIELD, setting.EXCHANGEABLE, "then n → ∞"),
    checks=(
        _check(Fraction(1, 2), 10**6),
        _check(Fraction(11, 10), 10**6),
        _check(Fraction(2), 10**6),
        _check(Fraction(10), 10**7),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("decomposition.break-away", "decomposition.rescaled-long-point"),
)
