"""A small batch keeps nearly all of its rank: r → N/(1 + N²/(4d)).

(1/L) Σ_ℓ r(H_ℓ) ~ N/(1 + N²/(4d)), with a relative error of order 1/√d.

For γ = ∞ and d ≫ N² the stationary gap V of `orthogonalization.stationary-gap` gives the same with
all terms in N: N/r = 1 + N V² = 1 + (N−1)(N+2)²/(4(N+1)d).

Example: at N = 2√d it is √d.

>>> CLAIM.bound(width=64, batch=16).ball.contains(8)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Budget,
    Check,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.orthogonalization.stationary_gap import FORMULA as STATIONARY_GAP
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank import _sharp_law as law
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import Weights, gram
from depthlaw.theory.rank.spectral_law import moment_formula, q
from depthlaw.theory.writing.symbols import d, n

_N = setting.N
FORMULA = _N / (1 + _N**2 / (4 * d))


def _check(chain: Chain) -> Check:
    return chain.average(chain.described, chain.sizes, gram.stable_rank)


def _derivation() -> Steps:
    square = sp.Symbol("V2", nonnegative=True)
    yield from law.flow()
    yield from law.balance()
    yield Identity(
        "r = (Σλ)²/Σλ² of N eigenvalues with moments 1 and 1 + q",
        sp.Subs(_N**2 / (_N * moment_formula(2)), q, _N**2 / (4 * d)),
        FORMULA,
    )
    yield Identity(
        "independently, at γ = ∞: ‖G/tr G‖² = 1/N + V² gives r = N/(1 + N V²)",
        1 / (1 / _N + square),
        _N / (1 + _N * square),
    )
    yield Limit(
        "and N V² in stationarity is N²/(4d), for large N",
        (n * STATIONARY_GAP / (n**2 / (4 * d))).subs(d, sp.Symbol("D", positive=True)),
        n,
        sp.oo,
        sp.Integer(1),
    )
    yield Argued(
        "what is not proved",
        "that the eigenvectors spread evenly, and that the flow in γ² describes γ = ∞",
    )


CLAIM = declare(
    __name__,
    "stable rank that a batch of at most 2√d samples keeps",
    equal(
        sp.Symbol(r"\frac1L \sum_\ell r(H_\ell)"),
        FORMULA,
        trivial=_N,
        leading="O(1/√d)",
        within=1 / sp.sqrt(d),
    ),
    source=PAPER.at("Theorem 2", "sharp form, conjecture of ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.BATCH),
    assumes=(
        *setting.ANY_RESIDUAL,
        law.BATCH_AT_MOST_SURVIVORS,
        setting.FULL_RANK,
        setting.BURNT_IN,
    ),
    checks=(
        _check(Chain(64, 8, 40, 140)),
        _check(Chain(256, 16, 60, 120)),
        _check(Chain(64, 8, 250, 450, residual=0.1)),
        _check(Chain(64, 8, 40, 140, weights=Weights.UNIFORM)),
        _check(Chain(1024, 32, 300, 400, budget=Budget.THOROUGH)),
    ),
    derivation=_derivation,
    control=Fraction(4, 3),
    siblings=("rank.large-batch-rank", "rank.marchenko-pastur"),
)
