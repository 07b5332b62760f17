"""What is known of the neurons at a place of a network: K, Θ, their mean, and their law.

K_ij is the mean over the neurons of h(x_i) h(x_j), and Θ_ij that of Σ_θ ∂h(x_i)/∂θ · ∂h(x_j)/∂θ,
summed over the parameters so far. Different neurons have a product of gradients that vanishes as
the widths grow, so that these are enough for what comes. Entries are floats, or balls in arrays of
objects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.elementwise import Elementwise

Entries = NDArray[Any]
"""Floats, or balls."""


@dataclass(frozen=True, eq=False)
class Affine:
    """h_i ↦ `scale`_i h_i + `shift`_i for column i, shapes (n,): what a norm over features does."""

    scale: Entries
    shift: Entries


Step = Elementwise | Affine


@dataclass(frozen=True, eq=False)
class Known:
    """Neurons are the functions `steps`, one after the other, of Gaussian ones.

    Attributes
    ----------
    nngp, ntk
        K and Θ of the Gaussian neurons, shapes (n, n); Θ is None where it does not exist.
    steps
        None of them: the neurons are Gaussian.
    """

    nngp: Entries
    ntk: Entries | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """Only K and Θ are known; `why` completes "an activation needs the law of a row, and"."""

    why: str


@dataclass(frozen=True, eq=False)
class Features:
    """The neurons after some operations.

    Attributes
    ----------
    nngp, ntk
        K and Θ, shapes (n, n); Θ is None where it does not exist, and `lost` says why.
    mean
        E h for each column, shape (n,); None where it is not known.
    law
        What is known beside.
    fresh
        Whether there were fresh neurons since the branch began.
    """

    nngp: Entries
    ntk: Entries | None
    mean: Entries | None
    law: Known | Unknown
    fresh: bool = True
    lost: str | None = None

    @property
    def gaussian(self) -> bool:
        """Whether the neurons are Gaussian."""
        return isinstance(self.law, Known) and not self.law.steps

    def but(self, nngp: Entries, ntk: Entries | None, **changes: Any) -> Features:
        """Return these with other kernels."""
        return replace(self, nngp=nngp, ntk=ntk, **changes)


@dataclass(frozen=True, eq=False)
class Moments:
    """E f_i f_j and E f_i′ f_j′ over Gaussian neurons, shapes (n, n), and E f_i, shape (n,).

    The second is None where a function jumps, and `lost` says so.
    """

    second: Entries
    slope: Entries | None
    mean: Entries
    lost: str | None = None


class Arithmetic(Protocol):
    """Numbers of one kind, and what activations do in them."""

    def entries(self, values: NDArray[np.float64]) -> Entries:
        """Return floats as numbers of this kind, each as it is."""

    def root(self, values: Entries) -> Entries:
        """Return square roots of numbers ≥ 0."""

    def read_out(self, places: int) -> Arithmetic:
        """Return the same for columns of which `places` each have become one."""

    def moments(self, nngp: Entries, steps: tuple[Step, ...]) -> Moments:
        """Return the moments of functions of Gaussian neurons with the covariance K."""
