"""The gauge (ρ − ρ*)/(1 − ρ) above the attractor: the proof of case 4, step by step."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Identity, Sign, Step
from depthlaw.theory.claims.fixed_points import _powers as powers


def above_the_attractor() -> tuple[Step, ...]:
    """On [ρ*, 1) the gauge shrinks by 1/(2 − κ′(ρ*)) in each layer."""
    rho, r, b, x = sp.symbols("rho r b x", positive=True)
    y = (rho - r) / (1 - r)
    a0, a1, a2 = sp.symbols("a_0 a_1 a_2", nonnegative=True)
    moved = r + (1 - r) * x
    quadratic = a0 + a1 * moved + a2 * moved**2
    return (
        Argued(
            "a change of variable",
            "y = (ρ − ρ*)/(1 − ρ*) takes [ρ*, 1) to [0, 1), and κ to "
            "g(y) = (κ(ρ* + (1 − ρ*)y) − ρ*)/(1 − ρ*), with g(0) = 0, g(1) = 1 and "
            "g′(0) = κ′(ρ*); its coefficients κ^{(k)}(ρ*)(1 − ρ*)^{k−1}/k! are not negative, so "
            "that g is a map of case 1",
        ),
        Identity(
            "the slope is kept, for degree 2",
            sp.Subs(sp.Derivative(quadratic / (1 - r), x), x, 0),
            sp.diff(a0 + a1 * rho + a2 * rho**2, rho).subs(rho, r),
        ),
        Identity("the gauge of case 1 becomes", y / (1 - y), (rho - r) / (1 - rho)),
        *powers.majorant(),
        Identity(
            "the rate: 1/(2 − κ′(ρ*)) − κ′(ρ*), with κ′(ρ*) = 1 − b",
            1 / (1 + b) - (1 - b),
            b**2 / (1 + b),
        ),
        Sign("it is no smaller than κ′(ρ*)", b**2 / (1 + b)),
    )


def below_the_attractor() -> tuple[Step, ...]:
    """On [0, ρ*] the distance shrinks by κ′(ρ*)."""
    return (
        Argued(
            "between 0 and ρ*",
            "κ is convex and increases on [0, 1], so that 0 ≤ ρ* − κ(ρ) ≤ κ′(ρ*)(ρ* − ρ): the "
            "trajectory stays there, with the factor κ′(ρ*) ≤ 1/(2 − κ′(ρ*))",
        ),
    )


def from_negative() -> tuple[Step, ...]:
    """From ρ < 0: as long as κ(ρ) < ρ* the distance shrinks by 1 − κ(0), else the gauge does."""
    return (
        Argued(
            "a negative start ρ = −s that stays below ρ*",
            "ρ*ᵏ − ρᵏ ≤ ρ* + s for every k ≥ 1: for odd k it is ρ*ᵏ + sᵏ, for even k at most "
            "ρ*ᵏ; hence ρ* − κ(ρ) ≤ Σ_{k≥1} a_k (ρ* − ρ) = (1 − κ(0))(ρ* − ρ). Moreover "
            "κ(−s) ≥ −Σ_{k odd} a_k sᵏ ≥ −s, so that |ρ| does not grow while it is negative",
        ),
        Argued(
            "or jumps above ρ*",
            "if κ(ρ) ≥ ρ* then s ≥ ρ*, since κ(s) ≥ κ(ρ), and the gauge of κ(ρ) is at most that "
            "of κ(s), hence at most α (s − ρ*)/(1 − s) ≤ α (s + ρ*)/(1 − s) = "
            "α |ρ − ρ*|/(1 − |ρ|)",
        ),
        Argued(
            "together",
            "m layers below 0 with the factor 1 − κ(0) each, one layer that may jump, the rest on "
            "[0, ρ*] or in the gauge; |ρ_ℓ − ρ*| is at most the gauge, since 1 − ρ_ℓ ≤ 1",
        ),
    )
