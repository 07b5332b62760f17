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
    Check,
    Computed,
    Domain,
    Heading,
    Identity,
    Outcome,
    Parameter,
    PositiveOnBox,
    Status,
    Steps,
    Uses,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.decomposition.odd_point import next_norm_ratio
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Value

RATIO = Parameter("ratio", closed_forms.r, Domain.REAL, 0, "norm of the odd point", above=True)
r = closed_forms.r
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
    x, y, m, u = sp.symbols("x y m u", positive=True)
    tau, (inner, outer, norm) = closed_forms.tau, sp.symbols("kappa kappa_o g")
    same = (y**2 - u**2) / (1 - u)
    cosine = (x**2 - x * y) / (1 - x * y)
    layer = (1 - 2 * y * outer + y**2 * (x * y + (1 - x * y) * inner)) / (1 + x * y) ** 2
    growth = 1 / (x**2 + (1 - inner) * (1 - x * y) / layer)
    exact = growth.subs({inner: closed_forms.kappa(cosine), outer: closed_forms.kappa(-x)})
    limit = 1 + (1 - y) ** 2 / (sp.pi - 1)
    yield Heading("r′²/r² at finite n, in y = 1/r and x = r/m; u = 1/m is xy, and ρ_o is −x")
    yield Uses("one layer", "decomposition.one-dimensional-map")
    yield Identity("α = y² at this τ", sp.Subs(closed_forms.alpha(1 / u, tau), tau, same), y**2)
    yield Identity(
        "and the cosine β/α is",
        sp.Subs(closed_forms.beta(1 / u, tau) / y**2, (tau, u), (same.subs(u, x * y), x * y)),
        cosine,
    )
    yield Identity(
        "the squared norm g of the odd point, one layer on",
        sp.Subs(
            (m / (m + 1)) ** 2 * (1 - 2 * y * outer + y**2 / m * (1 + (m - 1) * inner)),
            m,
            1 / (x * y),
        ),
        layer,
    )
    yield Identity(
        "r′² is 1 over the new α, whose τ is y²(1 − κ)/g",
        sp.Subs(
            y**2 / closed_forms.alpha(1 / u, tau),
            (tau, u),
            (y**2 * (1 - inner) / norm, x * y),
        ),
        1 / (x**2 + (1 - inner) * (1 - x * y) / norm),
    )
    yield Heading("For 1/2 ≤ r ≤ m/10 the relative distance from the limit is below 8x = 8r/m")
    yield Identity("it is 0 at x = 0", sp.Subs(exact / limit - 1, x, 0), sp.Integer(0))
    slope = sp.diff(exact / limit, x)
    box = {x: (Fraction(0), Fraction(1, 10)), y: (Fraction(0), Fraction(2))}
    yield PositiveOnBox("and changes with x by less than 8, from above", 8 - slope, box)
    yield PositiveOnBox("and from below", 8 + slope, box)
    yield Heading("The limit, n → ∞")
    yield Identity("r′² at x = 0", sp.Subs(r**2 * exact, (x, y), (0, 1 / r)), FORMULA)


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
