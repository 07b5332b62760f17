"""Forward through all stages of a block of replicas, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward.chunks import Rows
from depthlaw.numerics.sampling.backward.cotangent import FAR, Cotangent, at_the_output
from depthlaw.numerics.sampling.backward.names import weight_names
from depthlaw.numerics.sampling.backward.record import Recorder
from depthlaw.numerics.sampling.backward.tape import Tape
from depthlaw.numerics.sampling.backward.weights import Backwards
from depthlaw.numerics.sampling.matrices import outer_products
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.lowered import Sequence, is_fresh, program
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.sampling.walk.steps import stage, stages
from depthlaw.theory.network import Network

Array = NDArray[np.float64]

KEPT = 2**23
"""Numbers that a block keeps of stages it has passed; others are drawn again on the way back."""


@dataclass(frozen=True)
class Request:
    """What gradients are wanted: from where, and with which weights on the way back."""

    cotangent: Cotangent = None
    independent: bool = False


@dataclass
class GradientTables:
    """Logarithms of squared norms, shape (replicas, stages+1), and Gram matrices of cotangents.

    A Gram matrix is `grams` times 2^`exponents`.
    """

    stream: Array
    weights: dict[str, Array]
    grams: Array
    exponents: NDArray[np.int64]

    @classmethod
    def empty(cls, network: Network, replicas: int, columns: int) -> GradientTables:
        """Return tables of NaN for the start and the stages that follow."""
        n, shape = network.columns, (replicas, columns)
        return cls(
            np.full(shape, np.nan),
            {name: np.full(shape, np.nan) for name in weight_names(network)},
            np.full((*shape, n, n), np.nan),
            np.zeros(shape, dtype=np.int64),
        )

    def write(self, rows: slice, other: GradientTables) -> None:
        """Copy the tables of some replicas."""
        self.stream[rows], self.grams[rows] = other.stream, other.grams
        self.exponents[rows] = other.exponents
        for name, values in other.weights.items():
            self.weights[name][rows] = values

    def at(self, rows: slice) -> GradientTables:
        """Return the tables of some replicas."""
        return GradientTables(
            self.stream[rows],
            {name: values[rows] for name, values in self.weights.items()},
            self.grams[rows],
            self.exponents[rows],
        )


@dataclass
class _Mark:
    """From where a stage can be gone through again."""

    rows: Rows | None
    moments: Moments
    count: int
    after: Moments | None = None


@dataclass
class Passes:
    """The two passes of a block.

    Parameters
    ----------
    network, depth, draws
        What is gone through, and the random numbers of the replicas.
    explicit
        Whether weights are drawn.
    request
        What gradients are wanted.
    """

    network: Network
    depth: int
    draws: Draws
    explicit: bool
    request: Request
    _marks: list[_Mark] = field(default_factory=list)
    _kept: dict[int, Tape] = field(default_factory=dict)
    _rows: Rows | None = None

    def forward(self, entering: Rows | None, moments: Moments) -> Iterator[Tape]:
        """Yield the tape of each stage, which has the moments of what comes out.

        Parameters
        ----------
        entering
            Hᵀ at the start, in chunks; None where only its moments are known.
        """
        left, last = KEPT, 0
        recorder = Recorder(self.network, self.draws, explicit=self.explicit)
        self._first = self._rows = entering
        N = stages(self.network, self.depth)
        for number in range(1, N + 1):
            operations = self._operations(number)
            drawn_again = self._draws_again(number)
            self._marks.append(_Mark(None if drawn_again else entering, moments, self.draws.count))
            keeps = last < left
            gives = keeps or number == N or not self._draws_again(number + 1)
            tape = recorder.record(operations, entering, moments, keeps=keeps, gives_rows=gives)
            last = tape.numbers
            if last < left:
                left -= last
                self._kept[number] = tape
            entering = tape.rows
            moments = self._marks[-1].after = tape.moments
            self._rows = entering
            yield tape

    def back(self) -> GradientTables:
        """Return the gradients of all stages, once the forward pass is through."""
        N = stages(self.network, self.depth)
        found = GradientTables.empty(self.network, self.draws.replicas, N + 1)
        if self._rows is None:
            return found
        draws = Draws(self.draws.seed, self.draws.first, self.draws.replicas, self.draws.count)
        top, exponents = at_the_output(self.request.cotangent, self._rows, draws)
        E: Iterable[Array] = top
        del top
        self._rows = None
        watch = _Watch(found, exponents)
        tapes = {N: self._tape(N)} if N else {}
        for number in range(N, 0, -1):
            tape = tapes.pop(number)
            tape.start.supply = partial(self._supplied, tapes, number - 1)
            way = Backwards(
                draws, watch.weights(self._prefix(number), number), self.request.independent
            )
            E = tape.back(watch.stream(E, number), way)
            if not tape.gathers:
                E = list(E)
            if number > 1 and not tapes:
                tapes[number - 1] = self._tape(number - 1)
        for _ in watch.stream(E, 0):
            pass
        if self.request.cotangent is None:
            found.stream[:, N] = 0.0  # what is left there is rounding
        return found

    def _supplied(self, tapes: dict[int, Tape], number: int) -> Rows | None:
        """Return what a stage gave, gone through again; 0 for the start."""
        if number == 0:
            return self._first
        tapes[number] = self._tape(number)
        rows, tapes[number].rows = tapes[number].rows, None
        return rows

    def _tape(self, number: int) -> Tape:
        """Return the tape of a stage, gone through again if it was not kept."""
        if number in self._kept:
            return self._kept.pop(number)
        mark = self._marks[number - 1]
        draws = Draws(self.draws.seed, self.draws.first, self.draws.replicas, mark.count)
        recorder = Recorder(self.network, draws, explicit=self.explicit)
        return recorder.record(self._operations(number), mark.rows, mark.moments, known=mark.after)

    def _operations(self, number: int) -> Sequence:
        return stage(program(self.network), number, self.depth)

    def _draws_again(self, number: int) -> bool:
        """Return whether a stage can be gone through again from moments alone."""
        return is_fresh(self._operations(number)[0]) and not self.explicit

    def _prefix(self, number: int) -> str:
        if self.network.stem and number == 1:
            return "stem "
        last = stages(self.network, self.depth)
        return "head " if self.network.head and number == last else ""


class _Watch:
    """Sees cotangents go by, and keeps their scale within the range of doubles."""

    def __init__(self, found: GradientTables, exponents: NDArray[np.int64]) -> None:
        self._found, self._exponent = found, exponents
        self._squares = np.ones(len(found.stream))

    def stream(self, E: Iterable[Array], number: int) -> Iterator[Array]:
        """Yield the chunks of ∂L/∂H of a stage, and write its norm down when they are through.

        They are multiplied by a power of two where the norm above had gone far: everything below
        is linear in them.
        """
        moved = self._moved()
        total: Array | None = None
        for chunk in E:
            if moved is not None:
                chunk = np.ldexp(chunk, -moved[:, None, None])
            part = outer_products(chunk)
            total = part if total is None else total + part
            yield chunk
        if total is None:
            return
        self._squares = np.trace(total, axis1=-2, axis2=-1)
        found = self._found
        found.grams[:, number], found.exponents[:, number] = total, 2 * self._exponent
        found.stream[:, number] = self._log(self._squares)

    def _moved(self) -> NDArray[np.int64] | None:
        _, exponents = np.frexp(self._squares)
        moved = np.where(np.abs(exponents) > FAR, exponents // 2, 0).astype(np.int64)
        if not moved.any():
            return None
        self._exponent = self._exponent + moved
        return moved

    def weights(self, prefix: str, number: int) -> Callable[[dict[str, Array]], None]:
        """Return what takes ‖∂L/∂W‖² of the weights of a stage, by name."""

        def take(squares: dict[str, Array]) -> None:
            for name, values in squares.items():
                self._found.weights[prefix + name][:, number] = self._log(values)

        return take

    def _log(self, squares: Array) -> Array:
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(squares) + 2 * self._exponent * np.log(2))
