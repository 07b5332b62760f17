"""One layer brings a square batch nearer to isometry, on average.

E φ(X′) ≤ φ(X) + log(1 − Σ(λ_k − 1)²/(2d²(d+2))).

Example: at isometry nothing is gained.

>>> CLAIM.bound(width=5, spread=0).contains(0)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Cited,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.no_explosion import PAPER
from depthlaw.theory.claims.no_explosion import _step as step
from depthlaw.theory.writing.symbols import d

FORMULA = sp.log(1 - step.s / (2 * d**2 * (d + 2)))


def _derivation() -> Steps:
    yield Cited(
        "the change is E log wᵀXXᵀw with a uniform direction w, and wᵀXXᵀw has the variance",
        "Muirhead, Aspects of Multivariate Statistical Theory, 1982, section 1.5",
        r"2 \sum_k (\lambda_k - 1)^2 / (d(d+2))",
    )
    lam = sp.Symbol("lambda", positive=True)
    yield Identity(
        "which is that of a coordinate's square, E w⁴ = 3/(d(d+2)) and E w₁²w₂² = 1/(d(d+2)), for "
        "each direction",
        (3 - 1) * (lam - 1) ** 2 / (d * (d + 2)),
        2 * (lam**2 - 2 * lam + 1) / (d * (d + 2)),
    )
    yield Argued(
        "the printed constant",
        "it follows from the proof of Theorem 3, where arithmetic and geometric mean are compared; "
        "from the theorem itself it does not, since Jensen's inequality points the other way",
    )


CLAIM = declare(
    __name__,
    "one layer of orthogonal weights and batch norm lowers the isometry gap",
    upper(step.CHANGE, FORMULA, trivial=sp.Integer(0)),
    source=PAPER.at("Corollary 4"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(step.SIZE, step.SPREAD),
    assumes=(
        *step.MODEL,
        Requires(step.s < 2 * d**2 * (d + 2), "eigenvalues lie in (0, d] and have the sum d"),
    ),
    checks=step.CHECKS,
    derivation=_derivation,
    control=Fraction(60),
    errata=("It is derived from Theorem 3 by Jensen's inequality, which points the other way.",),
    siblings=("no-explosion.corollary-4-sharp", "no-explosion.exact-identity"),
)
