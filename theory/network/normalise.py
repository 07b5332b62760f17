"""Normalisations: over the batch for each neuron, or over the features for each sample.

``recenter`` and ``rescale`` are the papers' halves, without ε unless one is given; the three names
of PyTorch put them together as PyTorch does, with its ε.

>>> BatchNorm(epsilon=0).parts == (Recenter(), Rescale())
True
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from depthlaw.theory.errors import ArgumentError, double, member

_FLOAT32 = 2.0**-23


class Over(StrEnum):
    """What a normalisation averages over."""

    BATCH = "batch"
    """The samples, for each neuron: batch normalisation."""
    FEATURES = "features"
    """The neurons, for each sample: layer and RMS normalisation."""


def _epsilon(epsilon: object) -> float:
    value = double("epsilon", epsilon)
    if value < 0:
        raise ArgumentError("epsilon", epsilon, "it is added to a mean square: it must be ≥ 0")
    return value + 0.0


def _written(name: str, epsilon: float, usual: float) -> str:
    return name if epsilon == usual else f"{name}:epsilon={epsilon!r}"


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
    """Divide by √(mean square + ε) over the batch (for each neuron) or over the features.

    No mean is subtracted. With ε = 0 a row (or column) that is zero has no direction and stays
    zero; a simulation counts such rows.

    Parameters
    ----------
    over
        The batch or the features.
    epsilon
        ε ≥ 0.
    """

    over: Over = Over.BATCH
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "over", member("over", self.over, Over))
        object.__setattr__(self, "epsilon", _epsilon(self.epsilon))

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        name = "rescale" if self.over is Over.BATCH else "rescale:features"
        return _written(name, self.epsilon, 0.0)


@dataclass(frozen=True)
class BatchNorm:
    """Batch normalisation as in ``torch.nn.BatchNorm1d`` at initialisation, in training mode.

    For each neuron over all samples, and all positions where samples have some:
    (z − z̄)/√(var + ε) with the biased variance. In a batch of sequences the tokens of all of them
    count, as PyTorch does with an input of shape (N, C, L).

    Parameters
    ----------
    epsilon
        ε ≥ 0, 1e-5 as in PyTorch.

    Raises
    ------
    ArgumentError
        If ε is no number ≥ 0.
    """

    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        object.__setattr__(self, "epsilon", _epsilon(self.epsilon))

    @property
    def parts(self) -> tuple[Recenter, Rescale]:
        """The two halves."""
        return Recenter(), Rescale(epsilon=self.epsilon)

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        return _written("batchnorm", self.epsilon, 1e-5)


@dataclass(frozen=True)
class LayerNorm:
    """Layer normalisation as in ``torch.nn.LayerNorm`` at initialisation: with mean and ε.

    For each sample (and position) over its neurons: (x − x̄)/√(var + ε).

    Parameters
    ----------
    epsilon
        ε ≥ 0, 1e-5 as in PyTorch.

    Raises
    ------
    ArgumentError
        If ε is no number ≥ 0.
    """

    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        object.__setattr__(self, "epsilon", _epsilon(self.epsilon))

    @property
    def parts(self) -> tuple[Recenter, Rescale]:
        """The two halves."""
        return Recenter(Over.FEATURES), Rescale(Over.FEATURES, self.epsilon)

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        return _written("layernorm", self.epsilon, 1e-5)


@dataclass(frozen=True)
class RMSNorm:
    """RMS normalisation as in ``torch.nn.RMSNorm`` at initialisation: x/√(mean x² + ε).

    Parameters
    ----------
    epsilon
        ε ≥ 0; 2⁻²³, the machine precision of float32, as PyTorch has it where nothing is said.

    Raises
    ------
    ArgumentError
        If ε is no number ≥ 0.
    """

    epsilon: float = _FLOAT32

    def __post_init__(self) -> None:
        object.__setattr__(self, "epsilon", _epsilon(self.epsilon))

    @property
    def parts(self) -> tuple[Rescale]:
        """The division alone."""
        return (Rescale(Over.FEATURES, self.epsilon),)

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        return _written("rmsnorm", self.epsilon, _FLOAT32)
