"""a·min(x, 0) + max(x, 0): its kernel map, and why κ′(1) = 1 exactly."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Cited, Domain, Identity, Limit, Parameter, Requires, Step

a = sp.Symbol("a", real=True)
rho = sp.Symbol("rho", real=True)
angle = sp.Symbol("theta", positive=True)
SHARE = (1 - a) ** 2 / (sp.pi * (1 + a**2))
KERNEL = rho + SHARE * (sp.sqrt(1 - rho**2) - rho * sp.acos(rho))

LEAK = Parameter(
    "leak", a, Domain.REAL, -(10**6), "slope on the negative side; 0 for ReLU, −1 for |x|"
)
CURVED = Requires(
    sp.Ne(LEAK.symbol, 1), "with 1 the activation is linear and every correlation is fixed"
)


def closed_form() -> tuple[Step, ...]:
    """Return κ and its slope at 1."""
    return (
        Cited(
            "the arc-cosine kernel, normalised by (1 + a²)/2",
            "Cho and Saul 2009, for a = 0; the rule table of depthlaw.theory.terms for every a",
            r"\kappa(\rho) = \rho + \frac{(1-a)^2}{\pi(1+a^2)}"
            r"\left(\sqrt{1-\rho^2} - \rho\arccos\rho\right)",
        ),
        Identity("κ′", sp.Derivative(KERNEL, rho), 1 - SHARE * sp.acos(rho)),
        Identity(
            "κ′(1) = 1, whatever a is", sp.Subs(1 - SHARE * sp.acos(rho), rho, 1), sp.Integer(1)
        ),
    )


def leading_order() -> tuple[Step, ...]:
    """Return 1 − κ(1−δ) = δ − C δ^{3/2} + …, and what it says of δ_ℓ."""
    C, x = sp.symbols("C x", positive=True)
    return (
        Limit(
            "with ρ = cos θ, (sin θ − θ cos θ)/θ³",
            (sp.sin(angle) - angle * sp.cos(angle)) / angle**3,
            angle,
            sp.Integer(0),
            sp.Rational(1, 3),
        ),
        Limit(
            "and δ = 1 − cos θ ~ θ²/2",
            (1 - sp.cos(angle)) / angle**2,
            angle,
            sp.Integer(0),
            sp.Rational(1, 2),
        ),
        Argued(
            "so δ_{ℓ+1} = δ − C δ^{3/2} + O(δ^{5/2})",
            "with C = (2√2/3)(1−a)²/(π(1+a²)), from θ³ = (2δ)^{3/2}",
            r"C = \frac{2\sqrt 2}{3\pi} \frac{(1-a)^2}{1+a^2}",
        ),
        Limit(
            "1/√δ, with x = √δ, grows by C/2 in each layer",
            1 / sp.sqrt(x**2 - C * x**3) - 1 / x,
            x,
            sp.Integer(0),
            C / 2,
        ),
        Argued("and by Cesàro", "√δ_ℓ ~ 2/(Cℓ)", r"1 - \rho_\ell \sim \frac{4}{C^2 \ell^2}"),
        Identity(
            "4/C²",
            sp.Subs(4 / C**2, C, 2 * sp.sqrt(2) / 3 * SHARE),
            sp.Rational(9, 2) * sp.pi**2 * ((1 + a**2) / (1 - a) ** 2) ** 2,
        ),
    )
