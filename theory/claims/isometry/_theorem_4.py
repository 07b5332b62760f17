"""What both forms of Theorem 4 share: the bound, its threshold, and where they are tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Check,
    ParameterValue,
    Requires,
    number,
)
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.rigorous.balls import ball, float_bounds, precision
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.writing.symbols import ell, n

SCALE = 4 * n / setting.DET
FORMULA = SCALE * setting.BETA**-ell
"""exp(−ℓ log β − n log I(G⁰) + log 4n), where I(G⁰)ⁿ = det G⁰ at unit diagonal."""
NAMES = ("batch", "depth", "strength", "determinant")
Speed = Callable[[arb], arb]


def threshold(values: Mapping[str, ParameterValue], speed: Speed) -> float:
    """Return the depth from which the theorem is claimed, rounded up."""
    with precision(128):
        at = {n: number(values, "batch"), setting.DET: number(values, "determinant")}
        scale = evaluate(SCALE, {symbol: ball(value) for symbol, value in at.items()})
        return float_bounds(scale.log() / speed(ball(number(values, "strength"))))[1]


def deep_enough(relation: sp.Rel) -> Requires:
    """Return the condition that the depth is past the threshold."""
    return Requires(
        relation, "before that depth the theorem says nothing: go deeper", argument="depth"
    )


def checks(speed: Speed) -> tuple[Check, ...]:
    """Return the shared instances at the first depth past the threshold, or deeper."""
    found = []
    for instance in recursion.INSTANCES:
        values = instance.parameters(*NAMES)
        depth = max(instance.depth, math.ceil(threshold(values, speed)))
        found.append(recursion.Instance(instance.label, instance.start, instance.activation, depth))
    return tuple(recursion.gap_check(instance, *NAMES) for instance in dict.fromkeys(found))
