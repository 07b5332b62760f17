"""The geometry of a batch as functionals of its Gram matrix: cluster, odd point, angles, rank.

Every function takes an array of shape (..., n, n) of symmetric positive semidefinite matrices,
n ≥ 2, and is free of scale; NaN or infinity in G gives NaN. The *odd point* is the longest sample
(the first of them, if several are); the *cluster* is all others. A zero sample has no direction:
its cosines count as 0.

An *odd state* is the one of nachum2024 (criteria ours): the odd point is longer than half of what
an exact cluster gives, ‖odd‖ > (n − 1)/2 times the root mean square of the others, and its mean
cosine with them is below 0.12.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.gram import Array, finite_matrices, of_grams, spectrum, within_range
from depthlaw.theory.network.observables import Observable

ODD_COSINE = 0.12
"""Below this mean cosine the longest sample points away from the others."""


def _batch(gram: Array) -> int:
    n = int(gram.shape[-1])
    if gram.ndim < 2 or gram.shape[-2] != n or n < 2:
        raise ArgumentError(
            "gram", f"an array of shape {gram.shape}", "give square matrices of 2 samples or more"
        )
    return n


@of_grams
def cosines(gram: Array) -> Array:
    """Return G_ij/√(G_ii G_jj), in [−1, 1], shape (..., n, n); 1 on the diagonal.

    >>> cosines(np.array([[4.0, 2.0], [2.0, 1.0]])).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    n, gram = _batch(gram), within_range(gram)
    norms = np.sqrt(np.maximum(np.diagonal(gram, axis1=-2, axis2=-1), 0.0))
    scale = norms[..., :, None] * norms[..., None, :]
    usual = (scale > 0) & (scale < np.inf)
    found = np.divide(gram, scale, out=np.zeros_like(gram, dtype=np.float64), where=usual)
    found = np.clip(found, -1.0, 1.0)
    found[..., np.arange(n), np.arange(n)] = 1.0
    found[~finite_matrices(gram)] = np.nan
    return np.asarray(found, dtype=np.float64)


@of_grams
def angles(gram: Array) -> Array:
    """Return the angles between samples i < j in radians, in [0, π], shape (..., n(n−1)/2).

    >>> bool(np.allclose(angles(np.eye(3)), np.pi / 2))
    True
    """
    rows, columns = np.triu_indices(_batch(gram), 1)
    return np.asarray(np.arccos(cosines(gram)[..., rows, columns]), dtype=np.float64)


@of_grams
def odd_index(gram: Array) -> NDArray[np.int64]:
    """Return the index of the odd point, shape (...).

    >>> int(odd_index(np.diag([1.0, 9.0, 4.0])))
    1
    """
    _batch(gram)
    return np.asarray(np.diagonal(gram, axis1=-2, axis2=-1).argmax(axis=-1), dtype=np.int64)


def _is_odd(gram: Array) -> NDArray[np.bool_]:
    """Return shape (..., n): where the odd point is."""
    found: NDArray[np.bool_] = odd_index(gram)[..., None] == np.arange(gram.shape[-1])
    return found


