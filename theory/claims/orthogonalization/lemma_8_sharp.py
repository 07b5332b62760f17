"""Lemma 8 with the constant that its proof gives.

1/n − p_n ≤ (1 − (2n/(n+2)) λ_n)(1/n − λ_n), with λ_n the smallest eigenvalue.

The constant is the best possible: at isometry the two sides have the same derivative.

Example: the difference to the published form is (2n/(n+2) − 2/3) λ_n (1/n − λ_n).

>>> from fractions import Fraction
>>> from depthlaw.theory.claim.registry import claim
>>> from depthlaw.theory.rigorous.balls import ball
>>> at = {"batch": 4, "smallest": Fraction(1, 8)}
>>> gain = claim("orthogonalization.lemma-8").bound(**at).ball - CLAIM.bound(**at).ball
>>> gain.overlaps(ball((Fraction(8, 6) - Fraction(2, 3)) * Fraction(1, 64)))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Identity,
    Jensen,
    Limit,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER, lemma_10
from depthlaw.theory.claims.orthogonalization import _lemma_8 as lemma
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.writing.symbols import delta, lam, n, theta

FACTOR = 1 - 2 * n / (n + 2) * lam
FORMULA = FACTOR * (1 / n - lam)


def _derivation() -> Steps:
    other = sp.Symbol("lambda", nonnegative=True)
    x, j = sp.Symbol("x", positive=True), sp.Symbol("j", integer=True)
    logarithm, mean = sp.log(1 + 2 * theta * other), 1 / n + delta / (n - 1)
    small, equal = lemma_10.SMALLEST, sp.exp(-logarithm.subs(other, mean) / 2)
    first, second = (1 + x) ** (-n / 2), x * (1 + x) ** (-(n + 2) / 2)
    antiderivative = -first - 2 * n / (n + 2) * delta * (first + n / 2 * second)
    grown = 1 + 2 * n / (n + 2) * delta
    yield Uses("p_n, with λ_n in place of λ_1", "orthogonalization.lemma-9")
    yield Jensen(
        "the other n − 1 eigenvalues, at a fixed λ_n = 1/n − δ, made equal to their mean: the mean "
        "of log(1+2θλ_j) grows, so the integrand of p_n/λ_n falls",
        logarithm,
        other,
        mean,
        concave=True,
    )
    yield Identity(
        "to g(δ)",
        1 / small / sp.sqrt(small) * sp.Product(equal, (j, 1, n - 1)),
        lemma_10.INTEGRAND,
    )
    yield Uses("its tangent", "orthogonalization.lemma-10", known=(delta <= 1 / n,))
    yield Identity(
        "has the antiderivative, with x = 2θ/n",
        sp.Derivative(antiderivative.subs(x, 2 * theta / n), theta),
        lemma_10.FORMULA,
    )
    yield Limit("whose parts vanish at infinity", first, x, sp.oo, sp.Integer(0))
    yield Limit("both", second, x, sp.oo, sp.Integer(0))
    yield Identity("so p_n/λ_n is at least", sp.Subs(-antiderivative, x, 0), grown)
    yield Identity(
        "and 1/n − p_n, with δ = 1/n − λ_n, at most",
        sp.Subs(1 / n - lam * grown, delta, 1 / n - lam),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "the smallest expected eigenvalue approaches 1/n, best constant",
    upper(lemma.QUANTITY, FORMULA, trivial=1 / n),
    source=PAPER.at("Lemma 8", "sharper constant, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, setting.SMALLEST),
    assumes=(
        "Σ λ_i = 1",
        setting.at_most_one_over_batch(setting.SMALLEST),
    ),
    checks=lemma.checks(),
    derivation=_derivation,
    control=Fraction(99, 100),
    siblings=("orthogonalization.lemma-8",),
)
