"""Fixed states of the one-dimensional map are the zeros of F: shared by what counts them."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Identity, Step, Uses
from depthlaw.theory.decomposition import closed_forms


def steps() -> tuple[Step, ...]:
    """Return the map, its parts in the spread s, and that T(τ) = τ exactly where F = 0."""
    m, tau, s, psi = (
        sp.Symbol("m", positive=True),
        closed_forms.tau,
        closed_forms.s,
        sp.Symbol("psi"),
    )
    A, B = closed_forms.alpha(m, tau), closed_forms.beta(m, tau)
    spread_alpha = (1 + s**2) / m**2
    # g in s, with 1 − κ(cos θ) = (1 − cos θ)(1 − ψ/π).
    tau_s = s**2 / (m * (m - 1))
    bracket = 1 - 2 * (s - sp.atan(s)) / (sp.pi * m) + 1 / m**2 + (m - 1) / m * tau_s * psi / sp.pi
    g = (m / (m + 1)) ** 2 * bracket
    excess = ((m + 1) ** 2 + s**2) * psi - 2 * m * (sp.pi + s - sp.atan(s))
    return (
        Uses("a cluster and an odd point, one layer on", "decomposition.one-dimensional-map"),
        Identity("α(1 − cos θ) = τ, so that T = τ(1 − ψ/π)/g", A * (1 - B / A), tau),
        Identity("s² = m²α − 1 = m(m−1)τ", m**2 * A - 1, m * (m - 1) * tau),
        Identity(
            "√α κ(−1/(m√α)) = (s − arctan s)/(πm): the square root",
            sp.sqrt(spread_alpha) * sp.sqrt(1 - 1 / (m**2 * spread_alpha)),
            s / m,
        ),
        Identity(
            "and the angle, whose derivative in s is that of arctan s (both are 0 at s = 0)",
            sp.Derivative(sp.acos(1 / sp.sqrt(1 + s**2)), s),
            sp.diff(sp.atan(s), s),
        ),
        Identity(
            "T(τ) = τ exactly where g = 1 − ψ/π, that is F = (n² + s²)ψ − 2m(π + s − arctan s) = 0",
            sp.pi * (m + 1) ** 2 * (g - (1 - psi / sp.pi)),
            excess,
        ),
    )
