"""The forward pass of a stage, written down for the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward import features, maps
from depthlaw.numerics.sampling.backward.chunks import (
    Rows,
    chunk_sizes,
    in_sizes,
    sizes_of,
)
from depthlaw.numerics.sampling.backward.conditioned import Conditioned
from depthlaw.numerics.sampling.backward.drawn import Drawn, Matrices
from depthlaw.numerics.sampling.backward.heads import attend, parts_of
from depthlaw.numerics.sampling.backward.maps import Back, Tally
from depthlaw.numerics.sampling.backward.names import OUTPUT, names_of
from depthlaw.numerics.sampling.backward.tape import ByNeuron, Skip, Step, Tape
from depthlaw.numerics.sampling.backward.weights import (
    Backwards,
    Entering,
    Law,
    Mixing,
    unmixed,
)
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.matrices import outer_products, symmetrised
from depthlaw.numerics.sampling.walk import covariance
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.lowered import Sequence, is_fresh, program
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.sampling.walk.rows import averaged
from depthlaw.theory.network import (
    GLU,
    Attention,
    Average,
    Conv,
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
    Residual,
    Weights,
)
from depthlaw.theory.network.width import neurons

Array = NDArray[np.float64]
Mapping = Callable[[Array], tuple[Array, Back]]


class _Way(Protocol):
    def forward(self) -> Iterator[Array]: ...

    def back(self, E: Iterable[Array], way: Backwards) -> Iterator[Array]: ...


class Recorder:
    """Takes rows through the operations of a stage.

    Parameters
    ----------
    network
        Whose operations they are.
    draws
        Where random numbers come from.
    explicit
        Whether weights are drawn, rather than what they do to the rows.
    """

    def __init__(self, network: Network, draws: Draws, *, explicit: bool) -> None:
        self._network, self._draws, self._explicit = network, draws, explicit

    def record(
        self,
        operations: Sequence,
        rows: Rows | None,
        moments: Moments,
        *,
        keeps: bool = True,
        gives_rows: bool = True,
        known: Moments | None = None,
    ) -> Tape:
        """Take what enters through operations; only its moments where these begin with weights.

        Parameters
        ----------
        keeps
            Whether anything is kept for the way back; else the tape only counts.
        gives_rows
            Whether the rows that come out are kept.
        known
            The moments of what comes out, if it came out before: nothing is counted then.
        """
        stage = _Stage(
            self._network,
            self._draws,
            operations,
            explicit=self._explicit,
            keeps=keeps,
            counts=known is None,
        )
        start = Entering(rows)
        out = stage.walk(operations, start, moments)
        left, after = (
            stage.collected(out, keeps=gives_rows) if known is None else (list(out), known)
        )
        return Tape(start, tuple(stage.steps), left, after, stage.tally)


class _Stage:
    """One stage under way: the steps so far."""

    def __init__(
        self,
        network: Network,
        draws: Draws,
        operations: Sequence,
        *,
        explicit: bool,
        keeps: bool,
        counts: bool,
    ) -> None:
        self._network, self._draws, self._explicit = network, draws, explicit
        self._keeps, self._needs_mean = keeps, program(network).needs_mean
        self.tally = Tally(draws.replicas, counts=counts)
        self._names, self._places = names_of(operations), count()
        # Gates pair neighbours, so that a chunk must hold pairs, or pairs of pairs.
        self._unit = 2 ** sum(isinstance(o, GLU) for o in program(network).operations)
        self.steps: list[Step] = []

    def walk(
        self, operations: Sequence, start: Entering, moments: Moments | None
    ) -> Iterable[Array]:
        """Return what comes out of operations.

        Parameters
        ----------
        start
            Holds the rows that enter, if they are known yet.
        moments
            What is known of them in any case; None where the rows say it.
        """
        rows: Iterable[Array] | None = start.rows
        touched = False
        left = list(operations)
        while left:
            operation, place = left.pop(0), next(self._places)
            if is_fresh(operation):
                if touched or moments is None:
                    # The rows themselves are for the way back, and for weights that are drawn.
                    held, moments = self.collected(rows, keeps=self._keeps or self._explicit)
                    start = Entering(held)
                mixed = self._taken(left)
                rows = self._fresh(operation, place, start, moments, mixed)
            elif isinstance(operation, Residual):
                rows = self._residual(operation, _present(rows))
            elif over_features(operation):
                rows = self._over_features(operation, _present(rows))
            else:
                assert rows is not None, "a start without rows begins with fresh weights"
                through = partial(self._through, operation, place)
                rows = self._by_neuron(rows, through)
            touched = True
        assert rows is not None, "a stage has operations"
        return rows

    def _taken(self, following: list[Operation]) -> Mixing:
        """Take away what follows new weights and commutes with them, if they are not drawn."""
        if self._explicit or not following or not _mixes(following[0]):
            return unmixed
        next(self._places)
        return _mixing(following.pop(0), self._network.tokens)

    def _through(self, operation: Operation, place: int, rows: Array) -> tuple[Array, Back]:
        return maps.through(operation, rows, self._network.tokens, self.tally, place)

    def _by_neuron(self, rows: Iterable[Array], through: Mapping) -> Iterator[Array]:
        step = ByNeuron()
        self.steps.append(step)

        def mapped() -> Iterator[Array]:
            for chunk in rows:
                after, back = through(chunk)
                if self._keeps:
                    step.backs.append(back)
                yield after

        return mapped()

    def _over_features(self, operation: Operation, rows: Rows) -> Rows:
        after, back = features.over_features(operation, rows, self.tally)
        self.steps.append(lambda E, way: back(E))
        return after

    def _residual(self, operation: Residual, rows: Rows) -> Rows:
        outer, self.steps = self.steps, []
        branch = list(self.walk(operation.branch, Entering(rows), None))
        inner, self.steps = tuple(self.steps), outer
        self.steps.append(Skip(operation.skip, operation.scale, inner, sizes_of(branch)))
        added = in_sizes(branch, sizes_of(rows))
        return [
            operation.skip * mine + operation.scale * other
            for mine, other in zip(rows, added, strict=True)
        ]

    def collected(
        self, rows: Iterable[Array] | None, *, keeps: bool
    ) -> tuple[list[Array] | None, Moments]:
        """Return the rows, if they are to be kept, and their moments."""
        assert rows is not None, "something was done to them"
        held: list[Array] = []
        gram: Array | None = None
        mean: Array | None = None
        d = 0
        for chunk in rows:
            part, d = outer_products(chunk), d + chunk.shape[-1]
            gram = part if gram is None else gram + part
            if self._needs_mean:
                total = chunk.sum(axis=-1)
                mean = total if mean is None else mean + total
            if keeps:
                held.append(chunk)
        assert gram is not None, "a layer has at least one neuron"
        moments = Moments(symmetrised(gram) / d, None if mean is None else mean / d, d)
        return held if keeps else None, moments

    def _fresh(
        self,
        operation: Operation,
        place: int,
        start: Entering,
        moments: Moments,
        mixed: Mixing,
    ) -> Iterator[Array]:
        name, network = self._names[place], self._network
        match operation:
            case Linear():
                law = _linear_law(operation, name, moments.width, self._sizes(operation.width))
                K = covariance.dense(operation, moments)
                offset = covariance.dense_offset(operation, moments)
                weights = partial(_linear_weights, operation, law)
                return self._drawn(law, start, K, offset, weights, mixed)
            case Conv():
                shifts = covariance.shifted_columns(network, operation)
                fan_in = moments.width * len(shifts)
                law = Law(
                    (name,),
                    self._sizes(operation.width),
                    moments.width,
                    float(np.sqrt(operation.variance / fan_in)),
                    bias=operation.bias,
                    shifts=shifts,
                )
                K = covariance.convolution(operation, moments, network)
                return self._drawn(law, start, K, None, partial(_normal_weights, law), mixed)
            case Attention():
                return self._attention(operation, name, start, moments, mixed)
            case _:
                raise AssertionError(f"{operation} draws no weights")

    def _attention(
        self,
        operation: Attention,
        name: str,
        start: Entering,
        moments: Moments,
        mixed: Mixing,
    ) -> Iterator[Array]:
        d, k, h = moments.width, operation.head_neurons(moments.width), operation.heads
        parts = parts_of(operation)
        law = Law(
            tuple(f"{name} {part}" for part in parts), [len(parts) * k] * h, d, float(d**-0.5)
        )
        stacked = self._drawn(law, start, moments.gram, None, partial(_normal_weights, law))
        factor = operation.score_factor(d)
        attended, moments = self.collected(
            self._by_neuron(
                stacked, lambda rows: attend(operation, rows, self._network.tokens, factor)
            ),
            keeps=self._keeps or self._explicit,
        )
        law = Law(
            (f"{name} {OUTPUT}",),
            chunk_sizes(d, self._network.columns, self._unit),
            h * k,
            float((h * k) ** -0.5),
        )
        weights = partial(_normal_weights, law)
        return self._drawn(law, Entering(attended), moments.gram, None, weights, mixed)

    def _sizes(self, width: int | str | None) -> list[int]:
        out = neurons(width, self._network.width)
        return chunk_sizes(out, self._network.columns, self._unit)

    def _drawn(
        self,
        law: Law,
        start: Entering,
        K: Array,
        offset: Array | None,
        matrices: Matrices,
        mixed: Mixing = unmixed,
    ) -> Iterator[Array]:
        # A start that no batch of this width has: its first weights only need its moments.
        way: _Way = (
            Drawn(law, matrices, start.rows, self._draws)
            if self._explicit and start.rows is not None
            else Conditioned(law, K, offset, start, self._draws, keeps=self._keeps, mixed=mixed)
        )
        self.steps.append(way.back)
        return way.forward()


def _mixes(operation: Operation) -> bool:
    """Return whether it is a symmetric matrix on the columns."""
    return operation == Recenter() or isinstance(operation, Average)


def _mixing(operation: Operation, tokens: int) -> Mixing:
    if isinstance(operation, Average):
        return partial(averaged, tokens=tokens)
    return maps.recentred


def over_features(operation: Operation) -> bool:
    """Return whether it takes means over the neurons."""
    return isinstance(operation, Recenter | Rescale) and operation.over is Over.FEATURES


def _present(rows: Iterable[Array] | None) -> Rows:
    assert rows is not None, "a start without rows begins with fresh weights"
    return rows if isinstance(rows, list) else list(rows)


def _linear_law(operation: Linear, name: str, width: int, sizes: list[int]) -> Law:
    return Law(
        (name,),
        sizes,
        width,
        operation.weight_scale(width),
        operation.weight_mean(width),
        operation.bias,
        operation.weights is Weights.HAAR,
    )


def _linear_weights(operation: Linear, law: Law, draws: Draws) -> Array:
    centred = replace(operation, mean=0.0)
    return draw_weights(centred, law.entering, draws.streams(draws.next()), sum(law.neurons))


def _normal_weights(law: Law, draws: Draws) -> Array:
    columns = law.entering * (len(law.shifts) if law.shifts else 1)
    W = draws.normals(sum(law.neurons), columns)
    W *= law.scale
    return W
