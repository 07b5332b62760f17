"""The soft rank of a deep batch-normalised net, with its first correction.

(1/L) Σ_ℓ rank_τ(H_ℓ) ~ 2√d − (4/π) √(2τ) d^{1/4}, with a relative error of order 1/√d.

Example: at τ = 1/2 and d = 16 it is 8 − 8/π.

>>> from flint import arb
>>> bound = CLAIM.bound(width=16, batch=8, threshold=Fraction(1, 2))
>>> ((8 - bound.ball) * arb.pi()).contains(8)
True
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Agreement,
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
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank import _sharp_law as law
from depthlaw.theory.claims.rank import surviving_count as count
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import Weights, gram
from depthlaw.theory.rank.spectral_law import SpectralLaw
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.writing.symbols import d

FORMULA = 2 * sp.sqrt(d) - 4 / sp.pi * sp.sqrt(2 * setting.TAU) * sp.root(d, 4)
_SHARES = (Fraction(1, 100), Fraction(1, 4), Fraction(3, 2))


def _check(chain: Chain, threshold: Fraction = Fraction(1, 2)) -> Check:
    return chain.average(
        f"{chain.described}, τ = {threshold}",
        {**chain.sizes, "threshold": threshold},
        partial(gram.soft_rank, threshold=float(threshold), width=chain.width),
    )


def _derivation() -> Steps:
    x, tau = sp.symbols("x tau", positive=True)
    below = count.BELOW.subs(*count.BELOW.free_symbols, x)
    leading = 2 * sp.sqrt(2 * x) / sp.pi
    yield from law.flow()
    yield from law.selection()
    yield Identity(
        "the distribution function at q = 1: squared derivative of F",
        sp.Derivative(below, x) ** 2,
        (2 - x) / (sp.pi**2 * x),
    )
    yield Agreement(
        "the same function from the closed form for every q, at x = 1/100, 1/4, 3/2",
        r"F(x) = \tfrac1\pi(\sqrt{x(2-x)} + 2\arcsin\sqrt{x/2})",
        lambda: [evaluate(below, {x: ball(share)}) for share in _SHARES],
        lambda: [SpectralLaw(100, 20).fraction_below(10 * share).ball for share in _SHARES],
    )
    yield Limit(
        "for small x it is 2√(2x)/π",
        below / leading,
        x,
        sp.Integer(0),
        sp.Integer(1),
    )
    yield Identity(
        "at x = τ/√d, times the 2√d eigenvalues: what lies below τ",
        2 * sp.sqrt(d) * sp.Subs(leading, x, tau / sp.sqrt(d)),
        4 / sp.pi * sp.sqrt(2 * tau) * sp.root(d, 4),
    )


_HALF = Fraction(1, 2)
CLAIM = declare(
    __name__,
    "soft rank that batch normalisation keeps of a large batch",
    equal(
        sp.Symbol(r"\frac1L \sum_\ell \mathrm{rank}_\tau(H_\ell)"),
        FORMULA,
        leading="O(1/√d)",
        within=3 / (2 * sp.sqrt(d)),
    ),
    source=PAPER.at("Theorem 2 and Figure 3", "sharp form, conjecture of ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.BATCH, setting.POSITIVE_THRESHOLD),
    assumes=(
        *setting.ANY_RESIDUAL,
        law.BATCH_AT_LEAST_SURVIVORS,
        setting.THRESHOLD_AT_MOST_ONE,
        setting.FULL_RANK,
        setting.BURNT_IN,
    ),
    checks=(
        _check(Chain(64, 16, 100, 200)),
        _check(Chain(64, 16, 250, 350, residual=0.1)),
        _check(Chain(256, 32, 250, 320, budget=Budget.STANDARD)),
        _check(Chain(64, 16, 100, 200, weights=Weights.UNIFORM, budget=Budget.STANDARD)),
        _check(Chain(1024, 64, 1000, 1100, budget=Budget.THOROUGH)),
    ),
    derivation=_derivation,
    control=Fraction(3, 2),
    siblings=("rank.surviving-count", "rank.lemma-1-soft"),
)
