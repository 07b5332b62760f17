"""One replica whose chunks of neurons are shared among the workers of an executor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

from depthlaw.numerics.sampling.block import Array, Block
from depthlaw.numerics.sampling.plan import Plan
from depthlaw.numerics.sampling.roots import Indices
from depthlaw.numerics.sampling.schedule import in_order
from depthlaw.numerics.sampling.segments import Segment
from depthlaw.numerics.sampling.streamed import (
    State,
    Sums,
    add_up,
    chunk_task,
    chunk_triangles,
    joined_triangles,
    states_of,
)
from depthlaw.numerics.streams import chunk_widths
from depthlaw.theory.network import Network

Result = TypeVar("Result")


class Shared:
    """The draws of a block of one replica; `underflowed` says whether a worker saw that."""

    def __init__(self, network: Network, executor: Executor, sizes: Plan) -> None:
        self._widths = chunk_widths(network.width, network.batch)
        self._executor, self._at_once = executor, sizes.at_once
        self._pieces = [
            slice(start, start + sizes.chunks)
            for start in range(0, len(self._widths), sizes.chunks)
        ]
        self._before: list[State] = []
        self.underflowed = False

    def sums(self, segment: Segment, F: Array, block: Block) -> Sums:
        """Return the sums over all neurons."""
        streams = block.streams[0]
        self._before = states_of(streams)

        def parts() -> Iterator[Sums]:
            tasks = self._tasks(
                lambda piece: partial(chunk_task, segment, F, self._widths[piece], streams[piece])
            )
            for piece, (sums, after, underflowed) in zip(self._pieces, tasks, strict=True):
                # A process works on copies: the streams go on from where it left them.
                streams[piece] = after
                self.underflowed |= underflowed
                yield from sums

        return add_up(parts())

    def triangle(self, segment: Segment, F: Array, at: Indices) -> Array:
        """Return R of the neurons drawn last; the block has but one replica."""
        before = self._before
        tasks = self._tasks(
            lambda piece: partial(chunk_triangles, segment, F, self._widths[piece], before[piece])
        )
        return joined_triangles(part for parts in tasks for part in parts)

    def _tasks(self, task: Callable[[slice], Callable[[], Result]]) -> Iterator[Result]:
        calls = (task(piece) for piece in self._pieces)
        return in_order(self._executor, calls, at_once=self._at_once)
