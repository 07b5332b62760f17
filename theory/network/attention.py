"""Softmax attention over the tokens of a sequence, and the plain mean over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from depthlaw.theory.errors import ArgumentError, double, flag, integer, positive_double


@dataclass(frozen=True)
class Attention:
    """Multi-head self-attention with its output map, as in ``torch.nn.MultiheadAttention``.

    Queries, keys, values and outputs have fresh Gaussian weights of variance 1/fan-in, no bias.
    With scores S = QᵀK·scale/temperature of one head, its outputs are V softmax(S)ᵀ, the softmax
    taken over the keys that the mask leaves.

    Parameters
    ----------
    heads
        h ≥ 1.
    head_width
        Neurons of a head's queries, keys and values; None for width/h, which must be whole.
    causal
        A token attends to itself and to earlier ones only.
    window
        w ≥ 1: a token attends to tokens less than w places away; None for all.
    temperature
        Divides the scores, > 0.
    scale
        Multiplies QᵀK; None for 1/√(head width).
    uniform
        All tokens that the mask leaves count alike: no scores are drawn.

    Raises
    ------
    ArgumentError
        If a number is out of range, or scores are described that `uniform` does not draw.
    """

    heads: int = 1
    head_width: int | None = None
    causal: bool = False
    window: int | None = None
    temperature: float = 1.0
    scale: float | None = None
    uniform: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "heads", integer("heads", self.heads))
        if self.head_width is not None:
            object.__setattr__(self, "head_width", integer("head_width", self.head_width))
        object.__setattr__(self, "causal", flag("causal", self.causal))
        if self.window is not None:
            object.__setattr__(self, "window", integer("window", self.window))
        temperature = positive_double("temperature", self.temperature)
        object.__setattr__(self, "temperature", temperature)
        if self.scale is not None:
            object.__setattr__(self, "scale", double("scale", self.scale) + 0.0)
        object.__setattr__(self, "uniform", flag("uniform", self.uniform))
        if self.uniform and (self.scale is not None or self.temperature != 1):
            raise ArgumentError(
                "uniform", True, "it draws no scores: leave temperature and scale out"
            )

    def head_neurons(self, width: int) -> int:
        """Return the neurons of one head where `width` come in.

        Raises
        ------
        ArgumentError
            If the heads do not divide the width.

        Examples
        --------
        >>> Attention(heads=8).head_neurons(64) * 8
        64
        """
        if self.head_width is not None:
            return self.head_width
        if width % self.heads:
            raise ArgumentError(
                "heads",
                self.heads,
                f"they do not divide the width {width}: choose another number, or head_width",
            )
        return width // self.heads

    def score_factor(self, width: int) -> float:
        """Return what QᵀK is multiplied by."""
        scale = self.head_neurons(width) ** -0.5 if self.scale is None else self.scale
        return scale / self.temperature

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        usual: dict[str, Any] = {
            "heads": 1,
            "head_width": None,
            "causal": False,
            "window": None,
            "temperature": 1.0,
            "scale": None,
            "uniform": False,
        }
        parts = ["attention"]
        for name, value in usual.items():
            given = getattr(self, name)
            if given != value:
                parts.append(name if given is True else f"{name}={given!r}")
        return ":".join(parts)


@dataclass(frozen=True)
class Average:
    """Replace every token by the mean over the tokens of its sequence: uniform mixing, no weights.

    ``residual(average,linear)`` is uniform attention with one value map and a skip.
    """

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        return "average"
