"""Two values under a leaky ReLU: the limiting cosine.

cos(y′, z′) = −2a/(1 + a²) for φ(x) = x₊ + a·min(x, 0) on a batch of two values.

Example: a and 1/a are the same network up to a sign.

>>> CLAIM.bound(batch=4, odd=1, slope=Fraction(1, 3)).contains(
...     CLAIM.bound(batch=4, odd=1, slope=3).ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Check, Computed, Identity, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _two_values as two
from depthlaw.theory.decomposition import closed_forms, exact_layer, mean_field_step
from depthlaw.theory.decomposition.wide_layer import Matrix
from depthlaw.theory.values import Enclosure, Value

a = closed_forms.a
FORMULA = -2 * a / (1 + a**2)
RESOLUTION = Fraction(1, 10**15)


def stepped(batch: int, odd: int, slope: Fraction) -> Matrix:
    """Return the Gram matrix of two values after one layer of infinite width."""
    points = exact_layer.columns(two.batch_of_two(batch, odd))
    gram = [[exact_layer.inner(x, y) for y in points] for x in points]
    return mean_field_step(gram, slope)


def cosine(batch: int, odd: int, slope: Fraction) -> Enclosure:
    """Return the cosine between the two values after one layer of infinite width."""
    G = stepped(batch, odd, slope)
    return Enclosure(G[0][-1] / (G[0][0] * G[-1][-1]).sqrt())


def _quantity(batch: int, odd: int, slope: Fraction) -> Value:
    return cosine(batch, odd, slope)


def _check(batch: int, odd: int, slope: Fraction) -> Check:
    return Check(
        f"n = {batch}, k = {odd}, a = {slope}",
        {"batch": batch, "odd": odd, "slope": slope},
        Computed(_quantity, {"batch": batch, "odd": odd, "slope": slope}),
    )


def squares_step() -> tuple[Identity, ...]:
    """Return inner product and norms of φ(v) and φ(−v), with |v₊|² = p|v|², |v₋|² = (1−p)|v|²."""
    p = sp.Symbol("p", real=True)
    plus, minus = sp.symbols("v_+ v_-", nonnegative=True)
    first, second = plus - a * minus, minus - a * plus
    return (
        Identity(
            "⟨φ(v), φ(−v)⟩ = −a|v|², in each coordinate with v₊v₋ = 0",
            sp.Subs(sp.expand(first * second), plus * minus, 0),
            -a * (plus**2 + minus**2),
        ),
        Identity(
            "product of the squared norms",
            (p + a**2 * (1 - p)) * (1 - p + a**2 * p),
            a**2 + p * (1 - p) * (1 - a**2) ** 2,
        ),
    )


def _derivation() -> Steps:
    yield from two.steps()
    yield from squares_step()
    p = sp.Symbol("p", real=True)
    norms = (p + a**2 * (1 - p)) * (1 - p + a**2 * p)
    yield Identity(
        "a symmetric law makes p = 1/2, where the inner product over the norms is",
        sp.Subs(-a / sp.sqrt(norms), p, sp.Rational(1, 2)),
        FORMULA,
    )
    square = sp.Symbol("s", positive=True)
    yield Identity(
        "under that root stands a square", a**2 + (1 - a**2) ** 2 / 4, ((1 + a**2) / 2) ** 2
    )
    yield Identity(
        "so that the cosine, with the sign of −a, is",
        sp.Subs(-a / sp.sqrt(square), square, ((1 + a**2) / 2) ** 2),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "limiting cosine of two values, slope a",
    equal(sp.Symbol(r"\cos(y', z')"), FORMULA, tested=sp.Rational(RESOLUTION)),
    source=PAPER.ours("two values under a leaky ReLU"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.PAIR, setting.ODD, setting.SLOPE),
    assumes=(
        "infinite width",
        "weights with a symmetric law, so that |v₊|² and |v₋|² have the same mean",
        setting.ODD_BELOW_BATCH,
        setting.NOT_LINEAR,
    ),
    checks=(
        _check(2, 1, Fraction(1, 10)),
        _check(6, 2, Fraction(1, 2)),
        _check(5, 4, Fraction(-1, 2)),
        _check(5, 1, Fraction(3)),
    ),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("decomposition.leaky-cosine-bound", "decomposition.orthogonality"),
)
