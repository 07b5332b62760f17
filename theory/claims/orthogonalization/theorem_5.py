"""Theorem 5: one step of the Lyapunov function, without any assumption.

E[V̂(H_{ℓ+1}) | H_ℓ] ≤ (1 − (2/3)(1/n − V̂(H_ℓ))) V̂(H_ℓ) + 1/√d.

Example: rank-one batches are fixed up to the noise term.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=4, width=64, lyapunov=Fraction(1, 4)).contains(Fraction(3, 8))
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Check,
    Identity,
    Jensen,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import gram
from depthlaw.theory.writing.symbols import d, lam, lyapunov, n

FORMULA = (1 - sp.Rational(2, 3) * (1 / n - lyapunov)) * lyapunov + 1 / sp.sqrt(d)


def _one_step(label: str, spectrum: Sequence[Fraction], *, width: int, replicas: int) -> Check:
    batch = len(spectrum)
    return Check(
        label,
        {"batch": batch, "width": width, "lyapunov": Fraction(1, batch) - min(spectrum)},
        setting.measured(
            spectrum,
            width=width,
            depth=1,
            observables={"lyapunov": gram.lyapunov},
            per_replica=lambda observed: observed["lyapunov"][:, -1],
            layers=(1,),
            highest=1 / batch,
        ),
        replicas=replicas,
    )


def _derivation() -> Steps:
    smallest, mean_square = 1 / n - lyapunov, 1 / d
    square = sp.Symbol("x", positive=True)
    yield Uses(
        "1/n − p_n is at most",
        "orthogonalization.lemma-8",
        {lam: smallest},
    )
    yield Uses("the square of V̂ of the next layer minus that", "orthogonalization.lemma-7")
    yield Jensen(
        "the mean of a deviation is at most the root of the mean square, here 1/d",
        sp.sqrt(square),
        square,
        mean_square,
        concave=True,
    )
    yield Identity(
        "Lemma 8 at λ_n = 1/n − V̂, and the noise",
        sp.Subs((1 - sp.Rational(2, 3) * lam) * (1 / n - lam), lam, smallest)
        + sp.sqrt(mean_square),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "one step of the Lyapunov function 1/n − σ_min²",
    upper(sp.Function("E")(sp.Symbol(r"\hat{V}(H_{\ell+1}) \mid H_\ell")), FORMULA, trivial=1 / n),
    source=PAPER.at("Theorem 5"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, setting.LYAPUNOV),
    assumes=(
        *setting.MODEL,
        setting.WIDTH_AT_LEAST_BATCH,
        setting.at_most_one_over_batch(setting.LYAPUNOV),
    ),
    checks=(
        _one_step("isometry, n = 2", setting.flat(2), width=16, replicas=2000),
        _one_step("isometry, n = 4", setting.flat(4), width=64, replicas=2000),
        _one_step("halfway, n = 4", setting.outlier(4, Fraction(1, 8)), width=100, replicas=4000),
        _one_step(
            "geometric spectrum, n = 8",
            setting.geometric(8, Fraction(1, 2)),
            width=16_384,
            replicas=400,
        ),
        _one_step(
            "one small eigenvalue, n = 3",
            setting.flat(3, Fraction(1, 30)),
            width=900,
            replicas=4000,
        ),
        _one_step("narrow: n = d = 8, vacuous", setting.flat(8), width=8, replicas=400),
    ),
    derivation=_derivation,
    decreasing=("width",),
    control=Fraction(1, 2),
    siblings=("orthogonalization.lemma-8", "orthogonalization.sharp-lyapunov"),
)
