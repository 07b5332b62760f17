"""The bound without assumption A₁, with sharp constants.

E[(1/ℓ) Σ_{k<ℓ} V̂(H_k)(1/n − V̂(H_k))] ≤ ((n+2)/(2n)) [V̂(H_0)/ℓ + √((1−1/n)/d)].

The quantity vanishes at rank one and at isometry: the bound says that the chain spends few layers
in between, not which of the two it ends at.

Example: two samples have the constant 1.

>>> from fractions import Fraction
>>> bound = CLAIM.bound(batch=2, width=200, depth=4, lyapunov=Fraction(1, 2))
>>> bound.contains(Fraction(1, 8) + Fraction(1, 20))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    LAYERS,
    WIDTH,
    Heading,
    Identity,
    Jensen,
    Outcome,
    Sign,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _without_a1 as average
from depthlaw.theory.writing.symbols import d, ell, lam, lyapunov, n

FORMULA = (n + 2) / (2 * n) * (lyapunov / ell + sp.sqrt((1 - 1 / n) / d))


def _derivation() -> Steps:
    smallest = 1 / n - lyapunov
    rate, noise = 2 * n / (n + 2), sp.sqrt((1 - 1 / n) / d)
    square, total = sp.symbols("s P", positive=True)
    beyond = sp.Symbol("q", nonnegative=True)
    yield Heading("One layer: V̂ of the next is at most (1/n − p_n) + ‖C − E C‖_F")
    yield from pairs.smallest_eigenvalue()
    yield Uses(
        "the first, where λ_n = 1/n − V̂",
        "orthogonalization.lemma-8-sharp",
        {lam: smallest},
    )
    yield Identity(
        "multiplied out",
        (1 - rate * smallest) * lyapunov,
        lyapunov - rate * lyapunov * (1 / n - lyapunov),
    )
    yield from pairs.fluctuation()
    yield Identity(
        "where P = 1/n + q with q = ‖p − 1/n‖² ≥ 0",
        sp.Subs((1 - total) / d, total, 1 / n + beyond),
        noise**2 - beyond / d,
    )
    yield Sign("of which the part −q/d is dropped", beyond / d)
    yield Jensen(
        "the mean of the root is at most the root of the mean",
        sp.sqrt(square),
        square,
        noise**2,
        concave=True,
    )
    yield from average.telescoping(rate, noise, FORMULA)


CLAIM = declare(
    __name__,
    "average over layers, without any assumption, sharp constants",
    upper(average.QUANTITY, FORMULA, trivial=1 / (4 * n**2)),
    source=PAPER.at("Appendix B.1", "sharper constants, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, LAYERS, setting.LYAPUNOV),
    assumes=(
        *setting.MODEL,
        setting.WIDTH_AT_LEAST_BATCH,
        setting.at_most_one_over_batch(setting.LYAPUNOV),
    ),
    checks=average.checks(),
    derivation=_derivation,
    decreasing=("width", "depth"),
    control=Fraction(1, 5),
    siblings=("orthogonalization.without-a1", "orthogonalization.theorem-5"),
)
