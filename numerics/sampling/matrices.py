"""Factors of Gram matrices and operations over the features on (G, m), for a block of replicas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.cholesky import sure_factor
from depthlaw.numerics.sampling.segments import RECENTER
from depthlaw.theory.network import Operation, Rescale

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

_EPSILON = float(np.finfo(np.float64).eps)
_SHAKY = 2.0**-32
"""Share of the trace below which rounding changes an eigenvalue by more than n·2⁻²⁰ of itself."""


def transpose(matrices: Array) -> Array:
    """Return the transposes of a stack of matrices, as a view."""
    return matrices.swapaxes(-2, -1)


TRIANGULAR = 32
"""Rows from which BLAS's A Aᵀ, half of the products, is faster than the product with a copy."""


def outer_products(rows: Array, copy: Array | None = None) -> Array:
    """Return A Aᵀ, shape (replicas, n, n), of A, shape (replicas, n, neurons).

    Parameters
    ----------
    copy
        Work space of the shape of `rows`, or None to make it where it is needed.

    Examples
    --------
    >>> outer_products(np.array([[[3.0, 4.0], [0.0, 1.0]]]))[0].tolist()
    [[25.0, 4.0], [4.0, 1.0]]
    """
    if rows.shape[-2] >= TRIANGULAR:
        return np.asarray(rows @ transpose(rows))
    copy = np.empty_like(rows) if copy is None else copy
    np.copyto(copy, rows)
    return np.asarray(rows @ transpose(copy))


def factor(gram: Array, *, recentred: bool = False, scale: float = 1.0) -> Array:
    """Return F with F Fᵀ = scale²·G, or scale²·P G P with P = I − 11ᵀ/n if `recentred`.

    Parameters
    ----------
    gram
        Shape (replicas, n, n), positive semidefinite, singular or not.

    Returns
    -------
    Array
        Shape (replicas, n, n), or (replicas, n, n−1) if `recentred`: the columns live in the space
        orthogonal to 1. They are ordered by decreasing eigenvalue.

    Notes
    -----
    G is put into correlations first, so that samples of very different size keep their accuracy.
    An eigenvalue below n·eps times the trace cannot be told from rounding and counts as zero;
    equal samples get equal rows.

    Examples
    --------
    >>> ones = np.ones((1, 3, 3))
    >>> bool(np.all(factor(ones, recentred=True) == 0))
    True
    """
    inner, outward, trace = _inside(gram, recentred=recentred)
    return _eigen_factor(gram, inner, outward, trace, recentred, scale)[0]


def known_factor(
    gram: Array, *, recentred: bool, centred: bool, scale: float, rank: Counts
) -> tuple[Array, Flags | None]:
    """Return a factor as in `factor` but for the order of its columns, and where it is doubtful.

    It is Cholesky's where the spectrum is proved to be good enough for it, and of eigenvectors
    elsewhere: the columns are ordered where the rank is not full.

    Parameters
    ----------
    centred
        Whether G1 = 0 but for rounding: the last column is then zero where the rank is n − 1.
    rank
        How many directions each replica has unless something is lost.

    Returns
    -------
    factor, doubtful
        `doubtful` has shape (replicas,) and says where the smallest of these directions is badly
        known; None where nothing is.
    """
    n = gram.shape[-1]
    F = np.zeros((*gram.shape[:-1], n - recentred))
    if n == recentred:
        return F, None
    # What rounding put beside the mean must not enter the proof: both are made without it.
    without_mean = recentred or centred
    inner, outward, trace = _inside(gram, recentred=without_mean)
    full = n - without_mean
    if full == 0:
        return F, None
    L, sure = sure_factor(inner, 2 * _SHAKY * trace, rank == full)
    L *= scale
    np.matmul(outward, L, out=F[..., :full]) if without_mean else np.multiply(outward, L, out=F)
    if sure.all():
        return F, None
    at = np.flatnonzero(~sure)
    doubtful = np.zeros(len(gram), dtype=np.bool_)
    inner, outward, trace = _inside(gram[at], recentred=recentred)
    F[at], values = _eigen_factor(gram[at], inner, outward, trace, recentred, scale)
    doubtful[at] = _doubtful(values, trace, rank[at])
    return F, doubtful


def _inside(gram: Array, *, recentred: bool) -> tuple[Array, Array, Array]:
    """Return A, T and tr with G = T A Tᵀ (P G P if recentred), where A has a common size.

    T is the basis of the contrasts, or the diagonal of the samples' sizes, shape (replicas, n, 1),
    with A the correlations.
    """
    n = gram.shape[-1]
    if recentred:
        basis = _contrasts(n)
        return basis.T @ gram @ basis, basis, np.trace(gram, axis1=-2, axis2=-1)
    sizes = np.sqrt(gram.diagonal(axis1=-2, axis2=-1))
    return _correlations(gram, sizes), sizes[:, :, None], np.full(len(gram), float(n))


def _eigen_factor(
    gram: Array, inner: Array, outward: Array, trace: Array, recentred: bool, scale: float
) -> tuple[Array, Array]:
    """Return the factor made of eigenvectors, and the eigenvalues of A, which increase."""
    n = gram.shape[-1]
    values, vectors = _eigh(inner)
    vectors = vectors[..., ::-1]
    vectors = outward @ vectors if recentred else vectors * outward
    # The correlations have trace n, whatever G has.
    threshold = n * _EPSILON * trace[:, None]
    return _with_equal_samples(gram, vectors * _roots(values, threshold, scale)), values


