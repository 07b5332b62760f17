"""Steps about p(λ) that several derivations share."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Agreement,
    Cited,
    Identity,
    MonotoneIntegral,
    Step,
    Steps,
    Tonelli,
    Uses,
)
from depthlaw.theory.orthogonalization.spectral_map import TwoLevelSpectrum, expected_spectrum
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.writing.symbols import n, theta

_i, _j = sp.symbols("lambda_i lambda_j", positive=True)
_index = sp.Symbol("j", integer=True)
_lam = sp.IndexedBase("lambda")
INTEGRAND = (
    1
    / (1 + 2 * theta * _lam[1])
    / sp.Product(sp.sqrt(1 + 2 * theta * _lam[_index]), (_index, 1, n))
)
"""The integrand of p_1/λ_1 in Lemma 9."""
RANGE = (theta, sp.Integer(0), sp.oo)
"""What it is integrated over."""
SAWA = _lam[1] * sp.Integral(INTEGRAND, RANGE)
"""p_1 in Lemma 9."""


def gaussian_averages() -> tuple[Step, ...]:
    """Return E[x² e^{−θλx²}] = (1 + 2θλ)^{−3/2} and E e^{−θλx²} = (1 + 2θλ)^{−1/2}."""
    x = sp.Symbol("x", real=True)
    density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    weight = sp.exp(-theta * _i * x**2)
    return (
        Identity(
            "one Gaussian x under the weight e^(−θλx²): E[x² e^(−θλx²)]",
            sp.Integral(x**2 * weight * density, (x, -sp.oo, sp.oo)),
            (1 + 2 * theta * _i) ** sp.Rational(-3, 2),
        ),
        Identity(
            "and E e^(−θλx²)",
            sp.Integral(weight * density, (x, -sp.oo, sp.oo)),
            (1 + 2 * theta * _i) ** sp.Rational(-1, 2),
        ),
    )


def inverse_as_integral() -> Step:
    """Return 1/S = ∫₀^∞ e^{−θS} dθ."""
    s = sp.Symbol("S", positive=True)
    return Identity(
        "1/S as an integral, S = Σ_k λ_k w_k²",
        sp.Integral(sp.exp(-theta * s), RANGE),
        1 / s,
    )


def sawa_integral() -> Steps:
    """Lemma 9: p_1 = λ_1 ∫₀^∞ (1+2θλ_1)^{−1} Π_j (1+2θλ_j)^{−1/2} dθ."""
    s, w = sp.Symbol("S", positive=True), sp.Symbol("w_1", real=True)
    root = sp.Symbol("r", positive=True)
    weighted = w**2 * sp.exp(-theta * s)
    yield Identity(
        "w_1²/S as an integral, S = Σ_k λ_k w_k²", sp.Integral(weighted, RANGE), w**2 / s
    )
    yield from gaussian_averages()
    yield Cited(
        "the mean of a product of functions of independent coordinates is the product of the means",
        "Durrett, Probability: Theory and Examples, Theorem 2.1.13",
        r"\mathbb E\,[w_1^2 e^{-\theta S}] = (1+2\theta\lambda_1)^{-3/2}"
        r"\prod_{j \ne 1} (1+2\theta\lambda_j)^{-1/2}",
    )
    yield Identity(
        "where the first factor is, with r² = 1 + 2θλ_1, that of 1/r for all j and one more",
        sp.Mul(root**-2, root**-1, evaluate=False),
        root ** sp.Integer(-3),
    )
    yield Agreement(
        "Sawa's integral against Gauss's function, for spectra with two levels",
        r"p_i = \lambda_i \int_0^\infty \frac{d\theta}{1+2\theta\lambda_i}"
        r"\prod_j (1+2\theta\lambda_j)^{-1/2}",
        lambda: [p for case in _TWO_LEVEL for p in _by_integral(*case)],
        lambda: [p for case in _TWO_LEVEL for p in _by_hypergeometric(*case)],
    )
    yield Tonelli(
        "so p_1 = E[λ_1 w_1²/S], S = Σ_k λ_k w_k², with the mean inside the integral",
        weighted,
        INTEGRAND,
        *RANGE,
        _lam[1],
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


def _unshared(level: sp.Expr) -> sp.Expr:
    """Return what of the integrand for p_i is its own, λ_i = `level`, and not in that for p_j."""
    return level / (1 + 2 * theta * level)


def difference() -> tuple[Step, ...]:
    """Return the difference of two integrands of Lemma 9, over what they share."""
    return (
        Uses(
            "Lemma 9 for any entry of p, its eigenvalue being numbered 1",
            "orthogonalization.lemma-9",
        ),
        Identity(
            "the integrands for p_i and p_j share Π_k (1+2θλ_k)^(−1/2), so that p_i − p_j is the "
            "integral over θ of this product times",
            _unshared(_i) - _unshared(_j),
            (_i - _j) / ((1 + 2 * theta * _i) * (1 + 2 * theta * _j)),
        ),
    )


def order_is_kept() -> tuple[Step, ...]:
    """Return that p_j ≤ p_i for λ_j ≤ λ_i."""
    common, more = sp.Symbol("g", positive=True), sp.Symbol("t", nonnegative=True)
    return (
        *difference(),
        MonotoneIntegral(
            "the map λ ↦ p keeps the order: p_j ≤ p_i for λ_i = λ_j + t, with g > 0 for what the "
            "integrands share",
            common * _unshared(_j),
            common * _unshared(_j + more),
            *RANGE,
        ),
    )
