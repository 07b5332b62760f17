"""Two values under a leaky ReLU: a bound on the cosine for every weight matrix.

cos(y′, z′) ≤ −2a/(1 + a²) for φ(x) = x₊ + a·min(x, 0), a > 0, on a batch of two values y ≠ z.

The limit of infinite width is the least extreme case: with p the share of |v|² in v₊ the cosine is
−a/√(a² + p(1−p)(1−a²)²), and p(1−p) ≤ 1/4.

Example: at a = 1 the layer is linear and the values are antipodal.

>>> CLAIM.bound(slope=1).contains(-1)
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
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.decomposition import PAPER, leaky_cosine
from depthlaw.theory.claims.decomposition import _two_values as two
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.decomposition.exact_layer import columns
from depthlaw.theory.values import Enclosure, Value

POSITIVE_SLOPE = Parameter(
    "slope", closed_forms.a, Domain.REAL, 0, "slope a of φ below 0", above=True
)


def cosine(batch: int, odd: int, width: int, slope: Fraction) -> Enclosure:
    """Return the cosine between the two values after one exact layer."""
    points = columns(two.after(batch, odd, width, slope))
    return Enclosure(two.cosine(points[0], points[-1]))


def _quantity(batch: int, odd: int, width: int, slope: Fraction) -> Value:
    return cosine(batch, odd, width, slope)


def _check(batch: int, odd: int, width: int, slope: Fraction) -> Check:
    return Check(
        f"n = {batch}, k = {odd}, d = {width}, a = {slope}",
        {"slope": slope},
        Computed(_quantity, {"batch": batch, "odd": odd, "width": width, "slope": slope}),
    )


def _derivation() -> Steps:
    p, a = sp.Symbol("p", real=True), closed_forms.a
    yield from two.steps()
    yield from leaky_cosine.squares_step()
    yield Identity(
        "p(1−p) stays below 1/4 by",
        sp.Rational(1, 4) - p * (1 - p),
        (p - sp.Rational(1, 2)) ** 2,
    )
    yield Sign("which is not negative", (p - sp.Rational(1, 2)) ** 2)
    yield Identity(
        "so the cosine is at most −a/√(a² + (1−a²)²/4), whose square is",
        a**2 / (a**2 + (1 - a**2) ** 2 / 4),
        leaky_cosine.FORMULA**2,
    )
    square = sp.Symbol("s", positive=True)
    yield Identity(
        "under that root stands a square", a**2 + (1 - a**2) ** 2 / 4, ((1 + a**2) / 2) ** 2
    )
    yield Identity(
        "so that the cosine, with the sign of −a, is",
        sp.Subs(-a / sp.sqrt(square), square, ((1 + a**2) / 2) ** 2),
        leaky_cosine.FORMULA,
    )


CLAIM = declare(
    __name__,
    "cosine of two values for every weight matrix, slope a > 0",
    upper(sp.Symbol(r"\cos(y', z')"), leaky_cosine.FORMULA, trivial=sp.Integer(1)),
    source=PAPER.ours("two values under a leaky ReLU"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(POSITIVE_SLOPE,),
    assumes=("any weights and width with W y ≠ W z",),
    checks=(
        _check(6, 1, 24, Fraction(1, 10)),
        _check(6, 2, 5, Fraction(1, 2)),
        _check(5, 1, 200, Fraction(1, 4)),
        _check(5, 4, 24, Fraction(3)),
    ),
    derivation=_derivation,
    control=Fraction(3, 2),
    siblings=("decomposition.leaky-cosine",),
)
