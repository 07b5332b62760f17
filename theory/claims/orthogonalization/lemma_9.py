"""Lemma 9: the expected spectrum as an integral.

p_i = E[λ_i w_i²/Σ_k λ_k w_k²] = λ_i ∫₀^∞ (1+2θλ_i)^{−1} Π_j (1+2θλ_j)^{−1/2} dθ.

Example: two samples.

>>> CLAIM.bound(eigenvalues=(9, 1)).contains(Fraction(3, 4))
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Condition,
    Outcome,
    ParameterValue,
    Status,
    declare,
    equal,
    numbers,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _sawa as sawa
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import gram
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum
from depthlaw.theory.values import Enclosure


def _share(matrix: setting.Array) -> setting.Array:
    return gram.trace_normalised(matrix)[..., 0, 0]


def _check(label: str, spectrum: list[Fraction], *, width: int = 8) -> Check:
    """Return a check on E C_11 after one layer from diag(λ), where C is in the eigenbasis."""
    return Check(
        label,
        {"eigenvalues": tuple(spectrum)},
        setting.measured(
            spectrum,
            width=width,
            depth=1,
            observables={"share": _share},
            per_replica=lambda observed: observed["share"][:, -1],
            layers=(1,),
            highest=1.0,
        ),
        replicas=40_000,
    )


def _first_positive(values: Mapping[str, ParameterValue]) -> bool:
    return numbers(values, "eigenvalues")[0] > 0


FIRST_POSITIVE = Condition(
    "λ_1 > 0",
    "eigenvalues",
    _first_positive,
    "the first must be above 0: put the eigenvalue that is asked for there",
)
CLAIM = declare(
    __name__,
    "the expected spectrum as an integral",
    equal(
        sp.Symbol("p_1"),
        sawa.SAWA,
        by=lambda values: Enclosure(expected_spectrum(numbers(values, "eigenvalues"))[0]),
        tested=sp.Rational(1, 50),
    ),
    source=PAPER.at("Lemma 9", "after Sawa 1972"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(setting.EIGENVALUES,),
    assumes=(
        "w ~ N(0, I_n)",
        FIRST_POSITIVE,
    ),
    checks=(
        _check("two samples", [Fraction(4, 5), Fraction(1, 5)]),
        _check("geometric spectrum, n = 5", setting.geometric(5, Fraction(1, 2))),
        _check("one large eigenvalue, n = 8", setting.outlier(8, Fraction(1, 16))),
        _check("rank two of three", [Fraction(1, 3), Fraction(2, 3), Fraction(0)]),
    ),
    derivation=sawa.sawa_integral,
    control=Fraction(21, 20),
    siblings=("orthogonalization.lemma-8", "orthogonalization.lemma-10"),
)
