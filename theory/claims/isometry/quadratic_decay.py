"""The isometry gap decays like the square of the correlations.

−log I(G^ℓ) ≤ ((n−1)/2) γ_0² β^{−2ℓ} (1 + β^{−ℓ}(1/λ_0 − 1)) for all ℓ ≥ 0.

Example: an isometric batch stays isometric.

>>> CLAIM.bound(batch=4, depth=3, strength=1, smallest=1, potential=0).contains(0)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    DEPTH,
    Heading,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.writing.symbols import ell, n

FORMULA = (n - 1) / sp.Integer(2) * setting.GAMMA**2 * setting.BETA ** (-2 * ell) * (1 + steps.T)


def _derivation() -> Steps:
    gamma, t = sp.symbols("gamma t", nonnegative=True)
    yield from steps.smallest_eigenvalue()
    yield Heading("One eigenvalue")
    yield from steps.one_eigenvalue(
        "so that the gap is at most Σ e_i²/(2nλ), where λ = λ_min(G) is at most 1 and 1 + e, and "
        "Σ e_i² is ‖G − I‖_F²"
    )
    yield Heading("All of them")
    yield from steps.small_correlation()
    yield Uses("where γ is that of layer ℓ", "isometry.corollary-a3", known=steps.KNOWN)
    yield Identity(
        "‖G − I‖_F² has n(n − 1) terms ρ_ij² ≤ γ²: n(n−1)γ²/(2λ) over n, with "
        "1/λ ≤ 1 + β^{−ℓ}(1/λ_0 − 1)",
        sp.Subs(
            n * (n - 1) * gamma**2 / 2 * (1 + t) / n,
            (gamma, t),
            (setting.GAMMA * setting.BETA**-ell, steps.T),
        ),
        FORMULA,
    )


POTENTIAL_REACHES = Requires(
    setting.LAMBDA >= 1 - (n - 1) * setting.GAMMA / (1 + setting.GAMMA),
    "correlations this small leave no eigenvalue as low as λ_0 (Gershgorin): give the "
    "potential of the batch that has it",
    argument="potential",
)
CLAIM = declare(
    __name__,
    "isometry gap falls like the squared correlations",
    upper(setting.GAP, FORMULA),
    source=PAPER.at("Theorem 4", "quadratic form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, DEPTH, setting.STRENGTH, setting.SMALLEST, setting.POTENTIAL),
    assumes=(
        *setting.RECURSION,
        "G⁰ is positive definite with unit diagonal",
        setting.STRENGTH_AT_MOST_TWO,
        setting.SMALLEST_AT_MOST_ONE,
        POTENTIAL_REACHES,
    ),
    checks=recursion.gap_checks("batch", "depth", "strength", "smallest", "potential"),
    derivation=_derivation,
    control=Fraction(1, 12),
    decreasing=("depth",),
    siblings=("isometry.sharp-decay", "isometry.unconditional-decay"),
)
