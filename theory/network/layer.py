"""A layer is a sequence of operations; a network repeats a layer at one width on one batch.

Description only: nothing here draws a weight. A batch of n samples in width d is a matrix
H ∈ R^{d×n}; rows are neurons, columns are samples.

>>> batch_norm = (Linear(), Rescale())                      # daneshmand2021
>>> residual = (Linear(variance=Variance.UNIT, residual=0.1), Rescale())  # daneshmand2020
>>> Network(width=1000, batch=8, layer=batch_norm).describe()
'linear,rescale'
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import (
    ArgumentError,
    double,
    flag,
    function,
    integer,
    items,
    member,
    positive_double,
    text,
)
from depthlaw.theory.network.weight_law import WeightLaw, symmetric

Array = NDArray[np.float64]


class Weights(StrEnum):
    """The law of a weight matrix, before scaling."""

    GAUSSIAN = "gaussian"
    """Independent standard normal entries."""
    UNIFORM = "uniform"
    """Independent entries, uniform on [−√3, √3]: mean 0, variance 1."""
    HAAR = "haar"
    """A uniformly distributed orthogonal matrix; its scale is fixed, `variance` does not apply."""


class Variance(StrEnum):
    """The variance of one weight."""

    FAN_IN = "fan-in"
    """1/width: a linear layer keeps squared norms on average."""
    UNIT = "unit"
    """1: the convention of daneshmand2020, where γ carries the scale."""


class Over(StrEnum):
    """What a normalisation averages over."""

    BATCH = "batch"
    """The samples, for each neuron: batch normalisation."""
    FEATURES = "features"
    """The neurons, for each sample: layer and RMS normalisation."""


@dataclass(frozen=True)
class Linear:
    """H ↦ W H, or H ↦ H + γ W H with a residual strength γ.

    Parameters
    ----------
    weights
        Law of the entries of W: one of `Weights`, or a law of your own on finitely many values.
    variance
        Variance of one entry.
    residual
        γ > 0, or None for no skip connection (the papers' γ = ∞).
    mean
        m, where an entry has mean m/√width in units of its standard deviation; any finite number.
        With variance 1 and Gaussian weights the entries are N(m/√width, 1), as in daneshmand2020;
        the law U[0, 2a] is that of uniform weights with m = √(3·width).

    Raises
    ------
    ArgumentError
        If γ ≤ 0, a number is not finite, `weights` is no law, or an orthogonal matrix is given a
        mean.
    """

    weights: Weights | WeightLaw = Weights.GAUSSIAN
    variance: Variance = Variance.FAN_IN
    residual: float | None = None
    mean: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.weights, WeightLaw):
            symmetric(self.weights)
        else:
            object.__setattr__(self, "weights", member("weights", self.weights, Weights))
        object.__setattr__(self, "variance", member("variance", self.variance, Variance))
        if self.weights is Weights.HAAR and self.variance is not Variance.FAN_IN:
            raise ArgumentError(
                "variance", self.variance, "an orthogonal matrix has no variance to choose"
            )
        if self.residual is not None:
            # Text is made of the float: only that is the same number when it is read back.
            object.__setattr__(self, "residual", _strength(self.residual))
        object.__setattr__(self, "mean", double("mean", self.mean) + 0.0)
        if self.mean and self.weights is Weights.HAAR:
            raise ArgumentError("mean", self.mean, "an orthogonal matrix has no mean to choose")

    def weight_scale(self, width: int) -> float:
        """Return the factor on the entries of W (on the orthogonal matrix: 1)."""
        if self.weights is Weights.HAAR or self.variance is Variance.UNIT:
            return 1.0
        return 1 / math.sqrt(width)

    def weight_mean(self, width: int) -> float:
        """Return the mean of one entry of W.

        >>> Linear(variance=Variance.UNIT, mean=3.0).weight_mean(9)
        1.0
        """
        return self.mean / math.sqrt(width) * self.weight_scale(width)

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        parts = ["linear"]
        if self.weights is not Weights.GAUSSIAN:
            parts.append(str(self.weights))
        if self.variance is not Variance.FAN_IN and self.weights is not Weights.HAAR:
            parts.append(str(self.variance))
        if self.residual is not None:
            parts.append(f"residual={self.residual!r}")
        if self.mean:
            parts.append(f"mean={self.mean!r}")
        return ":".join(parts)


def _strength(residual: object) -> float:
    try:
        return positive_double("residual", residual)
    except ArgumentError as error:
        if error.advice != "it must be above 0":
            raise
        raise ArgumentError(
            "residual", residual, "γ must be above 0; leave it out for no skip"
        ) from None


@dataclass(frozen=True)
class Recenter:
    """Subtract the mean over the batch (for each neuron) or over the features (for each sample)."""

    over: Over = Over.BATCH

    def __post_init__(self) -> None:
        object.__setattr__(self, "over", member("over", self.over, Over))

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        return "recenter" if self.over is Over.BATCH else "recenter:features"


@dataclass(frozen=True)
class Rescale:
    """Divide by the root mean square over the batch (for each neuron) or over the features.

    No mean is subtracted and no ε is added. A row (or column) that is zero has no direction and
    stays zero; a simulation counts such rows.
    """

    over: Over = Over.BATCH

    def __post_init__(self) -> None:
        object.__setattr__(self, "over", member("over", self.over, Over))

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        return "rescale" if self.over is Over.BATCH else "rescale:features"


@dataclass(frozen=True)
class Activate(Elementwise):
    """Apply a function of your own to every entry.

    Parameters
    ----------
    function
        Vectorised: takes and returns a float array of any shape. It is called from several threads.
    name
        What reports call it, and what layer text calls it: without a colon or a comma outside
        parentheses, and not the name of an operation or of a catalogue activation with other
        values. A name that is none of these is fine; `parse_layer` says that it does not know it.
    homogeneous
        Whether φ(2x) = 2φ(x) for every double x, to the last bit. A network of such activations
        that rescales nowhere can be followed to any depth: its scale is brought back by powers of
        two. A simulation tries it on some numbers.

    Raises
    ------
    ArgumentError
        If `function` cannot be called, or `name` is not such a name.
    """

    def __post_init__(self) -> None:
        # Reading a name brings the catalogue, and SymPy with it.
        from depthlaw.theory.network.names import check_known, check_name

        function("function", self.function, "a function of arrays")
        object.__setattr__(self, "homogeneous", flag("homogeneous", self.homogeneous))
        check_known(check_name(text("name", self.name)), self.function)


Operation = Linear | Recenter | Rescale | Elementwise


@dataclass(frozen=True)
class Network:
    """A layer repeated at one width on one batch.

    Parameters
    ----------
    width
        d ≥ 1, neurons in each layer.
    batch
        n ≥ 1, samples.
    layer
        Operations in the order in which they act.

    Raises
    ------
    ArgumentError
        If a size is not a whole number ≥ 1, or the layer is empty or holds something else than
        operations.
    """

    width: int
    batch: int
    layer: tuple[Operation, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", integer("width", self.width))
        object.__setattr__(self, "batch", integer("batch", self.batch))
        object.__setattr__(self, "layer", items("layer", self.layer, "operations"))
        if not self.layer:
            raise ArgumentError("layer", self.layer, "it must have at least one operation")
        for operation in self.layer:
            if not isinstance(operation, Operation):
                raise ArgumentError(
                    "layer", operation, "operations are Linear, Recenter, Rescale and Activate"
                )

    def describe(self) -> str:
        """Return the layer as text, as the command line writes it."""
        return ",".join(operation.describe() for operation in self.layer)

    def to_json(self) -> dict[str, Any]:
        """Return width, batch and layer as plain data."""
        return {"width": self.width, "batch": self.batch, "layer": self.describe()}
