"""The odd-point state is the same for every slope a ≠ 1.

The norm ratio of the odd-point state of φ(x) = x₊ + a·min(x, 0) is that of ReLU.

With it all fixed directions, centred angles and the threshold n_c are the same. Multipliers are
not: to those of ReLU the linear part adds its own.

Example: the bound does not look at the slope.

>>> CLAIM.bound(batch=9, slope=0).contains(CLAIM.bound(batch=9, slope=5).ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.activations import two_slope
from depthlaw.theory.claim import (
    Agreement,
    Argued,
    Check,
    Computed,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import formulas, mean_field_step
from depthlaw.theory.decomposition.mean_field import centred
from depthlaw.theory.kernels import KernelMap
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Enclosure, Value

_HALVINGS = 70


def drift(spread: arb, batch: int, slope: Fraction) -> arb:
    """Return how much the general step with slope a changes τ, times a positive number."""
    n, m = batch, batch - 1
    alpha, tau = (1 + spread**2) / m**2, spread**2 / (m * (m - 1))

    def entry(i: int, j: int) -> arb:
        if i == j:
            return arb(1) if i == m else alpha
        return -arb(1) / m if m in (i, j) else alpha - tau

    M = centred(mean_field_step([[entry(i, j) for j in range(n)] for i in range(n)], slope))
    return M[0][0] - M[0][1] - tau * M[m][m]


def norm_ratio(batch: int, slope: Fraction) -> Enclosure:
    """Return the norm ratio of a fixed state with slope a, bracketed by signs of the drift.

    The bracket starts at the exact cluster and s = 2, between which the drift changes its sign.
    """
    low, high = arb(2) ** -20, arb(2)
    if not (drift(low, batch, slope) > 0 and drift(high, batch, slope) < 0):
        return Enclosure(arb.nan())
    for _ in range(_HALVINGS):
        middle = arb(((low + high) / 2).mid())
        value = drift(middle, batch, slope)
        if value > 0:
            low = middle
        elif value < 0:
            high = middle
        else:
            break
    return Enclosure((batch - 1) / (1 + low.union(high) ** 2).sqrt())


def _quantity(batch: int, slope: Fraction) -> Value:
    return norm_ratio(batch, slope)


def _check(batch: int, slope: Fraction) -> Check:
    return Check(
        f"n = {batch}, a = {slope}",
        {"batch": batch, "slope": slope},
        Computed(_quantity, {"batch": batch, "slope": slope}),
    )


def _kernels() -> list[arb]:
    """Return E φφ at three correlations and two slopes, from the kernel of the activation."""
    return [
        KernelMap(two_slope(a, 1)).point(0, rho)
        for a in (Fraction(1, 4), Fraction(-1, 2))
        for rho in (arb(-1) / 2, arb(1) / 4, arb(3) / 4)
    ]


def _by_formula() -> list[arb]:
    """Return (1−a)²κ/2 + aρ at the same places."""
    a, rho = formulas.a, formulas.rho
    mixed = (1 - a) ** 2 / 2 * formulas.kappa(rho) + a * rho
    return [
        evaluate(mixed, {a: ball(slope), rho: correlation})
        for slope in (Fraction(1, 4), Fraction(-1, 2))
        for correlation in (arb(-1) / 2, arb(1) / 4, arb(3) / 4)
    ]


def _derivation() -> Steps:
    a, lam = formulas.a, sp.Symbol("lambda")
    yield Agreement(
        "E φ(X)φ(Y) = (1−a)²κ(ρ)/2 + aρ, since φ = (1−a)x₊ + ax and E X₊Y = ρ/2",
        r"\mathbb E\,\varphi\varphi = \tfrac{(1-a)^2}{2}\kappa(\rho) + a\rho",
        _kernels,
        _by_formula,
        accuracy_bits=30,
    )
    yield Argued(
        "the step on centred matrices",
        "so M′ = ((1−a)²/2) PK(M)P + aM, and PMP = M",
    )
    yield Identity(
        "PK(M)P = λM gives M′ = μM with μ = (1−a)²λ/2 + a, and back for a ≠ 1",
        2 * (((1 - a) ** 2 * lam / 2 + a) - a) / (1 - a) ** 2,
        lam,
    )


CLAIM = declare(
    __name__,
    "the same odd-point state for every slope",
    equal(
        sp.Symbol("r_a"),
        sp.Symbol("r_0"),
        by=lambda values: setting.odd_state(setting.whole(values, "batch")).norm_ratio,
        tested=sp.Rational(1, 10**15),
    ),
    source=PAPER.ours("slope universality"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED, setting.SLOPE),
    assumes=(
        "infinite width",
        "recentring over the batch, then φ",
        setting.HAS_ODD_POINT,
        setting.NOT_LINEAR,
    ),
    checks=(
        _check(7, Fraction(1, 10)),
        _check(8, Fraction(-1)),
        _check(8, Fraction(1, 2)),
        _check(10, Fraction(3)),
    ),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("decomposition.one-dimensional-map", "decomposition.leaky-cosine"),
)
