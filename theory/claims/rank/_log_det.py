"""The full-rank case: log det M⁺ = log det M + 2 log|det(I + γW)| − Σ log D_ii."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Identity, Steps
from depthlaw.theory.claims.rank._indices import i, j, mean, total
from depthlaw.theory.claims.rank._log_pdet import BOUNDED, logarithm_steps
from depthlaw.theory.claims.rank._moments import T_2
from depthlaw.theory.claims.rank._one_step import products
from depthlaw.theory.claims.rank._setting import GAMMA
from depthlaw.theory.writing.symbols import d

DRIFT = 2 * T_2 - d**2 - d


def steps() -> Steps:
    """Yield E[log det M⁺ − log det M | M] = γ² DRIFT + …."""
    u, q = sp.symbols("u_ii q_ii", real=True)
    s = sp.IndexedBase("s")
    yield from logarithm_steps()
    yield Identity(
        "at X = W, Z = 0 that of log|det(I + γW)| is −½ tr W², and E tr W² = Σ E w_ij w_ji is",
        total(mean(i, j, j, i), j, i),
        d,
    )
    yield Identity(
        "that of log D_ii = log(1 + 2γu_ii + γ²q_ii)",
        sp.Subs(sp.Derivative(sp.log(1 + 2 * GAMMA * u + GAMMA**2 * q), (GAMMA, 2)), GAMMA, 0) / 2,
        q - 2 * u**2,
    )
    yield BOUNDED
    yield from products()
    yield Identity(
        "so E q_ii = d and E u_ii² = (M²)_ii = s_i: the mean of Σ log D_ii",
        total(d - 2 * s[i], i),
        d**2 - 2 * total(s[i], i),
    )
    halved, rows = sp.symbols("a b", real=True)
    yield Identity(
        "together, with Σ s_i = Tr M²: twice −½d, less the mean of Σ log D_ii",
        sp.Subs(2 * halved - rows, (halved, rows), (-d / 2, d**2 - 2 * T_2)),
        DRIFT,
    )
