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
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Check,
    Cited,
    Computed,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.rigorous.matrices import log_determinant
from depthlaw.theory.values import Enclosure, Value


def _quantity(one: Any) -> Value:
    return Enclosure(-log_determinant(one.gram()))


def _check(instance: recursion.Instance) -> Check:
    one = recursion.Instance(instance.label, instance.start, instance.activation, 1)
    return Check(
        one.title,
        one.parameters("determinant", "strength"),
        Computed(_quantity, {"one": one}),
    )


def _derivation() -> Steps:
    D, y = sp.symbols("D y", nonnegative=True)
    g, h = sp.symbols("g h", real=True)
    product = 1 - g**2 * h**2
    oppenheim = (1 - g**2) + (1 - h**2) - (1 - g**2) * (1 - h**2)
    yield Cited(
        "Oppenheim–Schur inequality for unit diagonals",
        "Oppenheim 1930; Horn and Johnson, Matrix Analysis, section 7.8",
        r"\det(A \circ B) \ge \det A + \det B - \det A \det B",
    )
    yield Identity("with equality for two samples", product, oppenheim)
    yield Argued(
        "entrywise powers",
        "D_k = det G^{∘k} ≥ D + D_{k−1}(1 − D), D_1 = D, so D_2 ≥ D(2 − D)",
    )
    yield Identity(
        "and D_k does not fall with k: D + (1 − D) D_{k−1} − D_{k−1}, with D_{k−1} = 1 − y",
        D + (1 - D) * (1 - y) - (1 - y),
        D * y,
    )
    yield Sign("is not negative", D * y)
    yield Argued(
        "concavity of log det",
        "F(G) = a_1 G + Σ_{k≥2} a_k G^{∘k} with a_1 = 2 − β, so log det F(G) ≥ a_1 log D + "
        "(1 − a_1) log(D(2 − D))",
    )
    yield Identity(
        "which is log D + (β − 1) log(2 − D)",
        sp.expand_log((2 - setting.BETA) * sp.log(setting.DET), force=True)
        + (setting.BETA - 1) * (sp.log(setting.DET) + sp.log(2 - setting.DET)),
        sp.log(setting.DET) + (setting.BETA - 1) * sp.log(2 - setting.DET),
    )


CLAIM = declare(
    __name__,
    "log det increases in every layer",
    upper(
        sp.Symbol(r"-\log\det F(G)"),
        -sp.log(setting.DET) - (setting.BETA - 1) * sp.log(2 - setting.DET),
    ),
    source=PAPER.at("Theorem 4", "one-step form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.DETERMINANT, setting.STRENGTH),
    assumes=(
        "G is positive definite with unit diagonal; F applies f to every entry",
        setting.STRENGTH_AT_MOST_TWO,
        setting.DETERMINANT_AT_MOST_ONE,
    ),
    checks=tuple(
        _check(instance)
        for instance in {(i.label, i.activation): i for i in recursion.INSTANCES}.values()
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("isometry.unconditional-decay",),
)
