"""Theorem 1 with α a lower bound on the square of the smallest singular value.

E[V(H_{ℓ+1}); A₁] ≤ 2 (1 − 2α/3)^ℓ + 3n/(α √d): trajectories without A₁ count 0.

Since α ≤ 1/n the floor is at least 3n²/√d, above the trivial √(1 − 1/n) unless d > 9n⁵/(n−1).

Example: that threshold, at n = 4, is 3072.

>>> from fractions import Fraction
>>> parameters = {"batch": 4, "depth": 10**6, "alpha": Fraction(1, 4)}
>>> CLAIM.vacuous(width=3071, **parameters), CLAIM.vacuous(width=3073, **parameters)
(True, False)
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    ALPHA,
    BATCH,
    DEPTH,
    WIDTH,
    Budget,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _theorem_1 as theorem
from depthlaw.theory.writing.symbols import alpha, n


def _derivation() -> Steps:
    width = sp.Symbol("d", positive=True)
    lowest_floor = 3 * n / (alpha * sp.sqrt(width))
    threshold = 9 * n**5 / (n - 1)
    yield Identity(
        "at α = 1/n the floor meets √(1 − 1/n) at d = 9n⁵/(n−1) (squares compared)",
        sp.Subs(lowest_floor**2, (alpha, width), (1 / n, threshold)),
        1 - 1 / n,
    )
    yield from theorem.recursion_steps()


CLAIM = declare(
    __name__,
    "orthogonality gap under A₁, α a bound on σ_min²",
    upper(theorem.QUANTITY, theorem.FORMULA, trivial=setting.HIGHEST_GAP),
    source=PAPER.at("Theorem 1", "α bounds σ_min², as the proof needs"),
    status=Status.CORRECTED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumes=(
        *setting.MODEL,
        setting.WIDTH_AT_LEAST_BATCH,
        setting.at_most_one_over_batch(ALPHA),
        setting.A1,
    ),
    checks=(
        theorem.simulated(
            "above the threshold 288 for n = 2",
            setting.outlier(2, Fraction(9, 20)),
            width=2_000,
            depth=30,
            alpha=Fraction(2, 5),
            power=1,
            replicas=256,
        ),
        theorem.simulated(
            "above the threshold 3 072 for n = 4",
            setting.outlier(4, Fraction(1, 5)),
            width=20_000,
            depth=30,
            alpha=Fraction(1, 5),
            power=1,
            replicas=64,
        ),
        theorem.simulated(
            "above the threshold 42 130 for n = 8",
            setting.outlier(8, Fraction(1, 9)),
            width=100_000,
            depth=40,
            alpha=Fraction(11, 100),
            power=1,
            replicas=16,
        ),
        theorem.simulated(
            "n = 8, d = 200 000",
            setting.outlier(8, Fraction(1, 9)),
            width=200_000,
            depth=40,
            alpha=Fraction(11, 100),
            power=1,
            replicas=8,
            budget=Budget.STANDARD,
        ),
        theorem.simulated(
            "n = 8 at width one million",
            setting.outlier(8, Fraction(1, 9)),
            width=1_000_000,
            depth=40,
            alpha=Fraction(11, 100),
            power=1,
            replicas=2,
            budget=Budget.THOROUGH,
        ),
        theorem.simulated(
            "the paper's own plots: n = 4, d = 512",
            setting.outlier(4, Fraction(1, 5)),
            width=512,
            depth=30,
            alpha=Fraction(3, 20),
            power=1,
            replicas=64,
        ),
        theorem.simulated(
            "below the threshold for n = 8, d = 40 000",
            setting.outlier(8, Fraction(1, 9)),
            width=40_000,
            depth=40,
            alpha=Fraction(1, 9),
            power=1,
            replicas=2,
        ),
    ),
    derivation=_derivation,
    decreasing=("width", "depth"),
    control=Fraction(1, 60),
    errata=(
        "Printed for E V under A₁, an event of the future: the proof gives E[V; A₁], and without "
        "the restriction E V ≤ the bound + √(1−1/n) (1 − P(A₁)).",
        "Vacuous unless d > 9n⁵/(n−1); the paper's own plots are at d ≤ 512.",
    ),
    siblings=("orthogonalization.theorem-1", "orthogonalization.tight-gap"),
)
