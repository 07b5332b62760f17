"""With rescaling there is no odd point: all cosines are equal.

E(mean cosine of all points but the longest, at layer 100) = κ(−1/(n−1)), within a
tenth (a fifth under the quick budget), for recentring, rescaling (per neuron) and ReLU.

The state of equal cosines attracts; at finite width the mean cosine exceeds it by about 0.6/d for
n = 16 and 0.7/d for n = 32. From 52 points on the mean field has other states, in which points are
longer than the rest (rescaled-long-point), and from n = 128 on the excess does not go to 0 with the
width (rescaled-cosines).

Example: it is the state of equal cosines of the unscaled network.

>>> from depthlaw.theory.decomposition import fixed_points
>>> CLAIM.bound(batch=16, width=100).contains(fixed_points(16).symmetric.cluster_cosine.ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Budget,
    Check,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER, odd_point_forms
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _simulated as simulated
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.writing.symbols import d, n

SMALL_BATCH = Requires(
    n <= 128,
    "in larger batches the norms spread and the cosines exceed the formula: see "
    "decomposition.rescaled-cosines",
)
WIDE = Requires(d >= 100, "cosines of narrower networks fluctuate too much")


def _check(batch: int, width: int, replicas: int, budget: Budget = Budget.QUICK) -> Check:
    quantity = simulated.measured(batch, width, simulated.WITH_RESCALING, "cluster_cosine", 100)
    return Check(
        f"n = {batch}, d = {width}",
        {"batch": batch, "width": width},
        quantity,
        budget=budget,
        replicas=replicas,
        resolution=Fraction(1, 5 if budget is Budget.QUICK else 10),
    )


def _derivation() -> Steps:
    k = sp.Symbol("kappa", positive=True)
    off = k - 2 * (1 + (n - 1) * k) / n + (n + n * (n - 1) * k) / n**2
    on = 1 - 2 * (1 + (n - 1) * k) / n + (n + n * (n - 1) * k) / n**2
    yield Identity(
        "recentring equal cosines κ leaves cosines −1/(n−1), whatever κ is",
        off / on,
        -1 / (n - 1),
    )
    yield Argued(
        "rescaling changes nothing there",
        "a neuron's values on the batch are then isotropic on the complement of 1: their "
        "direction is independent of their norm, and ReLU is positively homogeneous, so "
        "the cosines after it are κ(−1/(n−1)) with or without dividing by the norm",
    )
    yield Argued("that it attracts", "measured; with rescaling every neuron has the same norm")


CLAIM = declare(
    __name__,
    "rescaling destroys the odd point",
    equal(
        sp.Function("E")(sp.Symbol(r"\cos_{\text{cluster}}")),
        closed_forms.kappa(-1 / (n - 1)),
        within=sp.Rational(1, 5),
    ),
    source=PAPER.ours("the need for recentring without rescaling"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(setting.CLUSTERED, WIDTH),
    assumes=(
        *setting.RESCALED,
        odd_point_forms.LARGE_BATCH,
        SMALL_BATCH,
        WIDE,
        odd_point_forms.ORTHONORMAL,
    ),
    checks=(
        _check(16, 100, 400),
        _check(32, 200, 100, Budget.STANDARD),
        _check(128, 100, 32, Budget.THOROUGH),
    ),
    derivation=_derivation,
    control=Fraction(3, 2),
    siblings=("decomposition.odd-point-forms", "decomposition.rescaled-cosines"),
)
