"""Uniformly distributed orthonormal frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from depthlaw.numerics.streams import fill_normals

Array = NDArray[np.float64]


def frames(generators: Sequence[Generator], width: int, columns: int) -> Array:
    """Return for each generator a uniform frame of `columns` orthonormal vectors in R^width.

    The Q of a Gaussian matrix is uniform once R has a positive diagonal (F. Mezzadri, 2007,
    "How to generate random matrices from the classical compact groups", section 4).

    Returns
    -------
    Array
        Shape (replicas, width, columns); `columns` must not exceed `width`.

    Examples
    --------
    >>> Q = frames([np.random.default_rng(0)], 5, 3)[0]
    >>> bool(np.abs(Q.T @ Q - np.eye(3)).max() < 5 * 3 * np.finfo(float).eps)
    True
    """
    normals = np.empty((len(generators), width, columns))
    fill_normals(generators, normals)
    Q, R = np.linalg.qr(normals)
    signs = np.where(np.diagonal(R, axis1=-2, axis2=-1) < 0, -1.0, 1.0)
    return np.asarray(Q * signs[:, None, :])


def random_states(generators: Sequence[Generator], factor: Array, width: int) -> Array:
    """Return states with Gram matrix F Fᵀ, drawn uniformly among all of them.

    Parameters
    ----------
    factor
        F, shape (n, n), its columns ordered by decreasing length.

    Returns
    -------
    Array
        Hᵀ, shape (replicas, n, width), with Hᵀ H = d·F Fᵀ. The rank of F must not exceed `width`.
    """
    columns = min(factor.shape[-1], width)
    Q = frames(generators, width, columns)
    return np.asarray(np.sqrt(width) * (factor[:, :columns] @ Q.swapaxes(-2, -1)))
