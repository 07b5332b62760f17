"""Lemma A.4, upper half: one large correlation keeps the determinant down.

det G ≤ 1 − max G_ij².

Example: two samples attain it.

>>> CLAIM.bound(largest=Fraction(1, 2)).contains(Fraction(3, 4))
True
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _lemma_a4 as lemma
from depthlaw.theory.claims.isometry import _setting as setting


def _derivation() -> Steps:
    g, h, k = sp.symbols("g h k", real=True)
    share, rest = sp.symbols("s r", nonnegative=True)
    G = sp.Matrix([[1, g, h], [g, 1, k], [h, k, 1]])
    loss = h**2 + k**2 - 2 * g * h * k
    yield Cited(
        "Fischer's inequality: the determinant is at most that of a 2×2 block times the "
        "rest of the diagonal",
        "Horn and Johnson, Matrix Analysis, theorem 7.8.5",
        r"\det G \le (1 - G_{ij}^2) \prod_{k \ne i, j} G_{kk}",
    )
    yield Identity("n = 3 written out", (1 - g**2) - G.det(), loss)
    yield Identity(
        "where the loss, with g = s − r, s + r = 1, is a sum of squares",
        sp.expand(sp.Subs(loss, g, 2 * share - 1)),
        sp.expand(share * (h - k) ** 2 + (1 - share) * (h + k) ** 2),
    )
    yield Sign("so it is not negative", share * (h - k) ** 2 + rest * (h + k) ** 2)


def _checks() -> tuple[Check, ...]:
    starts = (
        ("equicorrelated at 9/10, n = 8", setting.CROWDED),
        ("spread on a sphere, n = 5", setting.SPREAD),
        ("near-duplicates, n = 4", setting.DUPLICATES),
        ("one correlated pair in three, nearly", setting.on_sphere([(1, 0), (1, 1), (0, 100)])),
    )
    found = tuple(lemma.check(label, start) for label, start in starts)
    return tuple(replace(c, parameters={"largest": c.parameters["largest"]}) for c in found)


CLAIM = declare(
    __name__,
    "determinant from the largest correlation, from above",
    upper(lemma.QUANTITY, 1 - lemma.M**2, trivial=sp.Integer(1)),
    source=PAPER.at("Lemma A.4", "upper bound"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(lemma.LARGEST,),
    assumes=(
        "G is positive semidefinite with unit diagonal",
        lemma.AT_MOST_ONE,
    ),
    checks=_checks(),
    derivation=_derivation,
    control=Fraction(7, 10),
    siblings=("isometry.lemma-a4", "isometry.lemma-a4-sharp"),
)
