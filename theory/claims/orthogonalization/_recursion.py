"""The linear recursion of the Lyapunov function on the event A₁."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import LAYER, Identity, Induction, Sign, Steps
from depthlaw.theory.symbols import alpha, ell, lyapunov, n


def factor_on_event(constant: sp.Expr) -> Steps:
    """1 − c λ_min is at most 1 − cα where λ_min = 1/n − V̂ ≥ α, for c ≥ 0."""
    above, value = sp.symbols("t x", nonnegative=True)
    yield Identity(
        "on A_k, where λ_min = 1/n − V̂ is α + t with t ≥ 0, the factor of V̂ is",
        sp.Subs(1 - constant * (1 / n - lyapunov), lyapunov, 1 / n - alpha - above),
        1 - constant * alpha - constant * above,
    )
    yield Sign("of which the part with t, times x = V̂, is dropped", constant * above * value)


def event_shrinks() -> Sign:
    """Return that the indicators of the events A_k fall with k."""
    value, event = sp.symbols("x a", nonnegative=True)
    return Sign(
        "and A_k is part of A_{k−1}, so that its indicator is at most that of A_{k−1}: with "
        "a = 1_{A_{k−1}} − 1_{A_k}",
        value * event,
    )


def solved(rho: sp.Expr, noise: sp.Expr, floor: sp.Expr) -> Steps:
    """x_{k+1} ≤ ρ x_k + ν from x_0 ≤ 1/n: x_ℓ is at most ρ^ℓ/n + floor, floor = ν/(1 − ρ)."""
    nu, start, value = sp.symbols("nu s x", nonnegative=True)
    below = 1 / (1 + sp.Symbol("r", positive=True))
    rate = sp.Symbol("rho", positive=True)
    yield Induction(
        "x_{k+1} ≤ ρ x_k + ν from x_0 ≤ s, with ρ = 1/(1 + r) below 1",
        "x_k",
        below * value + nu,
        value,
        start,
        below**LAYER * start + nu / (1 - below),
    )
    yield Identity(
        "with this ρ and ν, and s = 1/n, which V̂ never exceeds",
        sp.Subs(rate**ell * start + nu / (1 - rate), (rate, nu, start), (rho, noise, 1 / n)),
        rho**ell / n + floor,
    )
