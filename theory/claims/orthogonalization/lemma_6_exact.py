"""Lemma 6 as an equality.

E‖C − EC‖_F² = (1 − Σ_i p_i²)/d for C = H_{ℓ+1}ᵀH_{ℓ+1} given H_ℓ, p = p(λ).

Example: at isometry p_i = 1/n.

>>> CLAIM.bound(width=10, eigenvalues=(1, 1, 1, 1)).contains(Fraction(3, 40))
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Budget,
    Check,
    Cited,
    Identity,
    Outcome,
    ParameterValue,
    Status,
    Steps,
    declare,
    equal,
    number,
    numbers,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_6 as lemma
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import d, n

_i = sp.Symbol("i", integer=True)
SQUARES = sp.Sum(sp.IndexedBase("p")[_i] ** 2, (_i, 1, n))
FORMULA = (1 - SQUARES) / d


def _mean(values: Mapping[str, ParameterValue]) -> Enclosure:
    p = expected_spectrum(numbers(values, "eigenvalues"))
    return Enclosure((1 - sum(entry**2 for entry in p)) / ball(number(values, "width")))


def _check(
    label: str,
    spectrum: list[Fraction],
    *,
    width: int,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    return Check(
        label,
        {"width": width, "eigenvalues": tuple(spectrum)},
        lemma.fluctuation(spectrum, width=width),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    size = sp.Symbol("s", positive=True)
    yield pairs.next_layer()
    yield Cited(
        "variances of the d independent terms of C add",
        "the variance of a sum of independent terms; Durrett, Theorem 2.2.1",
        r"\mathbb E\|C - \mathbb E C\|_F^2 = \tfrac1d\,"
        r"(\mathbb E\|uu^\top\|_F^2 - \|\mathbb E\,uu^\top\|_F^2)",
    )
    yield Identity(
        "with s = ‖uuᵀ‖_F² = |u|⁴ = 1, and E uuᵀ = diag(p)",
        sp.Subs((size - SQUARES) / d, size, 1),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "fluctuation of one step, exactly",
    equal(lemma.QUANTITY, FORMULA, by=_mean, tested=sp.Rational(1, 20)),
    source=PAPER.at("Lemma 6", "exact form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.EIGENVALUES),
    assumes=(*setting.MODEL,),
    checks=(
        _check("isometry, n = 2, d = 2", setting.flat(2), width=2, replicas=20_000),
        _check("isometry, n = 6, d = 6", setting.flat(6), width=6, replicas=20_000),
        _check(
            "geometric spectrum, n = 5, d = 8",
            setting.geometric(5, Fraction(1, 2)),
            width=8,
            replicas=20_000,
        ),
        _check(
            "one small eigenvalue, n = 3, d = 5",
            setting.flat(3, Fraction(1, 30)),
            width=5,
            replicas=20_000,
        ),
        _check(
            "rank two of four, n = 4, d = 6",
            [Fraction(3, 4), Fraction(1, 4), Fraction(0), Fraction(0)],
            width=6,
            replicas=40_000,
        ),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("orthogonalization.lemma-6",),
)
