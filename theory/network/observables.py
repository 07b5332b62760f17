"""Functionals of the Gram matrix with names and proved ranges, and several evaluated at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType

from depthlaw.theory.errors import function, integer, text
from depthlaw.theory.network.gram import (
    Array,
    Functional,
    bures_to_isotropy,
    bures_to_isotropy_of_spectrum,
    check_threshold,
    isometry,
    isometry_gap,
    isometry_gap_of_spectrum,
    isometry_of_spectrum,
    lyapunov,
    lyapunov_of_spectrum,
    mean_cosine,
    orthogonality_gap,
    smallest_eigenvalue,
    smallest_of_spectrum,
    soft_rank_of_spectrum,
    spectrum,
    stable_rank,
)

_OF_SPECTRUM: dict[Functional, Functional] = {
    smallest_eigenvalue: smallest_of_spectrum,
    lyapunov: lyapunov_of_spectrum,
    bures_to_isotropy: bures_to_isotropy_of_spectrum,
    isometry: isometry_of_spectrum,
    isometry_gap: isometry_gap_of_spectrum,
}
"""The same functionals as functions of the eigenvalues of G/tr G."""


@dataclass(frozen=True)
class SoftRank:
    """`gram.soft_rank` at a fixed τ, as a functional of Gram matrices of one width.

    Parameters
    ----------
    width
        d ≥ 1.
    threshold
        τ in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> float(SoftRank(width=3)(np.diag([5.0, 5.0, 0.0])))
    2.0
    """

    width: int
    threshold: float = 0.5

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", integer("width", self.width))
        object.__setattr__(self, "threshold", check_threshold(self.threshold))

    def __call__(self, gram: Array) -> Array:
        """Return it of each matrix."""
        return self.of_spectrum(spectrum(gram))

    def of_spectrum(self, eigenvalues: Array) -> Array:
        """Return it from the falling eigenvalues of G/tr G, shape (..., n)."""
        return soft_rank_of_spectrum(eigenvalues, self.threshold, self.width)


def evaluate(functionals: Mapping[str, Functional], gram: Array) -> dict[str, Array]:
    """Return each functional of the Gram matrices, by name; eigenvalues are found once for all.

    Parameters
    ----------
    functionals
        Functions of an array of shape (..., n, n), those of `gram` or your own.
    gram
        Shape (..., n, n).

    Examples
    --------
    >>> import numpy as np
    >>> from depthlaw.theory.network.gram import isometry, lyapunov
    >>> found = evaluate({"V̂": lyapunov, "I": isometry}, np.diag([3.0, 1.0]))
    >>> found["V̂"] == lyapunov(np.diag([3.0, 1.0])), found["I"] == isometry(np.diag([3.0, 1.0]))
    (np.True_, np.True_)
    """
    found, eigenvalues = {}, None
    for name, functional in functionals.items():
        inner = _of_spectrum(functional)
        if inner is None:
            found[name] = functional(gram)
        else:
            eigenvalues = spectrum(gram) if eigenvalues is None else eigenvalues
            found[name] = inner(eigenvalues)
    return found


def _of_spectrum(functional: Functional) -> Functional | None:
    if isinstance(functional, SoftRank):
        return functional.of_spectrum
    return _OF_SPECTRUM.get(functional) if isinstance(functional, FunctionType) else None


@dataclass(frozen=True)
class Observable:
    """A functional with its name and proved range, which confidence intervals need.

    `lowest` and `highest` take the batch size n.
    """

    name: str
    function: Functional
    lowest: Callable[[int], float]
    highest: Callable[[int], float]

    def __post_init__(self) -> None:
        text("name", self.name)
        function("function", self.function, "a function of Gram matrices")
        function("lowest", self.lowest, "a function of the batch size")
        function("highest", self.highest, "a function of the batch size")


OBSERVABLES: dict[str, Observable] = {
    observable.name: observable
    for observable in (
        Observable(
            "orthogonality_gap", orthogonality_gap, lambda n: 0.0, lambda n: (1 - 1 / n) ** 0.5
        ),
        Observable("lyapunov", lyapunov, lambda n: 0.0, lambda n: 1 / n),
        Observable("isometry", isometry, lambda n: 0.0, lambda n: 1.0),
        Observable("stable_rank", stable_rank, lambda n: 1.0, lambda n: float(n)),
        Observable("mean_cosine", mean_cosine, lambda n: -1.0, lambda n: 1.0),
    )
}
"""The observables that a command reports for every layer."""
