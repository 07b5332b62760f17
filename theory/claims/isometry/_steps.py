"""Steps that several derivations share."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Cited, Identity, Sign, Step
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.symbols import ell, n

_rho = sp.Symbol("rho", nonnegative=True)
_t = sp.Symbol("t", nonnegative=True)


def one_pair() -> tuple[Step, ...]:
    """Return Lemma A.7: |f(ρ)|/(1 − |f(ρ)|) ≤ β^{-1} |ρ|/(1 − |ρ|)."""
    b, T, u = sp.Symbol("b", nonnegative=True), sp.Symbol("T"), sp.Symbol("u", nonnegative=True)
    m = sp.Symbol("m", nonnegative=True)
    return (
        Argued(
            "reduction to ρ ≥ 0",
            "f = Σ a_k ρᵏ with a_k ≥ 0, so |f(ρ)| ≤ f(|ρ|), and x/(1 − x) increases",
        ),
        Identity(
            "induction step of 1 + ρ + … + ρ^{k−1} ≥ 1 + (k−1)ρ^{k−1}, with m = k − 1: what "
            "1 + ρ(1 + mρ^m) has above 1 + (m+1)ρ^{m+1}",
            1 + _rho * (1 + m * _rho**m) - (1 + (m + 1) * _rho ** (m + 1)),
            _rho * (1 - _rho**m),
        ),
        Argued(
            "what is left",
            "with b = β − 1 = Σ_{k≥2} a_k, a_1 = 1 − b, T = Σ_{k≥2} a_k ρ^{k−1} ≤ b, the claim is "
            "β(a_1 + T) ≤ Σ a_k (1 + ρ + … + ρ^{k−1}), whose right side is at least "
            "a_1 + b + Σ_{k≥2} (k−1) a_k ρ^{k−1} ≥ 1 + T",
            r"\frac{f(\rho)}{1-f(\rho)} \frac{1-\rho}{\rho} = "
            r"\frac{\sum a_k \rho^{k-1}}{\sum a_k (1 + \rho + \dots + \rho^{k-1})}",
        ),
        Identity("the difference", 1 + T - (1 + b) * (1 - b + T), b * (b - T)),
        Sign("is not negative, with u = b − T", b * u),
    )


def smallest_eigenvalue() -> tuple[Step, ...]:
    """Return 1 − λ_{ℓ+1} ≤ f(1 − λ_ℓ) by Schur's product theorem."""
    x = sp.symbols("x1:4", real=True)
    y = sp.symbols("y1:4", real=True)
    A = sp.Matrix(3, 3, lambda i, j: sp.Symbol(f"A{min(i, j)}{max(i, j)}", real=True))
    form = sum(x[i] * A[i, j] * y[i] * y[j] * x[j] for i in range(3) for j in range(3))
    lifted = sp.Matrix([x[i] * y[i] for i in range(3)])
    p, g = sp.symbols("p g", nonnegative=True)
    pair = sp.Matrix([[1, g], [g, 1]])
    return (
        Identity(
            "Schur's product theorem: on a rank-one factor the form of A∘yyᵀ at x is that of A at "
            "x∘y (n = 3 written out), and a positive semidefinite factor is a sum of those",
            sp.expand(form),
            sp.expand((lifted.T * A * lifted)[0, 0]),
        ),
        Argued(
            "the split",
            "G = λI + (1−λ)G′ with λ = λ_min(G); G′ is positive semidefinite with unit diagonal, "
            "so are its entrywise powers, and F(G) = Σ a_k (1−λ)ᵏ G′^{∘k} + (1 − f(1−λ)) I",
            r"\lambda_{\min}(F(G)) \ge 1 - f(1 - \lambda)",
        ),
        Identity(
            "equality for two samples at ρ ≥ 0: the eigenvalue of (1, −1) is 1 − ρ",
            (pair * sp.Matrix([1, -1]))[0],
            1 - g,
        ),
        Identity(
            "1/λ − 1 at λ = 1 − p is p/(1 − p), to which Lemma A.7 applies",
            1 / (1 - p) - 1,
            p / (1 - p),
        ),
    )


def from_eigenvalue() -> tuple[Step, ...]:
    """Return −log I ≤ log(1 + t) − (1/n) log(1 + nt), t = 1/λ − 1."""
    lam = 1 / (1 + _t)
    return (
        Argued(
            "the worst spectrum",
            "−Σ log λ_i is convex, so over Σ λ_i = n, λ_i ≥ λ it is largest at a vertex: n − 1 "
            "eigenvalues λ and one n − (n−1)λ",
        ),
        Identity("the large eigenvalue in t = 1/λ − 1", n - (n - 1) * lam, (1 + n * _t) / (1 + _t)),
        Identity(
            "the slope in t of log(1 + t) − (1/n) log(1 + nt)",
            sp.Derivative(sp.log(1 + _t) - sp.log(1 + n * _t) / n, _t),
            (n - 1) * _t / ((1 + _t) * (1 + n * _t)),
        ),
        Sign(
            "is not negative, with n = 1 + m, so that an upper bound on t may be put in",
            sp.Symbol("m", nonnegative=True) * _t / (1 + _t),
        ),
    )


def geometric_decay() -> tuple[Step, ...]:
    """Return 1/λ_ℓ − 1 ≤ β^{-ℓ}(1/λ_0 − 1)."""
    return (*one_pair(), *smallest_eigenvalue())


def decayed() -> sp.Expr:
    """Return the solution of t_{ℓ+1} = t_ℓ/β from t_0 = 1/λ_0 − 1, by SymPy's solver."""
    t, layer = sp.Function("t"), sp.Symbol("ell", integer=True)
    start = {t(0): 1 / setting.LAMBDA - 1}
    solution = sp.rsolve(t(layer + 1) - t(layer) / setting.BETA, t(layer), start)
    return solution.subs(layer, ell)


def determinant_and_eigenvalue() -> tuple[Step, ...]:
    """Return det G ≤ eλ_min."""
    x = sp.Symbol("x", positive=True)
    return (
        Cited(
            "the other eigenvalues sum to at most n, so their product is at most (n/(n−1))^{n−1}",
            "the inequality of arithmetic and geometric means",
            r"\det G \le \lambda_{\min} (n/(n-1))^{n-1}",
        ),
        Identity(
            "x log(1 + 1/x) ≤ 1 for x = n − 1: the slope of 1/x − log(1 + 1/x)",
            sp.Derivative(1 / x - sp.log(1 + 1 / x), x),
            -1 / (x**2 * (1 + x)),
        ),
        Sign("is negative, and it tends to 0: it is positive", 1 / (x**2 * (1 + x)), strict=True),
    )
