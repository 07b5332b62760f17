"""Of a large batch 2√d directions survive, whatever its size.

The number of eigenvalues of M above s√d, averaged over depth, is 2√d (1 − F(s)), with
F(s) = (√(s(2−s)) + arccos(1−s))/π, which tends to 2√d as s → 0.

The other eigenvalues do not vanish at any finite depth: they fall exponentially with it, so that
the rank stays min(d, N) in exact arithmetic, and at s = 0 all min(d, N) are counted. The smaller s,
the longer the burn-in.

Example: at s → 0 all survivors are counted, at s → 2 none.

>>> sp.limit(FORMULA, _s, 0, "+"), FORMULA.subs(_s, 2)
(2*sqrt(d), 0)
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.claim import (
    WIDTH,
    Budget,
    Check,
    Domain,
    Identity,
    Limit,
    Outcome,
    Parameter,
    Requires,
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
from depthlaw.theory.rank.spectral_law import DENSITY, q, y
from depthlaw.theory.writing.symbols import d

Array = NDArray[np.float64]
_s = sp.Symbol("s", nonnegative=True)
SHARE = Parameter("share", _s, Domain.REAL, 0, "threshold s, in units of √d", above=True)
SHARE_BELOW_TWO = Requires(
    SHARE.symbol < 2, "the limiting spectrum ends at 2√d, beyond which no leading term is left"
)
BELOW = (sp.sqrt(_s * (2 - _s)) + sp.acos(1 - _s)) / sp.pi
# 1 − F in a form that is exactly 0 at s = 2, where the difference is not.
ABOVE = (sp.acos(_s - 1) - sp.sqrt(_s * (2 - _s))) / sp.pi
FORMULA = 2 * sp.sqrt(d) * ABOVE


def _check(chain: Chain, share: Fraction, note: str = "") -> Check:
    threshold = float(share) * chain.width**0.5

    def count(matrices: Array) -> Array:
        above = chain.width * gram.spectrum(matrices) >= threshold
        return np.asarray(above.sum(axis=-1), dtype=np.float64)

    return chain.average(
        f"{note}{chain.described}, s = {share}",
        {**chain.sizes, "share": share},
        count,
    )


def _derivation() -> Steps:
    x = sp.Symbol("x", positive=True)
    share = sp.Symbol("s", positive=True)
    yield from law.flow()
    yield from law.selection()
    yield Identity(
        "at q = 1, with y = 2x, the squared density of x is that of (1/π) √((2−x)/x)",
        ((2 * sp.Subs(sp.Subs(DENSITY, q, 1), y, 2 * x)) ** 2),
        (2 - x) / (sp.pi**2 * x),
    )
    yield Identity(
        "integrated: the squared derivative of F",
        sp.Derivative(sp.Subs(BELOW, _s, x), x) ** 2,
        (2 - x) / (sp.pi**2 * x),
    )
    yield Limit(
        "F(0) = 0, so that 2√d eigenvalues lie above every small share",
        BELOW.subs(_s, share),
        share,
        sp.Integer(0),
        sp.Integer(0),
    )


_SMALL = Fraction(1, 50)
_NARROW = Chain(64, 16, 100, 200)
CLAIM = declare(
    __name__,
    "number of eigenvalues that batch normalisation keeps of a large batch",
    equal(
        sp.Symbol(r"\frac1L \sum_\ell \#\{i : \lambda_i(M_\ell) \ge s\sqrt d\}"),
        FORMULA,
        leading="O(1/√d)",
        within=3 / (2 * sp.sqrt(d)),
    ),
    source=PAPER.at("Theorem 2", "sharp form, conjecture of ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.BATCH, SHARE),
    assumes=(
        *setting.ANY_RESIDUAL,
        law.BATCH_AT_LEAST_SURVIVORS,
        SHARE_BELOW_TWO,
        setting.FULL_RANK,
        setting.BURNT_IN,
    ),
    checks=(
        _check(_NARROW, _SMALL),
        _check(Chain(64, 16, 250, 350, residual=0.1), _SMALL),
        *(
            _check(Chain(256, 32, 250, 320, budget=Budget.STANDARD), share)
            for share in (Fraction(1, 100), Fraction(1, 2))
        ),
        _check(replace(_NARROW, weights=Weights.UNIFORM, budget=Budget.STANDARD), _SMALL),
        _check(
            Chain(64, 64, 250, 300, budget=Budget.STANDARD),
            _SMALL,
            "a batch of all neurons, ",
        ),
        _check(Chain(1024, 64, 1000, 1100, budget=Budget.THOROUGH), Fraction(1, 100)),
    ),
    derivation=_derivation,
    control=Fraction(3, 2),
    siblings=("rank.soft-rank", "rank.large-batch-rank"),
)