def _eigh(matrices: Array) -> tuple[Array, Array]:
    """Return eigenvalues and eigenvectors; NaN where an overflow, told later, left no numbers."""
    try:
        values, vectors = np.linalg.eigh(matrices)
    except np.linalg.LinAlgError:
        if np.isfinite(matrices).all():
            raise
        return np.full(matrices.shape[:-1], np.nan), np.full(matrices.shape, np.nan)
    return values, vectors


def _correlations(gram: Array, sizes: Array) -> Array:
    """Return G with samples of size 1; zero samples stay zero."""
    if sizes.min(initial=1.0) > 0:
        inverse = 1.0 / sizes
    else:
        inverse = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    return np.asarray(gram * inverse[:, :, None] * inverse[:, None, :])


def _doubtful(values: Array, trace: Array, rank: Counts) -> Flags:
    """Return where the eigenvalue number `rank` from above is small; `values` increase."""
    n = values.shape[-1]
    smallest = values[np.arange(len(values)), np.minimum(n - rank, n - 1)]
    return np.asarray((rank > 0) & ~(smallest > _SHAKY * trace))


def _roots(values: Array, threshold: Array, scale: float) -> Array:
    """Return scale·√λ in decreasing order, shape (replicas, 1, n), with zero below `threshold`."""
    kept = np.where(values > threshold, values, 0.0)[:, None, ::-1]
    return np.asarray(np.sqrt(kept) * scale)


def _with_equal_samples(gram: Array, F: Array) -> Array:
    """Return F with bitwise equal rows for samples that are equal as far as G knows."""
    n = gram.shape[-1]
    if F[..., -1:].any(axis=(-2, -1)).all():
        return F  # Of full rank: no two samples are equal.
    squares = gram.diagonal(axis1=-2, axis2=-1)
    larger = np.maximum(squares[:, :, None], squares[:, None, :])
    return with_equal_rows(F, larger - gram <= n * n * _EPSILON * larger)


def with_equal_rows(F: Array, equal: Flags) -> Array:
    """Return F with bitwise equal rows for equal samples, flagged in shape (replicas, n, n).

    Rounding would part them, and a nonlinear layer may blow the difference up; in law they stay
    together for ever.
    """
    return np.take_along_axis(F, equal.argmax(axis=-1)[:, :, None], axis=1)


@cache
def _contrasts(n: int) -> Array:
    """Return an orthonormal basis of the vectors orthogonal to 1, shape (n, n−1) (Helmert's)."""
    basis = np.zeros((n, n - 1))
    for k in range(1, n):
        basis[:k, k - 1] = 1.0
        basis[k, k - 1] = -k
        basis[:, k - 1] /= np.sqrt(k * (k + 1))
    basis.flags.writeable = False
    return basis


def centred_from_moments(gram: Array, mean: Array, width: int) -> Array:
    """Return G − m mᵀ, with the rows of samples that are constant over the neurons set to zero.

    A sum of d squares carries a relative rounding error of at most d·eps: a variance below that
    share of the mean square is the rounding of zero.
    """
    centred = gram - mean[:, :, None] * mean[:, None, :]
    squares = np.diagonal(gram, axis1=-2, axis2=-1)
    variances = np.diagonal(centred, axis1=-2, axis2=-1)
    varies = variances > width * _EPSILON * squares
    return np.asarray(np.where(varies[:, :, None] & varies[:, None, :], centred, 0.0))


def apply_gramwise(
    operations: Sequence[Operation], centred: Array, mean: Array | None
) -> tuple[Array, Counts]:
    """Apply linear operations over the batch and any operations over the features.

    Parameters
    ----------
    operations
        `Recenter` over either, and `Rescale` over the features.
    centred
        The Gram matrix without its mean part, S = G − m mᵀ, shape (replicas, n, n).
    mean
        m = Hᵀ1/d, shape (replicas, n); None where no `Recenter` over the features asks for it, and
        then `centred` is G itself.

    Returns
    -------
    gram, zero_samples
        The new G = S + m mᵀ, and how many samples were zero at a `Rescale`, shape (replicas,).
    """
    zero_samples = np.zeros(len(centred), dtype=np.int64)
    for operation in operations:
        if operation == RECENTER:
            centred, mean = recenter_batch(centred, mean)
        elif isinstance(operation, Rescale):
            squares = np.diagonal(centred, axis1=-2, axis2=-1)
            if mean is not None:
                squares = squares + mean**2
            squares = np.maximum(squares, 0.0)
            sizes = np.sqrt(squares)
            inverse = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
            zero_samples += (squares == 0).sum(axis=-1)
            centred = centred * inverse[:, :, None] * inverse[:, None, :]
            mean = None if mean is None else mean * inverse
        elif mean is not None:
            mean = np.zeros_like(mean)
    if mean is not None:
        centred = centred + mean[:, :, None] * mean[:, None, :]
    return centred, zero_samples


def recenter_batch(centred: Array, mean: Array | None) -> tuple[Array, Array | None]:
    """Return P S P and P m; what is left of equal samples is rounding, and set to zero."""
    n = centred.shape[-1]
    projection = np.eye(n) - 1 / n
    projected = projection @ centred @ projection
    rounding = n * _EPSILON * np.trace(centred, axis1=-2, axis2=-1)[:, None]
    varies = np.diagonal(projected, axis1=-2, axis2=-1) > rounding
    projected = np.where(varies[:, :, None] & varies[:, None, :], projected, 0.0)
    return projected, None if mean is None else mean - mean.mean(axis=-1, keepdims=True)


def symmetrised(matrices: Array) -> Array:
    """Return (A + Aᵀ)/2."""
    return np.asarray((matrices + transpose(matrices)) / 2)
