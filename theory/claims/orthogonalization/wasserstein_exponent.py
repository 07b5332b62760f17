"""The exponent with which the coupling radius falls, measured over three decades of width.

log ‖C^{1/2} − I/√n‖_F / log d → −1/2 in stationarity.

What is measured is the typical (median) radius of the coupling; `orthogonalization.wasserstein-
radius`
proves the same order for its mean square, which bounds W₂².

Example: the square root of the order of the stationary radius.

>>> CLAIM.bound(batch=2).contains(Fraction(-1, 2))
True
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from depthlaw.theory import gram
from depthlaw.theory.claim import (
    BATCH,
    Budget,
    Check,
    Derivation,
    Outcome,
    Scaling,
    Status,
    declare,
    rate,
)
from depthlaw.theory.claims.orthogonalization import PAPER, sharp_lyapunov
from depthlaw.theory.claims.orthogonalization import _radius as radius
from depthlaw.theory.claims.orthogonalization import _setting as setting

THREE_DECADES = (100, 1_000, 10_000, 100_000)


def _check(batch: int, depth: int, *, replicas: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"n = {batch}, widths 10² to 10⁵",
        {"batch": batch},
        Scaling(
            THREE_DECADES,
            tuple(
                setting.measured(
                    setting.flat(batch),
                    width=width,
                    depth=depth,
                    observables={"cost": gram.bures_to_isotropy},
                    per_replica=lambda observed: np.sqrt(radius.last_cost(observed)),
                    highest=2.0,
                )
                for width in THREE_DECADES
            ),
        ),
        budget=budget,
        replicas=replicas,
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
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH,),
    assumes=(
        *setting.MODEL,
        "the depth is large",
        setting.NON_SINGULAR_START,
    ),
    checks=(
        _check(2, 6, replicas=400),
        _check(4, 10, replicas=20, budget=Budget.THOROUGH),
    ),
    derivation=lambda: Derivation(sharp_lyapunov.CLAIM.derivation().steps),
    control=Fraction(1, 2),
    siblings=("orthogonalization.wasserstein-radius", "orthogonalization.stationary-radius"),
)
