"""One odd point and an exchangeable cluster: the mean field is a map of one number.

τ′ = T(τ) = α(1 − κ(β/α))/g with α = 1/m² + τ(m−1)/m, β = 1/m² − τ/m, m = n − 1 and
g = (m/n)² [1 − 2√α κ(−1/(m√α)) + (α/m)(1 + (m−1)κ(β/α))].

Example: in the state of equal cosines all points have the same norm, and τ = n/m stays.

>>> from depthlaw.theory.rigorous.balls import ball
>>> CLAIM.bound(batch=5, difference=Fraction(5, 4)).contains(ball(Fraction(5, 4)))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import formulas, mean_field_step
from depthlaw.theory.decomposition.mean_field import centred
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Value

DIFFERENCE = Parameter(
    "difference", formulas.tau, Domain.REAL, 0, "τ = α − β of the centred cluster", above=True
)
RESOLUTION = Fraction(1, 10**15)
"""Both sides are enclosed to 128 bits; nothing above this relative error passes as equality."""


def stepped(batch: int, difference: Fraction) -> Enclosure:
    """Return τ′ from the general step on the full n × n Gram matrix."""
    n, m = batch, batch - 1
    alpha = Fraction(1, m * m) + difference * Fraction(m - 1, m)

    def entry(i: int, j: int) -> Fraction:
        if i == j:
            return Fraction(1) if i == m else alpha
        return Fraction(-1, m) if m in (i, j) else alpha - difference

    gram = [[ball(entry(i, j)) for j in range(n)] for i in range(n)]
    M = centred(mean_field_step(gram))
    return Enclosure((M[0][0] - M[0][1]) / M[m][m])


def _quantity(batch: int, difference: Fraction) -> Value:
    return stepped(batch, difference)


def _check(label: str, batch: int, difference: Fraction) -> Check:
    return Check(
        label,
        {"batch": batch, "difference": difference},
        Computed(_quantity, {"batch": batch, "difference": difference}),
    )


def _derivation() -> Steps:
    m, tau, s = sp.Symbol("m", positive=True), formulas.tau, formulas.s
    A, B = formulas.alpha(m, tau), formulas.beta(m, tau)
    within, across, own = sp.symbols("K_cc' K_co K_cc")
    spread_alpha = (1 + s**2) / m**2
    psi = sp.Symbol("psi")
    # g in s, with 1 − κ(cos θ) = (1 − cos θ)(1 − ψ/π).
    tau_s = s**2 / (m * (m - 1))
    bracket = 1 - 2 * (s - sp.atan(s)) / (sp.pi * m) + 1 / m**2 + (m - 1) / m * tau_s * psi / sp.pi
    g = (m / (m + 1)) ** 2 * bracket
    excess = ((m + 1) ** 2 + s**2) * psi - 2 * m * (sp.pi + s - sp.atan(s))
    yield from setting.kernel_steps()
    yield Identity("rows of the centred matrix sum to 0: the cluster", A + (m - 1) * B, 1 / m)
    yield Identity("and one number is free", A - B, tau)
    row = (own + (m - 1) * within + across) / (m + 1)
    total = sp.Symbol("K")
    yield Identity(
        "centring subtracts the same two row means from K_cc and K_cc′, so distances stay",
        (own - 2 * row + total) - (within - 2 * row + total),
        own - within,
    )
    yield Identity(
        "the odd point: the quadratic form of e_o − 1/n",
        (1 - 1 / (m + 1)) ** 2
        - 2 * (1 - 1 / (m + 1)) * m * across / (m + 1)
        + (m * own + m * (m - 1) * within) / (m + 1) ** 2,
        (m / (m + 1)) ** 2 * (1 - 2 * across + (own + (m - 1) * within) / m),
    )
    yield Identity("s² = m²α − 1 = m(m−1)τ", m**2 * A - 1, m * (m - 1) * tau)
    yield Identity(
        "√α κ(−1/(m√α)) = (s − arctan s)/(πm): the square root",
        sp.sqrt(spread_alpha) * sp.sqrt(1 - 1 / (m**2 * spread_alpha)),
        s / m,
    )
    yield Identity(
        "and the angle, whose derivative in s is that of arctan s (both are 0 at s = 0)",
        sp.Derivative(sp.acos(1 / sp.sqrt(1 + s**2)), s),
        sp.diff(sp.atan(s), s),
    )
    yield Identity(
        "T(τ) = τ (1 − ψ/π)/g = τ exactly where F = (n² + s²)ψ − 2m(π + s − arctan s) = 0",
        sp.pi * (m + 1) ** 2 * (g - (1 - psi / sp.pi)),
        excess,
    )
    size = formulas.m
    alpha, beta = formulas.alpha(size, tau), formulas.beta(size, tau)
    layer = (own - within) / (
        (size / formulas.n) ** 2 * (1 - 2 * across + (own + (size - 1) * within) / size)
    )
    yield Identity(
        "and one layer, with K_cc = α, K_cc′ = ακ(β/α), K_co = √α κ(−1/(m√α)), scaled back to "
        "an odd point of norm 1, is T(τ)",
        sp.Subs(
            layer,
            (own, within, across),
            (
                alpha,
                alpha * formulas.kappa(beta / alpha),
                sp.sqrt(alpha) * formulas.kappa(-1 / (size * sp.sqrt(alpha))),
            ),
        ),
        formulas.next_difference(),
    )


CLAIM = declare(
    __name__,
    "a cluster and an odd point, one layer, exactly",
    equal(sp.Symbol(r"\tau'"), formulas.next_difference(), tested=sp.Rational(RESOLUTION)),
    source=PAPER.ours("exact one-dimensional model"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED, DIFFERENCE),
    assumes=(
        *setting.MEAN_FIELD,
        setting.EXCHANGEABLE,
    ),
    checks=(
        _check("n = 3, near the exact cluster", 3, Fraction(1, 1000)),
        _check("n = 7, between cluster and odd point", 7, Fraction(1, 20)),
        _check("n = 7, the odd point is shorter", 7, Fraction(5)),
        _check("n = 32, a tight cluster", 32, Fraction(1, 25_000)),
    ),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("decomposition.odd-point-existence", "decomposition.slope-universality"),
)
