"""ReLU on a stream, in y = 3π/√(2(1 − ρ)): each layer adds its share ε to y, and little more."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import (
    Cited,
    Heading,
    Identity,
    PositiveOnBox,
    Requires,
    Sign,
    Steps,
    Tangent,
)
from depthlaw.theory.claims.fixed_points._two_slopes import steep_enough
from depthlaw.theory.claims.residual._setting import k0, rho0
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.writing.symbols import ell

BEGIN = 3 * sp.pi / sp.sqrt(2 * (1 - rho0))
"""y₀."""
PRE_NORM = BEGIN + sp.digamma(k0 + ell + 1) - sp.digamma(k0 + 1)
"""y₀ and the shares 1/(k₀ + j) of ℓ equal branches."""
RELU = "φ = √2 ReLU, for which κ(ρ) = ρ + (√(1 − ρ²) − ρ arccos ρ)/π"
ACUTE = Requires(rho0 >= 0, "the angle of the inputs is at most a right one")
CURVATURE = sp.Rational(3, 8) * sp.pi**2 * (1 + 1 / BEGIN) / BEGIN
"""What the curvature of κ adds to y in all layers together, at most."""

y, eps, b, h = sp.symbols("y epsilon y_0 h", positive=True)
angle, half = sp.symbols("theta phi", positive=True)
x = sp.Symbol("x", positive=True)


def gap(place: sp.Expr) -> sp.Expr:
    """Return 1 − ρ = (9π²/2)/y²."""
    return sp.Rational(9, 2) * sp.pi**2 / place**2


def at_least() -> Steps:
    """Yield that a layer with share ε adds at least ε to y."""
    delta, psi = 1 - sp.cos(angle), closed_forms.psi(angle)
    kernel = sp.cos(angle) + (sp.sin(angle) - angle * sp.cos(angle)) / sp.pi
    yield Heading("One layer takes δ = 1 − ρ = 1 − cos θ to δ(1 − z), z = εψ(θ)/π")
    yield Identity(
        "1 − (1 − ε)ρ − ε κ(ρ)",
        1 - (1 - eps) * sp.cos(angle) - eps * kernel,
        delta * (1 - eps * psi / sp.pi),
    )
    yield Heading("y = 3π/√(2δ) grows by at least ε")
    yield Tangent("(1 − z)^{−1/2} ≥ 1 + z/2, with x = 1 − z", 1 / sp.sqrt(x), x, sp.Integer(1))
    yield from steep_enough()
    small = sp.Symbol("delta", positive=True)
    steep = sp.Symbol("psi", positive=True)
    yield Identity(
        "y z/2, with ψ = (2√2/3)√δ",
        sp.Subs(
            y * eps * steep / (2 * sp.pi),
            (y, steep),
            (3 * sp.pi / sp.sqrt(2 * small), 2 * sp.sqrt(2) / 3 * sp.sqrt(small)),
        ),
        eps,
    )
    yield Identity(
        "and of y, δ is (9π²/2)/y²",
        sp.Subs(sp.Rational(9, 2) * sp.pi**2 / x**2, x, 3 * sp.pi / sp.sqrt(2 * small)),
        small,
    )


def at_most() -> Steps:
    """Yield that it adds at most ε + (3π²/8)ε/y² + (16/5)ε²/y, from acute angles."""
    t, c, small = sp.symbols("t c delta", positive=True)
    z = 1 / (2 * (1 + t))
    yield Heading("and by at most ε + (3π²/8)ε/y² + (16/5)ε²/y where θ ≤ π/2")
    wide = sp.pi / 2 * (1 - sp.cos(angle)) - sp.sin(angle) + angle * sp.cos(angle)
    yield Identity(
        "ψ ≤ π/2 and so z ≤ 1/2: their difference times δ is 0 at θ = 0, with the derivative",
        sp.Derivative(wide, angle),
        (sp.pi / 2 - angle) * sp.sin(angle),
    )
    yield Identity(
        "(1 − z)^{−1/2} ≤ 1 + z/2 + 2z²/3: its square times 1 − z exceeds 1, for z = 1/(2(1 + t)), "
        "by",
        ((1 + x / 2 + 2 * x**2 / 3) ** 2 * (1 - x) - 1).subs(x, z),
        _square_excess(t),
    )
    yield Sign("which is not negative", _square_excess(t))
    sine = sp.sin(half)
    lens = sp.Rational(8, 3) * sine**3 * (1 + sine**2 / 6)
    lens += 2 * half * sp.cos(2 * half) - sp.sin(2 * half)
    inner = sine + sp.Rational(5, 18) * sine**3 - half
    yield Identity(
        "ψ ≤ (2√2/3)√δ(1 + δ/12): with θ = 2φ, δ = 2 sin² φ, their difference times δ is 0 at 0 "
        "and has the derivative",
        sp.Derivative(lens, half),
        8 * sine * sp.cos(half) * inner,
    )
    yield Identity(
        "whose last factor is 0 at 0 with a derivative of the sign of 5c(1 + c)/6 − 1, c = cos φ",
        sp.Derivative(inner, half),
        (1 - sp.cos(half)) * (sp.Rational(5, 6) * sp.cos(half) * (1 + sp.cos(half)) - 1),
    )
    yield PositiveOnBox(
        "and cos φ ≥ cos π/4 > 7071/10000",
        sp.Rational(5, 6) * c * (1 + c) - 1,
        {c: (sp.Rational(7071, 10_000), sp.Integer(1))},
    )
    yield Identity(
        "y z/2 is then at most ε + εδ/12, and δ is (9π²/2)/y²",
        eps * sp.Subs(small / 12, small, gap(y)),
        sp.Rational(3, 8) * sp.pi**2 * eps / y**2,
    )
    root = 2 * sp.sqrt(2) / 3 * sp.sqrt(small) * sp.Rational(13, 12)
    yield Identity(
        "and 2y z²/3, with δ ≤ 1 in 1 + δ/12, at most",
        sp.Subs(2 * y / 3 * (eps / sp.pi * root) ** 2, small, gap(y)),
        sp.Rational(169, 54) * eps**2 / y,
    )
    yield Sign("169/54 < 16/5", sp.Rational(16, 5) - sp.Rational(169, 54), strict=True)


def _square_excess(t: sp.Symbol) -> sp.Expr:
    z = 1 / (2 * (1 + t))
    inner = sp.Rational(7, 12) - 11 * z / 12 - 2 * z**2 / 9 - 4 * z**3 / 9
    numerator = sp.expand(sp.cancel(inner * 72 * (1 + t) ** 3))
    return z**2 * numerator / (72 * (1 + t) ** 3)


def curvature() -> Steps:
    """Yield that Σ ε_j/y² ≤ (1 + 1/y₀)/y₀ as y ≥ y₀ + h, h the sum of the shares so far."""
    yield Identity(
        "the curvature, summed: with y ≥ y₀ + h, h the sum of the shares so far, ε/(y₀ + h)² is",
        eps / (b + h) ** 2,
        (1 + eps / (b + h)) * (1 / (b + h) - 1 / (b + h + eps)),
    )
    yield Identity(
        "the first factor is at most 1 + 1/y₀, since ε ≤ 1, larger by",
        (1 + 1 / b) - (1 + eps / (b + h)),
        (h + b * (1 - eps)) / (b * (b + h)),
    )
    t = sp.Symbol("t", nonnegative=True)
    share = 1 / (1 + t)
    yield Sign("which is not negative", (h + b * t / (1 + t)).subs(eps, share) / (b * (b + h)))


def relative() -> Steps:
    """Yield that δ is the formula up to a relative error of twice the share by which y exceeds."""
    e = sp.Symbol("e", nonnegative=True)
    yield Tangent(
        "y lies between the sum and the sum plus what it exceeds it by, a share e of it: δ between "
        "(1 + e)^{−2} ≥ 1 − 2e and 1 of the formula",
        (1 + e) ** -2,
        e,
        sp.Integer(0),
    )


def pre_norm(formula: sp.Expr) -> Steps:
    """Yield the sum of the shares 1/(k₀ + j), and the formula at y₀ plus that sum."""
    yield Cited(
        "the shares ε_j = σ²/K_j add up to a difference of digamma functions, as "
        "ψ(x + 1) = ψ(x) + 1/x",
        "Abramowitz and Stegun, Handbook of Mathematical Functions, 6.3.5",
        r"\sum_{j=1}^{\ell} \frac{1}{k_0 + j} = \psi(k_0 + \ell + 1) - \psi(k_0 + 1)",
    )
    yield Identity("δ at y₀ plus that sum", sp.Subs(gap(y), y, PRE_NORM), formula)
