"""Steps that several proofs share: inequalities between powers, and the two-term majorant."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Cited, Identity, Limit, Sign, Step

_k = sp.Symbol("k", integer=True, positive=True)
_rho = sp.Symbol("rho", real=True)

MEHLER = Cited(
    "κ is a power series with coefficients that are not negative",
    "Mehler 1866; κ(ρ) = Σ a_k ρᵏ with a_k = c_k², and κ(1) = E φ² = 1",
    r"\kappa(\rho) = \sum_k a_k \rho^k, \quad a_k \ge 0, \quad \sum_k a_k = 1",
)


def tangent() -> tuple[Step, ...]:
    """1 − ρᵏ ≤ k(1 − ρ) for |ρ| ≤ 1 and k ≥ 1."""
    return (_growth("T_k = ρᵏ − 1 + k(1−ρ) grows with k, from T_1 = 0", sp.Integer(0)),)


def parabola() -> tuple[Step, ...]:
    """1 − ρᵏ ≤ k(1 − ρ) − (1 − ρ)² for |ρ| ≤ 1 and k ≥ 2."""
    return (
        _growth("S_k = ρᵏ − 1 + k(1−ρ) − (1−ρ)² grows with k", (1 - _rho) ** 2),
        Identity("and S_2 = 0", _rho**2 - 1 + 2 * (1 - _rho) - (1 - _rho) ** 2, sp.Integer(0)),
    )


def _growth(title: str, subtracted: sp.Expr) -> Identity:
    def excess(k: sp.Expr) -> sp.Expr:
        return _rho**k - 1 + k * (1 - _rho) - subtracted

    return Identity(
        f"{title}: the step (1−ρ)(1−ρᵏ) is not negative for |ρ| ≤ 1",
        sp.expand(excess(_k + 1) - excess(_k)),
        sp.expand((1 - _rho) * (1 - _rho**_k)),
    )


def majorant() -> tuple[Step, ...]:
    """s/(1−s) shrinks by 1/(2−a₁) under f with f(0) = 0, f(1) = 1."""
    s, b = sp.symbols("s b", positive=True)
    image = s * (1 - b + b * s)
    left = s / (1 - s) / (1 + b) - image / (1 - image)
    return (
        Argued(
            "two terms are enough",
            "with a₀ = 0 and s = |ρ|, |f(ρ)| ≤ f(s) ≤ a₁s + (1−a₁)s² = u, since sᵏ ≤ s² for k ≥ 2",
        ),
        Identity("s/(1−s) grows with s", sp.Derivative(s / (1 - s), s), 1 / (1 - s) ** 2),
        Identity(
            "α s/(1−s) − u/(1−u) with a₁ = 1 − b, α = 1/(1+b)",
            left,
            s * b**2 / ((1 + b) * (1 + b * s)),
        ),
        Sign("is not negative, so each layer gains α", s * b**2 / ((1 + b) * (1 + b * s))),
        Limit(
            "and α is attained by the quadratic as s → 1",
            image / (1 - image) * (1 - s) / s,
            s,
            sp.Integer(1),
            1 / (1 + b),
        ),
    )
