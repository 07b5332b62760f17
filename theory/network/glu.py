"""Gated linear units: one half of the neurons, passed through φ, times the other half."""

from __future__ import annotations

from dataclasses import dataclass

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import instance


@dataclass(frozen=True)
class GLU:
    """φ(first half of the neurons) times the second half; half as many neurons come out.

    ``linear:width=8x,glu(silu)`` is the SwiGLU of 4x neurons: fresh weights are independent, so
    one matrix cut in halves is two matrices. ``torch.nn.GLU`` gates with the second half; the law
    is the same.

    Parameters
    ----------
    activation
        φ.

    Raises
    ------
    ArgumentError
        If it is no activation of a layer.
    """

    activation: Elementwise

    def __post_init__(self) -> None:
        instance("activation", self.activation, Elementwise, "an activation of a layer")

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        return f"glu({self.activation.describe()})"
