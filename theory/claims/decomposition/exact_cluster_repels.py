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
    Heading,
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
from depthlaw.theory.decomposition import closed_forms, mean_field_step
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import n

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
    k, theta, psi = closed_forms.k, closed_forms.theta, closed_forms.psi(closed_forms.theta)
    p, q, a, b, s = sp.symbols("p q a b s", positive=True)
    norm = k / (1 + (p - 1) * sp.cos(theta))
    square = (p - 1) * (1 - sp.cos(theta)) / (1 + (p - 1) * sp.cos(theta))
    yield Heading(
        "A cluster of p = n − k points of squared norm a at mutual angles θ, and k equal ones of "
        "squared norm b, centred, in the scale where the product between the two is −1"
    )
    yield Identity(
        "rows sum to 0: b = p/k, and in the cluster a + (p − 1)a cos θ = k",
        sp.Subs(a + (p - 1) * a * sp.cos(theta), a, norm),
        k,
    )
    yield Identity("s² = ab − 1", sp.Subs(a * p / k - 1, a, norm), square)
    yield Heading("One layer: the growth is (1 − ψ/π)(a + b + 2)/(a + b − 2(s − arctan s)/π)")
    yield from setting.kernel_steps()
    yield Identity(
        "squared distances 2a(1 − cos θ) in the cluster become 2a(1 − κ(cos θ)), that is times",
        (1 - (sp.sin(theta) + (sp.pi - theta) * sp.cos(theta)) / sp.pi) / (1 - sp.cos(theta)),
        1 - psi / sp.pi,
    )
    yield Identity(
        "that of the two values is a + b + 2; then, with √(ab) = √(1 + s²), the product is "
        "√(ab) κ(−1/√(ab)): its square root",
        sp.Subs(sp.sqrt(a) * sp.sqrt(1 - 1 / a), a, 1 + s**2),
        s,
    )
    yield Identity(
        "and its angle, whose derivative in s is that of arctan s (both are 0 at s = 0), over π",
        sp.Derivative(sp.acos(1 / sp.sqrt(1 + s**2)), s),
        1 / (1 + s**2),
    )
    yield Heading("For small θ the growth is that of θ = 0, up to a relative error O(θ)")
    zero = sp.Integer(0)
    yield Limit("ψ/θ", psi / theta, theta, zero, sp.Rational(2, 3))
    yield Limit("(a − k/p)/θ²", (norm - k / p) / theta**2, theta, zero, k * (p - 1) / (2 * p**2))
    yield Limit("s²/θ²", square / theta**2, theta, zero, (p - 1) / (2 * p))
    yield Limit("(s − arctan s)/s²", (s - sp.atan(s)) / s**2, s, zero, zero)
    yield Identity(
        "with p + q points it exceeds 1 by",
        (p + q) ** 2 / (p**2 + q**2) - 1,
        2 * p * q / (p**2 + q**2),
    )
    yield Sign("which is positive", 2 * p * q / (p**2 + q**2), strict=True)
    yield Identity(
        "at θ = 0, where a = k/p, b = p/k and s = 0, it is",
        sp.Subs((a + b + 2) / (a + b), (a, b), (k / (n - k), (n - k) / k)),
        closed_forms.repulsion(),
    )


CLAIM = declare(
    __name__,
    "an exact cluster repels",
    equal(
        sp.Symbol(r"\text{growth of relative scatter}"),
        closed_forms.repulsion(),
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
        setting.TWO_IN_CLUSTER,
    ),
    checks=(_check(3, 1), _check(8, 1), _check(8, 3), _check(8, 6), _check(16, 1)),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("decomposition.orthogonality", "decomposition.cluster-angle"),
)
