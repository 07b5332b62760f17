"""The full-rank case: log det M⁺ = log det M + 2 log|det(I + γW)| − Σ log D_ii."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Identity, Step
from depthlaw.theory.claims.rank._moments import T_2
from depthlaw.theory.rank.expansion import s_i
from depthlaw.theory.symbols import d

DRIFT = 2 * T_2 - d**2 - d


def steps() -> tuple[Step, ...]:
    """Return E[log det M⁺ − log det M | M] = γ² DRIFT + …."""
    g, u, q = sp.symbols("gamma u q", real=True)
    w = sp.Matrix(2, 2, sp.symbols("w_11 w_12 w_21 w_22"))
    return (
        Identity(
            "the γ² coefficient of log|det(I + γW)| is −½ tr W² (sums over pairs of indices, so "
            "d = 2 decides every d)",
            sp.Subs(sp.Derivative(sp.log((sp.eye(2) + g * w).det()), g, 2), g, 0) / 2,
            -(w * w).trace() / 2,
        ),
        Identity(
            "that of log D_ii = log(1 + 2γu_ii + γ²q_ii)",
            sp.Subs(sp.Derivative(sp.log(1 + 2 * g * u + g**2 * q), g, 2), g, 0) / 2,
            q - 2 * u**2,
        ),
        Argued(
            "their means",
            "E tr W² = Σ_ij E w_ij w_ji = d; E q_ii = tr M = d and E u_ii² = (M²)_ii = s_i",
        ),
        Identity(
            "together: 2·(−½)·d − Σ (d − 2s_i), with Σ s_i = Tr M², for d equal s_i = Tr M²/d "
            "(linear in the s_i)",
            -d - d * sp.Subs(d - 2 * s_i, s_i, T_2 / d),
            DRIFT,
        ),
    )
