"""Conjecture F.1: the stationary Gram matrix fluctuates by 1/√width, for any activation.

Statement
---------
E‖QᵀQ − E_ν QᵀQ‖_F = O(d^{−1/2}) in stationarity, Q = H/‖H‖_F; measured as the exponent −1/2.

Assumptions
-----------
Batch normalisation by rescaling, then the activation; Gaussian weights; stationarity.

Source
------
daneshmand2021, Conjecture F.1 and Figure 6, NeurIPS 2021, arXiv:2106.03970.

Parameters
----------
batch n ≥ 2.

Returns
-------
An exact number.

Raises
------
ArgumentError outside that range.

What is measured is the distance between two independent copies, whose mean lies between once and
twice that to the mean matrix. The released code of Figure 6 plots one activation under all four
labels; here each activation has its own trajectories.

Example: four times the width halves the fluctuation.

>>> CLAIM.bound(batch=4).contains(-0.5)
True
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import sympy as sp

from depthlaw.theory import gram
from depthlaw.theory.claim.check import Budget, Check, Observed, Scaling
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Argued, Derivation, Identity
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import BATCH
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claims.orthogonalization import _activations as activations
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import Activate

NARROW = (64, 256, 1024)
WIDE = (64, 256, 1024, 4096, 16_384)
DEPTH = 20
ACTIVATIONS = (
    activations.TANH,
    activations.RELU,
    activations.SIN,
    activations.SHIFTED_TANH,
)


def _entry(i: int, j: int) -> gram.Functional:
    def entry(matrix: setting.Array) -> setting.Array:
        return gram.trace_normalised(matrix)[..., i, j]

    return entry


def _distance_of_pairs(observed: Observed) -> setting.Array:
    """Return ‖G_a − G_b‖_F for trajectories a, b taken two by two, at the last layer."""
    total = np.zeros(len(next(iter(observed.values()))) // 2)
    for name, values in observed.items():
        i, j = name.split(",")
        last = values[: 2 * len(total), -1]
        total += (1 if i == j else 2) * (last[::2] - last[1::2]) ** 2
    return np.sqrt(total)


def _check(
    activation: Activate, widths: tuple[int, ...], *, budget: Budget = Budget.QUICK
) -> Check:
    batch = 4
    observables = {
        f"{i},{j}": _entry(i, j) for i, j in combinations_with_replacement(range(batch), 2)
    }
    return Check(
        f"{activation.name}, widths {widths[0]} to {widths[-1]}",
        {"batch": batch},
        Scaling(
            widths,
            tuple(
                activations.activated(
                    setting.geometric(batch, Fraction(4, 5)),
                    activation,
                    width=width,
                    depth=DEPTH,
                    observables=observables,
                    per_replica=_distance_of_pairs,
                    highest=2.0,
                )
                for width in widths
            ),
        ),
        budget=budget,
        replicas=240,
        resolution=Fraction(1, 3),
    )


def _derivation() -> Derivation:
    x, y, m = sp.symbols("x y m", real=True)
    return Derivation(
        (
            Argued(
                "two copies instead of the mean",
                "for independent copies X, Y of mean m, ‖X − m‖ is at most the mean of ‖X − Y‖ "
                "over Y (Jensen), and ‖X − Y‖ ≤ ‖X − m‖ + ‖Y − m‖: the two means differ by a "
                "factor between 1 and 2, so the exponents agree",
            ),
            Identity("the triangle of the three", (x - m) - (y - m), x - y),
            Argued("the conjecture itself", "is not proved; the exponent is measured"),
        )
    )


CLAIM = Claim(
    id="orthogonalization.conjecture-f1",
    title="stationary fluctuation against width, for any activation",
    quantity=sp.Symbol(r"\log\|Q^\top Q - \mathbb{E}_\nu Q^\top Q\|_F / \log d"),
    sense=Sense.RATE,
    formula=-sp.Rational(1, 2),
    source=setting.source("Conjecture F.1"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH,),
    checks=(
        *(_check(activation, NARROW) for activation in ACTIVATIONS),
        *(_check(activation, WIDE, budget=Budget.THOROUGH) for activation in ACTIVATIONS),
    ),
    derivation=_derivation,
    control=Fraction(1, 2),
    errata=("Figure 6 plots one activation's array under all four labels.",),
    siblings=("orthogonalization.conjecture-f2", "orthogonalization.stationary-gap"),
)
