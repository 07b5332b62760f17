"""Uniform causal attention collapses to the first token, twice as near with every layer.

1 − P_{T1} ≤ (T − 1) 2^{−L} for P the L-th power of the matrix of means over tokens 1, …, i.

1 − P_{T1} is Dobrushin's coefficient of the first T tokens; for T = 2 it is attained.

Example: 65 tokens, 20 layers.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=20, tokens=65).contains(Fraction(1, 2**14))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    LAYER,
    Check,
    Computed,
    Heading,
    Identity,
    Induction,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _masks as masks
from depthlaw.theory.claims.attention._setting import LAYERS, TOKENS, T
from depthlaw.theory.writing.symbols import ell

FORMULA = (T - 1) / 2**ell
QUANTITY = sp.Symbol("1 - P_{T1}")


def _missing(tokens: int, mask: str, depth: int) -> Fraction:
    return 1 - masks.power(masks.uniform(tokens, mask), depth)[-1][0]


def check(tokens: int, mask: str, depth: int) -> Check:
    """Return the check of a uniform mask."""
    return Check(
        f"T = {tokens}, {mask}, L = {depth}",
        {"depth": depth, "tokens": tokens},
        Computed(_missing, {"tokens": tokens, "mask": mask, "depth": depth}),
    )


def _derivation() -> Steps:
    i, k = sp.symbols("i k", integer=True, positive=True)
    x, start = sp.symbols("x x_0", nonnegative=True)
    t = sp.Symbol("t", integer=True, nonnegative=True)
    yield Heading("The weights 0, 1, …, T − 1 of the tokens are halved by a layer")
    yield Identity(
        "the mean over tokens 1, …, i",
        sp.Sum(k - 1, (k, 1, i)) / i,
        (i - 1) / 2,
    )
    yield Heading("1 − P_{i1} is what the function 1 off the first token becomes")
    yield Sign("and is at most i − 1 at the start: for i = t + 2, by", t)
    yield Induction(
        "means keep inequalities, layer by layer",
        r"1 - P_{i1}",
        x / 2,
        x,
        start,
        start / 2**LAYER,
    )
    yield Identity("at token T", sp.Subs(start / 2**LAYER, (start, LAYER), (T - 1, ell)), FORMULA)


CLAIM = declare(
    __name__,
    "uniform causal attention collapses to the first token like 2^(−depth)",
    upper(QUANTITY, FORMULA, trivial=sp.Integer(1)),
    source=PAPER.ours("masks as in arXiv:2405.18781, whose abstract was read"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(LAYERS, TOKENS),
    assumes=("every token takes the mean of those up to itself; no skip",),
    checks=(
        check(2, "causal", 10),
        check(8, "causal", 2),
        check(8, "causal", 20),
        check(16, "causal", 8),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    decreasing=("depth",),
    siblings=("attention.window-of-two", "attention.dobrushin"),
)
