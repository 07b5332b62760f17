"""Lemma 2: the orthogonality gap bounds the Wasserstein distance to a Gaussian matrix.

W₂(law(W_ℓH_ℓ), law(G/√n))² ≤ 2n E V(H_ℓ), with Var W = 1/d and G ∈ R^{d×n} i.i.d. N(0, 1/d).

Both sides are means over H_ℓ, and the coupling of the proof obeys the inequality for each H_ℓ, so
it
is checked on the coupling cost ‖C^{1/2} − I/√n‖_F² of single batches, an upper bound on W₂².

Example: the printed form is 2/V times the one that its proof gives.

>>> from fractions import Fraction
>>> from depthlaw.theory.claim.registry import claim
>>> at = {"batch": 4, "gap": Fraction(1, 4)}
>>> ratio = CLAIM.bound(**at).ball / claim("orthogonalization.lemma-2-sharp").bound(**at).ball
>>> ratio.contains(8)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import BATCH, Identity, Outcome, Sign, Status, Steps, declare, upper
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_2 as lemma
from depthlaw.theory.writing.symbols import gap, n


def _derivation() -> Steps:
    below = sp.Symbol("t", nonnegative=True)
    yield from lemma.steps()
    yield Sign("V is below 2: with 2 = V + t the printed form exceeds nV² by", n * gap * below)
    yield Identity("the sum", sp.Subs(n * gap**2 + n * gap * below, below, 2 - gap), 2 * n * gap)


CLAIM = declare(
    __name__,
    "Wasserstein distance to a Gaussian matrix at most 2n times the gap",
    upper(lemma.QUANTITY, 2 * n * gap, trivial=lemma.HIGHEST_COST),
    source=PAPER.at("Lemma 2"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, lemma.GAP),
    assumes=(
        "‖H_ℓ‖_F = 1",
        "Gaussian weights of variance 1/d",
        lemma.GAP_POSSIBLE,
    ),
    checks=lemma.checks(),
    derivation=_derivation,
    control=Fraction(1, 6),
    siblings=("orthogonalization.lemma-2-sharp", "orthogonalization.corollary-3"),
)
