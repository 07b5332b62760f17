"""Functionals of the Gram matrix G = HᵀH of a batch, vectorised over leading axes.

Every function takes an array of shape (..., n, n) of symmetric positive semidefinite matrices and
returns one of shape (...). All of them but `second_moment` are free of scale: G and cG have the
same value. A matrix with NaN or infinity has the value NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import (
    ArgumentError,
    Real,
    at_ends,
    double,
    finite,
    flag,
    integer,
    real_array,
)

Array = NDArray[np.float64]
Functional = Callable[[Array], Array]
Result = TypeVar("Result")
P = ParamSpec("P")


_SAFE = 2.0**400
"""Numbers between this and its inverse have squares, products and sums that are exact in scale."""


def size_exponents(matrices: Array) -> NDArray[np.int64]:
    """Return for each matrix an even e with its largest entry in [2^(e−2), 2^e), shape (...).

    0 for a matrix of zeros, and where an entry is not finite.
    """
    largest = np.abs(matrices).max(axis=(-2, -1), initial=0.0)
    exponents = np.frexp(np.where(np.isfinite(largest), largest, 0.0))[1]
    return np.asarray(exponents + exponents % 2, dtype=np.int64)


def within_range(gram: Array) -> Array:
    """Return G, times a power of two where its size is near the ends of the range of doubles.

    What is free of scale is then the same for G and 4^k G, to the last bit: only exponents differ.
    """
    gram = np.asarray(gram, dtype=np.float64)
    largest = np.abs(gram).max(initial=0.0)
    if 1 / _SAFE < largest < _SAFE and gram.ndim == 2:
        return gram
    exponents = size_exponents(gram)
    far = np.abs(exponents) > 400
    if not far.any():
        return gram
    return np.ldexp(gram, -np.where(far, exponents, 0)[..., None, None])


def finite_matrices(matrices: Array) -> NDArray[np.bool_]:
    """Return which matrices hold neither NaN nor infinity, shape (...)."""
    return np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))


def check_grams(gram: ArrayLike) -> Array:
    """Return one square matrix or a stack of them, shape (..., n, n), as an array of floats."""
    stack = gram if isinstance(gram, np.ndarray) and gram.dtype == np.float64 else None
    stack = real_array("gram", gram) if stack is None else stack
    if stack.ndim < 2 or stack.shape[-1] != stack.shape[-2] or not stack.shape[-1]:
        raise ArgumentError("gram", f"an array of shape {stack.shape}", "give square matrices")
    return stack


def of_grams(
    called: Callable[Concatenate[Array, P], Result],
) -> Callable[Concatenate[Array, P], Result]:
    """Decorate a function of Gram matrices so that it takes every array of numbers.

    >>> float(orthogonality_gap([[1, 0], [0, 1]]))
    0.0
    """

    @wraps(called)
    def checked(gram: Array, *rest: P.args, **named: P.kwargs) -> Result:
        return called(check_grams(gram), *rest, **named)

    return cast("Callable[Concatenate[Array, P], Result]", checked)


@of_grams
def trace_normalised(gram: Array) -> Array:
    """Return G/tr G, shape (..., n, n); a zero matrix has no such form and gives NaN."""
    with np.errstate(over="ignore"):  # then it is scaled
        trace = np.trace(gram, axis1=-2, axis2=-1)
    if not np.all((trace > 1 / _SAFE) & (trace < _SAFE)):
        gram = within_range(gram)
        trace = np.trace(gram, axis1=-2, axis2=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(gram / trace[..., None, None], dtype=np.float64)


def _frobenius(matrix: Array) -> Array:
    norm = np.linalg.norm(matrix, axis=(-2, -1))
    return np.asarray(np.where(norm < np.inf, norm, np.nan), dtype=np.float64)


@of_grams
def spectrum(gram: Array) -> Array:
    """Return the eigenvalues of G/tr G in decreasing order, shape (..., n), clipped at 0.

    NaN where G is zero or holds NaN or infinity.
    """
    normalised = trace_normalised(gram)
    known = finite_matrices(normalised)
    if not known.all():  # the eigenvalue routine would raise
        normalised = np.where(known[..., None, None], normalised, np.eye(gram.shape[-1]))
    values = np.linalg.eigvalsh(normalised)[..., ::-1]
    if not known.all():
        values = np.where(known[..., None], values, np.nan)
    return np.asarray(np.maximum(values, 0.0), dtype=np.float64)


@of_grams
def orthogonality_gap(gram: Array) -> Array:
    """Return V = ‖G/tr G − I/n‖_F, in [0, √(1−1/n)] (daneshmand2021, section 3).

    >>> float(orthogonality_gap(np.eye(3)))
    0.0
    >>> bool(np.isclose(orthogonality_gap(np.ones((4, 4))) ** 2, 1 - 1 / 4))
    True
    """
    n = gram.shape[-1]
    deviation = trace_normalised(gram) - np.eye(n) / n
    return _frobenius(deviation)


@of_grams
def smallest_eigenvalue(gram: Array) -> Array:
    """Return λ_min(G/tr G) = σ_min(H)²/‖H‖_F², in [0, 1/n]."""
    return smallest_of_spectrum(spectrum(gram))


def smallest_of_spectrum(eigenvalues: Array) -> Array:
    """Return the last of the eigenvalues of G/tr G, shape (..., n), in falling order."""
    smallest: Array = eigenvalues[..., -1]
    return smallest


@of_grams
def lyapunov(gram: Array) -> Array:
    """Return V̂ = 1/n − λ_min(G/tr G), in [0, 1/n] (daneshmand2021, section 3).

    >>> float(lyapunov(np.ones((2, 2)))) == 1 / 2
    True
    """
    return lyapunov_of_spectrum(spectrum(gram))


def lyapunov_of_spectrum(eigenvalues: Array) -> Array:
    """Return `lyapunov` from the eigenvalues of G/tr G, shape (..., n), in falling order."""
    n = eigenvalues.shape[-1]
    return np.asarray(np.maximum(1 / n - eigenvalues[..., -1], 0.0), dtype=np.float64)


@of_grams
def bures_to_isotropy(gram: Array) -> Array:
    """Return ‖(G/tr G)^{1/2} − I/√n‖_F², in [0, 2 − 2/√n]: the squared Bures distance to I/n.

    Summed over eigenvalues as (√λ_i − 1/√n)², which keeps its accuracy near isotropy.

    >>> bool(np.isclose(bures_to_isotropy(np.ones((4, 4))), 2 - 2 / 4**0.5))
    True
    """
    return bures_to_isotropy_of_spectrum(spectrum(gram))


def bures_to_isotropy_of_spectrum(eigenvalues: Array) -> Array:
    """Return `bures_to_isotropy` from the falling eigenvalues of G/tr G, shape (..., n)."""
    n, roots = eigenvalues.shape[-1], np.sqrt(eigenvalues)
    return np.asarray(((roots - 1 / np.sqrt(n)) ** 2).sum(axis=-1), dtype=np.float64)


@of_grams
def isometry(gram: Array) -> Array:
    """Return I = det(G)^{1/n} / (tr G/n), in [0, 1] (joudaki2023, section 2).

    A matrix that is singular to double precision, λ_min ≤ n·eps·tr G, has isometry 0.

    >>> float(isometry(np.diag([1.0, 0.0])))
    0.0
    """
    return isometry_of_spectrum(spectrum(gram))


def isometry_of_spectrum(eigenvalues: Array) -> Array:
    """Return `isometry` from the eigenvalues of G/tr G, shape (..., n), in falling order."""
    n = eigenvalues.shape[-1]
    # Rounding leaves null eigenvalues at some n·eps of the trace, and their nth root is far from 0.
    singular = eigenvalues[..., -1] <= n * np.finfo(np.float64).eps
    with np.errstate(divide="ignore"):
        logarithms = np.log(n * eigenvalues)
    value = np.where(singular, 0.0, np.exp(logarithms.mean(axis=-1)))
    return np.asarray(np.minimum(value, 1.0), dtype=np.float64)


@of_grams
def isometry_gap(gram: Array) -> Array:
    """Return −log I = log(tr G/n) − log det(G)/n ≥ 0, ∞ where `isometry` is 0 (joudaki2023).

    >>> float(isometry_gap(np.diag([1.0, 0.0]))), float(isometry_gap(np.eye(3)))
    (inf, 0.0)
    """
    return isometry_gap_of_spectrum(spectrum(gram))


def isometry_gap_of_spectrum(eigenvalues: Array) -> Array:
    """Return `isometry_gap` from the falling eigenvalues of G/tr G, shape (..., n)."""
    n = eigenvalues.shape[-1]
    singular = eigenvalues[..., -1] <= n * np.finfo(np.float64).eps
    with np.errstate(divide="ignore"):
        logarithms = np.log(n * eigenvalues)
    # Of what is known to be at least 0; adding zero turns −0 into 0.
    gap = np.maximum(-logarithms.mean(axis=-1), 0.0) + 0.0
    return np.asarray(np.where(singular, np.inf, gap), dtype=np.float64)


@of_grams
def second_moment(gram: Array) -> Array:
    """Return tr G/n: for G = HᵀH/d the mean square of an entry of H. It is not free of scale.

    >>> float(second_moment(np.diag([1.0, 3.0])))
    2.0
    """
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.diagonal(gram, axis1=-2, axis2=-1).mean(axis=-1)
    return np.asarray(np.where(finite_matrices(gram), mean, np.nan), dtype=np.float64)


@of_grams
def stable_rank(gram: Array) -> Array:
    """Return r = tr(G)²/‖G‖_F², in [1, n] (daneshmand2020, section 3).

    The features' covariance M = HHᵀ/n has the same nonzero spectrum, hence the same r.

    >>> bool(np.isclose(stable_rank(np.diag([2.0, 2.0, 0.0])), 2))
    True
    """
    return 1 / _frobenius(trace_normalised(gram)) ** 2


@of_grams
def soft_rank(gram: Array, threshold: float, width: int) -> Array:
    """Return #{i : d·λ_i(G/tr G) ≥ τ}, a whole number in [0, min(d, n)] (daneshmand2020).

    After batch normalisation M = HHᵀ/n has trace d, and this is rank_τ(H) = #{i : σ_i(H)²/n ≥ τ}.
    For other H it is the form free of scale, with threshold τ·tr(M)/d.

    Parameters
    ----------
    gram
        G = HᵀH up to a factor, shape (..., n, n).
    threshold
        τ in [0, 1]. At 0 every singular value counts: the result is min(d, n). An eigenvalue within
        n·eps·d of τ may be counted or not.
    width
        d ≥ 1, the rows of H.

    Raises
    ------
    ArgumentError
        If τ is outside [0, 1] or d is not a whole number ≥ 1.

    Examples
    --------
    Two of three singular values are equal, the third is 0; their mean square is 2/3 of theirs:

    >>> G = np.diag([5.0, 5.0, 0.0])
    >>> [int(soft_rank(G, threshold, 3)) for threshold in (0.0, 0.5, 1.0)]
    [3, 2, 2]
    """
    tau, d = check_threshold(threshold), integer("width", width)
    return soft_rank_of_spectrum(spectrum(gram), tau, d)


def check_threshold(threshold: object) -> float:
    """Return the τ of `soft_rank` as a float in [0, 1]."""
    tau = double("threshold", at_ends(finite("threshold", threshold), 0, 1, of=threshold))
    if not 0 <= tau <= 1:
        raise ArgumentError("threshold", threshold, "τ lies between 0 and 1")
    return tau


def soft_rank_of_spectrum(eigenvalues: Array, threshold: float, width: int) -> Array:
    """Return `soft_rank` from the falling eigenvalues of G/tr G, shape (..., n)."""
    tau, d = threshold, width
    count = np.minimum((d * eigenvalues >= tau).sum(axis=-1), d)
    return np.asarray(np.where(np.isnan(eigenvalues[..., 0]), np.nan, count), dtype=np.float64)


@of_grams
def mean_cosine(gram: Array) -> Array:
    """Return the mean of G_ij/√(G_ii G_jj) over i ≠ j, in [−1, 1]; zero samples have cosine 0."""
    n, gram = gram.shape[-1], within_range(gram)
    norms = np.sqrt(np.diagonal(gram, axis1=-2, axis2=-1))
    scale = norms[..., :, None] * norms[..., None, :]
    cosines = np.divide(gram, scale, out=np.zeros_like(gram), where=(scale > 0) & (scale < np.inf))
    cosines[~finite_matrices(gram)] = np.nan
    off_diagonal = cosines.sum(axis=(-2, -1)) - np.trace(cosines, axis1=-2, axis2=-1)
    return np.asarray(np.clip(off_diagonal / (n * (n - 1)), -1.0, 1.0), dtype=np.float64)


def equicorrelated(batch: int, correlation: Real) -> Array:
    """Return the n×n matrix with unit diagonal and `correlation` elsewhere.

    An end of the range that was computed in double precision is taken for that end.

    Raises
    ------
    ArgumentError
        If `correlation` is outside [−1/(n−1), 1], where the matrix has a negative eigenvalue; a
        float that is an end of this range but for rounding (`errors.at_ends`) is taken for it.

    Examples
    --------
    >>> float(equicorrelated(50, -100 * (1 / 49) / 100)[0, 1])
    -0.02040816326530612
    """
    n = integer("batch", batch)
    least = Fraction(-1, n - 1) if n > 1 else Fraction(-1)
    c = at_ends(finite("correlation", correlation), least, 1, of=correlation)
    if not least <= c <= 1:
        raise ArgumentError(
            "correlation",
            correlation,
            f"a Gram matrix of {n} samples needs it between {float(least):.6g} and 1",
        )
    return np.full((n, n), float(c)) + float(1 - c) * np.eye(n)


def check_gram(argument: str, gram: ArrayLike, *, zero: bool = False) -> Array:
    """Return `gram` as a finite symmetric positive semidefinite float array of shape (n, n).

    Asymmetry and negative eigenvalues are accepted up to the rounding of its largest entry and
    dimension (that of a product HᵀH in the precision of `gram`), and symmetrised away.

    Parameters
    ----------
    zero
        Whether a matrix of zeros will do.

    Raises
    ------
    ArgumentError
        If it is not square, not finite, zero, not symmetric or has a negative eigenvalue; the
        message holds the most negative one.
    """
    matrix, may_vanish = real_array(argument, gram), flag("zero", zero)
    given = np.asarray(gram)
    precision = given.dtype if given.dtype in (np.float32, np.float16) else np.dtype(np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] < 1:
        raise ArgumentError(argument, f"an array of shape {matrix.shape}", "it must be square")
    if not np.isfinite(matrix).all():
        raise ArgumentError(argument, "an array with NaN or infinity", "all entries must be finite")
    n = matrix.shape[0]
    if not matrix.any():
        if may_vanish:
            return matrix
        raise ArgumentError(argument, "a zero matrix", "at least one sample must be nonzero")
    exponent = int(size_exponents(matrix))
    scaled = np.ldexp(matrix, -exponent)
    rounding = n * float(np.finfo(precision).eps) * float(np.abs(scaled).max())
    asymmetry = float(np.abs(scaled - scaled.T).max())
    if asymmetry > 2 * rounding:
        raise ArgumentError(
            argument,
            f"a matrix with asymmetry {math.ldexp(asymmetry, exponent):.3g}",
            f"a Gram matrix is symmetric, here to {math.ldexp(2 * rounding, exponent):.3g}, the "
            f"rounding of {precision}",
        )
    scaled = (scaled + scaled.T) / 2
    smallest = float(np.linalg.eigvalsh(scaled)[0])
    if smallest < -n * rounding:
        raise ArgumentError(
            argument,
            f"a matrix with eigenvalue {math.ldexp(smallest, exponent):.6g}",
            "a Gram matrix has no negative eigenvalue, here below "
            f"{math.ldexp(-n * rounding, exponent):.3g}, the rounding of {precision}",
        )
    return np.ldexp(scaled, exponent)
