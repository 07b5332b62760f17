"""Linear nets without normalisation: what their claims share.

With Gaussian weights the QR factors of W_ℓ⋯W_1 have independent diagonal entries: in each layer
R_ii² is multiplied by an independent χ²_{d−i+1} (times the variance of a weight), whatever the
orthonormal input. The log of the ith diagonal entry is a sum of independent terms, and L_i its mean
for one layer.
"""

from __future__ import annotations

import math

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.claim import Agreement, Argued, Cited, Identity, Step, Steps
from depthlaw.theory.rank.exponents import mean_log_chi_square, mean_log_chi_square_integral

Array = NDArray[np.float64]
FREEDOM = (1, 2, 3, 7, 16, 64)


def chi_square_step() -> Step:
    """Return that E log χ²_k = log 2 + ψ(k/2), by integration in balls."""
    return Agreement(
        f"E log χ²_k by integration, at k = {', '.join(map(str, FREEDOM))}",
        r"E \log \chi^2_k = \log 2 + \psi(k/2)",
        lambda: [mean_log_chi_square_integral(k) for k in FREEDOM],
        lambda: [mean_log_chi_square(k) for k in FREEDOM],
    )


def triangular() -> Steps:
    """Yield the exponents, and the mean of log χ² that each of them is."""
    k, s = sp.symbols("k s", positive=True)
    yield Argued(
        "the triangular factor, layer by layer",
        "W Q has the law of W for orthonormal Q independent of W, and the distance of its ith "
        "column from the span of the i − 1 before it is a χ of d − i + 1 degrees of freedom, "
        "independent of that span; so log R_ii of the product is a sum of independent terms: this "
        "is why the cited theorem holds",
        r"R_{ii}^2 \sim \prod_{k=1}^{\ell} \chi^2_{d-i+1,\,k}",
        carries=False,
    )
    yield Cited(
        "d×d matrices of independent standard normal entries, independent of each other: "
        "(1/ℓ) log σ_i of their product tends to L_i almost surely",
        "Newman, The distribution of Lyapunov exponents: exact results for random matrices, "
        "Communications in Mathematical Physics 103 (1986), 121–126",
        r"L_i = \tfrac12 E\log\chi^2_{d-i+1}",
    )
    yield Identity(
        "E log χ²_k is the derivative of the moment E (χ²_k)^s at s = 0",
        sp.Subs(sp.Derivative(2**s * sp.gamma(k / 2 + s) / sp.gamma(k / 2), s), s, 0),
        sp.log(2) + sp.digamma(k / 2),
    )
    yield chi_square_step()


def log_last_pivot(gram: Array) -> Array:
    """Return log R_nn of H = QR in width d, up to ½ log d, from G = HᵀH/d of shape (…, n, n).

    R_nn is the distance of the last sample from the span of the others; R_nn² = 1/(G⁻¹)_nn.
    """
    factor = np.linalg.cholesky(gram)
    return np.asarray(np.log(factor[..., -1, -1]), dtype=np.float64)


def log_width(width: int) -> float:
    """Return ½ log d, which weights of variance 1/d take from every exponent of unit variance."""
    return math.log(width) / 2
