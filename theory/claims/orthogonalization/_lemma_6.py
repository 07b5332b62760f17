"""What both forms of Lemma 6 share: the fluctuation of one step, measured."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory import gram
from depthlaw.theory.claim import Argued, Identity, Measured, Step
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.spectral_map import expected_spectrum

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
        highest=2.0,
    )


@cache
def expected(spectrum: tuple[Fraction, ...]) -> NDArray[np.float64]:
    """Return p(λ) in floats; replacing p by p + e changes a mean square by ‖e‖², some 1e-32."""
    return np.array([float(ball.mid()) for ball in expected_spectrum(spectrum)])


def variance_steps() -> tuple[Step, ...]:
    """Return the variance of a mean of d independent rank-one matrices of trace 1."""
    u, p = sp.symbols("u_1:4", real=True), sp.symbols("p_1:4", real=True)
    return (
        Argued(
            "C is a mean of independent matrices",
            "C = (1/d) Σ_k u_k u_kᵀ with i.i.d. unit vectors u_k, so "
            "E‖C − EC‖² = (1/d) E‖uuᵀ − E uuᵀ‖² = (1/d) (E‖uuᵀ‖² − ‖E uuᵀ‖²), and ‖uuᵀ‖_F = 1",
        ),
        Argued(
            "the mean is diagonal",
            "in the eigenbasis u_i u_j changes sign with w_i, so E uuᵀ = diag(p) and "
            "‖E uuᵀ‖² = Σ p_i²",
        ),
        Identity(
            "‖uuᵀ − diag(p)‖² for n = 3, with mean 1 − Σp² since Σu² = 1 and E u_i² = p_i",
            sum((u[i] * u[j] - (p[i] if i == j else 0)) ** 2 for i in range(3) for j in range(3)),
            sum(x**2 for x in u) ** 2
            - 2 * sum(x**2 * y for x, y in zip(u, p, strict=True))
            + sum(y**2 for y in p),
        ),
    )
