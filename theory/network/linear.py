"""Linear maps: the law of a weight matrix, its scale, and a skip of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from depthlaw.theory.errors import ArgumentError, double, member, positive_double
from depthlaw.theory.network.convolution import check_bias
from depthlaw.theory.network.weight_law import WeightLaw, symmetric
from depthlaw.theory.network.width import check_width


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


@dataclass(frozen=True)
class Linear:
    """H ↦ W H, or H ↦ H + γ W H with a residual strength γ.

    Parameters
    ----------
    weights
        Law of the entries of W: one of `Weights`, or a law of your own on finitely many values.
    variance
        Variance of one entry: a name, or the number v > 0 for v/(neurons that enter). 2 is He's.
    residual
        γ > 0, or None for no skip connection (the papers' γ = ∞).
    mean
        m, where an entry has mean m/√width in units of its standard deviation; any finite number.
        With variance 1 and Gaussian weights the entries are N(m/√width, 1), as in daneshmand2020;
        the law U[0, 2a] is that of uniform weights with m = √(3·width).
    bias
        Variance ≥ 0 of a Gaussian bias for each neuron that leaves.
    width
        Neurons that leave: a number, a multiple like ``"4x"`` of the network's width, or None for
        that width itself.

    Raises
    ------
    ArgumentError
        If γ ≤ 0, a number is not finite, `weights` is no law, or an orthogonal matrix is given a
        mean.
    """

    weights: Weights | WeightLaw = Weights.GAUSSIAN
    variance: Variance | float = Variance.FAN_IN
    residual: float | None = None
    mean: float = 0.0
    bias: float = 0.0
    width: int | str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.weights, WeightLaw):
            symmetric(self.weights)
        else:
            object.__setattr__(self, "weights", member("weights", self.weights, Weights))
        object.__setattr__(self, "variance", _variance(self.variance))
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
        object.__setattr__(self, "bias", check_bias(self.bias))
        if self.width is not None:
            object.__setattr__(self, "width", check_width(self.width))

    def weight_scale(self, width: int) -> float:
        """Return the factor on the entries of W (on the orthogonal matrix: 1), of `width` inputs.

        >>> Linear(variance=2).weight_scale(8)
        0.5
        """
        if self.weights is Weights.HAAR or self.variance is Variance.UNIT:
            return 1.0
        if self.variance is Variance.FAN_IN:
            return 1 / math.sqrt(width)
        return math.sqrt(self.variance / width)

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
            named = isinstance(self.variance, Variance)
            parts.append(str(self.variance) if named else f"variance={self.variance!r}")
        if self.residual is not None:
            parts.append(f"residual={self.residual!r}")
        if self.mean:
            parts.append(f"mean={self.mean!r}")
        if self.bias:
            parts.append(f"bias={self.bias!r}")
        if self.width is not None:
            parts.append(f"width={self.width}")
        return ":".join(parts)


def _variance(variance: object) -> Variance | float:
    """Return a name, or a number; 1 is that of the name fan-in."""
    if isinstance(variance, str):
        return member("variance", variance, Variance)
    value = positive_double("variance", variance)
    return Variance.FAN_IN if value == 1 else value


def _strength(residual: object) -> float:
    try:
        return positive_double("residual", residual)
    except ArgumentError as error:
        if error.advice != "it must be above 0":
            raise
        raise ArgumentError(
            "residual", residual, "γ must be above 0; leave it out for no skip"
        ) from None
