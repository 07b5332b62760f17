"""Route STATE of a walk: rows are kept, and W H is drawn given H, without W."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.neurons import dead_units
from depthlaw.numerics.sampling.walk.flow import Flow
from depthlaw.numerics.sampling.walk.fresh import Fresh
from depthlaw.numerics.sampling.walk.lowered import Program, Sequence, is_fresh
from depthlaw.numerics.sampling.walk.moments import Moments, from_rows
from depthlaw.numerics.sampling.walk.rows import Neurons
from depthlaw.numerics.sampling.walk.weights import new_rows
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import GLU, Operation, Residual

Array = NDArray[np.float64]


class Kept:
    """A walk through the operations of a program, on rows of shape (replicas, n, neurons)."""

    def __init__(self, program: Program, flow: Flow) -> None:
        self._program, self._flow = program, flow
        self._tokens = program.network.tokens
        self._needs_mean = program.needs_mean

    def through(self, operations: Sequence, following: Sequence) -> Moments:
        """Take the flow through operations, and return the moments of what comes out."""
        value = self._walk(operations, self._flow.value)
        self._flow.value = value
        return value if isinstance(value, Moments) else self._moments(value)

    def _walk(self, operations: Sequence, value: Moments | Array | Fresh) -> Moments | Array:
        assert not isinstance(value, Fresh), "this walk keeps rows"
        for operation in operations:
            if is_fresh(operation):
                entering = value if isinstance(value, Moments) else self._moments(value)
                value = new_rows(operation, entering, self._program.network, self._flow.draws)
                continue
            assert not isinstance(value, Moments), "a start without rows begins with fresh weights"
            if isinstance(operation, Residual):
                added = self._walk(operation.branch, value)
                assert not isinstance(added, Moments)
                value = operation.skip * value + operation.scale * added
            else:
                value = self._mapped(operation, value)
        return value

    def _mapped(self, operation: Operation, rows: Array) -> Array:
        flow = self._flow
        moving = Neurons(rows, False, np.zeros(len(rows), dtype=np.int64))
        moving.apply(operation, self._tokens, halves=True)
        flow.zeros = flow.zeros + moving.zeros
        if isinstance(operation, Elementwise | GLU):
            flow.dead = dead_units(moving.rows) / moving.rows.shape[-1]
        return moving.rows

    def _moments(self, rows: Array) -> Moments:
        return from_rows(rows, needs_mean=self._needs_mean)
