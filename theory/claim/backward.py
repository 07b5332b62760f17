"""Gradients that a check observes beside Gram matrices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from depthlaw.theory.errors import flag, member

WEIGHT, STREAM = "weight_gradient", "stream_gradient"
ANEW = "independent_"
"""Begins the name of what was seen with weights drawn anew for the backward pass."""


class Top(StrEnum):
    """The gradient at the output, ∂L/∂H_L."""

    RANDOM = "random"
    """A uniformly random direction of length 1, whatever the network."""
    OUTPUT = "output"
    """H_L itself, of the loss ½‖H_L‖²."""


@dataclass(frozen=True)
class Backward:
    """The backward passes of an experiment.

    Observed are ``weight_gradient``, log ‖∂L/∂W_ℓ‖² summed over the weights of layer ℓ (NaN at the
    start), and ``stream_gradient``, log ‖∂L/∂H_ℓ‖², both of shape (replicas, depth + 1).

    Parameters
    ----------
    top
        The gradient at the output.
    compares
        Whether the same networks are gone through a second time with weights drawn anew for the
        backward pass: ``independent_weight_gradient`` and ``independent_stream_gradient``.

    Examples
    --------
    >>> Backward(compares=True).observables[2:]
    ('independent_weight_gradient', 'independent_stream_gradient')
    """

    top: Top = Top.RANDOM
    compares: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "top", member("top", self.top, Top))
        object.__setattr__(self, "compares", flag("compares", self.compares))

    @property
    def observables(self) -> tuple[str, ...]:
        """The names of what is observed."""
        names = (WEIGHT, STREAM)
        return (*names, *(ANEW + name for name in names)) if self.compares else names

    def describe(self) -> str:
        """Return what is gone through, in words."""
        start = "of a random direction" if self.top is Top.RANDOM else "of ½‖H_L‖²"
        return f"{start}, with the true weights" + (" and with weights anew" * self.compares)
