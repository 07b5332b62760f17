"""Lemma 6: one step fluctuates by at most 1/√d.

E‖C − EC‖_F² ≤ 1/d for C = H_{ℓ+1}ᵀH_{ℓ+1} given H_ℓ.

Example: the bound is halved by doubling the width.

>>> CLAIM.bound(width=32).upper == 2 * CLAIM.bound(width=64).upper
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Check,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_6 as lemma
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.writing.symbols import d

FORMULA = 1 / d


def _check(label: str, spectrum: list[Fraction], *, width: int, replicas: int) -> Check:
    quantity = lemma.fluctuation(spectrum, width=width)
    return Check(label, {"width": width}, quantity, replicas=replicas)


def _derivation() -> Steps:
    purity = sp.Symbol("P", positive=True)
    yield from pairs.fluctuation()
    yield Sign("which is below 1/d by", purity / d, strict=True)
    yield Identity("the sum", (1 - purity) / d + purity / d, FORMULA)


CLAIM = declare(
    __name__,
    "fluctuation of one step",
    upper(lemma.QUANTITY, FORMULA, trivial=sp.Integer(2)),
    source=PAPER.at("Lemma 6"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH,),
    assumes=(*setting.MODEL,),
    checks=(
        _check("isometry, n = 2", setting.flat(2), width=4, replicas=2000),
        _check("isometry, n = 8: close to the bound", setting.flat(8), width=16, replicas=8000),
        _check(
            "geometric spectrum, n = 5",
            setting.geometric(5, Fraction(1, 2)),
            width=10,
            replicas=2000,
        ),
        _check(
            "near rank one, n = 4", setting.outlier(4, Fraction(1, 1000)), width=8, replicas=1000
        ),
    ),
    derivation=_derivation,
    decreasing=("width",),
    control=Fraction(2, 3),
    siblings=("orthogonalization.lemma-6-exact",),
)
