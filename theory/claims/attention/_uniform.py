"""Uniform attention with a skip, X ← X + α (11ᵀ/T) X W: exact means over small laws of weights."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Cited, E, Heading, Identity, Steps, TowerProperty
from depthlaw.theory.claims.attention._setting import a2, j, m0
from depthlaw.theory.claims.residual._enumerated import Matrix, sign_matrices, signed_permutations
from depthlaw.theory.writing.symbols import ell

MODEL = (
    "X ← X + α (11ᵀ/T) X W: every token gets the same mixture of all, no scores; a skip",
    "weights W of the values, and of the output, independent layer by layer, E W = 0, E WWᵀ = 1: "
    "entries of variance 1/width, products of such matrices, or orthogonal ones",
)
GROWTH = m0 * ((1 + a2) ** ell - 1)
Rows = tuple[tuple[Fraction, ...], ...]


def matrices(law: str, width: int) -> tuple[Matrix, ...]:
    """Return all weight matrices of a law, up to the factor 1/√width of ``"signs"``."""
    return sign_matrices(width) if law == "signs" else signed_permutations(width)


def layer(tokens: Rows, weights: Sequence[Sequence[int]], factor: Fraction) -> Rows:
    """Return X + factor (11ᵀ/T) X W.

    >>> layer(((Fraction(1),), (Fraction(3),)), ((1,),), Fraction(1))
    ((Fraction(3, 1),), (Fraction(5, 1),))
    """
    count = len(tokens)
    mean = [sum(column, start=Fraction(0)) / count for column in zip(*tokens, strict=True)]
    added = [
        factor * sum((x * row[k] for x, row in zip(mean, weights, strict=True)), start=Fraction(0))
        for k in range(len(mean))
    ]
    return tuple(tuple(x + u for x, u in zip(row, added, strict=True)) for row in tokens)


def one_layer() -> Steps:
    """Yield E G_{j+1} = E G_j + α² E m_j 11ᵀ, and E m_ℓ."""
    x, y, u, alpha = sp.symbols("x y u alpha", real=True)
    m = sp.Symbol("m_j", nonnegative=True)
    yield Heading("One layer adds the same α u, u = x̄W, to every token")
    yield Identity(
        "so that in each feature a product of two tokens becomes",
        (x + alpha * u) * (y + alpha * u),
        x * y + alpha * u * (x + y) + alpha**2 * u**2,
    )
    yield Cited(
        "of which the middle term has mean 0, since W is independent of X, and E‖u‖² = x̄ᵀ E[WWᵀ] x̄",
        "Durrett, Probability: Theory and Examples, Theorem 2.1.13",
        r"\mathbb{E}[u \mid X] = 0, \quad \mathbb{E}[\|u\|^2 \mid X] = \|\bar x\|^2 = d\, m_j",
    )
    yield TowerProperty(
        "every entry of G grows by α² m_j in the mean, and so does their own mean m_j",
        sp.Symbol("m_{j+1}", nonnegative=True),
        m + a2 * m,
    )
    yield Heading("ℓ layers")
    yield Identity("the mean entry", m0 * sp.Product(1 + a2, (j, 1, ell)), m0 * (1 + a2) ** ell)
    yield Identity(
        "what every entry has grown by",
        sp.Sum(a2 * m0 * (1 + a2) ** (j - 1), (j, 1, ell)),
        GROWTH,
    )


QUANTITY = E(sp.Symbol(r"(G_\ell)_{ik}"))
