"""Which part of batch normalisation does what: recentring and rescaling, on and off, by simulation.

A layer is linear, then recentring (over the batch, or not), rescaling (over the batch, or not) and
an activation (or none). Every combination is simulated from the same batch, and the final Gram
matrix of every replica is given a shape, by the criteria of
`depthlaw.theory.network.batch_geometry`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.estimation.binomial import binomial_bounds
from depthlaw.numerics.sampling.arguments import check_helpers
from depthlaw.numerics.sampling.plan import require_tables
from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import (
    ArgumentError,
    UnknownNameError,
    flag,
    integer,
    items,
    probability,
    real_array,
    text,
)
from depthlaw.theory.network import Linear, Network, Operation, Recenter, Rescale
from depthlaw.theory.network.batch_geometry import (
    Shape,
    cluster_cosine,
    effective_rank,
    norm_ratio,
    odd_cosine,
    shape_of,
)
from depthlaw.theory.network.gram import Functional, mean_cosine

Array = NDArray[np.float64]

LINEAR = "linear"
"""The name that stands for no activation."""
ACTIVATIONS = (LINEAR, "relu", "leaky_relu(0.1)", "gelu", "tanh", "abs")
_FUNCTIONALS: dict[str, Functional] = {
    "mean_cosine": mean_cosine,
    "cluster_cosine": cluster_cosine,
    "odd_cosine": odd_cosine,
    "norm_ratio": norm_ratio,
    "effective_rank": effective_rank,
}


@dataclass(frozen=True)
class Cell:
    """One combination and the shape its batches end in.

    Attributes
    ----------
    activation, recenter, rescale
        The combination.
    shape
        The most frequent shape at the last layer.
    share, lower, upper
        The part of the replicas that has it, and an interval for its probability, wrong with
        probability at most `level` (for this cell alone) although the shape was chosen after
        looking: see `modal_shape`.
    medians
        Median over replicas of the functionals at the last layer, by name; NaN where a replica
        vanished, which has no value to be ranked.
    """

    activation: str
    recenter: bool
    rescale: bool
    shape: Shape
    share: float
    lower: float
    upper: float
    medians: dict[str, float]

    @property
    def sure(self) -> bool:
        """Whether the shape has a probability above one half, at the level."""
        return self.lower > 0.5


@dataclass(frozen=True)
class Ablation:
    """All combinations, with what was simulated."""

    batch: int
    width: int
    depth: int
    replicas: int
    level: float
    seed: int
    cells: tuple[Cell, ...]

    def cell(self, activation: str, *, recenter: bool, rescale: bool) -> Cell:
        """Return one combination.

        Raises
        ------
        UnknownNameError
            If the activation was not part of the ablation.
        """
        for cell in self.cells:
            if (cell.activation, cell.recenter, cell.rescale) == (activation, recenter, rescale):
                return cell
        raise UnknownNameError("activation", activation, {cell.activation for cell in self.cells})

    def table(self) -> str:
        """Return the table as text: one line for each combination."""
        head = f"{'activation':16} RC  RS  {'shape':23} {'share, interval':21} cosine  ratio"
        return "\n".join([head, *(_line(cell) for cell in self.cells)])

    def to_json(self) -> dict[str, Any]:
        """Return plain data; a functional without a finite value is null."""
        return {
            "batch": self.batch,
            "width": self.width,
            "depth": self.depth,
            "replicas": self.replicas,
            "level": self.level,
            "seed": self.seed,
            "cells": [
                {
                    "activation": cell.activation,
                    "recenter": cell.recenter,
                    "rescale": cell.rescale,
                    "shape": str(cell.shape),
                    "share": cell.share,
                    "lower": cell.lower,
                    "upper": cell.upper,
                    "sure": cell.sure,
                }
                | {k: v if np.isfinite(v) else None for k, v in cell.medians.items()}
                for cell in self.cells
            ],
        }


def _line(cell: Cell) -> str:
    on = {True: "on ", False: "off"}
    interval = f"{cell.share:.2f} [{cell.lower:.2f}, {cell.upper:.2f}]"
    numbers = f"{cell.medians['mean_cosine']:6.3f} {cell.medians['norm_ratio']:6.2f}"
    shape = str(cell.shape) if cell.sure else f"{cell.shape}?"
    return (
        f"{cell.activation:16} {on[cell.recenter]} {on[cell.rescale]} {shape:23} {interval:21} "
        f"{numbers}"
    )


def layer_of(name: str, *, recenter: bool, rescale: bool) -> tuple[Operation, ...]:
    """Return the layer of one combination.

    >>> network = Network(50, 4, layer_of("relu", recenter=True, rescale=False))
    >>> network.describe()
    'linear,recenter,relu'
    """
    parts: list[Operation] = [Linear()]
    if flag("recenter", recenter):
        parts.append(Recenter())
    if flag("rescale", rescale):
        parts.append(Rescale())
    if text("name", name) != LINEAR:
        parts.append(activation(name).operation())
    return tuple(parts)


def modal_shape(shapes: Sequence[Shape], *, level: float) -> tuple[Shape, int, float, float]:
    """Return the most frequent shape, its count, and bounds (lower, upper) on its probability.

    Every shape could have come out most frequent, so each gets its part of the level: all their
    intervals hold together except with probability `level`, and that of the one chosen among them.

    >>> shape, count, lower, upper = modal_shape([Shape.COLLAPSE] * 9, level=0.05)
    >>> (str(shape), count, upper) == ("collapse", 9, 1) and lower > 0.5
    True
    """
    shape, count = Counter(shapes).most_common(1)[0]
    return shape, count, *binomial_bounds(count, len(shapes), level=level / len(Shape))


def ablation(
    *,
    batch: int = 32,
    width: int = 300,
    depth: int = 200,
    replicas: int = 10,
    activations: Iterable[str] = ACTIVATIONS,
    initial_gram: ArrayLike | None = None,
    level: float = 0.05,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ablation:
    """Simulate every combination and return the shape each one ends in.

    Parameters
    ----------
    batch, width, depth, replicas
        n ≥ 2, d ≥ 1, layers ≥ 1, independent networks ≥ 1 for each combination; at the default
        level nine are the fewest that can make a shape sure.
    activations
        Names of the catalogue, or ``"linear"`` for none.
    initial_gram
        Gram matrix of the first batch, shape (n, n); orthonormal points if left out.
    level
        Probability, in (0, 1), that the interval of a cell is wrong.
    seed
        Whole number ≥ 0.
    executor
        As in `simulate`.
    progress
        Called with the combinations done and their number.

    Raises
    ------
    ArgumentError
        If a number is out of range, all points are equal (recentring makes the batch zero), or a
        batch leaves the range of doubles.
    UnknownNameError
        If an activation does not exist.

    Examples
    --------
    >>> found = ablation(batch=4, width=50, depth=300, replicas=8, activations=["relu"])
    >>> str(found.cell("relu", recenter=False, rescale=False).shape)
    'collapse'
    """
    n, width = integer("batch", batch, at_least=2), integer("width", width)
    seed = integer("seed", seed, at_least=0)
    depth = integer("depth", depth)
    replicas = integer("replicas", replicas)
    delta = probability("level", level)
    require_tables(depth, replicas, len(_FUNCTIONALS) + 2, n)
    gram = np.eye(n) if initial_gram is None else real_array("initial_gram", initial_gram)
    check_helpers(executor, progress)
    _check_distinct(gram)
    names = tuple(
        dict.fromkeys(
            text("activations", name) for name in items("activations", activations, "names")
        )
    )
    if not names:
        raise ArgumentError("activations", names, "name at least one, or linear")
    for name in names:
        layer_of(name, recenter=False, rescale=False)
    combinations = list(product(names, (False, True), (False, True)))
    cells = []
    for done, (name, recenter, rescale) in enumerate(combinations):
        if progress is not None:
            progress(done, len(combinations))
        run = simulate(
            Network(width, n, layer_of(name, recenter=recenter, rescale=rescale)),
            depth=depth,
            replicas=replicas,
            # By the combination, not by its place in the table: a cell is the same in any table.
            seed=(seed, 2 * recenter + rescale, *name.encode()),
            initial_gram=gram,
            observables=_FUNCTIONALS,
            executor=executor,
        )
        shapes = [shape_of(G) for G in run.final_gram]
        shape, count, lower, upper = modal_shape(shapes, level=delta)
        medians = {key: float(np.median(values[:, -1])) for key, values in run.values.items()}
        cells.append(Cell(name, recenter, rescale, shape, count / replicas, lower, upper, medians))
    return Ablation(n, width, depth, replicas, delta, seed, tuple(cells))


def _check_distinct(gram: Array) -> None:
    if gram.ndim == 2 and np.isfinite(gram).all() and (gram == gram.flat[0]).all():
        raise ArgumentError(
            "initial_gram",
            "equal points",
            "recentring makes the batch zero: make two points differ",
        )
