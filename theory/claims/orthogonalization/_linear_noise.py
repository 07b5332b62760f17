"""The derivative of the mean map at isometry."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Agreement, Argued, Identity, Step
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.spectral_map import TwoLevelSpectrum
from depthlaw.theory.symbols import n


def rate_steps() -> tuple[Step, ...]:
    """∂p = (n/(n+2)) ∂λ on trace-zero directions at λ = 1/n."""
    e = sp.Symbol("epsilon_i", real=True)
    t, u, weighted = sp.symbols("t u_i^2 Q", real=True)
    mixed, fourth = 1 / (n * (n + 2)), 3 / (n * (n + 2))
    return (
        Identity(
            "first order in t of (1/n + t ε_i) u_i²/(1/n + t Σ_j ε_j u_j²), Q = Σ_j ε_j u_j²",
            sp.Subs(sp.Derivative((1 / n + t * e) * u / (1 / n + t * weighted), t), t, 0),
            n * u * (e - weighted),
        ),
        Argued(
            "in the mean, with u uniform on the sphere",
            "E u_i² = 1/n, so p_i − 1/n = ε_i − n Σ_j ε_j E[u_i² u_j²] to first order",
        ),
        Identity(
            "fourth moments on the sphere sum to E u_i² = 1/n", (n - 1) * mixed + fourth, 1 / n
        ),
        Identity(
            "with Σ_j ε_j = 0, so that Σ_{j≠i} ε_j = −ε_i",
            e - n * (mixed * (-e) + fourth * e),
            n / (n + 2) * e,
        ),
        Agreement(
            "the exact derivative at isometry, by Gauss's function",
            r"\|DP(I/n)\| = \frac{n}{n+2}",
            lambda: [
                TwoLevelSpectrum(size, k, ball(1) / size, ball(1) / size).contraction()
                for size, k in _SIZES
            ],
            lambda: [ball(size) / (size + 2) for size, _ in _SIZES],
        ),
    )


_SIZES = [(2, 1), (3, 1), (5, 3), (16, 15), (100, 50)]
