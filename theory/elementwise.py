"""A function of arrays with a name: what of an activation a simulation sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Elementwise:
    """A function that acts on every entry, without its formula.

    `Activation.operation` makes one; your own functions are
    `depthlaw.theory.network.Activate`, which checks them.

    Attributes
    ----------
    function
        Vectorised: takes and returns a float array of any shape.
    name
        What reports and layer text call it.
    homogeneous
        Whether φ(2x) = 2φ(x) for every double x, to the last bit.
    derivative
        φ′ in the same way, 0 or either side's where φ has a kink; None where nobody gave it, and
        then there are no gradients.
    """

    function: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    name: str
    homogeneous: bool = False
    derivative: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = field(
        default=None, repr=False
    )

    def describe(self) -> str:
        """Return the activation's name."""
        return self.name
