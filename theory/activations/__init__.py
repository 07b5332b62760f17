"""Activations by name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import UnknownNameError
from depthlaw.theory.network import Activate

Array = NDArray[np.float64]


def _relu(x: Array) -> Array:
    return np.maximum(x, 0.0)


def _tanh(x: Array) -> Array:
    return np.tanh(x)


def _sin(x: Array) -> Array:
    return np.sin(x)


CATALOGUE: dict[str, Activate] = {
    "relu": Activate(_relu, "relu"),
    "tanh": Activate(_tanh, "tanh"),
    "sin": Activate(_sin, "sin"),
}


def activation(name: str) -> Activate:
    """Return the activation called `name`.

    Raises
    ------
    UnknownNameError
        If there is none, with the nearest names.

    Examples
    --------
    >>> relu = activation("relu").function
    >>> x = np.linspace(-2, 2, 5)
    >>> bool(np.all(relu(x) - relu(-x) == x))
    True
    """
    if name not in CATALOGUE:
        raise UnknownNameError("activation", name, CATALOGUE)
    return CATALOGUE[name]
