"""What the two readings of Theorem 1 share: the formula, the proof, the instances."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Budget, Check, Identity, Step, TowerProperty, Uses
from depthlaw.theory.claims.orthogonalization._recursion import solved_recursion
from depthlaw.theory.claims.orthogonalization._setting import (
    GAP_AND_SMALLEST,
    last_gap,
    measured,
    smallest_stays_above,
)
from depthlaw.theory.writing.symbols import alpha, d, ell, lyapunov, n

RATIO = 1 - 2 * alpha / 3
FORMULA = 2 * RATIO**ell + 3 * n / (alpha * sp.sqrt(d))
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
            assumption=smallest_stays_above(alpha, depth, power=power),
        ),
        budget=budget,
        replicas=replicas,
    )


def recursion_steps() -> tuple[Step, ...]:
    """From Theorem 5 to Theorem 1, with α a bound on λ_min = σ_min²."""
    above = sp.Symbol("t", nonnegative=True)
    noise = 1 / sp.sqrt(d)
    floor = noise / (1 - RATIO)
    fixed, rho = sp.symbols("nu rho", positive=True)
    return (
        Uses(
            "one layer: E V̂_{k+1} given H_k is at most",
            "orthogonalization.theorem-5",
            known=(d >= n, lyapunov <= 1 / n),
        ),
        Identity(
            "where V̂ (1 − (2/3)(1/n − V̂)) is below (1 − 2α/3) V̂ at λ_min = 1/n − V̂ = α + t by",
            sp.Subs(
                (RATIO - (1 - sp.Rational(2, 3) * (1 / n - lyapunov))) * lyapunov,
                lyapunov,
                1 / n - alpha - above,
            ),
            sp.Rational(2, 3) * above * (1 / n - alpha - above),
        ),
        TowerProperty(
            "over the layers before, on the event B_k that they all meet λ_min ≥ α: B_ℓ is A₁",
            sp.Symbol(r"\hat V_{k+1}\,1_{B_k}", nonnegative=True),
            RATIO * lyapunov + noise,
            "<=",
        ),
        *solved_recursion(),
        Identity(
            "fixed part of the solution",
            sp.Subs(fixed / (1 - rho), (fixed, rho), (noise, RATIO)),
            3 / (2 * alpha * sp.sqrt(d)),
        ),
        Identity(
            "times 2n, by Lemma 4, from s = 1/n",
            2 * n * (RATIO**ell / n + floor),
            FORMULA,
        ),
    )
