"""A skip around a sequence of operations, and what an operation of a layer can be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, double, items
from depthlaw.theory.network.attention import Attention, Average
from depthlaw.theory.network.convolution import Conv
from depthlaw.theory.network.glu import GLU
from depthlaw.theory.network.linear import Linear
from depthlaw.theory.network.normalise import BatchNorm, LayerNorm, Recenter, Rescale, RMSNorm


@dataclass(frozen=True)
class Residual:
    """H ↦ skip·H + scale·f(H) for a sequence f of operations that keeps the width.

    Parameters
    ----------
    branch
        The operations of f, in the order in which they act; residuals among them too.
    scale
        Of the branch, any finite number but 0.
    skip
        Of the stream, any finite number.

    Raises
    ------
    ArgumentError
        If the branch is empty or holds something else than operations, or a number is not finite.

    Examples
    --------
    >>> from depthlaw.theory.network.text import parse_layer
    >>> block = parse_layer("residual(layernorm,linear:width=4x,relu,linear):scale=0.5")[0]
    >>> block.scale, len(block.branch)
    (0.5, 4)
    """

    branch: tuple[Operation, ...]
    scale: float = 1.0
    skip: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "branch", check_operations("branch", self.branch))
        object.__setattr__(self, "scale", double("scale", self.scale) + 0.0)
        object.__setattr__(self, "skip", double("skip", self.skip) + 0.0)
        if self.scale == 0:
            raise ArgumentError("scale", self.scale, "without its branch it is no residual")

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        text = f"residual({describe(self.branch)})"
        if self.scale != 1:
            text += f":scale={self.scale!r}"
        if self.skip != 1:
            text += f":skip={self.skip!r}"
        return text


Operation = (
    Linear
    | Recenter
    | Rescale
    | Elementwise
    | BatchNorm
    | LayerNorm
    | RMSNorm
    | GLU
    | Conv
    | Attention
    | Average
    | Residual
)


def check_operations(argument: str, value: object) -> tuple[Operation, ...]:
    """Return operations as a tuple.

    Raises
    ------
    ArgumentError
        If there is none, or something else among them.
    """
    operations = items(argument, value, "operations")
    if not operations:
        raise ArgumentError(argument, value, "it must have at least one operation")
    for operation in operations:
        if not isinstance(operation, Operation):
            raise ArgumentError(
                argument,
                operation,
                "operations are Linear, Conv, Attention, Average, BatchNorm, LayerNorm, RMSNorm, "
                "Recenter, Rescale, Activate, GLU and Residual",
            )
    return operations


def describe(operations: Iterable[Operation]) -> str:
    """Return a sequence of operations as the text that `parse_layer` reads back."""
    return ",".join(operation.describe() for operation in operations)
