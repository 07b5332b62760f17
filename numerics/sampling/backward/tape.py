"""A stage of a network as it was gone through, to be gone through backwards."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward.chunks import Rows, in_sizes, sizes_of
from depthlaw.numerics.sampling.backward.maps import Back, Tally
from depthlaw.numerics.sampling.backward.weights import Backwards, Entering
from depthlaw.numerics.sampling.walk.moments import Moments

Array = NDArray[np.float64]
Step = Callable[[Iterable[Array], Backwards], Iterator[Array]]
"""Takes the chunks of ∂L/∂(what came out) to those of ∂L/∂(what went in)."""


@dataclass
class Tape:
    """What a stage leaves behind.

    Attributes
    ----------
    start
        The rows that entered it, as its first weights see them.
    steps
        In the order of the forward pass.
    rows, moments
        What comes out, in chunks (None where nobody needs them), and its moments.
    tally
        What was counted.
    """

    start: Entering
    steps: tuple[Step, ...]
    rows: Rows | None
    moments: Moments
    tally: Tally

    @property
    def numbers(self) -> int:
        """About how many numbers it keeps."""
        return self.moments.width * self.moments.gram[..., 0].size * (2 + 2 * len(self.steps))

    @property
    def gathers(self) -> bool:
        """Whether going back through it takes all of a cotangent before it gives any."""
        return not all(isinstance(step, ByNeuron) for step in self.steps)

    def back(self, E: Iterable[Array], way: Backwards) -> Iterator[Array]:
        """Return ∂L/∂(what entered), where the rows that entered are known."""
        return backwards(self.steps, E, way)


def backwards(steps: tuple[Step, ...], E: Iterable[Array], way: Backwards) -> Iterator[Array]:
    """Take a cotangent through steps, the last one first."""
    moved = iter(E)
    for step in reversed(steps):
        moved = step(moved, way)
    return moved


class ByNeuron:
    """A map of single neurons, chunk by chunk."""

    def __init__(self) -> None:
        self.backs: deque[Back] = deque()

    def __call__(self, E: Iterable[Array], way: Backwards) -> Iterator[Array]:
        """Return ∂L/∂(what went in)."""
        return (self.backs.popleft()(chunk) for chunk in E)


@dataclass(frozen=True)
class Skip:
    """skip·H + scale·f(H): both ways at once."""

    skip: float
    scale: float
    branch: tuple[Step, ...]
    sizes: list[int]

    def __call__(self, E: Iterable[Array], way: Backwards) -> Iterator[Array]:
        """Return ∂L/∂(what went in)."""
        chunks = list(E)
        scaled = (self.scale * chunk for chunk in chunks)
        moved = backwards(self.branch, in_sizes(scaled, self.sizes), way)
        added = in_sizes(moved, sizes_of(chunks))
        return (self.skip * mine + other for mine, other in zip(chunks, added, strict=True))
