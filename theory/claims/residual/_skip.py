"""A skip of weight μ below 1."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Domain, Parameter, Requires

mu = sp.Symbol("mu", nonnegative=True)
SKIP = Parameter("skip", mu, Domain.REAL, 0, "weight μ of the skip, in [0, 1)")
BELOW_ONE = Requires(mu < 1, "with 1 the variance grows without end: residual.pre-norm-growth")
