"""A phase map over batch size, width and depth that can be stopped and taken up again.

Each pair (batch, width) is one file of counts in a directory. After every round of replicas it is
written anew: to a temporary file first, which then takes its place in one step, so that a reader
never sees half a file. Replica i is the same whenever it is drawn, so that a map that was
interrupted ends in the same numbers as one that was not.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.estimation.binomial import binomial_bounds
from depthlaw.numerics.sampling.arguments import check_helpers
from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError, instance, integer, items, probability
from depthlaw.theory.network import Linear, Network, Operation, Recenter
from depthlaw.theory.network.batch_geometry import odd_state

PLAIN: tuple[Operation, ...] = (Linear(), Recenter(), activation("relu").operation())
"""The layer of nachum2024 without rescaling."""


@dataclass(frozen=True)
class PhaseCell:
    """How often the odd state was seen, with an exact interval for its probability.

    In `unknown` trials all that was left of the batch was lost to rounding (see
    `Trajectory.dropped`), so that nobody can tell: the interval holds whatever they were.
    """

    batch: int
    width: int
    depth: int
    successes: int
    trials: int
    lower: float
    upper: float
    unknown: int = 0


@dataclass(frozen=True)
class PhaseMap:
    """All cells, by batch, width and depth; `level` is for each interval by itself."""

    layer: str
    level: float
    seed: int
    cells: tuple[PhaseCell, ...]

    def cell(self, batch: int, width: int, depth: int) -> PhaseCell:
        """Return one cell.

        Raises
        ------
        ArgumentError
            If it is not on the grid.
        """
        for cell in self.cells:
            if (cell.batch, cell.width, cell.depth) == (batch, width, depth):
                return cell
        raise ArgumentError("cell", (batch, width, depth), "it is not on the grid of the map")

    def table(self, depth: int) -> str:
        """Return the probabilities at one depth as text: a row for each batch."""
        widths = sorted({cell.width for cell in self.cells})
        lines = ["n \\ d " + "".join(f"{width:>20}" for width in widths)]
        for batch in sorted({cell.batch for cell in self.cells}):
            row = [self.cell(batch, width, depth) for width in widths]
            shown = (f"{c.successes / c.trials:.2f} [{c.lower:.2f}, {c.upper:.2f}]" for c in row)
            lines.append(f"{batch:<6}" + "".join(f"{text:>20}" for text in shown))
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "layer": self.layer,
            "level": self.level,
            "seed": self.seed,
            "cells": [vars(cell) for cell in self.cells],
        }


def phase_map(
    directory: str | os.PathLike[str],
    *,
    batches: Iterable[int],
    widths: Iterable[int],
    depths: Iterable[int],
    replicas: int,
    layer: Sequence[Operation] = PLAIN,
    round_size: int = 50,
    level: float = 0.05,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PhaseMap:
    """Return the probability of the odd state over a grid, going on from what is in `directory`.

    Parameters
    ----------
    directory
        Where the counts are kept; made if it does not exist.
    batches, widths, depths
        The grid: n ≥ 2, d ≥ 1, layers ≥ 0. All depths are read off the same trajectories, which
        start from orthonormal points.
    replicas
        Independent networks ≥ 1 for each pair (batch, width). More than before go on counting.
    layer
        Operations of a layer; ReLU after recentring if left out.
    round_size
        Replicas ≥ 1 between two writes.
    level
        Probability, in (0, 1), that the interval of a cell is wrong.
    seed
        Whole number ≥ 0.
    executor
        As in `simulate`.
    progress
        Called with the replicas done and their number, over the whole grid.

    Raises
    ------
    ArgumentError
        If a number is out of range, a grid is empty, or the directory holds a map of another
        layer, seed or other depths, or more replicas than asked for; or if a batch leaves the
        range of doubles, so that nobody can tell its state.

    Examples
    --------
    >>> grid = {"batches": [3], "widths": [20], "depths": [5]}
    >>> with tempfile.TemporaryDirectory() as place:
    ...     first = phase_map(place, **grid, replicas=4)
    ...     more = phase_map(place, **grid, replicas=10)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     more == phase_map(place, **grid, replicas=10)
    True
    """
    ns = _grid("batches", batches, 2)
    ds = _grid("widths", widths, 1)
    depth_list = _grid("depths", depths, 0)
    replicas = integer("replicas", replicas)
    round_size = integer("round_size", round_size)
    seed = integer("seed", seed, at_least=0)
    delta = probability("level", level)
    check_helpers(executor, progress)
    instance("directory", directory, (str, os.PathLike), "a path")
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    cells: list[PhaseCell] = []
    pairs = [(n, d) for n in ns for d in ds]
    for place, (n, d) in enumerate(pairs):
        network = Network(d, n, items("layer", layer, "operations"))
        record = _Record.open(folder, network, depth_list, seed)
        if record.trials > replicas:
            raise ArgumentError(
                "replicas",
                replicas,
                f"{record.path.name} holds {record.trials} already: ask for at least as many",
            )
        while record.trials < replicas:
            if progress is not None:
                progress(place * replicas + record.trials, len(pairs) * replicas)
            record.advance(min(round_size, replicas - record.trials), executor)
        for depth, count, unknown in zip(depth_list, record.counts, record.unknown, strict=True):
            lower, _ = binomial_bounds(count, replicas, level=delta)
            _, upper = binomial_bounds(count + unknown, replicas, level=delta)
            cells.append(PhaseCell(n, d, depth, count, replicas, lower, upper, unknown))
    return PhaseMap(network.describe(), delta, seed, tuple(cells))


def _grid(name: str, values: Iterable[int], least: int) -> tuple[int, ...]:
    given = items(name, values, "whole numbers")
    found = tuple(sorted({integer(name, value, at_least=least) for value in given}))
    if not found:
        raise ArgumentError(name, "empty", f"give at least one whole number of at least {least}")
    return found


class _Record:
    """The counts of one pair, on disk after every round."""

    def __init__(self, path: Path, network: Network, header: dict[str, Any]) -> None:
        self.path, self._network, self._header = path, network, header
        self.trials, self.counts = 0, [0] * len(header["depths"])
        self.unknown = [0] * len(header["depths"])

    @classmethod
    def open(cls, folder: Path, network: Network, depths: tuple[int, ...], seed: int) -> _Record:
        """Return the record in `folder`, or a new one."""
        header = {**network.to_json(), "depths": list(depths), "seed": seed}
        record = cls(folder / f"n{network.batch}_d{network.width}.json", network, header)
        if record.path.exists():
            record._read()
        return record

    def _read(self) -> None:
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            trials, counts = int(stored["trials"]), [int(count) for count in stored["counts"]]
            unknown = [int(count) for count in stored["unknown"]]
            header = {key: stored[key] for key in self._header}
        except (ValueError, KeyError, TypeError):
            raise ArgumentError(
                "directory", self.path, "it is no phase-map file: choose another directory"
            ) from None
        for key, value in self._header.items():
            if header[key] != value:
                raise ArgumentError(
                    key, value, f"{self.path} was made with {header[key]}: choose another directory"
                )
        self.trials, self.counts, self.unknown = trials, counts, unknown

    def advance(self, size: int, executor: Executor | None) -> None:
        """Draw `size` more replicas and write the file anew."""
        depths = self._header["depths"]
        run = simulate(
            self._network,
            depth=max(depths),
            replicas=size,
            seed=(self._header["seed"], self._network.batch, self._network.width),
            initial_gram=np.eye(self._network.batch),
            observables={"odd_state": odd_state},
            executor=executor,
            first_replica=self.trials,
        )
        # NaN stands for a batch that is zero and has no odd point, unless rounding made it zero.
        # What is out of the range of doubles is an error of `simulate`, and gets no count.
        states = run.values["odd_state"][:, depths]
        lost = np.isnan(states) & (run.dropped.cumsum(axis=1)[:, depths] > 0)
        self.counts = _sum(self.counts, states == 1)
        self.unknown = _sum(self.unknown, lost)
        self.trials += size
        self._write()

    def _write(self) -> None:
        numbers = {"trials": self.trials, "counts": self.counts, "unknown": self.unknown}
        text = json.dumps({**self._header, **numbers})
        handle, name = tempfile.mkstemp(dir=self.path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _sum(counts: list[int], more: NDArray[np.bool_]) -> list[int]:
    return [a + int(b) for a, b in zip(counts, more.sum(axis=0), strict=True)]
