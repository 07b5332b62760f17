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
    Argued,
    Identity,
    Outcome,
    Requires,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.symbols import ell, n

FORMULA = (
    (n - 1)
    / sp.Integer(2)
    * setting.GAMMA**2
    * setting.BETA ** (-2 * ell)
    * (1 + setting.BETA**-ell * (1 / setting.LAMBDA - 1))
)


def _derivation() -> Steps:
    e = sp.Symbol("e", real=True)
    x = sp.Symbol("x", positive=True)
    left = e - sp.log(1 + e)
    yield from steps.geometric_decay()
    yield Identity(
        "for e ≥ 0, the slope of e²/2 − (e − log(1 + e))",
        sp.Derivative(e**2 / 2 - left, e),
        e**2 / (1 + e),
    )
    yield Identity(
        "for e < 0, the slope of e²/(2(1 + e)) − (e − log(1 + e))",
        sp.Derivative(e**2 / (2 * (1 + e)) - left, e),
        -(e**2) / (2 * (1 + e) ** 2),
    )
    yield Sign("both differences vanish at 0 and grow away from it", e**2 / x)
    yield Argued(
        "summed over the spectrum",
        "with 1 + e_i the eigenvalues of G and Σ e_i = 0, −log det G = Σ (e_i − "
        "log(1 + e_i)) ≤ Σ e_i²/(2 λ_min), Σ e_i² = Σ_{i≠j} ρ_ij² ≤ n(n−1)γ²; then "
        "Corollary A.3 bounds γ and the smallest eigenvalue its inverse",
    )
    yield Identity(
        "together: n(n−1)γ²/(2λ_min) over n, with γ ≤ β^{−ℓ}γ_0 and 1/λ_min = 1 + t",
        n * (n - 1) * (setting.GAMMA / setting.BETA**ell) ** 2 / 2 * (1 + steps.decayed()),
        n * FORMULA,
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
