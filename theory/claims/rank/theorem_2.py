"""Theorem 2: averaged over depth, batch normalisation keeps a soft rank of the order √d at least.

(1/L) Σ_ℓ rank_τ(H_ℓ) ≥ (1 − τ)² c √d for some c > 0 and all widths: its exponent in d is 1/2 at
least.

The first inequality, against the stable rank, is proved (`rank.lemma-1-summed`). That the stable
rank is Ω(√d) is not, by us: stationarity of ‖M‖_F² cannot prove it, since rank one is stationary.
A fitted exponent says nothing on c; `rank.theorem-2-constant` does.

Example: the square root.

>>> CLAIM.bound(threshold=Fraction(1, 2)).expression
1/2
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Budget,
    Check,
    Cited,
    Heading,
    Identity,
    Jensen,
    Outcome,
    Requires,
    Scaling,
    Status,
    Steps,
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.claims.rank import _one_step as one_step
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import Weights, gram
from depthlaw.theory.writing.symbols import d

THRESHOLD_BELOW_ONE = Requires(
    setting.TAU < 1, "at 1 the factor (1−τ)² promises nothing", argument="threshold"
)


def _check(
    threshold: Fraction,
    widths: tuple[int, ...],
    burn_in: int,
    depth: int,
    residual: float | None = None,
    weights: Weights = Weights.GAUSSIAN,
    budget: Budget = Budget.QUICK,
) -> Check:
    chains = [Chain(d, d, burn_in, depth, residual, weights, budget=budget) for d in widths]
    quantity = Scaling(
        widths,
        tuple(
            simulated.typical(
                chain.network,
                depth=depth,
                observables={
                    "value": partial(gram.soft_rank, threshold=float(threshold), width=chain.width)
                },
                per_replica=simulated.after(burn_in, "value"),
                layers=simulated.layers_after(burn_in, depth),
            ).measured
            for chain in chains
        ),
    )
    shown = ", ".join(map(str, widths))
    label = f"{chains[0].law}, d = N = {shown}, τ = {threshold}"
    return Check(label, {"threshold": threshold}, quantity, budget, replicas=36)


def _derivation() -> Steps:
    square, mean, constant = sp.symbols("x mu c", positive=True)
    stable = d**2 / square
    yield Heading("The soft rank is at least (1 − τ)² of the stable rank")
    yield Uses(
        "", "rank.lemma-1-summed", known=(setting.TAU <= 1, setting.BURN_IN_BELOW_DEPTH.relation)
    )
    yield Heading("A mean of ‖M‖_F² of the order d^{3/2} would give the order √d")
    yield Jensen("E r ≥ d²/E‖M‖_F², with x = ‖M‖_F²", stable, square, mean)
    yield Identity(
        "which is, where the mean is c d^{3/2},",
        sp.Subs(stable, square, constant * d ** sp.Rational(3, 2)),
        sp.sqrt(d) / constant,
    )
    yield Heading("Why stationarity alone does not give it")
    yield Cited(
        "rank one is invariant: A ssᵀ Aᵀ = (As)(As)ᵀ, s of entries ±1, which batch normalisation "
        "turns into s′s′ᵀ with s′ = sign(As)",
        "Perron–Frobenius for the finite chain s ↦ s′; Horn and Johnson, Matrix Analysis, "
        "Theorem 8.3.1",
    )
    yield one_step.rank_one_has_no_drift()
    yield Heading("The order √d")
    yield Argued(
        "from a start of full rank the average of r is Ω(√d), almost surely",
        "this is what the paper states; the formal version of its proof (Theorem 14 of the "
        "appendix) was not available, and none is known to us",
        r"\lim_L \frac1L \sum_\ell r(H_\ell) = \Omega(\sqrt d)",
    )
    width = sp.Symbol("d", positive=True)
    yield Identity(
        "the exponent of √d",
        width * sp.Derivative(sp.log(sp.sqrt(width)), width),
        sp.Rational(1, 2),
    )


_HALF = Fraction(1, 2)
CLAIM = declare(
    __name__,
    "average soft rank of the order √d at least",
    lower(
        sp.Symbol(
            r"\frac{\mathrm{d}\log}{\mathrm{d}\log d}\,\frac1L \sum_\ell \mathrm{rank}_\tau(H_\ell)"
        ),
        sp.Rational(1, 2),
        trivial=sp.Integer(0),
    ),
    source=PAPER.at("Theorem 2", "informal; its formal version, Theorem 14, not available"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(setting.THRESHOLD,),
    assumes=(
        "independent Gaussian or uniform weights of mean 0",
        "small γ; γ = ∞ was tried too",
        "batch normalisation without recentring",
        "N ≥ d",
        setting.FULL_RANK,
        setting.BURNT_IN,
        THRESHOLD_BELOW_ONE,
    ),
    checks=(
        _check(_HALF, (4, 8, 16, 32), 100, 200),
        _check(Fraction(1, 4), (4, 8, 16), 100, 200),
        _check(_HALF, (4, 8, 16, 32), 300, 500, residual=0.1),
        _check(_HALF, (4, 8, 16), 100, 200, weights=Weights.UNIFORM),
        _check(_HALF, (8, 16, 32, 64), 200, 300, budget=Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(2),
    errata=(
        "Theorem 2 is stated informally: “γ small enough” has no size and Ω(√d) no constant. The "
        "formal version (Theorem 14 of the appendix) was not available, so its technical "
        "assumptions are not checked here.",
    ),
    siblings=("rank.lemma-1-summed", "rank.theorem-2-constant", "rank.large-batch-rank"),
)
