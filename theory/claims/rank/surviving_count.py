"""Of a large batch 2√d directions survive, whatever its size.

Statement
---------
The number of eigenvalues of M above s√d, averaged over depth, is 2√d (1 − F(s)), with
F(s) = (√(s(2−s)) + 2 arcsin √(s/2))/π, which tends to 2√d as s → 0.

Assumptions
-----------
N ≥ 2√d linearly independent samples; Gaussian or uniform weights of mean 0; any γ, ∞ included; L
after a burn-in.

Source
------
A conjecture of ours beside daneshmand2020, Theorem 2 (NeurIPS 2020, arXiv:2003.01652).

Parameters
----------
width d ≥ 1, batch N ≥ 2√d, share s in [0, 2].

Returns
-------
The leading term.

Raises
------
ArgumentError outside those ranges.

The other eigenvalues do not vanish at any finite depth: they fall exponentially with it, so that
the rank stays min(d, N) in exact arithmetic.

Example: at s = 0 all of them are counted, at s = 2 none.

>>> CLAIM.bound(width=64, batch=16, share=0).ball.contains(16)
True
>>> CLAIM.bound(width=64, batch=16, share=2).ball.contains(0)
True
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory import gram
from depthlaw.theory.claim.check import Budget, Check
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Derivation, Identity, Limit
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import WIDTH, Assumption, Domain, Parameter, number
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank import _sharp_law as law
from depthlaw.theory.network import Linear, Weights
from depthlaw.theory.rank.spectral_law import DENSITY, q, y
from depthlaw.theory.symbols import d

Array = NDArray[np.float64]
_s = sp.Symbol("s", nonnegative=True)
SHARE = Parameter("share", _s, Domain.REAL, 0, "threshold s, in units of √d")
SHARE_AT_MOST_TWO = Assumption(
    "s ≤ 2",
    "share",
    lambda values: number(values, "share") <= 2,
    lambda _: "the limiting spectrum ends at 2√d: take a share from 0 to 2",
)
BELOW = (sp.sqrt(_s * (2 - _s)) + 2 * sp.asin(sp.sqrt(_s / 2))) / sp.pi
FORMULA = 2 * sp.sqrt(d) * (1 - BELOW)


def _check(
    label: str,
    share: Fraction,
    *,
    width: int,
    batch: int,
    burn_in: int,
    depth: int,
    linear: Linear,
    budget: Budget = Budget.QUICK,
) -> Check:
    threshold = float(share) * width**0.5

    def count(matrices: Array) -> Array:
        above = width * gram.spectrum(matrices) >= threshold
        return np.asarray(above.sum(axis=-1), dtype=np.float64)

    return Check(
        f"{label}, d = {width}, N = {batch}, s = {share}",
        {"width": width, "batch": batch, "share": share},
        simulated.typical_average(
            count, width=width, batch=batch, burn_in=burn_in, depth=depth, linear=linear
        ),
        budget=budget,
        replicas=24,
        resolution=3 * law.one_over_root(width) / 2,
    )


def _derivation() -> Derivation:
    x = sp.Symbol("x", positive=True)
    share = sp.Symbol("s", positive=True)
    return Derivation(
        (
            *law.flow(),
            *law.selection(),
            Identity(
                "at q = 1, with y = 2x, the squared density of x is that of (1/π) √((2−x)/x)",
                ((2 * DENSITY.subs(q, 1).subs(y, 2 * x)) ** 2),
                (2 - x) / (sp.pi**2 * x),
            ),
            Identity(
                "integrated: the squared derivative of F",
                sp.diff(BELOW.subs(_s, x), x) ** 2,
                (2 - x) / (sp.pi**2 * x),
            ),
            Limit(
                "F(0) = 0, so that 2√d eigenvalues lie above every small share",
                BELOW.subs(_s, share),
                share,
                sp.Integer(0),
                sp.Integer(0),
            ),
        )
    )


_NONE = simulated.linear()
CLAIM = Claim(
    id="rank.surviving-count",
    title="number of eigenvalues that batch normalisation keeps of a large batch",
    quantity=sp.Symbol(r"\frac1L \sum_\ell \#\{i : \lambda_i(M_\ell) \ge s\sqrt d\}"),
    sense=Sense.EQUAL,
    formula=FORMULA,
    source=setting.source("Theorem 2", "sharp form, conjecture of ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.BATCH, SHARE),
    assumptions=(law.BATCH_AT_LEAST_SURVIVORS, SHARE_AT_MOST_TWO),
    remainder="O(1/√d)",
    checks=(
        _check(
            "γ = ∞",
            Fraction(1, 50),
            width=64,
            batch=16,
            burn_in=100,
            depth=200,
            linear=_NONE,
        ),
        _check(
            "γ = 0.1",
            Fraction(1, 50),
            width=64,
            batch=16,
            burn_in=250,
            depth=350,
            linear=simulated.linear(0.1),
        ),
        *(
            _check(
                "γ = ∞",
                share,
                width=256,
                batch=32,
                burn_in=250,
                depth=320,
                linear=_NONE,
                budget=Budget.STANDARD,
            )
            for share in (Fraction(1, 100), Fraction(1, 2))
        ),
        _check(
            "uniform weights, γ = ∞",
            Fraction(1, 50),
            width=64,
            batch=16,
            burn_in=100,
            depth=200,
            linear=simulated.linear(weights=Weights.UNIFORM),
            budget=Budget.STANDARD,
        ),
        _check(
            "a batch of all neurons, γ = ∞",
            Fraction(1, 50),
            width=64,
            batch=64,
            burn_in=250,
            depth=300,
            linear=_NONE,
            budget=Budget.STANDARD,
        ),
        _check(
            "γ = ∞",
            Fraction(1, 100),
            width=1024,
            batch=64,
            burn_in=1000,
            depth=1100,
            linear=_NONE,
            budget=Budget.THOROUGH,
        ),
    ),
    derivation=_derivation,
    control=Fraction(3, 2),
    siblings=("rank.soft-rank", "rank.large-batch-rank"),
)
