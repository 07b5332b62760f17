"""The factor F with F Fᵀ = s²G from which the next neurons are drawn, as accurate as is known.

G in double precision knows a direction to about n·eps of the trace only: two samples 10⁻⁹ apart
are one in it. The state H, or any root R with R Rᵀ = G, knows them to the square of that. So the
eigenvectors of G are used where the spectrum shows that they are good enough, and a root of H
elsewhere; no root that is known is squared and factored again.

A direction that is too small even for the root (n·eps of the largest) cannot be told from
rounding. It is dropped, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.matrices import (
    Flags,
    known_factor,
    symmetrised,
    transpose,
    with_equal_rows,
)
from depthlaw.numerics.sampling.neurons import recenter
from depthlaw.numerics.sampling.segments import RECENTER, Segment, centred_after
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import Linear, Operation, Over, Recenter, Rescale

_EPSILON = float(np.finfo(np.float64).eps)

Indices = np.ndarray[tuple[int], np.dtype[np.intp]]
RootsOf = Callable[[Indices], Array]
"""Takes numbers of replicas to roots R of their Gram matrices, shape (m, n, k)."""


def root_of_state(states: Array, width: int) -> Array:
    """Return R with R Rᵀ = HᵀH/d, shape (m, n, min(n, d)), of Hᵀ, shape (m, n, d).

    >>> state = np.array([[[1.0, 0.0], [1.0, 1e-9]]])
    >>> R = root_of_state(state, 1)[0]
    >>> bool(np.isclose(abs(np.linalg.det(R)), 1e-9))
    True
    """
    R = np.asarray(np.linalg.qr(transpose(states), mode="r"))
    return np.asarray(transpose(R) / np.sqrt(width))


def rank_factors(states: Array, rank: Counts) -> tuple[Array, Array]:
    """Return A and an orthonormal B with A B the nearest to Hᵀ of that rank, each sample weighed.

    Parameters
    ----------
    states, rank
        Hᵀ, shape (m, n, d), and what its rank is in each replica; directions below n·eps of the
        largest are dropped besides.

    Returns
    -------
    Shapes (m, n, k) and (m, k, d), k = min(n, d). Equal samples have bitwise equal rows in A.

    Examples
    --------
    >>> states = np.array([[[1.0, 2.0], [2.0, 4.0 + 1e-12]]])
    >>> A, B = rank_factors(states, np.array([1]))
    >>> bool(np.linalg.matrix_rank(A @ B) == 1)
    True
    """
    n = states.shape[-2]
    rows, sizes = _unit_rows(states)
    U, singular, B = np.linalg.svd(rows, full_matrices=False)
    kept = singular > n * _EPSILON * singular[:, :1]
    kept &= np.arange(singular.shape[-1]) < rank[:, None]
    A = U * np.where(kept, singular, 0.0)[:, None, :]
    A *= sizes
    for coefficients, state in zip(A, states, strict=True):
        _, first, which = np.unique(state, axis=0, return_index=True, return_inverse=True)
        coefficients[:] = coefficients[first[which.ravel()]]
    return A, np.asarray(B)


def numerical_rank(states: Array) -> int:
    """Return how many directions of one Hᵀ, shape (n, d), are not below rounding."""
    A, _ = rank_factors(states[None], np.array([min(states.shape)]))
    return int(A[0].any(axis=0).sum())


def _unit_rows(R: Array) -> tuple[Array, Array]:
    """Return R with rows of size 1 (zero ones stay zero), and their sizes, shape (m, n, 1)."""
    sizes = np.sqrt((R**2).sum(axis=-1, keepdims=True))
    return np.divide(R, sizes, out=np.zeros_like(R), where=sizes > 0), sizes


def draw_factor(
    block: Block, *, recentred: bool, scale: float, roots: RootsOf | None = None
) -> Array:
    """Return F for the block, shape (replicas, n, n), or (replicas, n, n−1) if `recentred`.

    Parameters
    ----------
    block
        What is dropped is counted in it.
    roots
        By default those of the block.
    """
    if block.prepared is None:
        F, doubtful = _known_factor(block, block.gram, recentred=recentred, scale=scale)
    else:
        (F, doubtful), block.prepared = block.prepared, None
    if doubtful is None or not doubtful.any():
        return F
    at = np.flatnonzero(doubtful)
    if roots is None and block.root is not None:
        roots = block.root.__getitem__
    if roots is not None:
        R = roots(at)
        known = np.isfinite(R).all(axis=(-2, -1))
        F[at[known]] = _refactored(R[known], F.shape[-1], recentred=recentred, scale=scale)
    kept = F[at].any(axis=-2).sum(axis=-1)
    expected = _most(block, recentred, block.gram)[at]
    block.dropped[at] += np.maximum(expected - kept, 0)
    block.rank[at] = np.minimum(block.rank[at], kept)
    block.distinct[at] = [len(np.unique(rows, axis=0)) for rows in F[at]]
    return F


def carry_on(
    block: Block,
    segment: Segment,
    following: Segment,
    width: int,
    scale: float,
    before: Array,
    rows: Callable[[Indices], tuple[Array, Array | None]],
) -> None:
    """Make ready for the next draw, while what was drawn last is still at hand.

    Where G turns out not to be accurate enough it is made anew from the root too: recentring takes
    from G what its rounding hides.

    Parameters
    ----------
    segment, following
        The one that has just ended, with a linear operation, and the next one.
    scale
        Of the next draw.
    before
        The Gram matrices before the operations over the features.
    rows
        Takes numbers of replicas to roots R of the Gram matrices before the operations over the
        features, R Rᵀ = G − m mᵀ, and to m. Called only where G is not accurate enough.
    """
    follow_rank(block, segment.operations, width)
    recentred = following.recentred
    block.prepared = _known_factor(block, before, recentred=recentred, scale=scale)
    doubtful, block.root = block.prepared[1], None
    if doubtful is not None and doubtful.any():
        at = np.flatnonzero(doubtful)
        R = _moved(segment.gramwise, *rows(at))
        block.root = np.full((len(block.gram), *R.shape[1:]), np.nan)
        block.root[at] = R
        block.gram[at] = symmetrised(R @ transpose(R))
    if following.linear is None:
        block.prepared = None


def carry_through(block: Block, segment: Segment, width: int) -> None:
    """Take the block's root through a segment without a linear operation."""
    follow_rank(block, segment.operations, width)
    if block.root is not None:
        R = block.root = _moved(segment.gramwise, block.root, None)
        known = np.isfinite(R).all(axis=(-2, -1))
        block.gram[known] = symmetrised(R @ transpose(R))[known]


