"""Uniform attention with a skip: every entry of the Gram matrix grows by the same number.

E (G_ℓ)_{ik} = (G₀)_{ik} + m₀((1 + α²)^ℓ − 1), m₀ the mean entry of G₀ = XXᵀ/d.

It holds at every width; the checks sum over all weight matrices of small laws.

Example: from orthogonal tokens, eight of them, at α = 1.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=3, strength=1, mean=Fraction(1, 8), entry=1).contains(Fraction(15, 8))
True
"""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.claim import (
    DEPTH,
    Check,
    Computed,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _setting as setting
from depthlaw.theory.claims.attention import _uniform as uniform
from depthlaw.theory.claims.attention._setting import a2, g0, m0
from depthlaw.theory.writing.symbols import ell

FORMULA = g0 + uniform.GROWTH


def _mean(
    tokens: uniform.Rows, law: str, factor: Fraction, layers: int, place: tuple[int, int]
) -> Fraction:
    width = len(tokens[0])
    streams = [tokens]
    for _ in range(layers):
        streams = [
            uniform.layer(X, W, factor) for X in streams for W in uniform.matrices(law, width)
        ]
    i, k = place
    total = sum(
        (x * y for X in streams for x, y in zip(X[i], X[k], strict=True)), start=Fraction(0)
    )
    return total / (len(streams) * width)


def _check(
    tokens: tuple[tuple[int, ...], ...],
    law: str,
    factor: Fraction,
    depth: int,
    place: tuple[int, int],
) -> Check:
    rows = tuple(tuple(Fraction(x) for x in row) for row in tokens)
    width, count = len(rows[0]), len(rows)
    mean = [sum(column, start=Fraction(0)) / count for column in zip(*rows, strict=True)]
    i, k = place
    # α W is factor times a matrix of whole numbers, of which signs have the square sum d.
    strength = factor**2 * (width if law == "signs" else 1)
    return Check(
        f"{count} tokens, {law}, width {width}, α² = {strength}, ℓ = {depth}, entry {place}",
        {
            "depth": depth,
            "strength": strength,
            "mean": sum((x * x for x in mean), start=Fraction(0)) / width,
            "entry": sum((x * y for x, y in zip(rows[i], rows[k], strict=True)), Fraction(0))
            / width,
        },
        Computed(
            _mean,
            {"tokens": rows, "law": law, "factor": factor, "layers": depth, "place": place},
        ),
    )


def _derivation() -> Steps:
    yield from uniform.one_layer()
    yield Identity("which is added to the entry", g0 + m0 * (a2 + 1) ** ell - m0, FORMULA)


CLAIM = declare(
    __name__,
    "uniform attention with a skip adds the same number to every entry of the Gram matrix",
    equal(uniform.QUANTITY, FORMULA),
    source=PAPER.ours("uniform attention with a skip"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.STRENGTH, setting.MEAN, setting.ENTRY),
    assumes=uniform.MODEL,
    checks=(
        _check(((1, 0), (2, 1), (0, 3)), "permutations", Fraction(1), 3, (0, 0)),
        _check(((1, 0), (2, 1), (0, 3)), "signs", Fraction(1, 2), 2, (0, 2)),
        _check(((1, 2, 0), (-1, 1, 4)), "permutations", Fraction(1, 3), 2, (1, 1)),
        _check(((1,), (2,), (-5,), (4,)), "signs", Fraction(2), 8, (0, 2)),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=(
        "attention.centred-part-stays",
        "attention.uniform-correlation",
        "attention.uniform-spread",
    ),
)
