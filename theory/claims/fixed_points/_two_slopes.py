"""a·min(x, 0) + max(x, 0): its kernel map, and why κ′(1) = 1 exactly."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import (
    LAYER,
    Cited,
    Domain,
    Heading,
    Identity,
    Induction,
    Limit,
    Parameter,
    Requires,
    Sign,
    Step,
    Steps,
    Tangent,
)
from depthlaw.theory.claims.decomposition._setting import slope_steps
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.writing.symbols import ell

a = sp.Symbol("a", real=True)
rho = sp.Symbol("rho", real=True)
angle = sp.Symbol("theta", positive=True)
SHARE = (1 - a) ** 2 / (sp.pi * (1 + a**2))
LEADING = sp.Rational(9, 2) * sp.pi**2 / ell**2 * ((1 + a**2) / (1 - a) ** 2) ** 2
KERNEL = rho + SHARE * (sp.sqrt(1 - rho**2) - rho * sp.acos(rho))

LEAK = Parameter(
    "leak", a, Domain.REAL, -(10**6), "slope on the negative side; 0 for ReLU, −1 for |x|"
)
CURVED = Requires(
    sp.Ne(LEAK.symbol, 1), "with 1 the activation is linear and every correlation is fixed"
)


def closed_form() -> tuple[Step, ...]:
    """Return κ and its slope at 1."""
    kernel = sp.Symbol("kappa")
    mean = (1 - a) ** 2 / 2 * kernel + a * rho
    return (
        *slope_steps(),
        Identity(
            "divided by E φ² = (1 + a²)/2, its value at ρ = 1, it is κ of φ",
            sp.Subs(2 / (1 + a**2) * mean, kernel, closed_forms.kappa(rho)),
            KERNEL,
        ),
        Identity("κ′", sp.Derivative(KERNEL, rho), 1 - SHARE * sp.acos(rho)),
        Identity(
            "κ′(1) = 1, whatever a is", sp.Subs(1 - SHARE * sp.acos(rho), rho, 1), sp.Integer(1)
        ),
    )


def steep_enough() -> Steps:
    """Yield that ψ ≥ (2√2/3)√δ, δ = 1 − cos θ."""
    half, t = sp.Symbol("phi", positive=True), sp.Symbol("t", positive=True)
    psi, delta = closed_forms.psi(angle), 1 - sp.cos(angle)
    lens = sp.sin(2 * half) - 2 * half * sp.cos(2 * half) - sp.Rational(8, 3) * sp.sin(half) ** 3
    yield Identity(
        "so it is enough that ψ ≥ (2√2/3)√δ; with θ = 2φ, δ = 2 sin² φ, the difference times δ is",
        sp.Subs(
            delta * (psi - 2 * sp.sqrt(2) / 3 * sp.sqrt(2) * sp.sin(angle / 2)), angle, 2 * half
        ),
        lens,
    )
    yield Identity(
        "which is 0 at φ = 0 and grows up to φ = π/2 as sin φ cos φ (φ − sin φ), not negative",
        sp.Derivative(lens, half),
        8 * sp.sin(half) * sp.cos(half) * (half - sp.sin(half)),
    )
    yield Identity(
        "as φ − sin φ is an integral",
        sp.Integral(2 * sp.sin(t / 2) ** 2, (t, 0, half)),
        half - sp.sin(half),
    )
    yield Sign("of a square", 2 * sp.sin(t / 2) ** 2)


def leading_order() -> Steps:
    """Yield how 1/√δ grows, δ = 1 − ρ: by C/2 at least, and by C/2 + O(√δ)."""
    share, C, x, j = sp.symbols("S C x j", positive=True)
    half, start = sp.Symbol("phi", positive=True), sp.Symbol("delta_0", positive=True)
    psi = closed_forms.psi(angle)
    delta = 1 - sp.cos(angle)
    yield Heading("One layer takes δ = 1 − cos θ to δ(1 − Sψ(θ)), S = (1 − a)²/(π(1 + a²)) ≤ 2/π")
    yield Identity(
        "1 − κ(cos θ)",
        1 - sp.cos(angle) - share * (sp.sin(angle) - angle * sp.cos(angle)),
        delta * (1 - share * psi),
    )
    yield Identity(
        "2/π − S, over π(1 + a²)", 2 / sp.pi - SHARE, (1 + a) ** 2 / (sp.pi * (1 + a**2))
    )
    yield Sign("is not negative", (1 + a) ** 2 / (sp.pi * (1 + a**2)))
    yield Heading("1/√δ grows by C/2 at least, C = (2√2/3) S")
    yield Tangent("(1 − z)^{−1/2} ≥ 1 + z/2, with x = 1 − z", 1 / sp.sqrt(x), x, sp.Integer(1))
    yield from steep_enough()
    yield Heading("and by O(√δ) more")
    z, r, q = sp.symbols("z r q", positive=True)
    twice = 2 * sp.sqrt(2) / 3 * share
    second = (1 / sp.sqrt(1 - z) - 1 - z / 2) / z**2
    yield Identity(
        "what it grows by beyond C/2, over r = √δ, with z = Sψ",
        ((1 / sp.sqrt(1 - z) - 1) / r - twice / 2) / r,
        (z / r - twice) / (2 * r) + second * (z / r) ** 2,
    )
    root = sp.sqrt(2) * sp.sin(half)
    lost = share * (sp.sin(2 * half) - 2 * half * sp.cos(2 * half)) / root**2
    zero = sp.Integer(0)
    yield Limit("z/r, with r = √2 sin φ", lost / root, half, zero, twice)
    yield Limit("how fast", (lost / root - twice) / root, half, zero, zero)
    yield Limit("and z tends to 0", second, z, zero, sp.Rational(3, 8))
    yield Identity(
        "so that this tends to S²/3",
        sp.Subs(q * (z / r) ** 2, (q, z), (sp.Rational(3, 8), twice * r)),
        share**2 / 3,
    )
    yield Heading("ℓ layers: √δ_k ≤ 2/(Ck), and Σ_{0<k<ℓ} 1/k ≤ 1 + log ℓ")
    above = start / (1 + C * LAYER * start / 2)
    yield Induction("layer by layer", r"\sqrt{\delta_k}", x / (1 + C * x / 2), x, start, above)
    yield Identity(
        "2/(Ck) is larger by",
        2 / (C * j) - above.subs(LAYER, j),
        4 / (C * j * (2 + C * j * start)),
    )
    yield Sign("which is positive", 4 / (C * j * (2 + C * j * start)), strict=True)
    yield Cited(
        "so √δ_k tends to 0, and what 1/√δ gains beyond C/2, over √δ_k, tends to S²/3: it is below "
        "some c in every layer, since 1 − Sψ > 0 there (ψ < π/2 up to θ = π)",
        "convergent sequences are bounded; Rudin, Principles of Mathematical Analysis, Theorem 3.2",
    )
    yield Tangent(
        "1 − x ≤ −log x: at x = k/(k + 1), 1/(k + 1) ≤ log(k + 1) − log k, which add up",
        -sp.log(x),
        x,
        sp.Integer(1),
    )
    yield Identity(
        "1/√δ_ℓ is Cℓ/2 up to 1/√δ₀ + c(√δ₀ + 2(1 + log ℓ)/C), that is up to a relative error "
        "O(log ℓ/ℓ): the leading term of δ_ℓ",
        sp.Subs(sp.Subs(1 / x**2, x, C * ell / 2), C, 2 * sp.sqrt(2) / 3 * SHARE),
        LEADING,
    )
