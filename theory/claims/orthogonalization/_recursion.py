"""The linear recursion at the end of every width bound."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import LAYER, Identity, Induction, Step


def bounded_recursion(sequence: str) -> tuple[Step, ...]:
    """x_{k+1} ≤ ρ x_k + ν from x_0 ≤ s with ρ < 1: x_k ≤ ρ^k s + ν/(1 − ρ)."""
    noise, start, now = sp.symbols("nu s q", nonnegative=True)
    room, rho = sp.symbols("r rho", positive=True)
    below = 1 / (1 + room)
    return (
        Induction(
            f"{sequence}: x_{{k+1}} ≤ ρ x_k + ν from x_0 ≤ s, with ρ = 1/(1 + r)",
            "x_k",
            below * now + noise,
            now,
            start,
            below**LAYER * start + noise / (1 - below),
        ),
        Identity(
            "where r = (1 − ρ)/ρ > 0 gives every ρ between 0 and 1",
            sp.Subs(below, room, (1 - rho) / rho),
            rho,
        ),
    )


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
