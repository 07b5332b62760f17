"""SciPy's special functions of arrays, loaded when one is first evaluated: formulas do without."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def erf(x: Array) -> Array:
    """Return the error function.

    >>> bool(np.all(erf(np.array([-1.0, 0.3])) == -erf(np.array([1.0, -0.3]))))
    True
    """
    from scipy import special

    return np.asarray(special.erf(x), dtype=np.float64)


def erfc(x: Array) -> Array:
    """Return 1 − erf x, without cancellation.

    >>> bool(erfc(np.array([20.0]))[0] > 0)
    True
    """
    from scipy import special

    return np.asarray(special.erfc(x), dtype=np.float64)


def expit(x: Array) -> Array:
    """Return 1/(1 + e^{−x}).

    >>> float(expit(np.array([0.0]))[0])
    0.5
    """
    from scipy import special

    return np.asarray(special.expit(x), dtype=np.float64)


def ndtr(x: Array) -> Array:
    """Return Φ(x).

    >>> float(ndtr(np.array([0.0]))[0])
    0.5
    """
    from scipy import special

    return np.asarray(special.ndtr(x), dtype=np.float64)
