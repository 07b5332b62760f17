"""A network: a layer repeated at each depth on one batch, perhaps between a stem and a head.

Description only: nothing here draws a weight. A batch of n columns in width d is a matrix
H ∈ R^{d×n}; rows are neurons, columns are samples, or the positions of samples.

>>> from depthlaw.theory.network.linear import Linear, Variance
>>> batch_norm = (Linear(), Rescale())                      # daneshmand2021
>>> residual = (Linear(variance=Variance.UNIT, residual=0.1), Rescale())  # daneshmand2020
>>> Network(width=1000, batch=8, layer=batch_norm).describe()
'linear,rescale'
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, integer, items
from depthlaw.theory.network.attention import Attention
from depthlaw.theory.network.convolution import Conv
from depthlaw.theory.network.glu import GLU
from depthlaw.theory.network.linear import Linear, Weights
from depthlaw.theory.network.normalise import Recenter, Rescale
from depthlaw.theory.network.residual import Operation, Residual, check_operations, describe
from depthlaw.theory.network.width import neurons


@dataclass(frozen=True)
class Network:
    """A layer repeated at each depth on one batch.

    Parameters
    ----------
    width
        d ≥ 1, the neurons of a linear map or a convolution that does not say otherwise.
    batch
        Samples ≥ 1.
    layer
        Operations in the order in which they act, once at each depth.
    stem, head
        Operations before the first layer and after the last one; empty for none.
    positions
        The shape of a sample, whose entries all have their own column: (t,) for a sequence of t
        tokens or a signal of length t, (h, w) for an image. Empty where a sample is one column;
        then `Attention` takes the batch for the tokens of one sequence.
    inputs
        Features of the start; None for `width`.

    Raises
    ------
    ArgumentError
        If a size is not a whole number ≥ 1, a sequence of operations is empty or holds something
        else, or widths or positions do not fit together.

    Examples
    --------
    >>> from depthlaw.theory.network.text import parse_layer
    >>> block = parse_layer("residual(layernorm,attention:heads=8),residual(layernorm,linear)")
    >>> network = Network(width=64, batch=2, layer=block, positions=(16,))
    >>> network.columns
    32
    """

    width: int
    batch: int
    layer: tuple[Operation, ...]
    stem: tuple[Operation, ...] = ()
    head: tuple[Operation, ...] = ()
    positions: tuple[int, ...] = ()
    inputs: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", integer("width", self.width))
        object.__setattr__(self, "batch", integer("batch", self.batch))
        object.__setattr__(self, "layer", check_operations("layer", self.layer))
        for name in ("stem", "head"):
            given = items(name, getattr(self, name), "operations")
            object.__setattr__(self, name, check_operations(name, given) if given else ())
        shape = items("positions", self.positions, "whole numbers")
        object.__setattr__(self, "positions", tuple(integer("positions", size) for size in shape))
        if self.inputs is not None:
            object.__setattr__(self, "inputs", integer("inputs", self.inputs))
        self._check()

    @property
    def columns(self) -> int:
        """n: samples times positions."""
        return self.batch * math.prod(self.positions)

    @property
    def tokens(self) -> int:
        """The columns of one sequence, which are those of a sample, or all where it has but one."""
        return math.prod(self.positions) if self.positions else self.batch

    @property
    def entry(self) -> int:
        """The features of the start."""
        return self.width if self.inputs is None else self.inputs

    @property
    def is_plain(self) -> bool:
        """Whether it is a layer of linear maps, activations, `Recenter` and `Rescale` alone.

        All of one width, without bias or ε: the networks of the papers on collapse of the rank.
        """
        return (
            not (self.stem or self.head or self.positions)
            and self.entry == self.width
            and all(map(_is_plain, self.layer))
        )

    def widths(self) -> Iterator[int]:
        """Yield the neurons at the start, after the stem if there is one, and after each layer."""
        width = self.entry
        yield width
        if self.stem:
            width = self.width_after(self.stem, width)
            yield width
        while True:
            width = self.width_after(self.layer, width)
            yield width

    def width_after(self, operations: Sequence[Operation], width: int) -> int:
        """Return the neurons after operations that `width` neurons enter.

        Raises
        ------
        ArgumentError
            If they do not fit.
        """
        width = integer("width", width)
        for operation in items("operations", operations, "operations"):
            if not isinstance(operation, Operation):
                raise ArgumentError("operations", operation, "it must be an operation of a layer")
            width = self._width_after(operation, width)
        return width

    def describe(self) -> str:
        """Return the layer as text, as the command line writes it."""
        return describe(self.layer)

    def to_json(self) -> dict[str, Any]:
        """Return the network as plain data; what is not there is left out."""
        found: dict[str, Any] = {
            "width": self.width,
            "batch": self.batch,
            "layer": self.describe(),
        }
        if self.stem:
            found["stem"] = describe(self.stem)
        if self.head:
            found["head"] = describe(self.head)
        if self.positions:
            found["positions"] = list(self.positions)
        if self.inputs is not None:
            found["inputs"] = self.inputs
        return found

    def _check(self) -> None:
        first = self.width_after(self.stem, self.entry) if self.stem else self.entry
        once = self.width_after(self.layer, first)
        if once != first:
            # From the second layer on it is what a layer gives.
            once = self.width_after(self.layer, once)
        if self.head:
            self.width_after(self.head, once)

    def _width_after(self, operation: Operation, width: int) -> int:
        match operation:
            case Linear() | Conv():
                if isinstance(operation, Conv):
                    self._check_positions(operation)
                after = neurons(operation.width, self.width)
                if isinstance(operation, Linear) and after != width:
                    _check_square(operation, width, after)
                return after
            case GLU():
                if width % 2:
                    raise ArgumentError(
                        "layer",
                        operation.describe(),
                        f"it halves the neurons, and {width} come in: make that even",
                    )
                return width // 2
            case Attention():
                operation.head_neurons(width)
                return width
            case Residual():
                after = self.width_after(operation.branch, width)
                if after != width:
                    raise ArgumentError(
                        "layer",
                        operation.describe(),
                        f"{width} neurons enter the branch and {after} leave it, so that it cannot "
                        "be added to the stream: end it with linear of the same width",
                    )
                return width
            case _:
                return width

    def _check_positions(self, operation: Conv) -> None:
        if not self.positions:
            raise ArgumentError(
                "positions",
                "none",
                f"{operation.describe()} needs the shape of a sample: (8, 8), or 8x8, for images",
            )
        operation.lengths(len(self.positions))


def _check_square(operation: Linear, width: int, after: int) -> None:
    if operation.weights is Weights.HAAR:
        raise ArgumentError(
            "layer",
            operation.describe(),
            f"an orthogonal matrix is square: {width} neurons come in, and {after} cannot go out",
        )
    if operation.residual is not None:
        raise ArgumentError(
            "layer",
            operation.describe(),
            f"{width} neurons come in and {after} go out: they cannot be added",
        )


def _is_plain(operation: Operation) -> bool:
    match operation:
        case Linear():
            return operation.width is None and not operation.bias
        case Rescale():
            return not operation.epsilon
        case Recenter() | Elementwise():
            return True
        case _:
            return False
