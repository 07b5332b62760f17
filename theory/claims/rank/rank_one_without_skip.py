"""Without a skip connection rank one repels from d = 3 on, and is exactly neutral at d = 2.

Next to rank one, E log(ε_{ℓ+1}/ε_ℓ) ≥ ½ log(2 − 2/d) for the ratio ε = σ₂/σ₁ at γ = ∞.

Each check measures one layer from a small ε, with log(ε_1/ε_0) cut at ±8: that changes its mean by
at most `cut_off`, which is taken off, so that the mean compared is not above the one claimed.

At d = 2 the rate is 0 exactly, not only its bound, since ψ(1) − ψ(1/2) = 2 log 2: that is why the
average of r falls to 1 there and nowhere else. The true rates are 0.58, 0.86 and 1.34 at d = 3, 4
and 8.

Example: the bound vanishes at d = 2.

>>> CLAIM.bound(width=2).contains(0)
True
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.claim import (
    WIDTH,
    Check,
    Derivation,
    Measured,
    Observed,
    Outcome,
    Requires,
    Status,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _cauchy as near
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.network import Network, Rescale
from depthlaw.theory.writing.symbols import d

Array = NDArray[np.float64]
CUT = 8
"""Where the logarithm is cut, which gives its mean a proved range."""
DISTANCE = 2.0**-24
"""1 − cosine of both samples at the start: ε² = 2^-25 is far from 1, and from rounding, 2^-53."""

TWO_NEURONS = Requires(d >= 2, "one neuron has no second direction")


def log_ratio(gram: Array) -> Array:
    """Return log(σ₂/σ₁) of two samples up to O(ε²), from G of shape (…, 2, 2)."""
    a, b, c = gram[..., 0, 0], gram[..., 1, 1], gram[..., 0, 1]
    with np.errstate(divide="ignore"):
        # Lost to rounding counts as −∞, against the claim.
        logarithm = np.log(np.maximum(a * b - c * c, 0.0)) / 2
    return np.asarray(logarithm - np.log(a + b), dtype=np.float64)


def cut_off(width: int) -> float:
    """Return how much cutting log ρ at ±B changes its mean at most, ρ² = Σ(t_i − t̄)²/d.

    (t_1 − t_2)²/(2d) ≤ ρ² ≤ max t_i² for Cauchy t_i, and t_1 − t_2 is twice a Cauchy variable, so
    P(ρ < e^{−x}) ≤ √(2d) e^{−x}/π and P(ρ > e^x) ≤ 2d e^{−x}/π; both are integrated from B on.

    >>> cut_off(3) < 1e-3
    True
    """
    return (math.sqrt(2 * width) + 2 * width) / math.pi * math.exp(-CUT)


def growth(width: int) -> Measured:
    """Describe the growth of ε in one layer, as the claim counts it."""
    slack = cut_off(width)

    def cut(observed: Observed) -> Array:
        grown = observed["log"][:, -1] - observed["log"][:, 0]
        return np.clip(grown, -CUT, CUT) - slack

    return Measured(
        Network(width, 2, (simulated.linear(), Rescale())),
        np.array([[1.0, 1 - DISTANCE], [1 - DISTANCE, 1.0]]),
        1,
        {"log": log_ratio},
        cut,
        -CUT - slack,
        CUT - slack,
    )


def _check(width: int, replicas: int) -> Check:
    label = f"d = {width}, one layer from ε² = 2^-25"
    return Check(label, {"width": width}, growth(width), replicas=replicas)


CLAIM = declare(
    __name__,
    "growth of the second direction next to rank one, γ = ∞",
    lower(near.QUANTITY, near.FORMULA),
    source=PAPER.at("Theorem 2", "the case γ = ∞, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH,),
    assumes=(
        "Gaussian weights of mean 0",
        "γ = ∞",
        "ε is small",
        TWO_NEURONS,
    ),
    checks=tuple(_check(width, 4000) for width in (3, 4, 8, 64)),
    derivation=lambda: Derivation((*near.critical(), *near.repels())),
    control=Fraction(6),
    siblings=("rank.theorem-2-constant",),
)
