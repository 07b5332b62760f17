"""Lemma 1 averaged over depth: the first inequality of Theorem 2, on every path.

Σ_ℓ rank_τ(H_ℓ) / Σ_ℓ r(H_ℓ) ≥ (1 − τ)² over the layers b < ℓ ≤ L.

Example: at τ = 1/2 a quarter of the stable rank is promised.

>>> CLAIM.bound(threshold=Fraction(1, 2), depth=10, burn_in=0).contains(Fraction(1, 4))
True
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import sympy as sp

from depthlaw.theory.claim import (
    LAYERS,
    Budget,
    Check,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import gram

_TAU = setting.TAU


def _check(chain: Chain, threshold: Fraction, note: str = "") -> Check:
    d, b = chain.width, chain.burn_in
    soft, stable = simulated.after(b, "soft"), simulated.after(b)
    return Check(
        f"{note}{chain.law}, d = N = {d}, τ = {threshold}",
        {"threshold": threshold, "depth": chain.depth, "burn_in": b},
        simulated.typical(
            chain.network,
            depth=chain.depth,
            observables={
                "soft": partial(gram.soft_rank, threshold=float(threshold), width=d),
                **simulated.STABLE,
            },
            per_replica=lambda observed: soft(observed) / stable(observed),
            layers=simulated.layers_after(b, chain.depth),
        ),
        budget=chain.budget,
        replicas=24,
    )


def _derivation() -> Steps:
    layer = sp.Symbol("ell", integer=True, positive=True)
    stable = sp.IndexedBase("r", positive=True)[layer]
    excess = sp.IndexedBase("e", nonnegative=True)[layer]
    over = (layer, 1, sp.Symbol("L", integer=True, positive=True))
    yield Uses("in every layer", "rank.lemma-1-soft", known=(_TAU <= 1,))
    yield Sign(
        "rank_τ(H_ℓ) = (1−τ)² r(H_ℓ) + e_ℓ with e_ℓ ≥ 0; layers counted from the burn-in on",
        sp.Sum(excess, over),
    )
    yield Identity(
        "the rest of the sum, over Σ r",
        sp.Sum((1 - _TAU) ** 2 * stable, over) / sp.Sum(stable, over),
        (1 - _TAU) ** 2,
    )


_NARROW = Chain(8, 8, 30, 80)
CLAIM = declare(
    __name__,
    "average soft rank against average stable rank",
    lower(
        sp.Symbol(r"\sum_\ell \mathrm{rank}_\tau(H_\ell) / \sum_\ell r(H_\ell)"),
        (1 - _TAU) ** 2,
        trivial=sp.Integer(0),
    ),
    source=PAPER.at("Lemma 1 and Theorem 2", "its first inequality"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(setting.THRESHOLD, LAYERS, setting.BURN_IN),
    assumes=(
        "H_ℓ are outputs of batch normalisation without recentring",
        setting.THRESHOLD_AT_MOST_ONE,
        setting.BURN_IN_BELOW_DEPTH,
    ),
    checks=(
        *(
            _check(_NARROW, threshold)
            for threshold in (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10))
        ),
        _check(_NARROW, Fraction(1), "nothing is promised, "),
        _check(Chain(8, 8, 250, 350, residual=0.1), Fraction(1, 2)),
        _check(Chain(32, 32, 100, 200, budget=Budget.STANDARD), Fraction(1, 2)),
    ),
    derivation=_derivation,
    control=Fraction(7, 2),
    siblings=("rank.theorem-2", "rank.lemma-1-soft", "rank.soft-rank"),
)
