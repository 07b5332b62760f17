"""Lemma 1 of daneshmand2020 for a matrix: rank, soft rank and the stable rank below both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import ArgumentError, at_ends, double, finite, flag, nonzero_matrix

Array = NDArray[np.float64]

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class RankBounds:
    """Both sides of rank(H) ≥ r(H) and rank_τ(H) ≥ (1−τ)² r(H).

    Attributes
    ----------
    rank
        Singular values above max(d, N)·eps·σ_1: the rank to double precision.
    soft_rank
        Eigenvalues of M = HHᵀ/N at least τ (τ·tr(M)/d in the form free of scale).
    stable_rank
        r = tr(M)²/‖M‖_F², in [1, min(d, N)]; it is the lower bound on `rank`.
    soft_bound
        (1−τ)² r, the lower bound on `soft_rank`.
    threshold
        τ.
    """

    rank: int
    soft_rank: int
    stable_rank: float
    soft_bound: float
    threshold: float


def check_threshold(threshold: float) -> float:
    """Return τ if it lies in [0, 1].

    Raises
    ------
    ArgumentError
        If it does not.
    """
    tau = double("threshold", at_ends(finite("threshold", threshold), 0, 1, of=threshold))
    if not 0 <= tau <= 1:
        raise ArgumentError("threshold", threshold, "τ lies between 0 and 1")
    return tau


def rank_bounds(
    state: ArrayLike, threshold: float = 0.5, *, scale_free: bool = False
) -> RankBounds:
    """Return rank, soft rank, r(H) and the bound (1−τ)² r(H).

    The second inequality needs tr M = d, which holds after batch normalisation. For other H it
    fails (M = 10⁻⁴ I₅ at τ = 1/2 has soft rank 0), unless the threshold is put relative to the mean
    eigenvalue, τ·tr(M)/d.

    Parameters
    ----------
    state
        H, shape (d, N), d ≥ 1, N ≥ 1: rows are neurons, columns samples.
    threshold
        τ in [0, 1].
    scale_free
        Whether the threshold is τ·tr(M)/d; then H need not be normalised.

    Raises
    ------
    ArgumentError
        If H is not a finite nonzero matrix, τ is outside [0, 1], or H is not normalised and
        `scale_free` is false.

    Notes
    -----
    An eigenvalue within max(d, N)·eps·tr M of the threshold may be counted or not.

    Examples
    --------
    >>> found = rank_bounds(np.eye(4) * 2)
    >>> found.rank == found.soft_rank == found.stable_rank == 4
    True
    >>> rank_bounds(1e-2 * np.eye(5), scale_free=True).soft_rank
    5
    """
    H, scale_free = nonzero_matrix("state", state), flag("scale_free", scale_free)
    tau = check_threshold(threshold)
    d, N = H.shape
    if not scale_free:
        _require_normalised(H)
    # Everything below is free of scale: squares neither overflow nor vanish.
    sigma = np.asarray(np.linalg.svd(H, compute_uv=False))
    sigma = sigma / sigma[0]
    eigenvalues = sigma**2
    total = float(eigenvalues.sum())
    share = eigenvalues * d / total if scale_free else np.linalg.svd(H, compute_uv=False) ** 2 / N
    r = total**2 / float((eigenvalues**2).sum())
    soft = int((share >= tau).sum())
    return RankBounds(int((sigma > max(d, N) * _EPS).sum()), soft, r, (1 - tau) ** 2 * r, tau)


def _require_normalised(H: Array) -> None:
    """Refuse H unless diag(HHᵀ/N) = 1 up to the rounding of a normalisation and a sum of N."""
    N = H.shape[1]
    with np.errstate(over="ignore"):  # refused below, in a sentence
        squares = np.square(H).mean(axis=1)
    worst = float(squares[np.argmax(np.abs(squares - 1))])
    # A mean of N squares errs by N·eps, and so did the one that H was divided by.
    if not abs(worst - 1) <= (2 * N + 8) * _EPS:
        raise ArgumentError(
            "state",
            f"a matrix with a diagonal entry {worst:.6g} of HHᵀ/N",
            "the soft rank needs batch-normalised rows, with 1 there: normalise, or set "
            "scale_free=True for the threshold τ·tr(M)/d",
        )
