"""What is known of a row of neurons: its covariance, its mean, and its law.

A row is the values of one neuron over the columns. In the wide limit the rows are independent and
alike; behind fresh neurons they are Gaussian. An activation, or a norm over the batch, needs the
law of a row, not only its covariance: it is followed as far as it is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.network.attention import Attention
from depthlaw.theory.network.layer import Network
from depthlaw.theory.prediction.covariance import Array, Covariance


@dataclass(frozen=True, eq=False)
class Affine:
    """r_i ↦ `scale`_i r_i + `shift`_i for column i: what a norm over features does."""

    scale: Rounded
    shift: Rounded


@dataclass(frozen=True)
class Gaussian:
    """N(0, K)."""


@dataclass(frozen=True, eq=False)
class Image:
    """Functions of the entries of a Gaussian row, one after the other."""

    base: Covariance
    steps: tuple[Elementwise | Affine, ...]


@dataclass(frozen=True)
class Normalised:
    """Functions of a Gaussian row after batch normalisation, all columns alike.

    The Gaussian row has the eigenvalue λ on 1^⊥ and μ along 1, which is 0 if it was recentred; it
    was divided by √(mean square + ε).

    Attributes
    ----------
    spread
        λ = q(1 − c).
    epsilon
        ε; 0 where μ > 0.
    common
        μ = q(1 + (n−1)c).
    steps
        What has been applied to each entry since, the same in each column.
    """

    spread: float
    epsilon: float
    common: float = 0.0
    steps: tuple[Elementwise | Affine, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """Only the covariance is known; `why` completes "an activation needs the law of a row, and"."""

    why: str


Law = Gaussian | Image | Normalised | Unknown


Scores = Callable[[Array, Attention, Network], Array]
"""From K, shape (n, n), a draw of the covariance behind attention, at the width of its heads."""


@dataclass(frozen=True, eq=False)
class State:
    """A row after some operations.

    Attributes
    ----------
    covariance
        K = E r rᵀ, means included.
    mean
        E r for each column, or None where it is not known; of a Gaussian law it is 0.
    law
        What is known of r beside.
    fresh
        Whether there were fresh neurons since the branch began: then r is independent of the
        stream.
    proved
        Whether the errors are bounds.
    mean_proved
        Whether that of the mean is one.
    scores
        Draws what softmax attention does, where the caller has a way; None where it is no answer.
    """

    covariance: Covariance
    mean: Rounded | None
    law: Law
    fresh: bool = True
    proved: bool = True
    mean_proved: bool = True
    scores: Scores | None = None

    def but(
        self,
        covariance: Covariance,
        *,
        mean: Rounded | None = None,
        law: Law | None = None,
        proved: bool = True,
        mean_proved: bool | None = None,
    ) -> State:
        """Return the next state: proved only where this one is."""
        return replace(
            self,
            covariance=covariance,
            mean=mean,
            law=self.law if law is None else law,
            proved=self.proved and proved,
            mean_proved=self.mean_proved if mean_proved is None else mean_proved,
        )
