"""The derivative of the wide-limit map at isometry for odd activations, step by step."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Cited, Heading, Identity, Step, Steps
from depthlaw.theory.claims.orthogonalization import _theorem_1 as theorem
from depthlaw.theory.writing.symbols import alpha, n

FOLLAND = "Folland, How to integrate a polynomial over a sphere, Amer. Math. Monthly 108, 2001"

ALLOWED = theorem.RATIO.subs(alpha, 1 / n)
"""What F.2 allows per layer as α → 1/n."""


def mixed_moment(first: sp.Expr, second: sp.Expr) -> sp.Expr:
    """E s_1^{2a} s_2^{2b} on the sphere of radius √n, at a = `first` and b = `second`.

    >>> mixed_moment(sp.Integer(0), sp.Integer(0))
    1
    """
    half = sp.Rational(1, 2)
    gammas = sp.gamma(first + half) * sp.gamma(second + half) * sp.gamma(n / 2)
    return n ** (first + second) * gammas / (sp.pi * sp.gamma(first + second + n / 2))


def moments() -> Step:
    """Return the even moments on the sphere."""
    return Cited(
        "even moments on the sphere, s = √n v with v uniform on the unit sphere",
        FOLLAND,
        r"\mathbb E\, s_1^{2a} s_2^{2b} = n^{a+b}\, \frac{\Gamma(a + 1/2)\, \Gamma(b + 1/2)\, "
        r"\Gamma(n/2)}{\pi\, \Gamma(a + b + n/2)}",
    )


def moment_step(order: sp.Expr, ratio: sp.Expr) -> Steps:
    """Show that E s^{2k+2}/E s^{2k} is `ratio` on the sphere of radius √n, with k = `order`."""
    a = sp.Symbol("a", positive=True)
    zero = sp.Integer(0)
    yield moments()
    yield Identity(
        "E s^(2a+2)/E s^(2a)",
        mixed_moment(a + 1, zero) / mixed_moment(a, zero),
        n * (2 * a + 1) / (n + 2 * a),
    )
    yield Identity("there", sp.Subs(n * (2 * a + 1) / (n + 2 * a), a, order), ratio)


def diagonal_factor(moment: sp.Expr) -> sp.Expr:
    """Return the factor on the diagonal from m = E[φ² s²]/E φ²."""
    return n * (moment - 1) / (2 * (n - 1))


def linearised() -> Steps:
    """Return the steps from the law of a rescaled row to the factor on the diagonal."""
    t, e, q = sp.symbols("t e q", real=True)
    m, mu, same, others = sp.symbols("m mu a b", positive=True)
    yield Heading("The derivative of the map at isometry")
    yield Cited(
        "the direction v of a row N(0, G) has the angular central Gaussian law; for bounded f on "
        "the sphere differentiation goes under the integral",
        "Mardia and Jupp, Directional Statistics, 2000, section 9.4.4",
        r"f(v) \propto (v^\top G^{-1} v)^{-n/2}",
    )
    yield Identity(
        "an eigenvalue of the inverse of I/n + tE, to first order",
        sp.Subs(sp.Derivative(1 / (1 / n + t * e), t), t, 0),
        -(n**2) * e,
    )
    yield Identity(
        "log density of v with q = vᵀEv, to first order; at tr E = 0 its constant does not change, "
        "since E q = 0. With s = √n v it is (n/2) sᵀEs",
        sp.Subs(sp.Derivative(-n / 2 * sp.log(n - n**2 * t * q), t), t, 0),
        n**2 * q / 2,
    )
    top, bottom, first, second = sp.symbols("f g f' g'", real=True)
    yield Identity(
        "P(G)_ij = E[φ(s_i)φ(s_j)]/E|φ(s)|², so DP[E]_ij is, with f and g for these two at "
        "isometry and f′ and g′ for their derivatives",
        sp.Subs(sp.Derivative((top + t * first) / (bottom + t * second), t), t, 0),
        first / bottom - top * second / bottom**2,
    )
    yield Identity(
        "here g = n E φ² and f′ = (n/2) E[φ(s_i)φ(s_j) sᵀEs]; g′ = (n/2) E[|φ(s)|² sᵀEs] = 0, as "
        "E[|φ(s)|² s_k²] is the same for all k, mixed means vanish and tr E = 0. So DP[E]_ij is, "
        "with f = E[φ(s_i)φ(s_j) sᵀEs] and μ = E φ²",
        sp.Subs(first / bottom, (first, bottom), (n / 2 * top, n * mu)),
        top / (2 * mu),
    )
    yield Heading("On the diagonal, E = diag(ε) with Σ ε = 0")
    yield Identity(
        "E[φ(s_i)² sᵀEs] with a = E[φ(s_1)² s_1²] and b = E[φ(s_1)² s_2²]: the other ε sum to −ε_i",
        e * same + sp.Mul(-e, others, evaluate=False),
        e * (same - others),
    )
    yield Identity(
        "a = mμ, and Σ_k s_k² = n gives a + (n−1) b = nμ: the factor (a − b)/(2μ) of ε_i",
        sp.Subs((same - others) / (2 * mu), (same, others), (m * mu, (n * mu - m * mu) / (n - 1))),
        diagonal_factor(m),
    )
