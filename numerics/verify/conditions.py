"""The conditions under which one check is judged, and its random streams."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.theory.claim.backward import ANEW, STREAM, WEIGHT, Backward, Top
from depthlaw.theory.claim.check import Budget, Measured, Observed
from depthlaw.theory.claim.consistency import contribution_shapes
from depthlaw.theory.errors import ArgumentError


@dataclass(frozen=True)
class Conditions:
    """The conditions under which one check is judged.

    Attributes
    ----------
    level
        This check's share of the run's error probability.
    seed
        The run's seed, as given.
    stream
        Entropy of the check's random streams. It depends on the seed, the claim's id and the
        check's label only: a claim gets the same trajectories alone and in a run of the whole
        registry, and so does its negative control.
    budget, executor
        As given for the run.
    sampled
        Told the trajectories drawn so far, and the most that may be drawn.
    """

    level: float
    seed: int
    stream: tuple[int, ...]
    budget: Budget
    executor: Executor | None
    sampled: Callable[[int, int], None]

    def draw(
        self, quantity: Measured, *, replicas: int, first: int = 0, branch: tuple[int, ...] = ()
    ) -> Trajectory:
        """Simulate trajectories `first`, …, `first` + `replicas` − 1 of an experiment."""
        draw = partial(
            simulate,
            quantity.network,
            depth=quantity.depth,
            replicas=replicas,
            seed=(*self.stream, *branch),
            initial_gram=quantity.initial_gram,
            observables=quantity.observables,
            layers=quantity.layers,
            executor=self.executor,
            first_replica=first,
        )
        return draw() if quantity.backward is None else _with_gradients(draw, quantity.backward)


def _with_gradients(draw: Callable[..., Trajectory], backward: Backward) -> Trajectory:
    """Return what was observed, and what the backward passes saw under the names of `Backward`.

    Both passes have the same streams, so that they go back through the same networks.
    """
    cotangent = _itself if backward.top is Top.OUTPUT else None
    run = draw(gradients=True, cotangent=cotangent)
    values = {**run.values, **_named(run, "")}
    if backward.compares:
        anew = draw(gradients=True, cotangent=cotangent, independent=True)
        values |= _named(anew, ANEW)
    return replace(run, values=values)


def _named(run: Trajectory, prefix: str) -> dict[str, NDArray[np.float64]]:
    assert run.gradients is not None, "they were asked for"
    weights = run.gradients.log_total_weight_norms
    return {prefix + WEIGHT: weights, prefix + STREAM: run.gradients.log_norms}


def _itself(H: NDArray[np.float64]) -> NDArray[np.float64]:
    return H


def contribution(
    name: str,
    function: Callable[[Observed], NDArray[np.float64]],
    run: Trajectory,
    *,
    pairs: bool = False,
) -> NDArray[np.float64]:
    """Return the number that each trajectory (or each pair, where `pairs` may) contributes.

    Raises
    ------
    ArgumentError
        If it is another number of numbers, or no real numbers; or NaN, which is no number that a
        comparison may take for a no.
    """
    numbers = np.asarray(function(run.values))
    shaped = numbers.shape in contribution_shapes(run.replicas, pairs=pairs)
    if not shaped or numbers.dtype.kind not in "biuf":
        raise ArgumentError(
            name,
            f"an array of shape {numbers.shape} and type {numbers.dtype}",
            f"it must give one real number for each trajectory, here shape ({run.replicas},)",
        )
    values = numbers.astype(np.float64)
    missing = int(np.isnan(values).sum())
    if missing:
        raise ArgumentError(
            name,
            f"NaN in {missing} of {values.size} trajectories",
            "say what it is there, for instance where the whole batch has become zero",
        )
    return values


def stream(seed: int, claim: str, check: str) -> tuple[int, ...]:
    """Return the entropy of a check's streams, from a digest of its claim's id and its label."""
    digest = hashlib.sha256(f"{claim}/{check}".encode()).digest()
    return (seed, *(int.from_bytes(digest[k : k + 4], "big") for k in range(0, 16, 4)))
