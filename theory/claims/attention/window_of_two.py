"""A window of two: uniform causal attention collapses to the first token, but late.

1 − P_{T1} = 2^{−L} Σ_{k=0}^{T−2} C(L, k) for P the L-th power of the matrix of means over i − 1, i.

It is 1 up to L = T − 2, where the first token is not seen at all, and then L^{T−2}/(T−2)! 2^{−L} to
leading order, while without the window it is (T − 1) 2^{−L} at most.

Example: 8 tokens after 6 layers.

>>> CLAIM.bound(depth=6, tokens=8).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Cited,
    Heading,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention._setting import LAYERS, TOKENS, T
from depthlaw.theory.claims.attention.causal_collapse import QUANTITY, check
from depthlaw.theory.writing.symbols import ell

k = sp.Symbol("k", integer=True, nonnegative=True)
FORMULA = sp.Sum(sp.binomial(ell, k), (k, 0, T - 2)) / 2**ell
TWO = Requires(T >= 2, "the first token sees but itself")


def _derivation() -> Steps:
    yield Heading("The token that token i draws on goes back by 0 or 1, each with weight 1/2")
    yield Identity(
        "so one layer more, with B_m(L) = C(L, m)/2^L the weight of m steps back, adds up two ways",
        (sp.binomial(ell, k + 1) + sp.binomial(ell, k)) / 2 ** (ell + 1),
        sp.binomial(ell + 1, k + 1) / 2 ** (ell + 1),
    )
    yield Cited(
        "token T has not come to the first one after fewer than T − 1 steps, and stays there then",
        "Feller, An Introduction to Probability Theory and Its Applications I, VI.2",
        r"1 - P_{T1} = \sum_{k=0}^{T-2} \binom{L}{k} 2^{-L}",
    )
    half = sp.Rational(1, 2)
    yield Identity(
        "with weights 1/2",
        sp.Sum(sp.binomial(ell, k) * half**ell, (k, 0, T - 2)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "with a window of two uniform causal attention collapses later by a power of the depth",
    equal(QUANTITY, FORMULA),
    source=PAPER.ours("masks as in arXiv:2405.18781, whose abstract was read"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(LAYERS, TOKENS),
    assumes=("every token takes the mean of itself and the one before; no skip", TWO),
    checks=(
        check(8, "window 2", 6),
        check(8, "window 2", 7),
        check(8, "window 2", 30),
        check(3, "window 2", 12),
        check(2, "window 2", 5),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("attention.causal-collapse", "attention.dobrushin"),
)
