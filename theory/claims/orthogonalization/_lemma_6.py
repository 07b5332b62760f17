"""What both forms of Lemma 6 share: the fluctuation of one step, measured."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.claim import Measured
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import gram
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum

QUANTITY = sp.Function("E")(sp.Symbol(r"\|C - \mathbb{E}C\|_F^2"))


def fluctuation(spectrum: Sequence[Fraction], *, width: int) -> Measured:
    """Return the mean of ‖C − diag(p)‖_F² after one layer, started at diag(λ).

    Both matrices are positive semidefinite of trace 1, so the square lies in [0, 2].
    """
    entries = tuple(spectrum)

    def distance(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        deviation = gram.trace_normalised(matrix) - np.diag(expected(entries))
        square: NDArray[np.float64] = (deviation**2).sum(axis=(-2, -1))
        return square

    return setting.measured(
        spectrum,
        width=width,
        depth=1,
        observables={"distance": distance},
        per_replica=lambda observed: observed["distance"][:, -1],
        layers=(1,),
        highest=2.0,
    )


@cache
def expected(spectrum: tuple[Fraction, ...]) -> NDArray[np.float64]:
    """Return p(λ) in floats; replacing p by p + e changes a mean square by ‖e‖², some 1e-32."""
    return np.array([float(ball.mid()) for ball in expected_spectrum(spectrum)])
