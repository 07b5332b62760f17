"""Uniform attention with a skip: how the correlation of tokens tends to 1.

1 − ρ_ℓ = (1 − ρ₀)/(1 + m₀((1 + α²)^ℓ − 1)), m₀ = (1 + (T − 1)ρ₀)/T, for tokens of one length and
one correlation.

Example: two orthogonal tokens at α = 1.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=1, strength=1, tokens=2, start=0).contains(Fraction(2, 3))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    Check,
    Computed,
    Heading,
    Identity,
    Outcome,
    ParameterValue,
    Requires,
    Status,
    Steps,
    Uses,
    declare,
    equal,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _setting as setting
from depthlaw.theory.claims.attention import _uniform as uniform
from depthlaw.theory.claims.attention._setting import T, a2, g0, m0, rho0
from depthlaw.theory.writing.symbols import ell

MEAN = (1 + (T - 1) * rho0) / T
FORMULA = (1 - rho0) / (1 + MEAN * ((1 + a2) ** ell - 1))
TWO = Requires(T >= 2, "with one token there is nothing to correlate")
POSSIBLE = Requires(
    (T - 1) * rho0 >= -1, "so many vectors cannot be further apart", argument="start"
)
AT_MOST_ONE = Requires(rho0 <= 1, "a correlation")
WIDE = "infinite width: the Gram matrix is its mean"
ONE_LENGTH = "tokens of equal length, every two with the correlation ρ₀"


def gap(start: Fraction, tokens: int, strength: Fraction, depth: int) -> Fraction:
    """Return 1 − ρ after some layers, by G ← G + α² m 11ᵀ entry by entry."""
    gram = [[Fraction(1) if i == k else start for k in range(tokens)] for i in range(tokens)]
    for _ in range(depth):
        mean = sum((sum(row, start=Fraction(0)) for row in gram), start=Fraction(0)) / tokens**2
        gram = [[entry + strength * mean for entry in row] for row in gram]
    return 1 - gram[0][1] / gram[0][0]


def _check(start: Fraction, tokens: int, strength: Fraction, depth: int) -> Check:
    given: dict[str, ParameterValue] = {
        "start": start,
        "tokens": tokens,
        "strength": strength,
        "depth": depth,
    }
    label = f"ρ₀ = {start}, T = {tokens}, α² = {strength}, ℓ = {depth}"
    return Check(label, given, Computed(gap, given))


def steps() -> Steps:
    """Yield 1 − ρ_ℓ for tokens of one length and one correlation."""
    q, c, grown = sp.symbols("q c w", positive=True)
    i = sp.Symbol("i", integer=True, positive=True)
    yield Uses(
        "every entry grows alike", "attention.uniform-growth", at={g0: sp.Integer(1), m0: MEAN}
    )
    yield Identity(
        "the mean entry of G₀: in each row one 1 and T − 1 times ρ₀",
        (1 + sp.Sum(rho0, (i, 2, T))) / T,
        MEAN,
    )
    yield Heading("so that q and c keep their difference")
    yield Identity("1 − ρ", 1 - (c + grown) / (q + grown), (q - c) / (q + grown))
    yield Identity(
        "with q = 1 and c = ρ₀",
        sp.Subs((q - c) / (q + grown), (q, c, grown), (1, rho0, MEAN * ((1 + a2) ** ell - 1))),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "under uniform attention with a skip the correlation of tokens tends to 1 geometrically",
    equal(1 - setting.rho_ell, FORMULA),
    source=PAPER.ours("uniform attention with a skip"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.STRENGTH, setting.TOKENS, setting.START),
    assumes=(
        *uniform.MODEL,
        WIDE,
        ONE_LENGTH,
        TWO,
        POSSIBLE,
        AT_MOST_ONE,
    ),
    checks=(
        _check(Fraction(0), 8, Fraction(1), 30),
        _check(Fraction(1, 2), 3, Fraction(1, 10), 10),
        _check(-Fraction(1, 4), 4, Fraction(2), 5),
    ),
    derivation=steps,
    control=Fraction(101, 100),
    siblings=("attention.uniform-growth", "attention.uniform-scaled"),
)
