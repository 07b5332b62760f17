"""The setting of daneshmand2020, shared by its claims.

H_{ℓ+1} = BN(H_ℓ + γ W_ℓ H_ℓ) with BN(H) = diag(HHᵀ/N)^{−1/2} H, no recentring, H of shape (d, N).
The entries of W_ℓ are independent with mean 0 and variance 1 (not 1/d). M = HHᵀ/N has unit diagonal
after each layer; γ = ∞ stands for BN(W_ℓ H_ℓ). In a `Network` γ is
``Linear(variance=Variance.UNIT, residual=γ)``, γ = ∞ is ``Linear()``, and BN is ``Rescale()``.

The Gram matrix G = HᵀH/d has the non-zero spectrum of M up to scale: λ_i(M) = d λ_i(G/tr G) once
tr M = d, so that `depthlaw.theory.network.gram.stable_rank` of G is r = tr(M)²/‖M‖_F².
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from depthlaw.theory.claim import Domain, Parameter, ParameterValue, Requires, number
from depthlaw.theory.writing.symbols import d, ell

UNIT_DIAGONAL = ("diag M = 1", "independent weights of mean 0 and variance 1")
SYMMETRIC_WEIGHTS = (
    *UNIT_DIAGONAL[1:],
    "the law of the weights is symmetric, |w| ≤ B",
)
ANY_RESIDUAL = ("independent Gaussian or uniform weights of mean 0", "any γ, ∞ included")
INVERTIBLE = "γ is small enough that I + γW is invertible"

N = sp.Symbol("N", integer=True, positive=True)
GAMMA = sp.Symbol("gamma", positive=True)
TAU = sp.Symbol("tau", nonnegative=True)
STABLE = sp.Symbol("r", positive=True)
BURN = sp.Symbol("b", integer=True, nonnegative=True)

PAIR_OF_NEURONS = Parameter("width", d, Domain.INTEGER, 2, "neurons in a layer")
BATCH = Parameter("batch", N, Domain.INTEGER, 1, "samples in the batch, columns of H")
RESIDUAL = Parameter("residual", GAMMA, Domain.REAL, 0, "residual strength γ", above=True)
THRESHOLD = Parameter("threshold", TAU, Domain.REAL, 0, "threshold τ of the soft rank")
POSITIVE_THRESHOLD = Parameter(
    "threshold", TAU, Domain.REAL, 0, "threshold τ of the soft rank", above=True
)
STABLE_RANK = Parameter("stable_rank", STABLE, Domain.REAL, 1, "r = tr(M)²/‖M‖_F²")
BURN_IN = Parameter("burn_in", BURN, Domain.INTEGER, 0, "first layers left out of an average")


FULL_RANK = "rank(X) = min(d, N): rank that the input lacks no layer restores"
BURNT_IN = "the average is taken after a burn-in, and long"


def at_most_one(parameter: Parameter, meaning: str) -> Requires:
    """Return the condition that a parameter is at most 1."""
    return Requires(parameter.symbol <= 1, meaning)


THRESHOLD_AT_MOST_ONE = at_most_one(THRESHOLD, "a fraction of the mean eigenvalue of M")
BURN_IN_BELOW_DEPTH = Requires(BURN < ell, "the average is over the layers from the burn-in on")


def whole(values: Mapping[str, ParameterValue], name: str) -> int:
    """Return the whole-number parameter `name`."""
    return int(number(values, name))
