"""Steps about p(λ) that several derivations share."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Agreement,
    Cited,
    Identity,
    Jensen,
    Limit,
    MonotoneIntegral,
    Sign,
    Step,
)
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.spectral_map import TwoLevelSpectrum, expected_spectrum
from depthlaw.theory.symbols import delta, n, theta

_i, _j = sp.symbols("lambda_i lambda_j", positive=True)


def gaussian_average() -> Step:
    """E[x² e^{−θλx²}] = (1 + 2θλ)^{−3/2}, which makes the mean of a ratio an integral."""
    x, c = sp.Symbol("x", real=True), sp.Symbol("c", positive=True)
    moment = sp.integrate(x**2 * sp.exp(-c * x**2) / sp.sqrt(2 * sp.pi), (x, -sp.oo, sp.oo))
    return Identity(
        "one Gaussian under the weight e^(−θλx²): E[x² e^(−θλx²)], with c = θλ + 1/2",
        sp.Subs(moment, c, theta * _i + sp.Rational(1, 2)),
        (1 + 2 * theta * _i) ** sp.Rational(-3, 2),
    )


def sawa_integral() -> tuple[Step, ...]:
    """Lemma 9: p_i = λ_i ∫₀^∞ (1+2θλ_i)^{−1} Π_j (1+2θλ_j)^{−1/2} dθ."""
    s = sp.Symbol("S", positive=True)
    formula = (
        r"p_i = \lambda_i \int_0^\infty \frac{d\theta}{1+2\theta\lambda_i}"
        r"\prod_j (1+2\theta\lambda_j)^{-1/2}"
    )
    return (
        Identity(
            "1/S as an integral, S = Σ_k λ_k w_k²",
            sp.Integral(sp.exp(-theta * s), (theta, 0, sp.oo)),
            1 / s,
        ),
        gaussian_average(),
        Cited("the product over independent coordinates (Lemma 9)", "Sawa 1972, Lemma 1", formula),
        Agreement(
            "Sawa's integral against Gauss's function, for spectra with two levels",
            formula,
            lambda: [p for case in _TWO_LEVEL for p in _by_integral(*case)],
            lambda: [p for case in _TWO_LEVEL for p in _by_hypergeometric(*case)],
        ),
    )


_TWO_LEVEL = [
    (2, 1, Fraction(4), Fraction(1)),
    (3, 2, Fraction(1, 100), Fraction(3, 7)),
    (5, 1, Fraction(9), Fraction(1, 1000)),
    (8, 5, Fraction(2), Fraction(1)),
    (17, 16, Fraction(1, 20), Fraction(1, 5)),
]


def _by_integral(n: int, k: int, a: Fraction, b: Fraction) -> list[arb]:
    expected = expected_spectrum([a] * k + [b] * (n - k))
    return [expected[0], expected[-1]]


def _by_hypergeometric(n: int, k: int, a: Fraction, b: Fraction) -> list[arb]:
    following = TwoLevelSpectrum(n, k, ball(a), ball(b)).next()
    return [following.first, following.second]


def pairwise_difference() -> tuple[Step, ...]:
    """p_i − p_j = (λ_i − λ_j) K_ij with K_ij > 0: the map keeps the order of the eigenvalues."""
    common, more = sp.Symbol("g", positive=True), sp.Symbol("t", nonnegative=True)
    left = _i / (1 + 2 * theta * _i) - _j / (1 + 2 * theta * _j)
    right = (_i - _j) / ((1 + 2 * theta * _i) * (1 + 2 * theta * _j))
    return (
        Identity("difference of two integrands of Lemma 9, over what they share", left, right),
        MonotoneIntegral(
            "the map keeps the order: p_j ≤ p_i for λ_i = λ_j + t, with what the "
            "integrands share positive",
            common * _j / (1 + 2 * theta * _j),
            common * (_j + more) / (1 + 2 * theta * (_j + more)),
            theta,
            sp.Integer(0),
            sp.oo,
        ),
    )


def reduced_integrand() -> sp.Expr:
    """g(δ) of Lemma 10: the integrand of p_n/λ_n once the other eigenvalues are made equal."""
    smallest = 1 + 2 * theta * (1 / n - delta)
    others = 1 + 2 * theta * (1 / n + delta / (n - 1))
    return smallest ** sp.Rational(-3, 2) * others ** (-(n - 1) / 2)


def convexity_and_tangent() -> tuple[Step, ...]:
    """Lemma 10 and the two integrals that turn it into Lemma 8."""
    g, other = reduced_integrand(), sp.Symbol("lambda", nonnegative=True)
    a = 1 + 2 * theta * (1 / n - delta)
    b = 1 + 2 * theta * (1 / n + delta / (n - 1))
    first = 3 * theta / a - theta / b
    at_zero = (1 + 2 * theta / n) ** (-(n + 2) / 2)
    slope = 2 * theta * (1 + 2 * theta / n) ** (-(n + 4) / 2)
    antiderivative = -((1 + 2 * theta / n) ** (-n / 2))
    slope_antiderivative = (
        -2
        * n
        / (n + 2)
        * (theta * (1 + 2 * theta / n) ** (-(n + 2) / 2) + (1 + 2 * theta / n) ** (-n / 2))
    )
    positive_a, positive_b = sp.symbols("a b", positive=True)
    shifted = sp.Symbol("m", integer=True, positive=True)
    curvature = (
        (3 * theta / positive_a - theta / positive_b) ** 2
        + 6 * theta**2 / positive_a**2
        + 2 * theta**2 / (shifted * positive_b**2)
    )
    return (
        Jensen(
            "the other n − 1 eigenvalues, at a fixed λ_n = 1/n − δ, made equal to their mean: "
            "the mean of log(1+2θλ_j) grows, so the integrand of p_n falls to g(δ)",
            sp.log(1 + 2 * theta * other),
            other,
            1 / n + delta / (n - 1),
            concave=True,
        ),
        Identity("g′/g", sp.Derivative(sp.log(g), delta), first),
        Identity(
            "(g′/g)′, which with (g′/g)² makes g″/g",
            sp.Derivative(first, delta),
            6 * theta**2 / a**2 + 2 * theta**2 / ((n - 1) * b**2),
        ),
        Sign("g″/g ≥ 0 with a, b > 0 and m = n − 1 ≥ 1: g is convex (Lemma 10)", curvature),
        Cited(
            "so g lies above its tangent at δ = 0",
            "Rockafellar, Convex Analysis, Theorem 25.1",
            r"g(\delta) \ge g(0) + g'(0)\,\delta",
        ),
        Identity("g at δ = 0", sp.Subs(g, delta, 0), at_zero),
        Identity("g′ at δ = 0", sp.Subs(g * first, delta, 0), slope),
        Identity("antiderivative of g(0)", sp.Derivative(antiderivative, theta), at_zero),
        Identity(
            "its value at θ = 0, so that ∫ g(0) dθ = 1",
            sp.Subs(antiderivative, theta, 0),
            -sp.Integer(1),
        ),
        Identity("antiderivative of g′(0)", sp.Derivative(slope_antiderivative, theta), slope),
        Identity(
            "its value at θ = 0, so that ∫ g′(0) dθ = 2n/(n+2)",
            sp.Subs(slope_antiderivative, theta, 0),
            -2 * n / (n + 2),
        ),
        *_vanishing_at_infinity(),
    )


def _vanishing_at_infinity() -> tuple[Step, ...]:
    x = sp.Symbol("x", positive=True)
    return (
        Limit("(1+x)^(−n/2) vanishes at infinity", (1 + x) ** (-n / 2), x, sp.oo, sp.Integer(0)),
        Limit(
            "x (1+x)^(−(n+2)/2) vanishes at infinity",
            x * (1 + x) ** (-(n + 2) / 2),
            x,
            sp.oo,
            sp.Integer(0),
        ),
    )
