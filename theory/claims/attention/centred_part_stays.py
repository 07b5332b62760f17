"""Uniform attention with a skip: what tokens differ by stays as it is, on every path.

‖P X_ℓ‖²_F/d = s₀ = ‖P X₀‖²_F/d, P = 1 − 11ᵀ/T.

Example: nothing else enters.

>>> from fractions import Fraction
>>> CLAIM.bound(spread=Fraction(7, 3)).contains(Fraction(7, 3))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _uniform as uniform
from depthlaw.theory.claims.attention._setting import T

s0 = sp.Symbol("s_0", nonnegative=True)
SPREAD = Parameter("spread", s0, Domain.REAL, 0, "s₀ = ‖PX‖²/d of the start")


def spread(tokens: uniform.Rows) -> Fraction:
    """Return ‖PX‖²_F/d."""
    count = len(tokens)
    squares = sum((x * x for row in tokens for x in row), start=Fraction(0))
    means = sum(
        (sum(column, start=Fraction(0)) ** 2 for column in zip(*tokens, strict=True)),
        start=Fraction(0),
    )
    return (squares - means / count) / len(tokens[0])


def _after(tokens: uniform.Rows, numbers: tuple[int, ...], factor: Fraction) -> Fraction:
    for number in numbers:
        # Any matrix will do: entries that tell each layer from the next.
        width = len(tokens[0])
        weights = [
            [(number + 3 * i * i + 5 * k) % 7 - 3 for k in range(width)] for i in range(width)
        ]
        tokens = uniform.layer(tokens, weights, factor)
    return spread(tokens)


def _check(
    tokens: tuple[tuple[int, ...], ...], numbers: tuple[int, ...], factor: Fraction
) -> Check:
    rows = tuple(tuple(Fraction(x) for x in row) for row in tokens)
    return Check(
        f"{len(rows)} tokens, width {len(rows[0])}, {len(numbers)} layers, factor {factor}",
        {"spread": spread(rows)},
        Computed(_after, {"tokens": rows, "numbers": numbers, "factor": factor}),
    )


def _derivation() -> Steps:
    i = sp.Symbol("i", integer=True, positive=True)
    u, y, mean = sp.symbols(r"u x_i \bar{x}", real=True)
    places = (y, mean)
    yield Identity(
        "the same u is added to every token, and so to their mean: x̄ grows by",
        sp.Sum(u, (i, 1, T)) / T,
        u,
    )
    yield Identity(
        "each token less the mean is what it was",
        sp.Subs(y - mean, places, (y + u, mean + u)),
        y - mean,
    )
    yield Identity(
        "so that the squares, over tokens and features, stay in every layer",
        s0 + sp.Subs((y - mean) ** 2, places, (y + u, mean + u)) - (y - mean) ** 2,
        s0,
    )


CLAIM = declare(
    __name__,
    "under uniform attention with a skip what tokens differ by stays as it is",
    equal(sp.Symbol(r"\|P X_\ell\|_F^2 / d"), s0),
    source=PAPER.ours("uniform attention with a skip"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(SPREAD,),
    assumes=("X ← X + α (11ᵀ/T) X W: every token gets the same; any weights",),
    checks=(
        _check(((1, 0), (2, 1), (0, 3)), (1, 2, 3), Fraction(1)),
        _check(((1, 2, 0), (-1, 1, 4)), (5, 6, 7, 8, 9), Fraction(1, 3)),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("attention.uniform-growth",),
)
