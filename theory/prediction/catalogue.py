"""The formula behind an activation of a layer, which carries a function and a name."""

from __future__ import annotations

from functools import lru_cache

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.network.names import read_activation
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.zero import ball_of


@lru_cache(maxsize=256)
def formula_of(operation: Elementwise) -> Activation | None:
    """Return the activation that the name means, or None for a function of one's own.

    `Activate` makes sure that a known name has the known function.

    >>> formula_of(read_activation("relu").operation()) == read_activation("relu")
    True
    """
    try:
        return read_activation(operation.name)
    except DepthlawError:
        return None


@lru_cache(maxsize=256)
def kinks_of(operation: Elementwise) -> tuple[float, ...]:
    """Return where φ or φ′ may jump, as floats; none are known of a function of one's own."""
    phi = formula_of(operation)
    if phi is None:
        return ()
    with precision(64):
        return tuple(float(ball_of(place).mid()) for place in phi.breakpoints)
