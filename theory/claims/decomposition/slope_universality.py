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

from depthlaw.theory.claim import (
    Check,
    Computed,
    Heading,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms, mean_field_step
from depthlaw.theory.decomposition.wide_layer import centred
from depthlaw.theory.values import Enclosure, Value

_HALVINGS = 70
_RELU = sp.Symbol("r_0", positive=True)


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


def _derivation() -> Steps:
    a, (lam, mu) = closed_forms.a, sp.symbols("lambda mu")
    x, y, c = sp.symbols("M_oo M_cc c", positive=True)
    yield Heading("One layer with slope a, positively homogeneous as that of ReLU")
    yield from setting.slope_steps()
    yield Heading(
        "A centred M goes to M′ = ((1−a)²/2) PK(M)P + aM, which has the fixed states of ReLU"
    )
    yield Identity(
        "PMP = M: rows and columns that sum to 0 have no means",
        sp.Subs(c - 2 * lam + mu, (lam, mu), (0, 0)),
        c,
    )
    yield Identity(
        "M′ = μM is PK(M)P = λM with λ = 2(μ − a)/(1 − a)², and back for a ≠ 1",
        sp.Subs(2 * (mu - a) / (1 - a) ** 2, mu, (1 - a) ** 2 * lam / 2 + a),
        lam,
    )
    yield Identity(
        "so the ratio of norms √(M_oo/M_cc) there is that of ReLU, where M_oo = r_0² M_cc",
        sp.Subs(sp.sqrt(x / y), x, _RELU**2 * y),
        _RELU,
    )


CLAIM = declare(
    __name__,
    "the same odd-point state for every slope",
    equal(
        sp.Symbol("r_a"),
        _RELU,
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
