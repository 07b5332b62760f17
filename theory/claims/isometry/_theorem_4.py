"""What both forms of Theorem 4 share: the bound, its threshold, and why it holds everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Argued,
    Check,
    Identity,
    Order,
    ParameterValue,
    Requires,
    Sign,
    Step,
    number,
)
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.rigorous.balls import ball, float_bounds, precision
from depthlaw.theory.symbols import ell, n

FORMULA = 4 * n * setting.BETA**-ell / setting.DET
"""exp(−ℓ log β − n log I(G⁰) + log 4n), where I(G⁰)ⁿ = det G⁰ at unit diagonal."""
NAMES = ("batch", "depth", "strength", "determinant")
Speed = Callable[[arb], arb]


def threshold(values: Mapping[str, ParameterValue], speed: Speed) -> float:
    """Return the depth from which the theorem is claimed, rounded up; infinite at speed 0."""
    with precision(128):
        pace = speed(ball(number(values, "strength")))
        if not pace > 0:
            return math.inf
        scale = 4 * ball(number(values, "batch")) / ball(number(values, "determinant"))
        return float_bounds(scale.log() / pace)[1]


def deep_enough(speed: sp.Expr) -> Requires:
    """Return the condition that the depth is past log(4n/det G⁰)/speed."""
    return Requires(
        ell * speed >= sp.log(4 * n) - sp.log(setting.DET),
        "before that depth the theorem says nothing: go deeper",
        argument="depth",
    )


def checks(speed: Speed) -> tuple[Check, ...]:
    """Return the shared instances at the first depth past the threshold, or deeper."""
    found = []
    for instance in recursion.INSTANCES:
        values = instance.parameters(*NAMES)
        depth = max(instance.depth, math.ceil(threshold(values, speed)))
        found.append(recursion.Instance(instance.label, instance.start, instance.activation, depth))
    return tuple(recursion.gap_check(instance, *NAMES) for instance in dict.fromkeys(found))


def steps_from_unconditional() -> tuple[Step, ...]:
    """Return why the inequality holds at every ℓ ≥ 0."""
    t = sp.Symbol("t", nonnegative=True)
    return (
        *steps.geometric_decay(),
        *steps.from_eigenvalue(),
        *steps.determinant_and_eigenvalue(),
        Identity(
            "the slope in t of t − log(1 + t), which bounds the gap by β^{−ℓ}(1/λ_0 − 1)",
            sp.Derivative(t - sp.log(1 + t), t),
            t / (1 + t),
        ),
        Sign("is not negative", t / (1 + t)),
        Order(
            "e ≤ 4n, so that 1/λ_0 ≤ e/det G⁰ suffices",
            r"e < 4 \le 4n",
            lambda: arb(1).exp(),
            lambda: arb(4),
        ),
        Argued(
            "at every depth",
            "−log I(G^ℓ) ≤ β^{−ℓ}(1/λ_0 − 1) ≤ β^{−ℓ} e/det G⁰ ≤ 4n β^{−ℓ}/det G⁰",
        ),
    )


def most_correlated_at(instance: recursion.Instance) -> arb:
    """Return (n − 1) max |ρ_ij| in layer ℓ, which the paper's proof needs to be at most 1/2."""
    gram = instance.gram()
    largest = recursion.potential(gram).ball
    return (instance.batch - 1) * largest / (1 + largest)


HALF = Fraction(1, 2)
