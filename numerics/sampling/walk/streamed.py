"""Routes GRAM and WISHART of a walk: only moments are kept, neurons stream by where they must."""

from __future__ import annotations

from dataclasses import replace

from depthlaw.numerics.sampling.walk.flow import Flow
from depthlaw.numerics.sampling.walk.fresh import Fresh, Sharing, gaussian_moments, passed
from depthlaw.numerics.sampling.walk.lowered import (
    Program,
    Sequence,
    acts_on_neurons,
    is_fresh,
    needs_rows_next,
)
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.sampling.walk.skip import add_gaussian, add_rotated
from depthlaw.numerics.sampling.walk.weights import new_neurons
from depthlaw.theory.network import (
    Average,
    Operation,
    Recenter,
    Residual,
)

Value = Moments | Fresh


class Streamed:
    """A walk through the operations of a program, on moments."""

    def __init__(self, program: Program, flow: Flow, sharing: Sharing) -> None:
        self._program, self._flow, self._sharing = program, flow, sharing
        self._tokens = program.network.tokens
        self._needs_mean = program.needs_mean

    def through(self, operations: Sequence, following: Sequence) -> Moments:
        """Take the flow through operations; `following` come after them.

        Returns the moments of what comes out.
        """
        value = self._flow.value
        assert not hasattr(value, "shape"), "this walk keeps no rows"
        rows_later = bool(needs_rows_next(following))
        value = self._walk(operations, value, rows_later)
        moments, kept = self._moments(value, rows_later)
        self._flow.value = kept
        return moments

    def _walk(self, operations: Sequence, value: Value, rows_later: bool) -> Value:
        for place, operation in enumerate(operations):
            if is_fresh(operation):
                entering = self._moments(value, False)[0]
                network = self._program.network
                value = new_neurons(operation, entering, network, self._flow.draws)
            elif isinstance(operation, Residual):
                value = self._residual(operation, self._moments(value, False)[0])
            elif acts_on_neurons(operation):
                assert isinstance(value, Fresh), "the route was chosen where rows are at hand"
                value = value.then(operation)
            else:
                ahead = needs_rows_next(operations[place + 1 :])
                value = self._linear(operation, value, rows_later if ahead is None else ahead)
        return value

    def _linear(self, operation: Operation, value: Value, rows_later: bool) -> Value:
        """Apply what G can take as well as rows."""
        if isinstance(value, Fresh) and (operation == Recenter() or isinstance(operation, Average)):
            return value.then(operation)
        moments, kept = self._moments(value, rows_later)
        after, affine, zeros = moments.apply(operation, self._tokens)
        self._flow.zeros = self._flow.zeros + zeros
        if rows_later and isinstance(kept, Fresh):
            assert affine is not None, "mixings were seen to above"
            return replace(kept.then(affine, after), counted=len(kept.maps) + 1)
        return after

    def _residual(self, operation: Residual, stream: Moments) -> Moments:
        branch = self._walk(operation.branch, stream, rows_later=False)
        a, b, draws = operation.skip, operation.scale, self._flow.draws
        if isinstance(branch, Fresh) and branch.is_gaussian:
            return add_gaussian(a, stream, b, branch, draws)
        return add_rotated(a, stream, b, self._moments(branch, False)[0], draws)

    def _moments(self, value: Value, rows_later: bool) -> tuple[Moments, Value]:
        """Return the moments of a value, and the value to go on with."""
        if isinstance(value, Moments):
            return value, value
        if value.moments is not None:
            return value.moments, value if rows_later else value.moments
        flow = self._flow
        if value.is_gaussian and not rows_later:
            found = gaussian_moments(value, flow.draws, needs_mean=self._needs_mean)
            return found, found
        found, zeros, dead = passed(
            value, self._tokens, flow.draws, self._sharing, needs_mean=self._needs_mean
        )
        flow.zeros = flow.zeros + zeros
        if dead is not None:
            flow.dead = dead
        if not rows_later:
            return found, found
        return found, replace(value, moments=found, counted=len(value.maps))
