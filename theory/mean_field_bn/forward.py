"""How a small difference between samples fares through batch normalisation and ReLU.

V takes the covariance Σ of a recentred row to that of relu(BN(r)), recentred. At the fixed point
Σ* = μ*(I − 11ᵀ/B), μ* = q*(1 − c*), its derivative has three eigenvalues: 0 along Σ* itself, λ_L
where samples differ in size, λ_M where they differ in the angles of pairs alone.

For a positively homogeneous φ

    E φ(y)φ(y)ᵀ = B ∫₀^∞ det(I + 2tΣ)^{−1/2} E_t φ(r)φ(r)ᵀ dt,  r ~ N(0, (Σ⁻¹ + 2t)⁻¹) under E_t.
"""

from __future__ import annotations

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.mean_field_bn.rates import KERNEL, SLOPE, B
from depthlaw.theory.values import Numeric

Array = NDArray[np.float64]
SPREAD = (1 - KERNEL) / 2
"""μ* of ReLU."""
ANGLES = B * SLOPE / (2 * (B + 1) * SPREAD)
"""λ_M."""
SIZES = ((B - 2) * (1 - KERNEL) + B / (B - 1) * SLOPE) / (2 * (B + 1) * SPREAD)
"""λ_L."""
_STEPS = (1e-3, 5e-4)


def sizes(batch: int) -> Numeric:
    """Return λ_L by differences of V.

    >>> round(float(sizes(6).number), 5)
    0.66781
    """
    contrast = np.zeros(batch)
    contrast[:2] = 1, -1
    P = _projection(batch)
    return _eigenvalue(batch, P @ np.diag(contrast) @ P)


def angles(batch: int) -> Numeric:
    """Return λ_M by differences of V.

    >>> round(float(angles(6).number), 5)
    0.48192
    """
    one, other = np.zeros(batch), np.zeros(batch)
    one[:2], other[2:4] = (1, -1), (1, -1)
    return _eigenvalue(batch, np.outer(one, other) + np.outer(other, one))


def _eigenvalue(batch: int, direction: Array) -> Numeric:
    P = _projection(batch)
    spread = float(SPREAD.subs(B, batch).evalf(20))
    found = []
    for step in _STEPS:
        rise = _covariance(P + step * direction) - _covariance(P - step * direction)
        moved = P @ rise @ P / (2 * step)
        found.append(float((moved * direction).sum() / (direction**2).sum() / spread))
    coarse, fine = found
    # What is left of a central difference falls with the square of the step.
    best = (4 * fine - coarse) / 3
    return Numeric(best, abs(best - fine) + 1e-10)


def _projection(batch: int) -> Array:
    return np.asarray(np.eye(batch) - 1 / batch)


def _covariance(sigma: Array) -> Array:
    """Return E relu(y)relu(y)ᵀ for y = √B r/|r|, r ~ N(0, Σ) with Σ1 = 0."""
    n = len(sigma)
    values, vectors = np.linalg.eigh(sigma)
    values, vectors = values[1:], vectors[:, 1:]
    total = np.zeros_like(sigma)
    width = 0.05
    for t in np.exp(np.arange(-40.0, 60.0, width)):
        shrunk = (vectors * (values / (1 + 2 * t * values))) @ vectors.T
        roots = np.sqrt(np.diagonal(shrunk))
        outer = np.outer(roots, roots)
        c = np.clip(shrunk / outer, -1, 1)
        kernel = (np.sqrt(1 - c * c) + (np.pi - np.arccos(c)) * c) / np.pi
        share = np.exp(-np.log1p(2 * t * values).sum() / 2)
        total += t * width * share * outer / 2 * kernel
    return np.asarray(n * total)


assert SIZES.free_symbols == ANGLES.free_symbols == {B} == sp.sympify(SPREAD).free_symbols
