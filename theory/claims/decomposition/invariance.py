"""Two values stay two values, for every weight matrix.

A batch of n − k copies of y and k copies of z has at most 2 distinct points after recentring and
φ(x) = x₊ + a·min(x, 0): y′ = φ((k/n)v) and z′ = φ(−((n−k)/n)v), v = W(y − z).

If v ≥ 0 in every coordinate one of the two values becomes 0. Checked in rational arithmetic.

Example: whether the first or the last three points are alike, both values stay apart.

>>> counts = {int(distinct(9, odd, 24, Fraction(1, 4), depth=3).expression) for odd in (3, 6)}
>>> counts == {int(CLAIM.bound(batch=9, odd=3).upper)}
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Argued, Check, Computed, Outcome, Status, Steps, declare, upper
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _two_values as two
from depthlaw.theory.decomposition.exact_layer import columns
from depthlaw.theory.symbols import n
from depthlaw.theory.values import Exact, Value


def distinct(batch: int, odd: int, width: int, slope: Fraction, depth: int) -> Exact:
    """Return the number of distinct points after `depth` layers, counted exactly."""
    points = set(columns(two.after(batch, odd, width, slope, depth)))
    return Exact(sp.Integer(len(points)))


def _quantity(batch: int, odd: int, width: int, slope: Fraction, depth: int) -> Value:
    return distinct(batch, odd, width, slope, depth)


def _check(batch: int, odd: int, width: int, slope: Fraction, depth: int = 1) -> Check:
    return Check(
        f"n = {batch}, k = {odd}, d = {width}, a = {slope}, {depth} layers",
        {"batch": batch, "odd": odd},
        Computed(
            _quantity, {"batch": batch, "odd": odd, "width": width, "slope": slope, "depth": depth}
        ),
    )


def _derivation() -> Steps:
    yield from two.steps()
    yield Argued(
        "every layer",
        "W acts on both values alike and recentring and φ act neuron by neuron, so equal "
        "points stay equal: whatever W is",
    )


CLAIM = declare(
    __name__,
    "two values stay two values",
    upper(sp.Symbol(r"\#\{x'_1, \dots, x'_n\}"), sp.Integer(2), trivial=n),
    source=PAPER.ours("invariant representations"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.PAIR, setting.ODD),
    assumes=(
        "any weights and width",
        "y ≠ z in every layer",
        setting.ODD_BELOW_BATCH,
    ),
    checks=(
        *(_check(6, 1, width, Fraction(0)) for width in two.WIDTHS),
        _check(7, 3, 24, Fraction(1, 4), depth=4),
        _check(9, 4, 24, Fraction(-1), depth=3),
        _check(9, 8, 2, Fraction(-3, 2)),
    ),
    derivation=_derivation,
    control=Fraction(3, 4),
    siblings=("decomposition.orthogonality", "decomposition.two-value-norm-ratio"),
)
