"""Residual layers of finite width stray from their kernel map by 1/√width.

log |ρ_ℓ − ρ_ℓ^∞| / log d → −1/2, with ρ_ℓ the cosine of two samples and ρ_ℓ^∞ that of the map
κ_r = (1 − r²)κ + r²ρ.

The skip is the identity here, and what the branch adds has weights of its own: covariances add as
with a linear branch of the paper's.

Example: a hundred times the width, a tenth of the deviation.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=2).contains(Fraction(-1, 2))
True
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Argued,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _residual as residual
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.residual import _simulated as simulated

STRENGTH = Fraction(4, 5)
"""r, for which √(1 − r²) = 3/5."""


def _limit(subject: setting.Subject) -> Callable[[], float]:
    slowed = residual.residual(subject, STRENGTH)
    return lambda: float(slowed.after(simulated.START, simulated.DEPTH).mid())


def _layer(branch: str) -> str:
    return f"residual({branch}):scale=0.6:skip=0.8"


def _derivation() -> Steps:
    r = residual.r
    first, second = sp.symbols("u v", real=True)
    kappa, rho = sp.Function("kappa"), residual.rho
    yield Argued(
        "one layer",
        "given the Gram matrix, that of the next layer adds to r² times it means over d "
        "independent neurons, which fluctuate about their expectations by 1/√d",
    )
    yield Identity(
        "a fluctuation of the sum is the sum of fluctuations",
        (1 - r**2) * (kappa(rho) + first) + r**2 * (rho + second) - residual.image,
        (1 - r**2) * first + r**2 * second,
    )


CLAIM = declare(
    __name__,
    "deviation of residual layers from their kernel map against width",
    rate(
        sp.Symbol(r"\log|\rho_\ell - \rho_\ell^\infty| / \log d"),
        -sp.Rational(1, 2),
        within=sp.Rational(1, 4),
    ),
    source=PAPER.at("Residual connections", "finite width ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH,),
    assumes=(
        "Gaussian weights, a start of variance 1, E φ(X)⁴ < ∞ for X ~ N(0, 1)",
        "h ← r h + √(1 − r²) W φ(N(h)) with a norm N, E φ² = 1",
        "|ρ_0| < 1",
        "the depth does not grow with the width",
    ),
    checks=(
        simulated.check(
            "ReLU, r = 4/5",
            _layer("rmsnorm,relu,linear:variance=2"),
            _limit(setting.catalogue("relu")),
        ),
        simulated.check(
            "ReLU and layer norm, r = 4/5",
            _layer("rmsnorm,relu,layernorm,linear"),
            _limit(setting.centred("relu")),
        ),
    ),
    derivation=_derivation,
    control=Fraction(2, 3),
    siblings=("fixed-points.residual", "isometry.mean-field-error"),
)
