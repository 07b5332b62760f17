"""What a reader of a prediction should know of the layers that it took for granted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depthlaw.theory.network.attention import Attention
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.linear import Linear, Weights
from depthlaw.theory.network.residual import Operation, Residual


def remarks_on(network: Network) -> tuple[str, ...]:
    """Return remarks on weights that are not Gaussian, and on attention that counts as uniform.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> len(remarks_on(Network(width=8, batch=2, layer=parse_layer("linear:haar,relu"))))
    1
    """
    found: dict[str, None] = {}
    for operation in _all((*network.stem, *network.layer, *network.head)):
        match operation:
            case Linear(weights=Weights.GAUSSIAN):
                pass
            case Linear(weights=Weights.HAAR):
                found["Orthogonal weights have the wide limit of Gaussian ones."] = None
            case Linear():
                text = (
                    "Independent weights of mean 0 have the wide limit of Gaussian ones, as long "
                    "as no few of the neurons that enter dominate."
                )
                found[text] = None
            case Attention(uniform=False, scale=float()):
                text = (
                    "Attention whose scores are scaled by 1/(head width) tends to uniform "
                    "attention under its mask."
                )
                found[text] = None
    return tuple(found)


def _all(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        yield operation
        if isinstance(operation, Residual):
            yield from _all(operation.branch)
