"""A layer cut at its linear operations, and inside a segment what acts on neurons and what on G.

After a Gaussian `Linear` the neurons (rows of H) are independent. Operations on single neurons can
then be applied as the neurons stream by; operations over the features need the whole batch of
neurons, but only through G = HᵀH/d and the mean m = Hᵀ1/d.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import (
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
    Weights,
)

RECENTER, RESCALE = Recenter(), Rescale()
"""Over the batch: made once, for comparisons in every layer."""


@dataclass(frozen=True)
class Segment:
    """A linear operation and what follows it, up to the next one.

    Parameters
    ----------
    linear
        None for what comes before the layer's first linear operation.
    recentred
        A `Recenter` over the batch comes straight after: it commutes with the draw.
    neuronwise
        Operations on single neurons, in order, that the draw has to be followed by.
    gramwise
        The rest, from the first operation over the features on.
    """

    linear: Linear | None
    recentred: bool
    neuronwise: tuple[Operation, ...]
    gramwise: tuple[Operation, ...]

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All of them, in order."""
        first = () if self.linear is None else (self.linear,)
        return (*first, *([RECENTER] * self.recentred), *self.neuronwise, *self.gramwise)

    @cached_property
    def needs_mean(self) -> bool:
        """Whether m = Hᵀ1/d is needed beside G."""
        return Recenter(Over.FEATURES) in self.gramwise

    @cached_property
    def has_activation(self) -> bool:
        """Whether an activation acts on single neurons."""
        return any(isinstance(operation, Elementwise) for operation in self.neuronwise)

    def gram_scale(self, width: int) -> float:
        """Return s with rows of W H distributed as N(0, s²G)."""
        if self.linear is None:
            return 1.0
        return float(width**0.5 * self.linear.weight_scale(width))


def segments(network: Network) -> tuple[Segment, ...]:
    """Return the segments of the network's layer.

    >>> from depthlaw.theory.network import Network
    >>> layer = (Linear(), Recenter(), Rescale(), Linear(), Rescale(Over.FEATURES))
    >>> [len(s.neuronwise) for s in segments(Network(width=9, batch=2, layer=layer))]
    [1, 0]
    """
    return tuple(_segment(list(part)) for part in _parts(network.layer))


def _parts(layer: tuple[Operation, ...]) -> Iterator[list[Operation]]:
    part: list[Operation] = []
    for operation in layer:
        if isinstance(operation, Linear) and part:
            yield part
            part = []
        part.append(operation)
    yield part


def _segment(part: list[Operation]) -> Segment:
    if not isinstance(part[0], Linear):
        return Segment(None, False, (), tuple(part))
    linear, rest = part[0], part[1:]
    recentred = False
    while rest and rest[0] == RECENTER:
        recentred, rest = True, rest[1:]
    cut = 0
    while cut < len(rest) and not over_features(rest[cut]):
        cut += 1
    return Segment(linear, recentred, tuple(rest[:cut]), tuple(rest[cut:]))


def over_features(operation: Operation) -> bool:
    """Return whether the operation averages over neurons."""
    return isinstance(operation, Recenter | Rescale) and operation.over is Over.FEATURES


def nonlinear_in_neurons(operation: Operation) -> bool:
    """Return whether the operation acts on a neuron otherwise than linearly."""
    return isinstance(operation, Elementwise) or operation == RESCALE


def centred_after(operations: Iterable[Operation], before: bool) -> bool:
    """Return whether the operations are known to leave every neuron with mean zero over the batch.

    >>> centred_after([Recenter(), Rescale(), Linear()], before=False)
    True
    >>> centred_after([Rescale(Over.FEATURES)], before=True)
    False
    """
    centred = before
    for operation in operations:
        if operation == RECENTER:
            centred = True
        elif isinstance(operation, Elementwise) or operation == Rescale(Over.FEATURES):
            centred = False
    return centred


def homogeneous(network: Network) -> bool:
    """Return whether the layer is known to be homogeneous: cH ↦ c^k f(H) for c > 0.

    An activation is a black box but for what it says of itself.
    """
    return all(o.homogeneous for o in network.layer if isinstance(o, Elementwise))


def forgets_scale(network: Network) -> bool:
    """Return whether the scale of the start is known to leave all that follows as it is, up to c.

    The layer is homogeneous, or at least what comes before its first rescaling is.
    """
    before = takewhile(lambda o: not isinstance(o, Rescale), network.layer)
    return all(o.homogeneous for o in before if isinstance(o, Elementwise)) and (
        homogeneous(network) or any(isinstance(o, Rescale) for o in network.layer)
    )


def draws_from_gram(network: Network) -> bool:
    """Return whether the first thing that is done draws W H, of which only the Gram matrix matters.

    >>> draws_from_gram(Network(4, 9, (Linear(), Rescale())))
    True
    >>> draws_from_gram(Network(4, 9, (Linear(residual=1.0), Rescale())))
    False
    """
    first = network.layer[0]
    return (
        isinstance(first, Linear)
        and first.weights is Weights.GAUSSIAN
        and first.residual is None
        and not first.mean
    )


def obstacle(network: Network) -> str | None:
    """Return why the layer's Gram matrix cannot be drawn from G alone, or None where it can."""
    for segment in segments(network):
        if segment.linear is None:
            for operation in segment.gramwise:
                if nonlinear_in_neurons(operation) or operation == Recenter(Over.FEATURES):
                    return (
                        f"{operation.describe()} comes before the layer's first linear operation, "
                        "so the next layer depends on more than the Gram matrix"
                    )
            continue
        if segment.linear.weights is not Weights.GAUSSIAN:
            return f"with {segment.linear.weights} weights neurons are not independent Gaussians"
        if segment.linear.mean:
            return (
                "with a mean all neurons share a shift by 1ᵀH, which the Gram matrix does not know"
            )
        if segment.linear.residual is not None:
            return "with a residual the next layer depends on more than the Gram matrix"
        for operation in segment.gramwise:
            if nonlinear_in_neurons(operation):
                return (
                    f"{operation.describe()} acts on neurons after an operation over the features "
                    "has tied them together"
                )
    return None
