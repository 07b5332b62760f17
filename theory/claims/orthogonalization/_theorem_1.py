"""What the two readings of Theorem 1 share: the formula, the proof, the instances."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Budget,
    Check,
    Heading,
    Identity,
    Steps,
    TowerProperty,
    Uses,
)
from depthlaw.theory.claims.orthogonalization import _recursion as recursion
from depthlaw.theory.claims.orthogonalization._setting import (
    GAP_AND_SMALLEST,
    last_gap,
    measured,
    smallest_stays_above,
)
from depthlaw.theory.symbols import alpha, d, ell, lyapunov, n

FORMULA = 2 * (1 - 2 * alpha / 3) ** ell + 3 * n / (alpha * sp.sqrt(d))
QUANTITY = sp.Function("E")(sp.Symbol(r"V(H_{\ell+1});\, A_1"))


def simulated(
    label: str,
    spectrum: Sequence[Fraction],
    *,
    width: int,
    depth: int,
    alpha: Fraction,
    power: int,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    """Return a check of the bound on E[V(H_{ℓ+1}); A₁ holds].

    Theorem 1 conditions on an event of the future, which no Gaussian network satisfies surely. What
    its proof gives is the mean over the trajectories on which A₁ held, the others counting 0: the
    events {A₁ up to k} decrease, so each step of the recursion may drop the indicator of the next.
    """
    symbol = "σ_min(H_k)" if power == 2 else "σ_min(H_k)²"
    batch = len(spectrum)
    return Check(
        label,
        {"batch": batch, "width": width, "depth": depth, "alpha": alpha},
        measured(
            spectrum,
            width=width,
            depth=depth + 1,
            observables=GAP_AND_SMALLEST,
            per_replica=last_gap,
            highest=(1 - 1 / batch) ** 0.5,
            assumption=smallest_stays_above(
                alpha, f"A₁: {symbol} ≥ α for k = 1..{depth}", power=power
            ),
        ),
        budget=budget,
        replicas=replicas,
    )


def recursion_steps() -> Steps:
    """From Theorem 5 to Theorem 1, with α a bound on λ_min = σ_min²."""
    ratio, noise, floor = 1 - 2 * alpha / 3, 1 / sp.sqrt(d), 3 / (2 * alpha * sp.sqrt(d))
    yield Heading("One layer, on the event A_k that layers 1, …, k have λ_min ≥ α")
    yield Uses(
        "V̂ of the next layer in the mean, given H_k",
        "orthogonalization.theorem-5",
        known=(lyapunov <= 1 / n, d >= n),
    )
    yield from recursion.factor_on_event(sp.Rational(2, 3))
    yield TowerProperty(
        "A_k is an event of the layers up to k, and counts the noise as 0 or once",
        sp.Symbol(r"\hat{V}_{k+1}\,1_{A_k}", nonnegative=True),
        ratio * sp.Symbol(r"\hat{V}_k") * sp.Symbol("1_{A_k}") + noise,
        "<=",
    )
    yield recursion.event_shrinks()
    yield Heading("All layers: x_k = E[V̂(H_{k+1}); A_k]")
    yield from recursion.solved(ratio, noise, floor)
    yield Heading("From V̂ to V")
    yield Uses("V of a layer", "orthogonalization.lemma-4", known=(lyapunov <= 1 / n,))
    yield Identity(
        "in the mean, on the event",
        sp.Subs(2 * n * lyapunov, lyapunov, ratio**ell / n + floor),
        FORMULA,
    )
