"""What the two readings of Theorem 1 share: the formula, the proof, the instances."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    LAYER,
    Budget,
    Check,
    Heading,
    Identity,
    Induction,
    Sign,
    Steps,
    TowerProperty,
    Uses,
)
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
    root = 1 / sp.sqrt(d)
    noise, start, value, above, event = sp.symbols("nu s x t a", nonnegative=True)
    below = 1 / (1 + sp.Symbol("r", positive=True))
    rho = sp.Symbol("rho", positive=True)
    solution = rho**ell * start + noise / (1 - rho)
    ratio = 1 - 2 * alpha / 3
    next_one = sp.Symbol(r"\hat{V}_{k+1}\,1_{A_k}", nonnegative=True)
    now, indicator = sp.Symbol(r"\hat{V}_k"), sp.Symbol("1_{A_k}")
    yield Heading("One layer, on the event A_k that layers 1, …, k have λ_min ≥ α")
    yield Uses(
        "V̂ of the next layer in the mean, given H_k",
        "orthogonalization.theorem-5",
        known=(lyapunov <= 1 / n, d >= n),
    )
    yield Identity(
        "on A_k, where λ_min = 1/n − V̂ is α + t with t ≥ 0, the factor of V̂ is",
        sp.Subs(1 - sp.Rational(2, 3) * (1 / n - lyapunov), lyapunov, 1 / n - alpha - above),
        ratio - sp.Rational(2, 3) * above,
    )
    yield Sign("of which −2t/3, times V̂, is dropped", sp.Rational(2, 3) * above * value)
    yield TowerProperty(
        "A_k is an event of the layers up to k, and counts the noise as 0 or once",
        next_one,
        ratio * now * indicator + root,
        "<=",
    )
    yield Sign(
        "and A_k is part of A_{k−1}, so that its indicator is at most that of A_{k−1}: with "
        "a = 1_{A_{k−1}} − 1_{A_k}",
        value * event,
    )
    yield Heading("All layers: x_k = E[V̂(H_{k+1}); A_k]")
    yield Induction(
        "x_{k+1} ≤ ρ x_k + ν from x_0 ≤ s, with ρ = 1/(1 + r) below 1",
        "x_k",
        below * value + noise,
        value,
        start,
        below**LAYER * start + noise / (1 - below),
    )
    yield Identity(
        "with ρ = 1 − 2α/3, ν = 1/√d and s = 1/n, which V̂ never exceeds",
        sp.Subs(solution, (rho, noise, start), (ratio, root, 1 / n)),
        ratio**ell / n + 3 / (2 * alpha * sp.sqrt(d)),
    )
    yield Heading("From V̂ to V")
    yield Uses("V of a layer", "orthogonalization.lemma-4", known=(lyapunov <= 1 / n,))
    yield Identity(
        "in the mean, on the event",
        sp.Subs(2 * n * lyapunov, lyapunov, ratio**ell / n + 3 / (2 * alpha * sp.sqrt(d))),
        FORMULA,
    )
