"""Weights with a mean of 2/√d break what batch normalisation keeps: the rank collapses.

(1/L) Σ_ℓ r(H_ℓ) ≤ 5/4 for weights N(2/√d, 1), whatever the width.

The mean neuron h̄ of k isotropic samples grows by m E χ_k/√k per layer for weights of mean m/√d: up
to |m| = 1 it shrinks, whatever k, and the net behaves as if m were 0 (`rank.small-mean`); above, it
grows where k is large and takes over. The average of r at d = 128, N = 22 reads 10.5, 10.3, 9.3,
4.8, 2.25, 1.12, 1.00 at m = 0, 0.75, 1, 1.25, 1.5, 2, 3. For m = 2 and d → ∞ the mean neuron and
the share t of the largest eigenvalue settle where √a = E[s/√(s² + 1 − t)] and
t = E[s²/(s² + 1 − t)], s ~ N(m√a, t): 1/t² = 1.16, to which widths up to 512 come near from below.

Example: the bound leaves hardly more than one direction.

>>> 1 < CLAIM.bound(width=128).upper < 2
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
    Outcome,
    Requires,
    Status,
    declare,
    upper,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _mean_neuron as neuron
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import Weights, gram
from depthlaw.theory.writing.symbols import d

EIGHT_NEURONS = Requires(d >= 8, "narrower nets were not tried")


def _check(
    width: int, batch: int, *, weights: Weights = Weights.GAUSSIAN, budget: Budget = Budget.QUICK
) -> Check:
    chain = Chain(width, batch, 60, 100, weights=weights, mean=2.0, budget=budget)
    label = f"d = {width}, N = {batch}, {weights} weights"
    return chain.average(label, {"width": width}, gram.stable_rank)


CLAIM = declare(
    __name__,
    "weights of mean 2/√d collapse the rank in spite of batch normalisation",
    upper(sp.Symbol(r"\frac1L \sum_\ell r(H_\ell)"), sp.Rational(5, 4)),
    source=PAPER.at("code, positive-mean weights", "with the threshold, ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH,),
    assumes=(
        "independent Gaussian or uniform weights of mean 2/√d and variance 1",
        "γ = ∞",
        setting.BURNT_IN,
        EIGHT_NEURONS,
    ),
    checks=(
        _check(8, 8),
        _check(32, 11),
        _check(128, 22),
        _check(32, 11, weights=Weights.UNIFORM),
        _check(128, 128, budget=Budget.THOROUGH),
        _check(512, 45, budget=Budget.STANDARD),
    ),
    derivation=lambda: Derivation((*neuron.growth(), *neuron.grows_above_one())),
    control=Fraction(5, 6),
    siblings=("rank.small-mean",),
)
