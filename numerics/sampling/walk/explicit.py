"""Route EXPLICIT of a walk: every weight is drawn, as in a network that is run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.matrices import transpose
from depthlaw.numerics.sampling.neurons import dead_units
from depthlaw.numerics.sampling.walk.covariance import shifted_columns
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.flow import Flow
from depthlaw.numerics.sampling.walk.lowered import Program, Sequence
from depthlaw.numerics.sampling.walk.moments import Moments, from_rows
from depthlaw.numerics.sampling.walk.rows import Neurons
from depthlaw.numerics.sampling.walk.scores import allowed, softmax
from depthlaw.numerics.sampling.walk.weights import new_rows
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import GLU, Attention, Conv, Linear, Network, Operation, Residual
from depthlaw.theory.network.width import neurons

Array = NDArray[np.float64]


class Explicit:
    """A walk through the operations of a program, with weights; rows (replicas, n, neurons)."""

    def __init__(self, program: Program, flow: Flow) -> None:
        self._network, self._flow = program.network, flow
        self._needs_mean = program.needs_mean

    def through(self, operations: Sequence, following: Sequence) -> Moments:
        """Take the flow through operations, and return the moments of what comes out."""
        rows = self._flow.value
        if isinstance(rows, Moments):
            # A start that no batch of this width has: the first weights only need its moments.
            rows = new_rows(operations[0], rows, self._network, self._flow.draws)
            operations = operations[1:]
        assert isinstance(rows, np.ndarray), "this walk keeps rows"
        rows = self._walk(operations, rows)
        self._flow.value = rows
        return from_rows(rows, needs_mean=self._needs_mean)

    def _walk(self, operations: Sequence, rows: Array) -> Array:
        draws = self._flow.draws
        for operation in operations:
            match operation:
                case Linear():
                    rows = dense(operation, rows, self._network, draws)
                case Conv():
                    rows = convolved(operation, rows, self._network, draws)
                case Attention():
                    rows = attended(operation, rows, self._network.tokens, draws)
                case Residual():
                    added = self._walk(operation.branch, rows)
                    rows = operation.skip * rows + operation.scale * added
                case _:
                    rows = self._mapped(operation, rows)
        return rows

    def _mapped(self, operation: Operation, rows: Array) -> Array:
        flow = self._flow
        moving = Neurons(rows, False, np.zeros(len(rows), dtype=np.int64))
        moving.apply(operation, self._network.tokens, halves=True)
        flow.zeros = flow.zeros + moving.zeros
        if isinstance(operation, Elementwise | GLU):
            flow.dead = dead_units(moving.rows) / moving.rows.shape[-1]
        return moving.rows


def dense(operation: Linear, rows: Array, network: Network, draws: Draws) -> Array:
    """Return W H + b, transposed."""
    out = neurons(operation.width, network.width)
    streams = draws.streams(draws.next())
    W = draw_weights(operation, rows.shape[-1], streams, out)
    moved = rows @ transpose(W)
    return moved + _biases(operation.bias, out, draws)


def convolved(operation: Conv, rows: Array, network: Network, draws: Draws) -> Array:
    """Return the convolution, column by column: one weight matrix for each shift of the kernel."""
    entering, out = rows.shape[-1], neurons(operation.width, network.width)
    shifts = shifted_columns(network, operation)
    W = draws.normals(len(shifts), out, entering)
    W *= np.sqrt(operation.variance / (entering * len(shifts)))
    total = np.zeros((*rows.shape[:-1], out))
    for place, (columns, inside) in enumerate(shifts):
        seen = np.where(inside[:, None], rows[:, columns], 0.0)
        total += seen @ transpose(W[:, place])
    return total + _biases(operation.bias, out, draws)


def attended(operation: Attention, rows: Array, tokens: int, draws: Draws) -> Array:
    """Return the outputs of the heads, put together and mapped back to the width."""
    replicas, n, d = rows.shape
    k, factor = operation.head_neurons(d), operation.score_factor(d)
    mask = allowed(operation, tokens)
    outputs = []
    for _ in range(operation.heads):
        Q, K, V = (
            (rows @ (draws.normals(d, k) / np.sqrt(d))).reshape(replicas, -1, tokens, k)
            for _ in range(3)
        )
        scores = Q @ transpose(K) * (0.0 if operation.uniform else factor)
        outputs.append((softmax(scores, mask) @ V).reshape(replicas, n, k))
    together = np.concatenate(outputs, axis=-1)
    W = draws.normals(together.shape[-1], d) / np.sqrt(together.shape[-1])
    return np.asarray(together @ W)


def _biases(variance: float, out: int, draws: Draws) -> Array | float:
    return np.sqrt(variance) * draws.normals(1, out) if variance else 0.0
