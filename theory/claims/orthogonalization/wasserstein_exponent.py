"""The exponent with which the coupling radius falls, measured over three decades of width.

log ‖C^{1/2} − I/√n‖_F / log d → −1/2 in stationarity.

What is measured is the typical (median) radius of the coupling. Of its mean square, which bounds
W₂², the order 1/d is proved from both sides: it lies between V²/(1 + 1/√n)² and nV².

Example: the square root of the order of the stationary radius.

>>> CLAIM.bound(batch=2).contains(Fraction(-1, 2))
True
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Argued,
    Budget,
    Check,
    Identity,
    Outcome,
    Scaling,
    Sign,
    Status,
    Steps,
    Uses,
    declare,
    rate,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _radius as radius
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import gram
from depthlaw.theory.writing.symbols import alpha, d, n

THREE_DECADES = (20, 200, 2_000, 20_000)
WIDE = (100, 1_000, 10_000, 100_000)


def _check(
    batch: int, depth: int, widths: tuple[int, ...], *, replicas: int, budget: Budget = Budget.QUICK
) -> Check:
    return Check(
        f"n = {batch}, widths {widths[0]} to {widths[-1]}",
        {"batch": batch},
        Scaling(
            widths,
            tuple(
                setting.measured(
                    setting.flat(batch),
                    width=width,
                    depth=depth,
                    observables={"cost": gram.bures_to_isotropy},
                    per_replica=lambda observed: np.sqrt(radius.last_cost(observed)),
                    layers=(depth,),
                    highest=2.0,
                )
                for width in widths
            ),
        ),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    root, flat, room = sp.symbols("r f t", nonnegative=True)
    yield Identity(
        "the cost (√λ − 1/√n)² of an eigenvalue and (λ − 1/n)², with r = √λ and f = 1/√n",
        (root - flat) ** 2 * (root + flat) ** 2,
        (root**2 - flat**2) ** 2,
    )
    below = room * (2 + room + 2 * flat * (1 + room)) / (1 + room) ** 2
    yield Identity(
        "where the second factor is from f² = 1/n to (1 + f)²: at r = 1/(1 + t) ≤ 1 it is below by",
        sp.Subs((1 + flat) ** 2 - (root + flat) ** 2, root, 1 / (1 + room)),
        below,
    )
    yield Sign("which is not negative", below)
    beyond = root * (root + 2 * flat)
    yield Identity("and above f² by", (root + flat) ** 2 - flat**2, beyond)
    yield Sign("which is not negative either", beyond)
    for bound, side in (("", "above"), ("-lower", "below")):
        yield Uses(
            f"E V² from {side}: of order 1/d once the start is forgotten",
            f"orthogonalization.unconditional-gap{bound}",
            known=(alpha <= 1 / n, d >= n, alpha > 1 / (n + 2)),
        )
    yield Argued(
        "the median",
        "is at most √2 times the root of the mean square (Markov); that it is not of smaller "
        "order is not proved",
    )


CLAIM = declare(
    __name__,
    "coupling radius against width, over three decades",
    rate(
        sp.Symbol(r"\log\|C^{1/2} - I/\sqrt{n}\|_F / \log d"),
        -sp.Rational(1, 2),
        within=sp.Rational(1, 5),
    ),
    source=PAPER.at("Table 1", "exponent ours; the paper states -1/4"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH,),
    assumes=(
        *setting.MODEL,
        "the depth is large",
        setting.NON_SINGULAR_START,
    ),
    checks=(
        _check(2, 6, THREE_DECADES, replicas=500),
        _check(2, 6, WIDE, replicas=400, budget=Budget.STANDARD),
        _check(4, 10, WIDE, replicas=20, budget=Budget.THOROUGH),
    ),
    derivation=_derivation,
    control=Fraction(1, 2),
    siblings=("orthogonalization.wasserstein-radius", "orthogonalization.stationary-radius"),
)
