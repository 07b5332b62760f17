"""A skip below 1 at rest: how fast two samples that are nearly equal come together or part.

(1 − ρ_{ℓ+1})/(1 − ρ_ℓ) → χ* = μ² + (1 − μ²)κ′(1), as ρ_ℓ → 1, at the settled variance K*.

With a norm before it ReLU has κ′(1) = 1, so that χ* = 1: it is critical for every μ.

Example: ReLU.

>>> from fractions import Fraction
>>> CLAIM.bound(skip=Fraction(9, 10), slope_at_one=1).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Deferred,
    Domain,
    Identity,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.fixed_points import _powers as series
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual import _skip as skip
from depthlaw.theory.claims.residual._setting import K0, sigma, slope1
from depthlaw.theory.claims.residual._skip import mu
from depthlaw.theory.residual import correlation
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure

FORMULA = mu**2 + (1 - mu**2) * slope1
NEAR = Fraction(1, 10**8)
"""1 − ρ; the ratio is off by something of the order of its square root where φ has a kink."""
SLOPE = Parameter("slope_at_one", slope1, Domain.REAL, 0, "κ′(1) = E φ′²/E φ²")


def _ratio(subject: kernels.Subject, weight: Fraction, gap: Fraction) -> Enclosure:
    share = 1 - weight**2
    return Enclosure((1 - correlation(subject.map, 1 - gap, (share,))) / ball(gap))


def _check(subject: kernels.Subject, weight: Fraction) -> Check:
    def parameters() -> dict[str, ParameterValue]:
        return {"skip": weight, "slope_at_one": kernels.above(subject.slope_at_one)}

    return Check(
        f"{subject.label}, μ = {weight}",
        Deferred(parameters),
        Computed(_ratio, {"subject": subject, "weight": weight, "gap": NEAR}),
    )


def _derivation() -> Steps:
    rho, settled = setting.rho, sigma**2 / (1 - mu**2)
    kappa = sp.Function("kappa")
    yield Identity(
        "at K* = σ²/(1 − μ²) the variance stays, and the correlation becomes",
        (mu**2 * K0 * rho + sigma**2 * kappa(rho)).subs(K0, settled) / settled,
        mu**2 * rho + (1 - mu**2) * kappa(rho),
    )
    yield series.MEHLER
    yield Cited(
        "1 is fixed, since κ(1) = 1, and the ratio tends to the slope there: a power series has "
        "one at 1 if Σ k a_k < ∞",
        "Rudin, Principles of Mathematical Analysis, Theorems 8.1 and 8.2",
        r"\frac{1 - \rho_{\ell+1}}{1 - \rho_\ell} \to f'(1)",
    )
    slope = sp.Derivative(mu**2 * rho + (1 - mu**2) * kappa(rho), rho)
    yield Identity("which is", sp.Subs(slope.doit(), sp.diff(kappa(rho), rho), slope1), FORMULA)


CLAIM = declare(
    __name__,
    "a skip below 1 takes the slope at equal samples part of the way to 1",
    rate(
        (1 - sp.Symbol(r"\rho_{\ell+1}")) / (1 - setting.rho_ell),
        FORMULA,
        within=sp.Rational(1, 1000),
    ),
    source=PAPER.ours("a skip below 1"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(skip.SKIP, SLOPE),
    assumes=(
        "infinite width, Gaussian weights, Gaussian start",
        "z ← μ z + W φ(N(z)) with a norm N before φ, E φ² = 1, at the settled variance K*",
        "κ′(1) is finite: φ does not jump",
        skip.BELOW_ONE,
    ),
    checks=tuple(
        _check(subject, weight)
        for subject in (
            kernels.catalogue("relu"),
            kernels.catalogue("gelu"),
            kernels.catalogue("sin"),
            kernels.catalogue("cos"),
            kernels.centred("relu"),
        )
        for weight in (Fraction(9, 10), Fraction(1, 2))
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("residual.skip-variance", "fixed-points.residual"),
)
