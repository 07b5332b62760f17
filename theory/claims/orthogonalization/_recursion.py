"""The linear recursion at the end of every width bound."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Identity, Step


def solved_recursion() -> tuple[Step, ...]:
    """x_{k+1} = ρ x_k + ν from x_0 = s: at most ρ^k s + ν/(1 − ρ)."""
    rho, noise, start = sp.symbols("rho nu s", positive=True)
    k = sp.Symbol("k", integer=True, nonnegative=True)
    floor = noise / (1 - rho)

    def solution(layer: sp.Expr) -> sp.Expr:
        return rho**layer * (start - floor) + floor

    return (
        Identity("the recursion x ← ρx + ν is solved", solution(k + 1), rho * solution(k) + noise),
        Identity("its start is s", sp.Subs(solution(k), k, 0), start),
        Identity(
            "and what is dropped to get ρ^k s + ν/(1−ρ) is −ρ^k ν/(1−ρ), not positive for ρ < 1",
            solution(k) - (rho**k * start + floor),
            -(rho**k) * floor,
        ),
    )
