"""What the proof of Theorem 4 assumes at the printed threshold.

(n − 1) max_{i≠j} |ρ_ij| ≤ 1 in every layer ℓ ≥ β^{−1}(−n log I(G⁰) + log 4n).

False: the threshold takes β^{−1} for (log β)^{−1}, and comes some sixteen times too early for
tanh.

Example: the bound does not depend on where it is asked.

>>> CLAIM.bound(batch=2, depth=3, strength=2, determinant=1).contains(1)
True
"""

from __future__ import annotations

import math

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    DEPTH,
    Argued,
    Check,
    Computed,
    Identity,
    Order,
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
from depthlaw.theory.claims.isometry import _theorem_4 as theorem
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Value


def _first(instance: recursion.Instance) -> recursion.Instance:
    """Return the instance at the first layer past the printed threshold."""
    depth = math.ceil(theorem.threshold(instance.parameters(*theorem.NAMES), lambda beta: beta))
    return recursion.Instance(instance.label, instance.start, instance.activation, depth)


def _quantity(instance: recursion.Instance) -> Value:
    return Enclosure(theorem.most_correlated_at(instance))


def _check(instance: recursion.Instance) -> Check:
    return Check(
        instance.title,
        instance.parameters(*theorem.NAMES),
        Computed(_quantity, {"instance": instance}),
    )


_WORST = _first(recursion.Instance("equicorrelated at 9/10, n = 8", setting.CROWDED, "tanh", 0))


def _derivation() -> Steps:
    b = sp.Symbol("b", nonnegative=True)
    yield Argued(
        "what the proof needs",
        "γ(G^ℓ) ≤ β^{−ℓ} γ(G⁰) makes the correlations small once ℓ log β exceeds the "
        "logarithm of 4n/det G⁰; the printed theorem divides by β instead of log β",
    )
    yield Identity(
        "log β < β always: the slope in b of 1 + b − log(1 + b), which is 1 at b = 0",
        sp.Derivative(1 + b - sp.log(1 + b), b),
        b / (1 + b),
    )
    yield Sign("is not negative, with β = 1 + b: the printed threshold is too early", b / (1 + b))
    yield Order(
        "tanh, eight samples at ρ = 9/10, at the first layer past it",
        r"1 < (n-1) \max_{i \ne j} |\rho_{ij}|",
        lambda: ball(1),
        lambda: theorem.most_correlated_at(_WORST),
    )


CLAIM = declare(
    __name__,
    "correlations at the printed threshold of Theorem 4",
    upper(sp.Symbol(r"(n-1) \max_{i \ne j} |\rho_{ij}|"), sp.Integer(1)),
    source=PAPER.at("Theorem 4", "hypothesis of its proof"),
    status=Status.PUBLISHED,
    expected=Outcome.REFUTED,
    parameters=(BATCH, DEPTH, setting.STRENGTH, setting.DETERMINANT),
    assumes=(
        *setting.RECURSION,
        "G⁰ is non-degenerate with unit diagonal, so that I(G⁰)ⁿ = det G⁰",
        setting.STRENGTH_AT_MOST_TWO,
        setting.DETERMINANT_AT_MOST_ONE,
        theorem.deep_enough(setting.BETA),
    ),
    checks=tuple(_check(_first(instance)) for instance in recursion.INSTANCES[1:]),
    derivation=_derivation,
    errata=(
        "The threshold must read (log β)^{−1}(…): see isometry.theorem-4-corrected. The conclusion "
        "of Theorem 4 is true nevertheless.",
    ),
    siblings=("isometry.theorem-4", "isometry.theorem-4-corrected"),
)
