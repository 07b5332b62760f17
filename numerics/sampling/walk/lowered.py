"""Operations taken apart into the few kinds that a walk knows, and what each kind needs.

===========  ===================================================  ==========================
kind         operations                                           what it needs of H
===========  ===================================================  ==========================
fresh        `Linear` without residual, `Conv`, `Attention`       G
neuron       activations, `GLU`, `Rescale` over the batch         the rows
mixing       `Recenter` over the batch, `Average`                 G or the rows
features     `Recenter`, `Rescale` over the features              G and the mean, or the rows
skip         `Residual`                                           G, or the rows
===========  ===================================================  ==========================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import (
    GLU,
    Attention,
    BatchNorm,
    Conv,
    LayerNorm,
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
    Residual,
    RMSNorm,
    Weights,
)

Sequence = tuple[Operation, ...]
Fresh = Linear | Conv | Attention


@dataclass(frozen=True)
class Program:
    """A network with its operations taken apart."""

    network: Network
    stem: Sequence
    layer: Sequence
    head: Sequence

    @property
    def operations(self) -> Iterator[Operation]:
        """All operations, those of branches too."""
        return walked((*self.stem, *self.layer, *self.head))

    @property
    def needs_mean(self) -> bool:
        """Whether means over the neurons are needed beside G."""
        return any(
            operation == Recenter(Over.FEATURES)
            or (isinstance(operation, Linear) and operation.mean != 0)
            for operation in self.operations
        )


@lru_cache(maxsize=64)
def program(network: Network) -> Program:
    """Return the network with its operations taken apart.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> program(Network(4, 2, parse_layer("layernorm"))).layer == (
    ...     Recenter(Over.FEATURES), Rescale(Over.FEATURES, 1e-5))
    True
    """
    return Program(
        network, *(tuple(_lowered(part)) for part in (network.stem, network.layer, network.head))
    )


def _lowered(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        match operation:
            case BatchNorm() | LayerNorm() | RMSNorm():
                yield from operation.parts
            case Linear() if operation.residual is not None:
                yield Residual((replace(operation, residual=None),), scale=operation.residual)
            case Residual():
                yield replace(operation, branch=tuple(_lowered(operation.branch)))
            case _:
                yield operation


def walked(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Yield operations and those of their branches."""
    for operation in operations:
        yield operation
        if isinstance(operation, Residual):
            yield from walked(operation.branch)


def is_fresh(operation: Operation) -> bool:
    """Return whether it draws new weights, so that independent neurons come out."""
    return isinstance(operation, Fresh)


def acts_on_neurons(operation: Operation) -> bool:
    """Return whether it acts on single neurons otherwise than linearly."""
    return isinstance(operation, Elementwise | GLU) or (
        isinstance(operation, Rescale) and operation.over is Over.BATCH
    )


def needs_rows_next(operations: Sequence) -> bool | None:
    """Return whether rows are needed before fresh weights or a skip; None if nothing says so."""
    for operation in operations:
        if acts_on_neurons(operation):
            return True
        if is_fresh(operation) or isinstance(operation, Residual):
            return False
    return None


def is_refreshed(operations: Sequence) -> bool:
    """Return whether weights are drawn on the way from one end to the other."""
    return any(map(is_fresh, operations))


def not_gaussian(program: Program) -> str | None:
    """Return why neurons are not independent Gaussians given G, or None where they are."""
    for operation in program.operations:
        if isinstance(operation, Linear) and operation.weights is not Weights.GAUSSIAN:
            return f"with {operation.weights} weights W H is not Gaussian: it takes the whole of W"
    return None


def obstacle(program: Program) -> str | None:
    """Return why G alone does not carry the network's law, or None where it does."""
    why = not_gaussian(program)
    if why is not None:
        return why
    rows = False
    for part in (program.stem, program.layer, program.layer, program.head):
        why, rows = _through(part, rows)
        if why is not None:
            return why
    return None


def _through(operations: Sequence, rows: bool) -> tuple[str | None, bool]:
    """Return what stands in the way, and whether rows are at hand afterwards."""
    for operation in operations:
        if is_fresh(operation):
            rows = True
        elif acts_on_neurons(operation) and not rows:
            return (
                f"{operation.describe()} acts on the neurons of the stream, of which the Gram "
                "matrix does not know enough",
                rows,
            )
        elif isinstance(operation, Residual):
            if not is_refreshed(operation.branch):
                return (
                    f"the branch of {operation.describe()} draws no weights, and depends on the "
                    "stream beyond its Gram matrix",
                    rows,
                )
            why, _ = _through(operation.branch, rows=False)
            last = _acts_last(operation.branch)
            if why is None and last is not None:
                why = (
                    f"the branch of {operation.describe()} ends in {last.describe()}, which acts "
                    "on single neurons: the sum then knows the axes, beyond its Gram matrix"
                )
            if why is not None:
                return why, rows
            rows = False
    return None, rows


def _acts_last(branch: Sequence) -> Operation | None:
    """Return what acts on neurons after the last fresh weights of a branch, if anything does."""
    for operation in reversed(branch):
        if acts_on_neurons(operation):
            return operation
        if is_fresh(operation) or isinstance(operation, Residual):
            return None
    return None


def acts_anywhere(program: Program) -> str | None:
    """Return why neurons have to be drawn, or None where Gram matrices do."""
    for operation in program.operations:
        if acts_on_neurons(operation):
            return f"{operation.describe()} acts on single neurons, which are not drawn"
    return None
