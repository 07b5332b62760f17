"""Several functionals of the same Gram matrices, with one eigenvalue problem for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType

from depthlaw.theory.network.gram import (
    Array,
    Functional,
    bures_of,
    bures_to_isotropy,
    isometry,
    isometry_of,
    lyapunov,
    lyapunov_of,
    smallest_eigenvalue,
    smallest_of,
    spectrum,
)

_OF_SPECTRUM: dict[Functional, Functional] = {
    smallest_eigenvalue: smallest_of,
    lyapunov: lyapunov_of,
    bures_to_isotropy: bures_of,
    isometry: isometry_of,
}
"""The same functionals as functions of the eigenvalues of G/tr G."""


def evaluate(functionals: Mapping[str, Functional], gram: Array) -> dict[str, Array]:
    """Return each functional of the Gram matrices, by name; eigenvalues are found once for all.

    Parameters
    ----------
    functionals
        Functions of an array of shape (..., n, n), those of this module or your own.
    gram
        Shape (..., n, n).

    Examples
    --------
    >>> import numpy as np
    >>> found = evaluate({"V̂": lyapunov, "I": isometry}, np.diag([3.0, 1.0]))
    >>> found["V̂"] == lyapunov(np.diag([3.0, 1.0])), found["I"] == isometry(np.diag([3.0, 1.0]))
    (np.True_, np.True_)
    """
    found, eigenvalues = {}, None
    for name, functional in functionals.items():
        inner = _OF_SPECTRUM.get(functional) if isinstance(functional, FunctionType) else None
        if inner is None:
            found[name] = functional(gram)
        else:
            eigenvalues = spectrum(gram) if eigenvalues is None else eigenvalues
            found[name] = inner(eigenvalues)
    return found
