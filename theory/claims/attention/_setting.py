"""The setting of the claims on attention, and their parameters.

Tokens are the T rows of X ∈ R^{T×d}, G = XXᵀ/d their Gram matrix, x̄ their mean, P = 1 − 11ᵀ/T the
projection that takes it off.
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Domain, Parameter
from depthlaw.theory.writing.symbols import ell

T = sp.Symbol("T", integer=True, positive=True)
a2 = sp.Symbol(r"\alpha^2", positive=True)
m0 = sp.Symbol("m_0", nonnegative=True)
g0 = sp.Symbol("g_0", real=True)
rho0 = sp.Symbol("rho_0", real=True)
rho_ell = sp.Symbol(r"\rho_\ell", real=True)
j = sp.Symbol("j", integer=True, positive=True)

LAYERS = Parameter("depth", ell, Domain.INTEGER, 1, "layers")
TOKENS = Parameter("tokens", T, Domain.INTEGER, 1, "tokens of the sequence")
STRENGTH = Parameter(
    "strength", a2, Domain.REAL, 0, "α²: squared factor of the attention branch", above=True
)
MEAN = Parameter("mean", m0, Domain.REAL, 0, "m₀ = ‖x̄‖²/d at the start: the mean entry of G₀")
ENTRY = Parameter("entry", g0, Domain.REAL, -(10**9), "the same entry of G₀")
START = Parameter("start", rho0, Domain.REAL, -1, "correlation of any two tokens at the start")
