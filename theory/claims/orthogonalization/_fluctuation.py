"""The distance between two independent copies of a network, against the width."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from depthlaw.theory.claim import Observed, Scaling
from depthlaw.theory.claims.orthogonalization import _activations as activations
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import Activate, gram


def _entry(i: int, j: int) -> gram.Functional:
    def entry(matrix: setting.Array) -> setting.Array:
        return gram.trace_normalised(matrix)[..., i, j]

    return entry


def _distance_of_pairs(observed: Observed) -> setting.Array:
    """Return ‖G_a − G_b‖_F for trajectories a, b taken two by two, at the last layer."""
    total = np.zeros(len(next(iter(observed.values()))) // 2)
    for name, values in observed.items():
        i, j = name.split(",")
        last = values[: 2 * len(total), -1]
        total += (1 if i == j else 2) * (last[::2] - last[1::2]) ** 2
    return np.sqrt(total)


def against_width(
    activation: Activate, spectrum: Sequence[Fraction], *, widths: tuple[int, ...], depth: int
) -> Scaling:
    """Return the exponent with which two copies, started at a diagonal Gram matrix, approach."""
    observables = {
        f"{i},{j}": _entry(i, j) for i, j in combinations_with_replacement(range(len(spectrum)), 2)
    }
    return Scaling(
        widths,
        tuple(
            activations.activated(
                spectrum,
                activation,
                width=width,
                depth=depth,
                observables=observables,
                per_replica=_distance_of_pairs,
                highest=2.0,
                layers=(depth,),
            )
            for width in widths
        ),
    )
