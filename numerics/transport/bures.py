"""The Bures distance between Gram matrices, from factors.

For A = F Fᵀ and B = G Gᵀ, with F and G of as many columns (columns of zeros change nothing),

    Bures(A, B)² = ‖F‖² + ‖G‖² − 2 ‖FᵀG‖_* = min_U ‖F − G U‖_F²,    U orthogonal,

the minimum being attained at U = Q Pᵀ for a singular value decomposition FᵀG = P S Qᵀ. A and B may
be singular: no inverse and no square root of a matrix is taken.

**Accuracy.** The first form subtracts numbers of size ‖F‖² and keeps nothing of a distance below
√eps·‖F‖. Here F P and G Q are formed and subtracted, as the second form says. One decomposition is
known to eps·σ_1 only, which leaves directions of much smaller σ unaligned; they are aligned again
by themselves, from products of their own columns, whose rounding is as small as they are. With τ
the ratio of σ below which that is done, a pair of directions is misaligned by e/(σ_i + σ_j), where
e ≤ c·r·eps·σ_1 and σ_i ≥ τσ_1, and that costs e²/(σ_i + σ_j). This adds up to an error of the
distance (not its square) of at most

    ROUNDING · r · eps · (‖F‖ + ‖G‖),    ROUNDING = 1/√τ = 64,

r columns, whatever the ranks: as if both factors had been rounded. c, the constant of the
decomposition, is taken as 1; against 60-digit arithmetic the error stayed below 18 eps·(‖F‖ + ‖G‖).
A Gram matrix in double precision does not determine the distance that well: see `gram_factor`.

Source of the formulas: R. Bhatia, T. Jain, Y. Lim, "On the Bures–Wasserstein distance between
positive definite matrices", 2019, https://doi.org/10.1016/j.exmath.2018.01.002.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import ArgumentError, real_array
from depthlaw.theory.network.gram import check_gram, size_exponents

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

_EPS = float(np.finfo(np.float64).eps)
ROUNDING = 64
_RATIO = ROUNDING**-2
# Numbers in one pass of `pairwise_bures`: 32 MB of factors.
_PASS = 2**22


def bures_distance(left: ArrayLike, right: ArrayLike) -> Array:
    """Return Bures(F Fᵀ, G Gᵀ), vectorised over leading axes.

    Parameters
    ----------
    left, right
        F and G, shapes (..., n, k) and (..., n, m); leading axes broadcast. For a batch H whose
        Gram matrix is HᵀH, the factor is Hᵀ.

    Returns
    -------
    Array
        Shape (...), at least 0, in the unit of the factors; within the module's ROUNDING.

    Raises
    ------
    ArgumentError
        If an entry is not finite or the shapes do not fit.

    Examples
    --------
    A factor is free up to a rotation, and the distance does not see it:

    >>> F = np.array([[3.0, 0.0], [4.0, 1e-9]])
    >>> turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    >>> bool(bures_distance(F, F @ turn) <= 2 * ROUNDING * _EPS * 2 * np.linalg.norm(F))
    True
    >>> bool(np.isclose(bures_distance(F, 3 * F), 2 * np.linalg.norm(F)))
    True
    """
    distances, exponents = _distances(left, right)
    with np.errstate(over="ignore"):  # a distance that no double can hold is infinite
        return np.asarray(np.ldexp(distances, exponents))


def bures_cost(left: ArrayLike, right: ArrayLike) -> Array:
    """Return Bures(F Fᵀ, G Gᵀ)², the cost that Wasserstein distances average.

    Arguments, shapes and errors are those of `bures_distance`.

    >>> F, G = np.eye(2), np.diag([1.0, 0.0])
    >>> bool(np.isclose(bures_cost(F, G), 1))
    True
    """
    distances, exponents = _distances(left, right)
    with np.errstate(over="ignore"):  # only the result can leave the range of doubles
        return np.asarray(np.ldexp(distances**2, 2 * exponents))


def _distances(left: ArrayLike, right: ArrayLike) -> tuple[Array, NDArray[np.int64]]:
    """Return δ and e with the distance δ·2^e, both of shape (...).

    The larger factor of a pair is brought to size one, by a power of two.
    """
    F, G = _pair(left, right)
    shape = F.shape[:-2]
    F, G = F.reshape(-1, *F.shape[-2:]), G.reshape(-1, *G.shape[-2:])
    exponents = size_exponents(np.concatenate([F, G], axis=-1))
    F, G = (np.ldexp(factor, -exponents[:, None, None]) for factor in (F, G))
    F, G = _aligned(F, G)
    return _frobenius(F - G).reshape(shape), exponents.reshape(shape)


def bures_distance_of_grams(left: ArrayLike, right: ArrayLike) -> Array:
    """Return Bures(A, B) for Gram matrices, vectorised over leading axes.

    Parameters
    ----------
    left, right
        A and B, shape (..., n, n); leading axes broadcast.

    Returns
    -------
    Array
        Shape (...). Both matrices are factored by `gram_factor`, whose note says what is lost.

    Raises
    ------
    ArgumentError
        If a matrix is not a Gram matrix (the message holds its most negative eigenvalue), or the
        shapes do not fit.

    Examples
    --------
    Commuting matrices are as far apart as their square roots:

    >>> distance = bures_distance_of_grams(np.diag([4.0, 9.0]), np.diag([1.0, 1.0]))
    >>> bool(np.isclose(distance, np.hypot(2 - 1, 3 - 1)))
    True
    """
    return bures_distance(gram_factor("left", left), gram_factor("right", right))


def gram_factor(argument: str, grams: ArrayLike) -> Array:
    """Return F with F Fᵀ = A for each Gram matrix A, by eigenvectors: F = V Λ^{1/2}.

    Parameters
    ----------
    argument
        What an error message calls it.
    grams
        Shape (..., n, n).

    Returns
    -------
    Array
        Shape (..., n, n), the columns by increasing length.

    Raises
    ------
    ArgumentError
        As `theory.gram.check_gram`, but a zero matrix will do; in a stack the message names the
        position.

    Notes
    -----
    A is known to about δ = n·eps·‖A‖, with eps of its own precision (2.2e-16 for float64, 1.2e-7
    for float32), and a null eigenvalue may come out as δ. By the inequality of Powers and Størmer,
    ‖A^{1/2} − Ã^{1/2}‖_F² ≤ ‖A − Ã‖_*, this moves a distance by at most √(nδ); where λ_min(A) ≫ δ
    it is only about √n δ/√λ_min. Start from factors where you can.

    Examples
    --------
    >>> F = gram_factor("gram", np.ones((2, 2)))
    >>> bool(np.allclose(F @ F.T, 1))
    True
    """
    stack = real_array(argument, grams)
    given = np.asarray(grams)  # with the precision it came in, which is that of its roundings
    if stack.ndim < 2:
        raise ArgumentError(argument, f"an array of shape {stack.shape}", "it must be square")
    checked = np.empty_like(stack)
    for position in np.ndindex(stack.shape[:-2]):
        where = f"{argument}[{', '.join(map(str, position))}]" if position else argument
        checked[position] = check_gram(where, given[position], zero=True)
    exponents = size_exponents(checked)
    values, vectors = np.linalg.eigh(np.ldexp(checked, -exponents[..., None, None]))
    F = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]
    return np.asarray(np.ldexp(F, exponents[..., None, None] // 2))


def pairwise_bures(left: ArrayLike, right: ArrayLike) -> Array:
    """Return the distances between all matrices of one stack and all of another.

    Parameters
    ----------
    left, right
        Factors, shapes (m, n, k) and (p, n, l).

    Returns
    -------
    Array
        Shape (m, p). Memory beyond it stays flat: rows are taken some at a time.

    Raises
    ------
    ArgumentError
        As `bures_distance`, or if an argument is not a stack.

    Examples
    --------
    >>> stack = np.arange(1.0, 4.0).reshape(3, 1, 1)
    >>> bool(np.allclose(pairwise_bures(stack, stack), abs(stack[:, 0] - stack[:, 0].T)))
    True
    """
    F, G = check_factor("left", left), check_factor("right", right)
    for argument, stack in (("left", F), ("right", G)):
        if stack.ndim != 3:
            shape = f"an array of shape {stack.shape}"
            raise ArgumentError(argument, shape, "it must be a stack of factors, shape (m, n, k)")
    numbers = len(G) * F.shape[1] * max(F.shape[2], G.shape[2])
    rows = max(1, _PASS // max(1, numbers))
    distances = np.empty((len(F), len(G)))
    for start in range(0, len(F), rows):
        part = slice(start, start + rows)
        distances[part] = bures_distance(F[part, None], G[None])
    return distances


def check_factor(argument: str, factor: ArrayLike) -> Array:
    """Return `factor` as a finite float array of shape (..., n, k).

    Raises
    ------
    ArgumentError
        If it has fewer than two axes, an empty one, or an entry that is not finite.

    Examples
    --------
    >>> check_factor("left", [[1, 2]]).shape
    (1, 2)
    """
    matrix = real_array(argument, factor)
    if matrix.ndim < 2 or 0 in matrix.shape[-2:]:
        shape = f"an array of shape {matrix.shape}"
        raise ArgumentError(argument, shape, "a factor is a matrix with rows and columns")
    if not np.isfinite(matrix).all():
        raise ArgumentError(argument, "an array with NaN or infinity", "all entries must be finite")
    return matrix


def _pair(left: ArrayLike, right: ArrayLike) -> tuple[Array, Array]:
    """Return F and G with equal shapes: broadcast, and filled up with columns of zeros."""
    F, G = check_factor("left", left), check_factor("right", right)
    if F.shape[-2] != G.shape[-2]:
        raise ArgumentError(
            "right",
            f"an array of shape {G.shape}",
            f"both need the same number of rows (samples), and left has shape {F.shape}",
        )
    try:
        leading = np.broadcast_shapes(F.shape[:-2], G.shape[:-2])
    except ValueError:
        raise ArgumentError(
            "right",
            f"an array of shape {G.shape}",
            f"its leading axes do not broadcast with left, which has shape {F.shape}",
        ) from None
    columns = max(F.shape[-1], G.shape[-1])
    return _spread(F, leading, columns), _spread(G, leading, columns)


def _spread(F: Array, leading: tuple[int, ...], columns: int) -> Array:
    spread = np.zeros((*leading, F.shape[-2], columns))
    spread[..., : F.shape[-1]] = F
    return spread


def _frobenius(matrices: Array) -> Array:
    return np.asarray(np.linalg.norm(matrices, axis=(-2, -1)))


def _aligned(F: Array, G: Array) -> tuple[Array, Array]:
    """Rotate the columns of both so that their difference is shortest, in place.

    Shapes (N, n, r). Jobs are (matrices, first column): columns before it are aligned already.
    """
    scale = _frobenius(F) + _frobenius(G)
    jobs = [(np.arange(len(F)), 0)]
    while jobs:
        index, first = jobs.pop()
        f, g = F[index, :, first:], G[index, :, first:]
        P, s, Qt = np.linalg.svd(f.swapaxes(-2, -1) @ g)
        f, g = f @ P, g @ Qt.swapaxes(-2, -1)
        F[index, :, first:], G[index, :, first:] = f, g
        known = (s > _RATIO * s[:, :1]).sum(axis=-1)
        distance = _frobenius(F[index] - G[index])
        for count in np.unique(known):
            if not 0 < count < s.shape[-1]:
                continue
            at = np.flatnonzero(known == count)
            # Aligning the rest changes the square by at most twice this product.
            gain = _frobenius(f[at, :, count:]) * _frobenius(g[at, :, count:])
            least = _EPS * scale[index[at]]
            at = at[gain > least * np.maximum(distance[at], least)]
            if at.size:
                jobs.append((index[at], first + int(count)))
    return F, G