def follow_rank(block: Block, operations: Iterable[Operation], width: int) -> None:
    """Write down what rank the operations can leave, and no more than that; and the mean."""
    for operation in operations:
        if isinstance(operation, Elementwise):
            block.rank = np.minimum(block.distinct, width)
        elif isinstance(operation, Linear):
            block.rank = np.minimum(block.rank, width)
        elif operation == RECENTER:
            block.rank = np.minimum(block.rank, block.distinct - 1)
        elif isinstance(operation, Recenter):
            block.rank = np.minimum(block.rank, width - 1)
        block.centred = centred_after((operation,), block.centred)


def _moved(operations: Iterable[Operation], R: Array, mean: Array | None) -> Array:
    """Return a root of what comes out of the operations, from R and m that went in."""
    R = R.copy()
    for operation in operations:
        if operation == RECENTER:
            recenter(R, Over.BATCH)
            if mean is not None:
                mean = mean - mean.mean(axis=-1, keepdims=True)
        elif isinstance(operation, Rescale):
            squares = (R**2).sum(axis=-1) + (0.0 if mean is None else mean**2)
            sizes = np.sqrt(squares)
            inverse = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
            R *= inverse[:, :, None]
            mean = None if mean is None else mean * inverse
        elif mean is not None:
            mean = np.zeros_like(mean)
    return R if mean is None else np.concatenate([R, mean[:, :, None]], axis=-1)


def count_alive(gram: Array) -> Counts:
    """Return how many samples are not zero, shape (replicas,)."""
    return np.asarray((np.diagonal(gram, axis1=-2, axis2=-1) > 0).sum(axis=-1))


def _known_factor(
    block: Block, shows_zeros: Array, *, recentred: bool, scale: float
) -> tuple[Array, Flags | None]:
    """Return `known_factor` of the block's G; the other matrices show its zero samples."""
    rank = _most(block, recentred, shows_zeros)
    return known_factor(
        block.gram, recentred=recentred, centred=block.centred, scale=scale, rank=rank
    )


def _most(block: Block, recentred: bool, gram: Array) -> Counts:
    """Return the rank that the factor has unless something is lost; `gram` shows zero samples."""
    most = block.distinct - 1 if recentred else count_alive(gram)
    return np.asarray(np.minimum(block.rank, most))


def _refactored(R: Array, columns: int, *, recentred: bool, scale: float) -> Array:
    """Return F, shape (m, n, columns), from R, with columns by decreasing length.

    Samples are brought to one size first, so that small ones keep their accuracy. After recentring
    that would make rounding large where samples are equal; the unit is then what R was before.
    """
    n = R.shape[-2]
    sizes = np.sqrt((R**2).sum(axis=-1, keepdims=True))
    if recentred:
        sizes = np.broadcast_to(sizes.max(axis=-2, keepdims=True), sizes.shape)
    rows = np.divide(R, sizes, out=np.zeros_like(R), where=sizes > 0)
    if recentred:
        recenter(rows, Over.BATCH)
    U, singular, _ = np.linalg.svd(rows, full_matrices=False)
    unit = 1.0 if recentred else singular[:, :1]
    kept = np.where(singular > n * _EPSILON * unit, singular, 0.0)[:, None, :]
    F = np.zeros((*R.shape[:-1], columns))
    shared = min(columns, kept.shape[-1])
    F[..., :shared] = (U * kept)[..., :shared]
    gaps = np.sqrt(((F[:, :, None, :] - F[:, None, :, :]) ** 2).sum(axis=-1))
    return np.asarray(with_equal_rows(F, gaps <= n * _EPSILON) * (sizes * scale))
