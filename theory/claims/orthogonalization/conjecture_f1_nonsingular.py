"""Conjecture F.1 restated: stationary fluctuations of order 1/√width from a non-singular start.

E‖QᵀQ − E_ν QᵀQ‖_F = O(d^{−1/2}), Q = H/‖H‖_F, for ν the law that the chain reaches from a
non-singular start; measured as the exponent −1/2.

A non-singular start alone is not enough: where isometry repels, as it does for x³ and n ≥ 4
(`orthogonalization.odd-isometry-slope`), two copies end in different places at every width.

What is measured is the distance between two independent copies, whose mean lies between once and
twice that to the mean matrix, as its median at a layer where it has settled. The instances tell
−1/2 from −3/8 and from −5/8, and the negative control from −7/20. At the smallest widths the
exponent is a little flatter (tanh + 1 from 64 to 256: about −.43), so they begin at 128.

Example: four times the width halves the fluctuation.

>>> CLAIM.bound(batch=4).contains(-0.5)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Argued,
    Budget,
    Check,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _activations as activations
from depthlaw.theory.claims.orthogonalization import _fluctuation as fluctuation
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import Activate

NARROW = (128, 2048)
WIDE = (128, 512, 2048, 8192)
DEPTH = 8
"""Where the copies' distance has settled: what is left of the start falls by a constant factor."""
QUICK = (activations.TANH, activations.RELU, activations.SHIFTED_TANH)
ACTIVATIONS = (*QUICK, activations.SIN)


def _check(
    activation: Activate, widths: tuple[int, ...], *, budget: Budget = Budget.QUICK
) -> Check:
    batch = 4
    return Check(
        f"{activation.name}, widths {widths[0]} to {widths[-1]}",
        {"batch": batch},
        fluctuation.against_width(
            activation, setting.geometric(batch, Fraction(4, 5)), widths=widths, depth=DEPTH
        ),
        budget=budget,
        replicas=800,
    )


def _derivation() -> Steps:
    x, y, m = sp.symbols("x y m", real=True)
    yield Argued(
        "two copies instead of the mean",
        "for independent copies X, Y of mean m, ‖X − m‖ is at most the mean of ‖X − Y‖ "
        "over Y (Jensen), and ‖X − Y‖ ≤ ‖X − m‖ + ‖Y − m‖: the two means differ by a "
        "factor between 1 and 2, so the exponents agree",
    )
    yield Identity(
        "entry by entry, where the mixed term has mean 0: E‖X − Y‖² = 2 E‖X − m‖²",
        (x - y) ** 2,
        (x - m) ** 2 + (y - m) ** 2 - 2 * (x - m) * (y - m),
    )
    yield Argued("the conjecture itself", "is not proved; the exponent is measured")


CLAIM = declare(
    __name__,
    "stationary fluctuation against width, from a non-singular start",
    rate(
        sp.Symbol(r"\log\|Q^\top Q - \mathbb{E}_\nu Q^\top Q\|_F / \log d"),
        -sp.Rational(1, 2),
        tested=sp.Rational(1, 4),
    ),
    source=PAPER.at("Conjecture F.1", "restated from a non-singular start, ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH,),
    assumes=(
        *setting.WITH_ACTIVATION,
        "λ_min(H_0) > 0, and ν is the limit from there (the ergodic component of that start)",
        "the wide limit from there tends to a fixed point at which its map contracts",
    ),
    checks=(
        *(_check(activation, NARROW) for activation in QUICK),
        _check(activations.SIN, NARROW, budget=Budget.STANDARD),
        *(_check(activation, WIDE, budget=Budget.THOROUGH) for activation in ACTIVATIONS),
    ),
    derivation=_derivation,
    control=Fraction(7, 10),
    siblings=("orthogonalization.conjecture-f1", "orthogonalization.stationary-gap"),
)
