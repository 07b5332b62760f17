"""The bound without assumption A₁.

E[(1/ℓ) Σ_{k<ℓ} V̂(H_k)(1/n − V̂(H_k))] ≤ 3 V̂(H_0)/(2ℓ) + 3/(2√d).

The quantity vanishes at rank one and at isometry: the bound says that the chain spends few layers
in between, not which of the two it ends at.

Example: a deep network is left with the noise term.

>>> from fractions import Fraction
>>> deep = CLAIM.bound(batch=2, width=900, depth=10**9, lyapunov=Fraction(1, 2))
>>> bool(abs(deep.ball * 20 - 1) < 1e-6)
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
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _without_a1 as average
from depthlaw.theory.writing.symbols import d, ell, lyapunov, n

FORMULA = 3 * lyapunov / (2 * ell) + 3 / (2 * sp.sqrt(d))


def _derivation() -> Steps:
    rate, noise = sp.Rational(2, 3), 1 / sp.sqrt(d)
    yield Heading("One layer")
    yield Uses(
        "V̂ of the next layer in the mean, given H_k",
        "orthogonalization.theorem-5",
        known=(lyapunov <= 1 / n, d >= n),
    )
    yield Identity(
        "multiplied out",
        (1 - rate * (1 / n - lyapunov)) * lyapunov + noise,
        lyapunov - rate * lyapunov * (1 / n - lyapunov) + noise,
    )
    yield from average.telescoping(rate, noise, FORMULA)


CLAIM = declare(
    __name__,
    "average over layers, without any assumption",
    upper(average.QUANTITY, FORMULA, trivial=1 / (4 * n**2)),
    source=PAPER.at("Appendix B.1"),
    status=Status.PUBLISHED,
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
    control=Fraction(1, 12),
    errata=("Appendix B.1 prints 2/√d where the proof gives 1/√d.",),
    siblings=("orthogonalization.without-a1-sharp", "orthogonalization.theorem-5"),
)
