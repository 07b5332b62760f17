"""After recentring and ReLU two values are orthogonal, exactly, for every weight matrix.

∠(y′, z′) = π/2 for a batch of n − k copies of y and k copies of z.

After recentring alone the two values are antipodal (an angle of π): ReLU makes the right angle.

Example: the angle does not depend on k.

>>> CLAIM.bound(batch=5, odd=1) == CLAIM.bound(batch=5, odd=4)
True
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Check, Computed, Identity, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _two_values as two
from depthlaw.theory.decomposition import exact_layer
from depthlaw.theory.values import Enclosure, Exact, Value


def angle(batch: int, odd: int, width: int, depth: int) -> Enclosure | Exact:
    """Return the angle between the first and the last point; exact where it is a right one."""
    points = exact_layer.columns(two.after(batch, odd, width, depth=depth))
    if exact_layer.inner(points[0], points[-1]) == 0:
        return Exact(sp.pi / 2)
    return Enclosure(two.cosine(points[0], points[-1]).acos())


def _quantity(batch: int, odd: int, width: int, depth: int) -> Value:
    return angle(batch, odd, width, depth)


def _check(batch: int, odd: int, width: int, depth: int = 1) -> Check:
    return Check(
        f"n = {batch}, k = {odd}, d = {width}, {depth} layers",
        {"batch": batch, "odd": odd},
        Computed(_quantity, {"batch": batch, "odd": odd, "width": width, "depth": depth}),
    )


def _derivation() -> Steps:
    v = sp.Symbol("v", real=True)
    yield from two.steps()
    yield Identity(
        "v₊ and v₋ never meet, in any coordinate: v₊ = (|v| + v)/2, v₋ = (|v| − v)/2",
        sp.Max(v, 0).rewrite(sp.Abs) * sp.Max(-v, 0).rewrite(sp.Abs),
        sp.Integer(0),
    )
    yield Identity(
        "so the cosine of y′ = (k/n)v₊ and z′ = ((n−k)/n)v₋ is 0, and their angle",
        sp.Subs(sp.acos(sp.Symbol("c")), sp.Symbol("c"), 0),
        sp.pi / 2,
    )


CLAIM = declare(
    __name__,
    "two values are orthogonal after ReLU",
    equal(sp.Symbol(r"\angle(y', z')"), sp.pi / 2),
    source=PAPER.ours("orthogonal direction of the odd point"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.PAIR, setting.ODD),
    assumes=(
        "any weights and width for which neither y′ nor z′ is 0",
        setting.ODD_BELOW_BATCH,
    ),
    checks=(
        _check(2, 1, 24),
        _check(6, 1, 5),
        _check(7, 3, 24, depth=5),
        _check(32, 1, 24, depth=2),
    ),
    derivation=_derivation,
    control=setting.HALF,
    siblings=("decomposition.leaky-cosine", "decomposition.two-value-norm-ratio"),
)
