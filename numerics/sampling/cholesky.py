"""Cholesky's factor of the matrices for which it is proved good enough; a twentieth of `eigh`.

Let D(τ) say: the factorisation of A − τI in floating point runs to its end. Then λ_min(A) is at
least τ but for rounding, and if λ_min(A) is at least 2τ it does (S. M. Rump, 2006, "Verification of
positive definiteness"; N. J. Higham, 2002, "Accuracy and stability of numerical algorithms",
theorems 10.3 and 10.7: rounding is at most n·eps·tr A, and τ is chosen far above it). D is decided
for each matrix by itself, so that it does not matter which others come along. Shortcuts to it:

- λ_min ≥ det A·((n−1)/tr A)^{n−1}, by the means of the other eigenvalues; the determinant comes
  with the factor. Above 4τ this proves D.
- Where some factorisation of a stack fails, eigenvalues decide all but those in [τ/2, 2τ].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_LEAST_SHIFT = 2.0**-900
"""Below it the products in a factorisation may underflow."""


def sure_factor(matrices: Array, shift: Array, among: Flags) -> tuple[Array, Flags]:
    """Return L with L Lᵀ = A, and where D(τ) holds.

    Parameters
    ----------
    matrices
        A, shape (m, n, n), symmetric, n ≥ 1; only the lower triangle is read.
    shift
        τ, shape (m,), far above n·eps·tr A.
    among
        Which matrices are tried at all, shape (m,).

    Returns
    -------
    factor, sure
        Lower triangular, shape (m, n, n), with zeros where `sure`, shape (m,), is false.

    Examples
    --------
    >>> A = np.array([[[4.0, 2.0], [2.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]]])
    >>> L, sure = sure_factor(A, np.full(2, 1e-9), np.array([True, True]))
    >>> L[0].tolist(), sure.tolist()
    ([[2.0, 0.0], [1.0, 1.0]], [True, False])
    """
    tried = among & (shift > _LEAST_SHIFT) & (shift < np.inf)
    if tried.all():
        try:
            L = np.asarray(np.linalg.cholesky(matrices), dtype=np.float64)
            unproved = np.flatnonzero(~_proved_by_determinant(L, matrices, shift))
            ended = not len(unproved) or bool(
                # Some libraries run to the end over NaN.
                np.isfinite(np.linalg.cholesky(_shifted(matrices[unproved], shift[unproved]))).all()
            )
        except np.linalg.LinAlgError:
            ended = False
        if ended:
            return L, tried
    sure = np.zeros(len(matrices), dtype=np.bool_)
    factors = np.zeros_like(matrices)
    at = np.flatnonzero(tried & np.isfinite(matrices).all(axis=(-2, -1)))
    if len(at):
        sure[at] = _decided(matrices[at], shift[at])
        if sure.any():
            factors[sure] = np.linalg.cholesky(matrices[sure])
    return factors, sure


def _proved_by_determinant(L: Array, matrices: Array, shift: Array) -> Flags:
    n = L.shape[-1]
    mean = matrices.diagonal(axis1=-2, axis2=-1).sum(axis=-1) / n
    squares = L.diagonal(axis1=-2, axis2=-1) ** 2 / mean[:, None]
    # The product is at most 1; where it underflows nothing is proved.
    least = squares.prod(axis=-1) * mean * (1 - 1 / n) ** (n - 1)
    return np.asarray(least > 4 * shift)


def _shifted(matrices: Array, shift: Array) -> Array:
    diagonal = np.arange(matrices.shape[-1])
    moved = matrices.copy()
    moved[:, diagonal, diagonal] -= shift[:, None]
    return moved


def _decided(matrices: Array, shift: Array) -> Flags:
    """Return D for each matrix of a stack in which it fails for some."""
    smallest = np.linalg.eigvalsh(matrices)[:, 0]
    decided = smallest > 2 * shift
    for place in np.flatnonzero(~decided & (smallest >= shift / 2)):
        try:
            np.linalg.cholesky(_shifted(matrices[place : place + 1], shift[place : place + 1]))
        except np.linalg.LinAlgError:
            continue
        decided[place] = True
    return np.asarray(decided)
