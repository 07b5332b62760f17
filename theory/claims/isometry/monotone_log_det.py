"""log det increases in every layer, by a definite amount.

−log det F(G) ≤ −log D − (β − 1) log(2 − D), D = det G.

Two samples and x² attain it: D(2 − D) is then the next determinant.

Example: an affine activation keeps the determinant.

>>> from flint import arb
>>> half = CLAIM.bound(determinant=Fraction(1, 2), strength=1)
>>> half.ball.overlaps(arb(2).log())
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    LAYER,
    Cited,
    Heading,
    Identity,
    Induction,
    Outcome,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.rigorous.matrices import log_determinant
from depthlaw.theory.values import Enclosure, Value

FORMULA = -sp.log(setting.DET) - (setting.BETA - 1) * sp.log(2 - setting.DET)


def _quantity(instance: recursion.Instance) -> Value:
    return Enclosure(-log_determinant(instance.next_gram()))


def _derivation() -> Steps:
    D, beta = setting.DET, setting.BETA
    lost, now, y = sp.symbols("q x y", nonnegative=True)
    g, h = sp.symbols("g h", real=True)
    inner = sp.Symbol("v", positive=True)
    oppenheim = (1 - g**2) + (1 - h**2) - (1 - g**2) * (1 - h**2)
    yield from steps.series()
    yield Heading("Entrywise powers; D_k = det G^{∘k} and D_1 = D")
    yield Cited(
        "positive semidefinite A and B with unit diagonals, and their entrywise product",
        "the inequality of Oppenheim and Schur; Horn and Johnson, Matrix Analysis, section 7.8",
        r"\det(A \circ B) \ge \det A + \det B - \det A \det B",
    )
    yield Identity("with equality for two samples", 1 - (g * h) ** 2, oppenheim)
    yield Identity(
        "so what D_{k+1} lacks to 1 is at most 1 − D times what D_k lacks, q_k = 1 − D_k",
        sp.Subs(1 - (D + y - D * y), y, 1 - now),
        (1 - D) * now,
    )
    yield Induction(
        "power by power, with q = 1 − D, which is not negative",
        r"1 - \det G^{\circ(k+1)}",
        lost * now,
        now,
        lost,
        lost ** (LAYER + 1),
    )
    yield Identity(
        "for k ≥ 2 and q ≤ 1 that is at most q², so that D_k is at least",
        sp.Subs(1 - lost**2, lost, 1 - D),
        D * (2 - D),
    )
    yield Heading("Their mean F(G) = Σ a_k G^{∘k}")
    yield Cited(
        "log det is concave on positive definite matrices, so that log det F(G) is at least the "
        "mean of log D_k",
        "Horn and Johnson, Matrix Analysis, Theorem 7.6.6",
        r"\log\det F(G) \ge \sum_k a_k \log D_k \ge a_1 \log D + (1 - a_1) \log(D (2 - D))",
    )
    yield Identity(
        "with a_1 = 2 − β",
        -((2 - beta) * sp.log(D) + (beta - 1) * sp.Subs(sp.log(D * inner), inner, 2 - D)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "log det increases in every layer",
    upper(
        sp.Symbol(r"-\log\det F(G)"),
        FORMULA,
    ),
    source=PAPER.at("Theorem 4", "one-step form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.DETERMINANT, setting.STRENGTH),
    assumes=(
        "G is positive definite with unit diagonal; F applies the centred map to every entry",
        setting.STRENGTH_AT_MOST_TWO,
        setting.DETERMINANT_AT_MOST_ONE,
    ),
    checks=recursion.one_layer_checks(_quantity, "determinant", "strength"),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("isometry.unconditional-decay",),
)
