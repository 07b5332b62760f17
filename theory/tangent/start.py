"""What kernels begin with: the products of the inputs, and which columns are equal."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, positive_double
from depthlaw.theory.network.attention import Attention, Average
from depthlaw.theory.network.glu import GLU
from depthlaw.theory.network.gram import check_gram
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.prediction.shared import shared_correlation

Array = NDArray[np.float64]
MOST_COLUMNS = 4000
"""Columns of the largest matrix."""
MOST_ENCLOSED = 8
"""Columns up to which kernels are followed in balls."""


def start_of(
    network: Network, correlation: object, gram: ArrayLike | None, second_moment: object
) -> NDArray[np.object_]:
    """Return ⟨x, x′⟩/(features) as fractions, shape (n, n)."""
    n = network.columns
    if n > MOST_COLUMNS:
        raise ArgumentError("network", f"{n} columns", f"at most {MOST_COLUMNS} are followed")
    if gram is not None:
        for name, value in (("correlation", correlation), ("second_moment", second_moment)):
            if value is not None:
                raise ArgumentError(name, value, "initial_gram says it already: leave one out")
        G = check_gram("initial_gram", gram)
        if len(G) != n:
            raise ArgumentError(
                "initial_gram", f"a matrix of shape {G.shape}", f"the network has {n} columns"
            )
        return _fractions(G)
    c = shared_correlation(n, correlation)
    q = Fraction(1 if second_moment is None else positive_double("second_moment", second_moment))
    found = np.full((n, n), q * Fraction(c), dtype=object)
    if n > MOST_ENCLOSED:
        found = np.full((n, n), float(q * Fraction(c)))
    found[np.arange(n), np.arange(n)] = q
    return found.astype(object)


def _fractions(G: Array) -> NDArray[np.object_]:
    if len(G) > MOST_ENCLOSED:
        return G.astype(object)  # floats will do
    found = np.empty(G.shape, dtype=object)
    for place, value in np.ndenumerate(G):
        found[place] = Fraction(float(value))
    return found


def equal_columns(start: NDArray[np.object_], network: Network) -> NDArray[np.bool_]:
    """Return which columns are equal, and stay so whatever the network does."""
    n = len(start)
    K = start if n <= MOST_ENCLOSED else start.astype(np.float64)
    q = np.diagonal(K)
    equal = (q[:, None] == K) & (q[None, :] == K)
    if network.positions:
        # A border tells positions of one sample apart; equal samples stay equal everywhere.
        places = n // network.batch
        table = equal.reshape(network.batch, places, network.batch, places)
        samples = np.diagonal(table, axis1=1, axis2=3).all(axis=2)
        return np.asarray(np.kron(samples, np.eye(places)) > 0)
    if mixes_columns(network):
        return np.eye(n, dtype=bool)
    return np.asarray(equal, dtype=bool)


def mixes_columns(network: Network) -> bool:
    """Whether columns are tokens of one sequence, which attention or a mean treats each its own."""
    operations = (*network.stem, *network.layer, *network.head)
    return bool(operations_of(operations, (Attention, Average)))


def operations_of(
    operations: tuple[Operation, ...], kinds: tuple[type, ...] = (Elementwise, GLU)
) -> list[Operation]:
    """Return the operations of some kinds, those of branches too."""
    found = [operation for operation in operations if isinstance(operation, kinds)]
    for operation in operations:
        if isinstance(operation, Residual):
            found += operations_of(operation.branch, kinds)
    return found
