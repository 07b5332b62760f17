"""A large batch keeps the stable rank √d, whatever its size and whatever γ.

(1/L) Σ_ℓ r(H_ℓ) ~ √d, with a relative error of order 1/√d.

The remainder is felt: the average of r at γ = ∞ is 2.25, 3.30, 4.89, 7.10 for d = 8, 16, 32, 64
and 10.4, 15.1, 21.7, 31.0 for d = 128, 256, 512, 1024, which is √d less 0.6 to 1.0. A start with
N = 2√d ends in the same law as one with N = d, and reaches it sooner.

Example: a width that is a square.

>>> CLAIM.bound(width=1024, batch=64).ball.contains(32)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Budget,
    Check,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank import _sharp_law as law
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import Weights, gram
from depthlaw.theory.rank.spectral_law import moment_formula, q
from depthlaw.theory.writing.symbols import d

FORMULA = sp.sqrt(d)


def _check(chain: Chain) -> Check:
    return chain.average(chain.described, chain.sizes, gram.stable_rank)


def _derivation() -> Steps:
    yield from law.flow()
    yield from law.selection()
    yield Identity(
        "at n = 2√d, q = 1: r = n/(1 + q)",
        sp.Subs(2 * sp.sqrt(d) / moment_formula(2), q, 1),
        FORMULA,
    )
    yield from law.balance()


CLAIM = declare(
    __name__,
    "stable rank that batch normalisation keeps of a large batch",
    equal(
        sp.Symbol(r"\frac1L \sum_\ell r(H_\ell)"),
        FORMULA,
        leading="O(1/√d)",
        within=3 / (2 * sp.sqrt(d)),
    ),
    source=PAPER.at("Theorem 2", "sharp form, conjecture of ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.BATCH),
    assumes=(
        *setting.ANY_RESIDUAL,
        law.BATCH_AT_LEAST_SURVIVORS,
        setting.FULL_RANK,
        setting.BURNT_IN,
    ),
    checks=(
        _check(Chain(64, 16, 100, 250)),
        _check(Chain(64, 16, 250, 450, residual=0.1)),
        _check(Chain(256, 32, 200, 300, budget=Budget.STANDARD)),
        _check(Chain(64, 64, 150, 200, budget=Budget.STANDARD)),
        _check(Chain(64, 16, 100, 250, weights=Weights.UNIFORM, budget=Budget.STANDARD)),
        _check(Chain(1024, 64, 800, 1000, budget=Budget.THOROUGH)),
    ),
    derivation=_derivation,
    control=Fraction(3, 2),
    siblings=("rank.small-batch-rank", "rank.theorem-2-constant"),
)