@of_grams
def norm_ratio(gram: Array) -> Array:
    """Return ‖odd point‖ over the root mean square of the other norms, in [1, ∞].

    >>> float(norm_ratio(np.diag([1.0, 9.0, 1.0])))
    3.0
    """
    n, squares = _batch(gram), np.diagonal(within_range(gram), axis1=-2, axis2=-1)
    others = np.where(_is_odd(gram), 0.0, squares).sum(axis=-1) / (n - 1)
    largest = squares.max(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sqrt(largest / others)
    return np.where(finite_matrices(gram), ratio, np.nan)


@of_grams
def odd_cosine(gram: Array) -> Array:
    """Return the mean cosine between the odd point and the others, in [−1, 1].

    >>> float(odd_cosine(np.diag([1.0, 9.0, 1.0])))
    0.0
    """
    n, mask = _batch(gram), _is_odd(gram)
    row = np.where(mask[..., :, None], cosines(gram), 0.0).sum(axis=-2)
    return np.asarray(np.where(mask, 0.0, row).sum(axis=-1) / (n - 1), dtype=np.float64)


@of_grams
def cluster_cosine(gram: Array) -> Array:
    """Return the mean cosine over pairs of the cluster, in [−1, 1]; 1 for a cluster of one.

    >>> G = np.ones((4, 4)) + np.diag([0.0, 0.0, 0.0, 8.0])
    >>> float(cluster_cosine(G))
    1.0
    """
    n, mask = _batch(gram), _is_odd(gram)
    if n == 2:
        return np.where(finite_matrices(gram), 1.0, np.nan)
    kept = ~mask[..., :, None] & ~mask[..., None, :]
    total = np.where(kept, cosines(gram), 0.0).sum(axis=(-2, -1)) - (n - 1)
    return np.asarray(np.clip(total / ((n - 1) * (n - 2)), -1.0, 1.0), dtype=np.float64)


@of_grams
def odd_state(gram: Array) -> Array:
    """Return 1 where the batch is in an odd state, else 0; a batch of zeros is in none.

    The exact state of two values, n − 1 copies and one:

    >>> G = np.ones((5, 5)); G[4, :4] = G[:4, 4] = 0; G[4, 4] = 16
    >>> float(odd_state(G)), float(odd_state(np.eye(5)))
    (1.0, 0.0)
    """
    n = _batch(gram)
    cosine = odd_cosine(gram)
    found = (norm_ratio(gram) > (n - 1) / 2) & (cosine < ODD_COSINE)  # zeros have no ratio: no
    return np.asarray(np.where(np.isnan(cosine), np.nan, found), dtype=np.float64)


@of_grams
def cosine_range(gram: Array) -> Array:
    """Return largest minus smallest cosine over pairs, in [0, 2]: 0 for equiangular samples.

    >>> float(cosine_range(np.eye(4)))
    0.0
    """
    rows, columns = np.triu_indices(_batch(gram), 1)
    found = cosines(gram)[..., rows, columns]
    return np.asarray(found.max(axis=-1) - found.min(axis=-1), dtype=np.float64)


@of_grams
def mean_absolute_cosine(gram: Array) -> Array:
    """Return the mean of |cosine| over pairs, in [0, 1]: 1 iff all samples lie on one line.

    >>> float(mean_absolute_cosine(np.array([[1.0, -2.0], [-2.0, 4.0]])))
    1.0
    """
    rows, columns = np.triu_indices(_batch(gram), 1)
    # One memory order, so that a batch has the same mean alone and in a stack, to the last bit.
    found = np.ascontiguousarray(np.abs(cosines(gram)[..., rows, columns]))
    return np.asarray(found.mean(axis=-1), dtype=np.float64)


@of_grams
def effective_rank(gram: Array) -> Array:
    """Return exp(−Σ λ log λ) of the spectrum at trace 1, in [1, n].

    Source: Roy and Vetterli, The effective rank, EUSIPCO 2007.

    >>> bool(np.isclose(effective_rank(np.diag([3.0, 3.0, 0.0])), 2))
    True
    """
    n, values = _batch(gram), spectrum(gram)
    logs = np.log(values, out=np.zeros_like(values), where=values > 0)
    entropy = -(values * logs).sum(axis=-1)
    return np.asarray(np.clip(np.exp(entropy), 1.0, n), dtype=np.float64)


GEOMETRY: dict[str, Observable] = {
    observable.name: observable
    for observable in (
        Observable("cluster_cosine", cluster_cosine, lambda n: -1.0, lambda n: 1.0),
        Observable("odd_cosine", odd_cosine, lambda n: -1.0, lambda n: 1.0),
        Observable("norm_ratio", norm_ratio, lambda n: 1.0, lambda n: float("inf")),
        Observable("odd_state", odd_state, lambda n: 0.0, lambda n: 1.0),
        Observable("cosine_range", cosine_range, lambda n: 0.0, lambda n: 2.0),
        Observable("mean_absolute_cosine", mean_absolute_cosine, lambda n: 0.0, lambda n: 1.0),
        Observable("effective_rank", effective_rank, lambda n: 1.0, lambda n: float(n)),
    )
}
"""The functionals by name, with their ranges."""


class Shape(StrEnum):
    """What a batch looks like; `shape_of` decides in this order."""

    VANISHED = "vanished"
    """Zero, or too small beside what it came from for double precision."""
    COLLAPSE = "collapse"
    """One direction: every cosine is above `ALIGNED`."""
    RANDOM_SIGNS = "random signs"
    """One line, both ways: every |cosine| is above `ALIGNED`, and one cosine is negative."""
    ODD_POINT = "cluster with odd point"
    """An odd state."""
    LONG_POINT = "cluster with long point"
    """As long as the odd point, ‖·‖ > (n−1)/2 times the others, but not orthogonal to them."""
    LOW_RANK = "rank collapse"
    """The matrix of cosines has an effective rank below 1 + (n−1)/8: on the way to one line."""
    ORTHOGONAL = "orthogonal"
    """Equal cosines whose mean is nearer to 0 than 1/(2(n−1))."""
    SIMPLEX = "simplex"
    """Equal cosines whose mean is nearer to −1/(n−1) than 1/(2(n−1)), a regular simplex."""
    EQUIANGULAR = "equiangular"
    """Equal cosines of any other size."""
    OTHER = "other"
    """None of these."""


ALIGNED = 0.99
"""Cosines beyond this count as one direction: angles below 8.2 degrees."""
SCATTER = 0.25
"""Cosines whose standard deviation over pairs is below this count as equal. Independent directions
in r dimensions have 1/√r: shapes are told apart where the effective dimension is above 16."""


@of_grams
def shape_of(gram: Array) -> Shape:
    """Return the shape of one batch from its Gram matrix, shape (n, n), n ≥ 2.

    The long point is looked for from n = 4 on: in smaller batches (n−1)/2 is no length.

    Raises
    ------
    ArgumentError
        If `gram` is not square with n ≥ 2, or not finite.

    Examples
    --------
    >>> shape_of(np.eye(4)), shape_of(np.ones((4, 4)))
    (<Shape.ORTHOGONAL: 'orthogonal'>, <Shape.COLLAPSE: 'collapse'>)
    """
    n = _batch(gram)
    if not np.isfinite(gram).all():
        raise ArgumentError("gram", "an array with NaN or infinity", "all entries must be finite")
    if not np.diagonal(gram).max() > 0:
        return Shape.VANISHED
    rows, columns = np.triu_indices(n, 1)
    found = cosines(gram)[rows, columns]
    if found.min() > ALIGNED:
        return Shape.COLLAPSE
    if np.abs(found).min() > ALIGNED:
        return Shape.RANDOM_SIGNS
    if odd_state(gram) == 1:
        return Shape.ODD_POINT
    if norm_ratio(gram) > (n - 1) / 2 and n > 3:
        return Shape.LONG_POINT
    if effective_rank(cosines(gram)) < 1 + (n - 1) / 8 and found.min() < 0:
        return Shape.LOW_RANK
    if found.std() > SCATTER:
        return Shape.OTHER
    half, mean = 1 / (2 * (n - 1)), float(found.mean())
    if abs(mean) < half:
        return Shape.ORTHOGONAL
    return Shape.SIMPLEX if abs(mean + 2 * half) < half else Shape.EQUIANGULAR
