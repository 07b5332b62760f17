"""Softmax attention over tokens that are given exactly, enclosed in balls; no weights are drawn.

>>> from fractions import Fraction
>>> one = ((Fraction(1),),)
>>> rows = self_attention(one * 2, one, one, Fraction(1))
>>> bool(rows[0][0] == 1 and spread_norm(rows) == 0)
True
"""

from __future__ import annotations

from depthlaw.theory.attention.softmax import (
    Rows,
    attention_matrix,
    centred,
    largest_singular_value,
    norm,
    plain_matrix,
    product,
    self_attention,
    spread_norm,
)

__all__ = [
    "Rows",
    "attention_matrix",
    "centred",
    "largest_singular_value",
    "norm",
    "plain_matrix",
    "product",
    "self_attention",
    "spread_norm",
]
