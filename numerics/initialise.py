"""Iterative orthogonalisation: weights that make a given batch more orthogonal layer by layer.

For a batch H = U Σ Vᵀ (thin singular value decomposition, σ_1 ≥ … ≥ σ_r > 0) and any V′ with r
orthonormal columns take

    W = V′ Σ^{-1/2} Uᵀ / ‖Σ^{1/2}‖_F,    so that    W H = V′ Σ^{1/2} Vᵀ / ‖Σ^{1/2}‖_F

has Frobenius norm one. Its Gram matrix is V Σ Vᵀ/tr Σ where that of H is V Σ² Vᵀ: with s = Σσ_i the
normalised spectrum changes from σ_i²/Σσ_j² to σ_i/s, and the orthogonality gap from

    V(H)² = Σσ⁴/(Σσ²)² − 1/n    to    V(W H)² = Σσ²/(Σσ)² − 1/n.

**It decreases.** By Cauchy and Schwarz (Σσ²)² ≤ Σσ Σσ³ and (Σσ³)² ≤ Σσ² Σσ⁴, hence
(Σσ²)⁴ ≤ (Σσ)² Σσ² Σσ⁴, that is Σσ²/(Σσ)² ≤ Σσ⁴/(Σσ²)². Equality in both needs all σ_i equal. So
V(W H) < V(H) unless the nonzero singular values are equal.

**Rank.** With r = n equal singular values mean V(H) = 0. A batch of rank r < n stays at rank r:
Σ^{-1/2} is then the Moore–Penrose inverse, V(W H) < V(H) still holds unless V(H) has the least
value that its rank allows, √(1/r − 1/n), and that value is the limit over many layers.

**Rounding.** W errs by eps‖W‖, which is eps·√κ of ‖W H‖ for κ = σ_1/σ_r, and so does the Gram
matrix of W H. Where all singular values but one are equal, V² decreases by about 2/((r − 1)²κ): for
n = 64 that is above the rounding up to κ ≈ 10⁸, a Gram matrix of condition number 10¹⁶.

Source: daneshmand2021, equation 6 and appendix E, where the square on V is missing and the last
step should read (Σσ³)² ≤ Σσ⁴ for Σσ² = 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.sampling.haar import frames
from depthlaw.numerics.streams import check_seed, stream
from depthlaw.theory.errors import (
    ArgumentError,
    integer,
    items,
    nonzero_matrix,
    positive_double,
    real_array,
)
from depthlaw.theory.network import Activate

if TYPE_CHECKING:
    from depthlaw.theory.activations import Activation

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Initialisation:
    """Weights for one batch, and the orthogonality gap on its way through them.

    Attributes
    ----------
    weights
        W_1, W_2, …, shapes (d_ℓ, d_{ℓ−1}).
    gap_before, gap_after
        V(H_{ℓ−1}) and V(W_ℓ H_{ℓ−1}) for ℓ = 1, 2, …, shape (layers,). The second is smaller
        unless the first is the least possible for the batch's rank; an activation between the
        layers may raise the gap again. Accurate to a few n·eps.
    output
        φ(W_L H_{L−1}), shape (d_L, n).
    """

    weights: tuple[Array, ...] = field(repr=False)
    gap_before: Array
    gap_after: Array
    output: Array = field(repr=False)


def orthogonalise_step(
    hidden: ArrayLike, *, frame: ArrayLike | None = None, norm: float = 1.0
) -> Array:
    """Return W with V(W H) < V(H), unless no matrix of H's rank has a smaller gap.

    Parameters
    ----------
    hidden
        H, shape (d, n): rows are neurons, columns samples. Singular values below
        max(d, n)·eps·σ_1 count as zero.
    frame
        V′, orthonormal columns, shape (k, c) with c at least the rank of H; the first ones are
        used. Without it V′ = U, which makes W symmetric positive semidefinite, k = d.
    norm
        Frobenius norm of W H, above 0; 1 in the paper.

    Returns
    -------
    Array
        W, shape (k, d).

    Raises
    ------
    ArgumentError
        If H is zero, not finite or not a matrix, or `frame` has too few columns or columns that
        are not orthonormal.

    Examples
    --------
    Two steps take square roots of the singular values twice:

    >>> H = np.diag([16.0, 1.0])
    >>> for _ in range(2):
    ...     H = orthogonalise_step(H) @ H
    >>> bool(np.isclose(H[0, 0] / H[1, 1], 16 ** (1 / 4)))
    True
    """
    H = nonzero_matrix("hidden", hidden)
    U, sigma, _ = _decomposed(H)
    r = len(sigma)
    frame_ = U if frame is None else _frame(frame, r)
    # Σ^{-1/2}/‖Σ^{1/2}‖_F, for σ of any size.
    exponent = math.frexp(float(sigma[0]))[1]
    sigma = np.ldexp(sigma, -exponent)
    with np.errstate(over="ignore"):  # refused below, in a sentence
        roots = positive_double("norm", norm) / np.sqrt(sigma) / math.sqrt(float(sigma.sum()))
        W = np.ldexp((frame_[:, :r] * roots) @ U.T, -exponent)
    if not np.isfinite(W).all():
        size = f"a batch with entries up to {np.abs(H).max():.3g}"
        raise ArgumentError("hidden", size, "its weights overflow: multiply it by a power of two")
    return np.asarray(W)


def initialise(
    widths: Sequence[int],
    batch: ArrayLike,
    *,
    activation: Activate | Activation | Function | str | None = None,
    seed: int | Sequence[int] = 0,
    norm: float | None = 1.0,
) -> Initialisation:
    """Return weights that orthogonalise a batch in every layer: H_ℓ = φ(W_ℓ H_{ℓ−1}), H_0 given.

    Source: daneshmand2021, equation 6, with an activation between the layers.

    Parameters
    ----------
    widths
        d_1, d_2, …, at least one whole number, each at least the rank of what enters the layer (n
        always suffices).
    batch
        H_0, shape (d_0, n): rows are features, columns samples; not zero. Singular values below
        max(d_0, n)·eps·σ_1 count as zero.
    activation
        φ by its name in the catalogue, as an activation of `theory.activations` or of a network,
        or as a function of arrays that keeps their shape; None for the identity.
    seed
        Of the frames V′, uniformly distributed and independent of the batch; as in `simulate`.
    norm
        Frobenius norm of every W_ℓ H_{ℓ−1}, above 0: 1 in the paper. None gives its entries root
        mean square 1, √(d_ℓ n), which is what an activation usually expects.

    Returns
    -------
    Initialisation
        The weights, the gap before and after each of them, and the last layer's output.

    Raises
    ------
    ArgumentError
        If `widths` is not a list of whole numbers ≥ 1, or one is below the rank; the batch is not
        a matrix, zero or not finite, or so small that its weights overflow; the activation is no
        function, or gives a wrong shape, no numbers, NaN, infinity or nothing but zeros; the norm
        is not above 0; or the seed is none.
    UnknownNameError
        If no activation has that name.

    Examples
    --------
    The spectrum becomes σ_i/Σσ, so that V² = Σσ²/(Σσ)² − 1/n after the first layer, and the next
    takes the roots of these:

    >>> H = np.random.default_rng(0).standard_normal((5, 3))
    >>> made = initialise([8, 4], H, seed=1)
    >>> sigma = np.linalg.svd(H, compute_uv=False)
    >>> share = [(s**2).sum() / s.sum() ** 2 for s in (sigma, np.sqrt(sigma))]
    >>> np.allclose(made.gap_after**2, np.array(share) - 1 / 3)
    True
    """
    phi = _function(activation)
    H = nonzero_matrix("batch", batch)
    n = H.shape[1]
    entropy = check_seed(seed)
    sizes = items("widths", widths, "whole numbers of neurons")
    if not sizes:
        raise ArgumentError("widths", widths, "give at least one whole number of neurons")
    if norm is not None:
        norm = positive_double("norm", norm)
    weights, before, after = [], [], []
    for layer, value in enumerate(sizes):
        width = integer("widths", value)
        sigma = _decomposed(H)[1]
        if len(sigma) > width:
            raise ArgumentError(
                "widths", width, f"layer {layer + 1} gets a batch of rank {len(sigma)}: widen it"
            )
        frame = frames([stream(entropy, layer)], width, len(sigma))[0]
        size = math.sqrt(width * n) if norm is None else norm
        try:
            W = orthogonalise_step(H, frame=frame, norm=size)
        except ArgumentError as error:  # weights that overflow
            name = "activation" if layer else "batch"
            raise ArgumentError(name, f"{error.value} in layer {layer + 1}", error.advice) from None
        Z = W @ H
        weights.append(W)
        before.append(_gap(sigma, n))
        after.append(_gap(np.asarray(np.linalg.svd(Z, compute_uv=False)), n))
        H = _activated(phi, Z, layer + 1)
    return Initialisation(tuple(weights), np.array(before), np.array(after), H)


def _decomposed(H: Array) -> tuple[Array, Array, Array]:
    """Return U, σ, Vᵀ of H, without the singular values that are zero."""
    # Scaled by a power of two, so that neither squares nor sums leave the range of a float.
    exponent = math.frexp(float(np.abs(H).max()))[1]
    U, sigma, Vt = np.linalg.svd(np.ldexp(H, -exponent), full_matrices=False)
    r = int((sigma > max(H.shape) * _EPS * sigma[0]).sum())
    return U[:, :r], np.ldexp(sigma[:r], exponent), Vt[:r]


def _gap(sigma: Array, batch: int) -> float:
    """Return V = ‖σ²/Σσ² − 1/n‖ over n eigenvalues, of which those not in σ are zero."""
    squares = (sigma / sigma.max()) ** 2
    missing = max(batch - len(sigma), 0)
    deviation = squares / squares.sum() - 1 / batch
    return math.sqrt(float((deviation**2).sum()) + missing / batch**2)


def _frame(frame: ArrayLike, rank: int) -> Array:
    V = nonzero_matrix("frame", frame)
    if V.shape[1] < rank:
        shape = f"an array of shape {V.shape}"
        raise ArgumentError("frame", shape, f"it needs {rank} columns, the rank of the batch")
    # Columns that were normalised in double precision have products within √eps of exact.
    if np.abs(V.T @ V - np.eye(V.shape[1])).max() > math.sqrt(_EPS):
        raise ArgumentError(
            "frame", f"an array of shape {V.shape}", "its columns must be orthonormal"
        )
    return V


def _function(activation: Activate | Activation | Function | str | None) -> Function:
    if activation is None:
        return np.copy
    if isinstance(activation, str):
        from depthlaw.theory.activations import activation as named

        return named(activation).function
    function = getattr(activation, "function", activation)
    if not callable(function):
        raise ArgumentError("activation", activation, "it must be a name or a function of arrays")
    return cast("Function", function)


def _activated(phi: Function, Z: Array, layer: int) -> Array:
    with np.errstate(all="ignore"):
        H = real_array("activation", phi(Z.copy()))
    what = f"the output of layer {layer}"
    if H.shape != Z.shape:
        raise ArgumentError("activation", what, f"it has shape {H.shape} in place of {Z.shape}")
    if not np.isfinite(H).all():
        raise ArgumentError("activation", what, "it has NaN or infinity")
    if not H.any():
        raise ArgumentError("activation", what, "it is zero on the whole batch")
    return H
