"""The derivative of the wide-limit map at isometry for odd activations, step by step."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Identity, Step
from depthlaw.theory.symbols import n


def moment_step(order: sp.Expr, ratio: sp.Expr) -> tuple[Step, ...]:
    """Show that E s^{2k+2}/E s^{2k} is `ratio` on the sphere of radius √n, with k = `order`."""
    a, b = sp.symbols("a b", positive=True)
    quotient = sp.gamma(a + 1) * sp.gamma(b) / (sp.gamma(a) * sp.gamma(b + 1))
    return (
        Argued(
            "even moments on the sphere",
            "v_1² has the Beta(1/2, (n−1)/2) law, and s = √n v",
            r"\mathbb E s^{2k} = n^k \frac{\Gamma(k + 1/2)\, \Gamma(n/2)}"
            r"{\sqrt\pi\, \Gamma(k + n/2)}",
        ),
        Identity("E s^(2k+2)/E s^(2k), with a = k + 1/2 and b = k + n/2", n * quotient, n * a / b),
        Identity(
            "there",
            sp.Subs(n * a / b, (a, b), (order + sp.Rational(1, 2), order + n / 2)),
            ratio,
        ),
    )


def diagonal_factor(moment: sp.Expr) -> sp.Expr:
    """Return the factor on the diagonal from m = E[φ² s²]/E φ²."""
    return n * (moment - 1) / (2 * (n - 1))


def linearised() -> tuple[Step, ...]:
    """Return the steps from the law of a rescaled row to the factor on the diagonal."""
    t, e, q = sp.symbols("t e q", real=True)
    m, mu = sp.symbols("m mu", positive=True)
    return (
        Identity(
            "an eigenvalue of the inverse of I/n + tE, to first order",
            sp.Subs(sp.Derivative(1 / (1 / n + t * e), t), t, 0),
            -(n**2) * e,
        ),
        Identity(
            "log density of the direction v of N(0, G), −(n/2) log vᵀG⁻¹v with q = vᵀEv and "
            "tr E = 0, to first order",
            sp.Subs(sp.Derivative(-n / 2 * sp.log(n - n**2 * t * q), t), t, 0),
            n**2 * q / 2,
        ),
        Argued(
            "the derivative",
            "with s = √n v, uniform on the sphere of radius √n, this is (n/2) sᵀEs: "
            "DP[E]_ij = E[φ(s_i) φ(s_j) sᵀEs]/(2 E φ²); the trace E|φ(s)|² does not change "
            "to first order, since E[|φ(s)|² s_k²] is the same for all k and tr E = 0",
        ),
        Argued(
            "on the diagonal",
            "for E = diag(ε), Σ ε = 0: DP[E]_ii = ε_i (E[φ(s_1)² s_1²] − E[φ(s_1)² s_2²])"
            "/(2 E φ²), and Σ_k s_k² = n gives the second mean",
        ),
        Identity(
            "with μ = E φ² and m μ = E[φ(s_1)² s_1²]",
            (m * mu - (n * mu - m * mu) / (n - 1)) / (2 * mu),
            diagonal_factor(m),
        ),
    )
