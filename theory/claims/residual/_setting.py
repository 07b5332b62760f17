"""The setting of the claims on residual networks, and their parameters.

A layer takes the stream z to z + W b(z), with a norm in b and fresh weights W. The branch of layer
j has variance σ_j² in every neuron; K_ℓ is the variance of the stream after ℓ layers, ρ_ℓ the
correlation of two samples on it.
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Domain, Parameter, Requires
from depthlaw.theory.writing.symbols import ell

K0 = sp.Symbol("K_0", positive=True)
sigma = sp.Symbol("sigma", positive=True)
K = sp.Symbol(r"K_\ell", positive=True)
k0 = sp.Symbol("k_0", positive=True)
rho0 = sp.Symbol("rho_0", real=True)
rho = sp.Symbol("rho", real=True)
rho_ell = sp.Symbol(r"\rho_\ell", real=True)
slope0 = sp.Symbol(r"\kappa'(0)", nonnegative=True)
slope1 = sp.Symbol(r"\kappa'(1)", nonnegative=True)
j = sp.Symbol("j", integer=True, positive=True)

LAYERS = Parameter("depth", ell, Domain.INTEGER, 1, "layers")
START_VARIANCE = Parameter(
    "start_variance", K0, Domain.REAL, 0, "variance K₀ of the start, over neurons", above=True
)
BRANCH_DEVIATION = Parameter(
    "deviation", sigma, Domain.REAL, 0, "standard deviation σ of a branch, over neurons", above=True
)
RATIO = Parameter(
    "ratio",
    k0,
    Domain.REAL,
    0,
    "k₀ = K₀/σ²: variance of the start over that of a branch",
    above=True,
)
START = Parameter(
    "start", rho0, Domain.REAL, -1, "correlation of the inputs, in (−1, 1)", above=True
)
SLOPE_AT_ZERO = Parameter(
    "slope_at_zero", slope0, Domain.REAL, 0, "κ′(0), or a rational on its safe side"
)
SLOPE_AT_ONE = Parameter(
    "slope_at_one", slope1, Domain.REAL, 0, "κ′(1) = E φ′²/E φ², or a rational above it"
)

BELOW_ONE = Requires(rho0 < 1, "the inputs differ")
NOT_NEGATIVE = Requires(rho0 >= 0, "on [0, 1] κ increases")
ONE_WEIGHT = Requires(slope0 <= 1, "κ′(0) is one Hermite weight of several, which sum to 1")

PRE_NORM = (
    "infinite width, Gaussian weights, Gaussian start of variance K₀",
    "z ← z + W φ(N(z)): a norm over features comes before φ, so that the branch depends on the "
    "correlation alone, and φ is normalised: the branch has the variance σ² in every layer",
)
STREAM = r"\rho_{j} = (1 - \varepsilon_j) \rho_{j-1} + \varepsilon_j \kappa(\rho_{j-1})"
