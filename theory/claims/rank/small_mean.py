"""A mean of up to 1/√d in the weights leaves the rank alone.

(1/L) Σ_ℓ r(H_ℓ) ≥ √(d/2) for weights N(m/√d, 1) with |m| ≤ 1.

The bound is that of `rank.theorem-2-constant` at m = 0. At m = 1 the average of r/√d is 0.75, 0.82
and 0.86 at d = 32, 128 and 512; at m = 1.25 it is 0.56, 0.43 and falls on (`rank.positive-mean`).

Example: at d = 32 it says r ≥ 4.

>>> CLAIM.bound(width=32, mean=1).contains(4)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Budget,
    Check,
    Derivation,
    Domain,
    Outcome,
    Parameter,
    Requires,
    Status,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _mean_neuron as neuron
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import gram
from depthlaw.theory.writing.symbols import d

MEAN = Parameter(
    "mean", neuron.MEAN, Domain.REAL, 0, "mean m/√d of a weight, in units of its deviation"
)
AT_MOST_ONE = Requires(
    MEAN.symbol <= 1, "above 1 the mean neuron grows and takes over: see rank.positive-mean"
)
SIXTEEN_NEURONS = Requires(d >= 16, "in narrower nets the mean is felt earlier")


def _check(
    width: int,
    batch: int,
    mean: Fraction,
    *,
    burn_in: int,
    depth: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    chain = Chain(width, batch, burn_in, depth, mean=float(mean), budget=budget)
    label = f"d = {width}, N = {batch}, m = {mean}"
    return chain.average(label, {"width": width, "mean": mean}, gram.stable_rank)


CLAIM = declare(
    __name__,
    "weights of mean up to 1/√d keep the rank",
    lower(sp.Symbol(r"\frac1L \sum_\ell r(H_\ell)"), sp.sqrt(d / 2), trivial=sp.Integer(1)),
    source=PAPER.at("code, positive-mean weights", "with the threshold, ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, MEAN),
    assumes=(
        "independent Gaussian weights of mean m/√d and variance 1",
        "γ = ∞",
        AT_MOST_ONE,
        SIXTEEN_NEURONS,
        "N ≥ 2√d",
        setting.FULL_RANK,
        setting.BURNT_IN,
    ),
    checks=(
        _check(32, 12, Fraction(1, 2), burn_in=60, depth=140),
        _check(64, 16, Fraction(3, 4), burn_in=80, depth=160),
        _check(128, 23, Fraction(1), burn_in=100, depth=150, budget=Budget.STANDARD),
        _check(512, 46, Fraction(1), burn_in=150, depth=200, budget=Budget.THOROUGH),
    ),
    derivation=lambda: Derivation((*neuron.growth(), *neuron.shrinks_up_to_one())),
    control=Fraction(17, 10),
    siblings=("rank.positive-mean", "rank.theorem-2-constant"),
)
