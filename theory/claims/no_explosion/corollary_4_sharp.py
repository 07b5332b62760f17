"""One layer brings a square batch nearer to isometry by d times as much as the corollary says.

E φ(X′) − φ(X) ≤ −(2h/(d(d+2))) Σ(λ_k − 1)², h = (d − 1 − log d)/(d − 1)².

h is about 1/d, so that the rate near isometry is 1/d² and not 1/d³.

Example: two samples.

>>> bool(CLAIM.bound(width=2, spread=2).ball < CLAIM.bound(width=2, spread=1).ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Argued, Cited, Identity, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.no_explosion import PAPER
from depthlaw.theory.claims.no_explosion import _step as step
from depthlaw.theory.writing.symbols import d

h = sp.Symbol("h", positive=True)
GENERAL = -2 * h / (d * (d + 2)) * step.s
H = (d - 1 - sp.log(d)) / (d - 1) ** 2
FORMULA = GENERAL.subs(h, H)


def _derivation() -> Steps:
    u = sp.Symbol("u", real=True)
    yield Argued(
        "a parabola above the logarithm",
        "(u − log(1+u))/u² decreases: on (−1, d − 1] it is at least its value h at d − 1, so that "
        "log(1+u) ≤ u − hu², for u = wᵀXXᵀw − 1, which has the mean 0",
    )
    yield Identity("h is that value", sp.Subs((u - sp.log(1 + u)) / u**2, u, d - 1), H)
    yield Cited(
        "for a uniform direction w the mean of u² is",
        "Muirhead, Aspects of Multivariate Statistical Theory, 1982, section 1.5",
        r"2 \sum_k (\lambda_k - 1)^2 / (d(d+2))",
    )
    yield Identity("together", sp.Subs(-h * 2 * step.s / (d * (d + 2)), h, H), FORMULA)


CLAIM = declare(
    __name__,
    "one layer of orthogonal weights and batch norm lowers the isometry gap, sharper",
    upper(step.CHANGE, FORMULA, trivial=sp.Integer(0)),
    source=PAPER.at("Corollary 4", "sharper form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(step.SIZE, step.SPREAD),
    assumes=step.MODEL,
    checks=step.CHECKS,
    derivation=_derivation,
    control=Fraction(5),
    siblings=("no-explosion.corollary-4",),
)
