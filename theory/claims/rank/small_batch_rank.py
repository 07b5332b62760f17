"""A small batch keeps nearly all of its rank: r → N/(1 + N²/(4d)).

Statement
---------
(1/L) Σ_ℓ r(H_ℓ) ~ N/(1 + N²/(4d)), with a relative error of order 1/√d.

Assumptions
-----------
N ≤ 2√d linearly independent samples; Gaussian or uniform weights of mean 0; any γ, ∞ included; L
after a burn-in.

Source
------
A conjecture of ours beside daneshmand2020, Theorem 2 (NeurIPS 2020, arXiv:2003.01652).

Parameters
----------
width d ≥ 1, batch N in [1, 2√d].

Returns
-------
The leading term.

Raises
------
ArgumentError outside those ranges.

For γ = ∞ and d ≫ N² the stationary gap V of `orthogonalization.stationary-gap` gives the same with
all terms in N: N/r = 1 + N V² = 1 + (N−1)(N+2)²/(4(N+1)d).

Example: at N = 2√d it is √d.

>>> CLAIM.bound(width=64, batch=16).ball.contains(8)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory import gram
from depthlaw.theory.claim.check import Budget, Check
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Argued, Derivation, Identity, Limit
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import WIDTH
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claims.orthogonalization.stationary_gap import FORMULA as STATIONARY_GAP
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank import _sharp_law as law
from depthlaw.theory.network import Linear, Weights
from depthlaw.theory.rank.spectral_law import moment_formula, q
from depthlaw.theory.symbols import d, n

_N = setting.N
FORMULA = _N / (1 + _N**2 / (4 * d))


def _check(
    label: str,
    *,
    width: int,
    batch: int,
    burn_in: int,
    depth: int,
    linear: Linear,
    budget: Budget = Budget.QUICK,
) -> Check:
    return Check(
        f"{label}, d = {width}, N = {batch}",
        {"width": width, "batch": batch},
        simulated.typical_average(
            gram.stable_rank,
            width=width,
            batch=batch,
            burn_in=burn_in,
            depth=depth,
            linear=linear,
        ),
        budget=budget,
        replicas=24,
        resolution=law.one_over_root(width),
    )


def _derivation() -> Derivation:
    square = sp.Symbol("V2", nonnegative=True)
    return Derivation(
        (
            *law.flow(),
            *law.balance(),
            Identity(
                "r = (Σλ)²/Σλ² of N eigenvalues with moments 1 and 1 + q",
                (_N**2 / (_N * moment_formula(2))).subs(q, _N**2 / (4 * d)),
                FORMULA,
            ),
            Identity(
                "independently, at γ = ∞: ‖G/tr G‖² = 1/N + V² gives r = N/(1 + N V²)",
                1 / (1 / _N + square),
                _N / (1 + _N * square),
            ),
            Limit(
                "and N V² in stationarity is N²/(4d), for large N",
                (n * STATIONARY_GAP / (n**2 / (4 * d))).subs(d, sp.Symbol("D", positive=True)),
                n,
                sp.oo,
                sp.Integer(1),
            ),
            Argued(
                "what is not proved",
                "that the eigenvectors spread evenly, and that the flow in γ² describes γ = ∞",
            ),
        )
    )


CLAIM = Claim(
    id="rank.small-batch-rank",
    title="stable rank that a batch of at most 2√d samples keeps",
    quantity=sp.Symbol(r"\frac1L \sum_\ell r(H_\ell)"),
    sense=Sense.EQUAL,
    formula=FORMULA,
    source=setting.source("Theorem 2", "sharp form, conjecture of ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.BATCH),
    assumptions=(law.BATCH_AT_MOST_SURVIVORS,),
    trivial=_N,
    remainder="O(1/√d)",
    checks=(
        _check("γ = ∞", width=64, batch=8, burn_in=40, depth=140, linear=simulated.linear()),
        _check("γ = ∞", width=256, batch=16, burn_in=60, depth=120, linear=simulated.linear()),
        _check("γ = 0.1", width=64, batch=8, burn_in=250, depth=450, linear=simulated.linear(0.1)),
        _check(
            "uniform weights, γ = ∞",
            width=64,
            batch=8,
            burn_in=40,
            depth=140,
            linear=simulated.linear(weights=Weights.UNIFORM),
        ),
        _check(
            "γ = ∞",
            width=1024,
            batch=32,
            burn_in=300,
            depth=400,
            linear=simulated.linear(),
            budget=Budget.THOROUGH,
        ),
    ),
    derivation=_derivation,
    control=Fraction(4, 3),
    siblings=("rank.large-batch-rank", "rank.marchenko-pastur"),
)
