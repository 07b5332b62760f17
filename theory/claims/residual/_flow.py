"""The kernel flow ρ̇ = κ(ρ) − ρ beside a stream: how far the two can be apart, and instances."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Cited, Domain, Heading, Identity, Parameter, Sign, Steps, Tangent
from depthlaw.theory.claims.fixed_points import _powers as series
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.residual._setting import k0, slope1
from depthlaw.theory.residual import correlation, flow
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

drift = sp.Symbol("V", nonnegative=True)
DRIFT = Parameter("drift", drift, Domain.REAL, 0, "V ≥ |κ(ρ) − ρ| on [0, 1]; 1 will always do")
GROWING = sp.Max(slope1 - 1, 0)


def apart(growth: sp.Expr, ratio: sp.Expr) -> sp.Expr:
    """Return the bound on |ρ_ℓ − ρ(log g)| for ℓ equal branches, g = K_ℓ/K₀."""
    return slope1 * drift / 2 * growth**GROWING * (1 - 1 / growth) / ratio


def largest_drift(subject: kernels.Subject) -> Fraction:
    """Return a V: κ(0) where κ′(1) ≤ 1, else where the tangents of κ at 0 and 1 meet.

    κ is convex: κ − id falls from κ(0) to 0 in the first case; where κ(0) = 0 it lies between 0 and
    −(1 − κ′(0))ρ, and above −(κ′(1) − 1)(1 − ρ).
    """
    rise = subject.slope_at_one - 1
    if rise <= 0:
        return kernels.above(subject.at_zero)
    fall = 1 - subject.slope_at_zero
    return kernels.above(fall * rise / (fall + rise))


def distance(
    subject: kernels.Subject, start: Fraction, shares: Iterable[Fraction], growth: Fraction
) -> Enclosure:
    """Return |ρ_ℓ − ρ(log growth)|."""
    rho = correlation(subject.map, start, shares)
    exact = flow(subject.map, start, ball(growth).log(), float(rho.mid()))
    return Enclosure(abs(rho - exact))


def steps() -> Steps:
    """Yield |ρ_ℓ − ρ(log K_ℓ/K₀)| ≤ κ′(1) V (K_ℓ/K₀)^{(κ′(1) − 1)₊} Σ(h_j − ε_j)."""
    eps, h, s, t = sp.symbols("epsilon h s t", positive=True)
    rho, x = sp.Symbol("rho", real=True), sp.Symbol("x", nonnegative=True)
    y, kappa = sp.Function("y"), sp.Function("kappa")
    yield series.MEHLER
    yield Heading("In the time τ = log K a layer is an Euler step that is exact but for κ(ρ)")
    yield Identity(
        "along the flow, which starts the layer at ρ, (e^s y)′ = e^s κ(y)",
        sp.Derivative(sp.exp(s) * y(s), s).doit().subs(sp.diff(y(s), s), kappa(y(s)) - y(s)),
        sp.exp(s) * kappa(y(s)),
    )
    yield Identity(
        "a layer lasts h = log K_j/K_{j−1}, so that e^{−h} = 1 − ε, and keeps κ as it is at ρ",
        sp.exp(-h) * rho + sp.Integral(sp.exp(s - h) * kappa(rho), (s, 0, h)),
        sp.exp(-h) * rho + (1 - sp.exp(-h)) * kappa(rho),
    )
    yield Cited(
        "while the flow moves by V s at most, and κ by κ′(1) times that: κ is convex and grows",
        "Rudin, Principles of Mathematical Analysis, Theorem 5.10",
        r"|\kappa(y(s)) - \kappa(\rho)| \le \kappa'(1)\, V s, \quad 0 \le s \le h",
    )
    yield Identity(
        "so one layer errs by κ′(1) V times",
        sp.Integral(s * sp.exp(s - h), (s, 0, h)),
        h - (1 - sp.exp(-h)),
    )
    yield Identity(
        "which is −log(1 − ε) − ε, at most ε²/(2(1 − ε)): their difference is 0 at 0 and grows by",
        sp.Derivative(eps**2 / (2 * (1 - eps)) + sp.log(1 - eps) + eps, eps),
        eps**2 / (2 * (1 - eps) ** 2),
    )
    yield Heading("All layers together")
    yield Tangent(
        "errors made before grow by at most 1 + ε(κ′(1) − 1) ≤ e^{h(κ′(1) − 1)₊}, since "
        "1 + x ≤ e^x and ε ≤ h: by (K_ℓ/K₀)^{(κ′(1) − 1)₊} together",
        sp.exp(x),
        x,
        sp.Integer(0),
    )
    yield Identity(
        "ε²/(1 − ε) with ε = 1/(k₀ + t + 1) is a difference of a telescope",
        sp.Subs(eps**2 / (1 - eps), eps, 1 / (k0 + t + 1)),
        1 / (k0 + t) - 1 / (k0 + t + 1),
    )
    yield Sign("of terms that are not negative", 1 / ((k0 + t) * (k0 + t + 1)))


GROWN = 1 + ell / k0
