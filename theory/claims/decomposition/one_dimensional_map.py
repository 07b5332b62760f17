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
from depthlaw.theory.decomposition import closed_forms, mean_field_step
from depthlaw.theory.decomposition.wide_layer import centred
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Value

DIFFERENCE = Parameter(
    "difference", closed_forms.tau, Domain.REAL, 0, "τ = α − β of the centred cluster", above=True
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
    m, tau = sp.Symbol("m", positive=True), closed_forms.tau
    A, B = closed_forms.alpha(m, tau), closed_forms.beta(m, tau)
    within, across, own = sp.symbols("K_{cc'} K_{co} K_{cc}")
    first, second, total = sp.symbols("R_c R_{c'} K")
    yield from setting.kernel_steps()
    yield Identity("rows of the centred matrix sum to 0: the cluster", A + (m - 1) * B, 1 / m)
    yield Identity("and one number is free", A - B, tau)
    yield Identity(
        "centring subtracts row means and adds the mean; the rows of two exchangeable points have "
        "one mean, so that distances stay",
        sp.Subs((own - 2 * first + total) - (within - first - second + total), second, first),
        own - within,
    )
    yield Identity(
        "the odd point: the quadratic form of e_o − 1/n",
        (1 - 1 / (m + 1)) ** 2
        - 2 * (1 - 1 / (m + 1)) * m * across / (m + 1)
        + (m * own + m * (m - 1) * within) / (m + 1) ** 2,
        (m / (m + 1)) ** 2 * (1 - 2 * across + (own + (m - 1) * within) / m),
    )
    size, (inner, outer) = closed_forms.m, sp.symbols("kappa kappa_o")
    alpha, beta = closed_forms.alpha(size, tau), closed_forms.beta(size, tau)
    norm = 1 - 2 * sp.sqrt(own) * outer + own / size * (1 + (size - 1) * inner)
    yield Identity(
        "and one layer, with K_cc = α, K_cc′ = ακ(β/α), K_co = √α κ(−1/(m√α)), scaled back to "
        "an odd point of norm 1, is T(τ)",
        sp.Subs(
            own * (1 - inner) / ((size / closed_forms.n) ** 2 * norm),
            (own, inner, outer),
            (
                alpha,
                closed_forms.kappa(beta / alpha),
                closed_forms.kappa(-1 / (size * sp.sqrt(alpha))),
            ),
        ),
        closed_forms.next_difference(),
    )


CLAIM = declare(
    __name__,
    "a cluster and an odd point, one layer, exactly",
    equal(sp.Symbol(r"\tau'"), closed_forms.next_difference(), tested=sp.Rational(RESOLUTION)),
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
