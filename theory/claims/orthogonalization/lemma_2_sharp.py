"""Lemma 2 with the square of the gap, as its proof gives it.

W₂(law(W_ℓH_ℓ), law(G/√n))² ≤ n E V(H_ℓ)², with Var W = 1/d and G ∈ R^{d×n} i.i.d. N(0, 1/d).

With V of order width^{-1/2} the radius W₂ is of the same order, where the printed form, in V
itself,
gives width^{-1/4}. Near isometry the cost is (n/4) V², a quarter of the bound.

Example: doubling the gap quadruples the bound.

>>> from fractions import Fraction
>>> once, twice = (CLAIM.bound(batch=4, gap=Fraction(k, 8)).ball for k in (1, 2))
>>> (twice / once).contains(4)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import BATCH, Identity, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_2 as lemma
from depthlaw.theory.writing.symbols import gap, n

FORMULA = n * gap**2


def _derivation() -> Steps:
    square = sp.Symbol("S", nonnegative=True)
    yield from lemma.steps()
    yield Identity(
        "summed over the eigenvalues, V² = Σ (λ_i − 1/n)²",
        sp.Subs(n * square, square, gap**2),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "Wasserstein distance to a Gaussian matrix at most n times the squared gap",
    upper(lemma.QUANTITY, FORMULA, trivial=lemma.HIGHEST_COST),
    source=PAPER.at("Lemma 2", "sharper form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, lemma.GAP),
    assumes=(
        "‖H_ℓ‖_F = 1",
        "Gaussian weights of variance 1/d",
        lemma.GAP_POSSIBLE,
    ),
    checks=lemma.checks(),
    derivation=_derivation,
    control=Fraction(7, 10),
    siblings=("orthogonalization.lemma-2", "orthogonalization.wasserstein-radius"),
)
