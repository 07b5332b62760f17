"""An exact cluster repels: scatter grows before it saturates.

The squared scatter within n − k nearly equal points, relative to the squared distance to the other
k, grows by n²/(k² + (n−k)²) > 1 per layer.

A single cluster is therefore exact only in the limit n → ∞: ReLU stops the growth at an angle of
3π/n (cluster-angle).

Example: two points against two are repelled most, by a factor of 2.

>>> CLAIM.bound(batch=4, odd=2).ball == 2
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Check,
    Computed,
    Identity,
    Limit,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _two_values as two
from depthlaw.theory.decomposition import formulas, mean_field_step
from depthlaw.theory.symbols import n
from depthlaw.theory.values import Enclosure, Value

SCATTER = Fraction(1, 10**12)


def growth(batch: int, odd: int) -> Enclosure:
    """Return the growth of the relative squared scatter, from the general step."""
    p, k = batch - odd, odd
    tau = arb(SCATTER.numerator) / SCATTER.denominator
    a, b = (k + (p - 1) * tau) / p, arb(p) / k

    def entry(i: int, j: int) -> arb:
        if (i < p) != (j < p):
            return arb(-1)
        if i >= p:
            return b
        return a if i == j else a - tau

    before = [[entry(i, j) for j in range(batch)] for i in range(batch)]
    after = mean_field_step(before)

    def relative(G: list[list[arb]]) -> arb:
        scatter = G[0][0] - G[0][1]
        return scatter / (G[0][0] + G[-1][-1] - 2 * G[0][-1])

    return Enclosure(relative(after) / relative(before))


def _quantity(batch: int, odd: int) -> Value:
    return growth(batch, odd)


def _check(batch: int, odd: int) -> Check:
    return Check(
        f"n = {batch}, k = {odd}",
        {"batch": batch, "odd": odd},
        Computed(_quantity, {"batch": batch, "odd": odd}),
    )


def _derivation() -> Steps:
    k, theta = formulas.k, formulas.theta
    p, q = sp.symbols("p q", positive=True)
    chord = (1 - sp.cos(theta)) * (1 - formulas.psi(theta) / sp.pi)
    yield from two.steps()
    yield Limit(
        "ReLU with variance 2/width keeps small distances",
        chord / (1 - sp.cos(theta)),
        theta,
        sp.Integer(0),
        sp.Integer(1),
    )
    yield Identity(
        "and turns |v|², the distance of the two values, into |y′|² + |z′|², which are orthogonal",
        (k / n) ** 2 + ((n - k) / n) ** 2,
        1 / formulas.repulsion(),
    )
    yield Identity(
        "with p + q points the factor exceeds 1 by",
        (p + q) ** 2 / (p**2 + q**2) - 1,
        2 * p * q / (p**2 + q**2),
    )
    yield Sign("which is positive", 2 * p * q / (p**2 + q**2), strict=True)
    yield Identity(
        "relative to the distance of the two values the scatter grows by",
        1 / ((k / n) ** 2 + ((n - k) / n) ** 2),
        formulas.repulsion(),
    )


CLAIM = declare(
    __name__,
    "an exact cluster repels",
    equal(
        sp.Symbol(r"\text{growth of relative scatter}"),
        formulas.repulsion(),
        leading="O(angle)",
        within=n / sp.Integer(10**6),
    ),
    source=PAPER.ours("the exact cluster repels"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.PAIR, setting.ODD),
    assumes=(
        *setting.MEAN_FIELD,
        "the scatter is infinitesimal and exchangeable",
        setting.ODD_BELOW_BATCH,
        setting.TWO_IN_CLUSTER,
    ),
    checks=(_check(3, 1), _check(8, 1), _check(8, 3), _check(8, 6), _check(16, 1)),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("decomposition.orthogonality", "decomposition.cluster-angle"),
)
