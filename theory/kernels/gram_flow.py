"""The Gram matrix of a batch through an infinitely wide network, layer by layer.

With the correlation map f of an activation and its normalisation, every entry of a Gram matrix of
unit diagonal obeys G_ij ← f(G_ij). Two routes: balls, at any precision, and floats that carry a
bound on their error, fast enough for large batches and great depths.

Source: joudaki2023, mean-field recursion of layer normalisation after the activation.

>>> from depthlaw.theory.activations import activation
>>> from depthlaw.theory.kernels import centred_map
>>> f = centred_map(activation("monomial(2)"))  # f(ρ) = ρ²
>>> start = arb_mat([[1, arb(1) / 2], [arb(1) / 2, 1]])
>>> [layer[0, 1] == arb(2) ** -(2**ell) for ell, layer in enumerate(gram_layers(f, start, 3))]
[True, True, True, True]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from flint import arb, arb_mat
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import ArgumentError, integer
from depthlaw.theory.kernels.correlation_map import CorrelationMap, takes_map
from depthlaw.theory.kernels.floats import kernel_values
from depthlaw.theory.kernels.power_series import WORKING_BITS, PowerSeriesMap
from depthlaw.theory.network.gram import check_gram
from depthlaw.theory.rigorous.balls import ball, exact_key, float_bounds, precision
from depthlaw.theory.rigorous.matrices import log_determinant

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)


def unit_diagonal(gram: ArrayLike) -> Array:
    """Return G_ij/√(G_ii G_jj), shape (n, n): the Gram matrix of the samples at norm 1.

    Raises
    ------
    ArgumentError
        If `gram` is no Gram matrix, or a sample is zero.

    Examples
    --------
    >>> X = np.array([[3.0, 0.0], [4.0, 2.0]])
    >>> unit_diagonal(X.T @ X) @ np.array([5.0, 0.0]) == [5.0, 4.0]
    array([ True,  True])
    """
    G = check_gram("gram", gram)
    norms = np.sqrt(np.diagonal(G))
    if not (norms > 0).all():
        raise ArgumentError("gram", "a matrix with a zero on its diagonal", "leave that sample out")
    found: Array = np.clip(G / np.outer(norms, norms), -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def next_gram(correlation_map: PowerSeriesMap, gram: arb_mat) -> arb_mat:
    """Return f applied to every entry off the diagonal, which stays 1.

    Parameters
    ----------
    correlation_map
        f, with f(1) = 1.
    gram
        Balls, shape (n, n), symmetric with unit diagonal.
    """
    n = gram.nrows()
    # Structured batches repeat their entries, and a map costs far more than a look-up.
    known: dict[object, arb] = {}
    found = arb_mat(n, n)
    for i in range(n):
        found[i, i] = arb(1)
        for j in range(i):
            rho = gram[i, j]
            key = exact_key(rho)
            if key not in known:
                known[key] = correlation_map.over(0, rho)
            found[i, j] = found[j, i] = known[key]
    return found


def gram_layers(correlation_map: PowerSeriesMap, gram: arb_mat, depth: int) -> Iterator[arb_mat]:
    """Yield G⁰, G¹, …, G^`depth`, enclosed at the working precision.

    Raises
    ------
    ArgumentError
        If `depth` is negative.
    """
    yield gram
    for _ in range(integer("depth", depth, at_least=0)):
        gram = next_gram(correlation_map, gram)
        yield gram


def isometry_gap(gram: arb_mat) -> arb:
    """Return a ball around −log I(G) = log(tr G/n) − (log det G)/n, in [0, ∞].

    Not-a-number where the balls do not exclude a singular matrix.

    >>> isometry_gap(arb_mat([[2, 1], [1, 2]])).overlaps(-(arb(3) / 4).log() / 2)
    True
    """
    n = gram.nrows()
    trace = sum((gram[i, i] for i in range(n)), start=arb(0))
    return (trace / n).log() - log_determinant(gram) / n


def isometry_gap_near_identity(gram: arb_mat) -> arb:
    """Return a ball around −log I(G) for unit diagonal, sharp where all correlations are small.

    With eigenvalues 1 + e_i, Σ e_i = 0, every e − log(1 + e) lies between e²/2 over the larger and
    the smaller of 1 and 1 + e, and all 1 + e_i within (n−1) max |ρ| of 1: the gap is Σ_{i≠j} ρ²/2n
    up to that factor. A determinant of balls loses half the digits here. Not-a-number where
    (n−1) max |ρ| may reach 1.

    >>> small = arb(2) ** -60
    >>> gap = isometry_gap_near_identity(arb_mat([[1, small], [small, 1]]))
    >>> gap.overlaps(small**2 / 2)
    True
    """
    n = gram.nrows()
    sizes = [abs(gram[i, j]) for i in range(n) for j in range(i)]
    reach = (n - 1) * max((size.abs_upper() for size in sizes), default=arb(0))
    if not reach < 1:
        return arb.nan()
    square = sum((size * size for size in sizes), start=arb(0)) / n
    return (square / (1 + reach)).lower().union((square / (1 - reach)).upper())


@dataclass(frozen=True, eq=False)
class GramPath:
    """Gram matrices layer by layer, in floats.

    Attributes
    ----------
    values
        Shape (depth + 1, n, n).
    errors
        The same shape: each entry is this close to the exact recursion, started at the floats
        given.
    """

    values: Array
    errors: Array

    def enclosed(self, layer: int) -> arb_mat:
        """Return G^`layer` as balls."""
        return balls_around(self.values[layer], self.errors[layer])


def balls_around(values: Array, errors: Array) -> arb_mat:
    """Return floats with errors, shape (n, n) each, as balls."""
    return arb_mat(
        [
            [arb(value, error) for value, error in zip(*rows, strict=True)]
            for rows in zip(values.tolist(), errors.tolist(), strict=True)
        ]
    )


@takes_map
def gram_path(correlation_map: CorrelationMap, gram: ArrayLike, depth: int) -> GramPath:
    """Return the mean-field Gram matrices of `depth` layers in floats, with error bounds.

    An error e at ρ becomes at most L e + e′, where e′ is that of evaluating f and L bounds |f′| up
    to |ρ| + e.

    Parameters
    ----------
    correlation_map
        f.
    gram
        G⁰, shape (n, n), unit diagonal.
    depth
        Layers ≥ 0.

    Raises
    ------
    ArgumentError
        If `gram` is no Gram matrix or its diagonal is not 1, or `depth` is negative.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels import centred_map
    >>> path = gram_path(centred_map(activation("relu")), [[1.0, 0.5], [0.5, 1.0]], 9)
    >>> bool(np.all(np.diff(path.values[:, 0, 1]) < 0))  # f(ρ) < ρ
    True
    """
    layers = integer("depth", depth, at_least=0)
    n = len(require_unit_diagonal("gram", gram))
    values, errors = np.empty((layers + 1, n, n)), np.empty((layers + 1, n, n))
    for layer, found in zip(range(layers + 1), float_layers(correlation_map, gram), strict=False):
        values[layer], errors[layer] = found
    return GramPath(values, errors)


def float_layers(correlation_map: CorrelationMap, gram: ArrayLike) -> Iterator[tuple[Array, Array]]:
    """Yield the values and errors of `gram_path`, each of shape (n, n), without end.

    Raises
    ------
    ArgumentError
        If `gram` is no Gram matrix or its diagonal is not 1.
    """
    G = require_unit_diagonal("gram", gram)
    above = np.triu_indices(len(G), 1)
    rho = np.clip(G[above], -1.0, 1.0)
    error = np.zeros_like(rho)
    while True:
        values, errors = np.eye(len(G)), np.zeros_like(G)
        for table, entries in ((values, rho), (errors, error)):
            table[above] = entries
            table.T[above] = entries
        yield values, errors
        rho, error = advance(correlation_map, rho, error)


def advance(f: CorrelationMap, rho: Array, error: Array) -> tuple[Array, Array]:
    """Return f at correlations known to `error`, and how well it is known; any shape.

    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels import centred_map
    >>> square = centred_map(activation("monomial(2)"))  # f(ρ) = ρ², so that an error doubles
    >>> value, error = advance(square, np.array([0.5]), np.array([0.01]))
    >>> bool(abs(value[0] - 0.25) <= error[0]), bool(error[0] >= 0.01)
    (True, True)
    """
    found = kernel_values(f, rho)
    slopes = _slopes(f)
    place = np.searchsorted(_STEPS, np.minimum(np.abs(rho) + error, 1.0))
    # An exact ±1 carries no error, though the slope may be infinite there; no error exceeds 2.
    with np.errstate(invalid="ignore"):
        carried = np.where(error > 0, np.minimum(slopes[place] * error, 2.0), 0.0)
    return np.clip(found.values, -1.0, 1.0), (found.errors + carried) * (1 + 4 * _UNIT)


_NEAR_ZERO = 0.5 ** np.arange(52, 5, -1)
_STEPS: Array = np.concatenate(
    [[0.0], _NEAR_ZERO, np.arange(1, 32) / 32, 1 - _NEAR_ZERO[::-1], [1]]
)
"""Sizes at which slopes are known: an error bound uses the next one up, f′ being increasing."""


@lru_cache(maxsize=64)
def _slopes(correlation_map: CorrelationMap) -> Array:
    """Return upper bounds on f′ at `_STEPS`, infinite where f′ is."""
    with precision(WORKING_BITS):
        found = [float_bounds(correlation_map.over(1, ball(float(s))))[1] for s in _STEPS]
    return np.array(found)


def require_unit_diagonal(argument: str, gram: ArrayLike) -> Array:
    """Return `gram` as a Gram matrix whose diagonal is 1, up to the rounding of its entries.

    Raises
    ------
    ArgumentError
        If it is no Gram matrix, or its diagonal is not 1; the message says what to pass instead.
    """
    G = check_gram(argument, gram)
    diagonal = np.diagonal(G)
    if (np.abs(diagonal - 1) > len(G) * _UNIT).any():
        worst = diagonal[np.argmax(np.abs(diagonal - 1))]
        raise ArgumentError(
            argument,
            f"a matrix with {worst:.6g} on its diagonal",
            f"samples must have norm 1: pass unit_diagonal({argument})",
        )
    return G
