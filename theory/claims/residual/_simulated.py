"""Residual networks of finite width beside their mean field: what is simulated."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from depthlaw.theory.claim import Array, Budget, Check, Measured, Observed, Scaling
from depthlaw.theory.network import Network, gram
from depthlaw.theory.network.text import parse_layer

START, DEPTH = Fraction(1, 2), 3
WIDTHS = (32, 4096)


def _measured(layer: str, limit: Callable[[], float], width: int, depth: int) -> Measured:
    def deviation(observed: Observed) -> Array:
        return np.abs(observed["cosine"][:, -1] - limit())

    return Measured(
        Network(width, 2, parse_layer(layer)),
        gram.equicorrelated(2, float(START)),
        depth,
        {"cosine": gram.mean_cosine},
        deviation,
        0.0,
        2.0,
        layers=(depth,),
    )


def check(
    label: str,
    layer: str,
    limit: Callable[[], float],
    widths: tuple[int, ...] = WIDTHS,
    depth: int = DEPTH,
    budget: Budget = Budget.QUICK,
) -> Check:
    """Return the check of how the distance of two samples' cosine from `limit` falls."""
    return Check(
        f"{label}, widths {widths[0]} to {widths[-1]}, ℓ = {depth}",
        {"batch": 2},
        Scaling(widths, tuple(_measured(layer, limit, width, depth) for width in widths)),
        budget=budget,
        replicas=800 if budget is Budget.QUICK else 150,
    )
