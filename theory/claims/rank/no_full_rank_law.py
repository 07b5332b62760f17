"""An invariant law on matrices of full rank would be nearly rank one, so none has small ‖M‖_F².

E_ν‖M‖_F² ≥ d(d+1)/2 − ε/(2γ²) − C γ²/(1 − 4Bdγ), with ε = |E_ν log det M⁺ − E_ν log det M| and
C = 128 log(16/7) d²(3d − 3 + B²) + d²(d² − 1 + B²)/4. An invariant law ν on matrices of full rank
has ε = 0.

So no invariant law of full rank has E‖M‖_F² ≤ c d^{3/2} once d > 4c² and γ²d is small: the chain
started at full rank keeps it at every finite depth, but in the limit its smallest eigenvalues fall
to 0. The form with a defect can be checked on laws that are not invariant, where it is nearly
tight below the balance Tr M² = d(d+1)/2.

Example: without a defect the bound tends to d(d+1)/2.

>>> at = {"width": 4, "largest": 1, "defect": 0}
>>> far, near = (10 - CLAIM.bound(residual=Fraction(1, k), **at).ball for k in (10**3, 10**5))
>>> bool(far > 10**4 * near > 0)
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    WIDTH,
    WORKING_BITS,
    Check,
    Cited,
    Computed,
    Heading,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _log_det as log_det
from depthlaw.theory.claims.rank import _moments as moments
from depthlaw.theory.claims.rank import _remainder as remainder
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.network.weight_law import WeightLaw, symmetric
from depthlaw.theory.rank.covariance import normalised, traces
from depthlaw.theory.rank.enumeration import mean_log_volume
from depthlaw.theory.rank.remainder import GAMMA, LOG_DETERMINANT
from depthlaw.theory.rank.weights import RADEMACHER, THREE_VALUED
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Exact
from depthlaw.theory.writing.symbols import d

FORMULA = d * (d + 1) / 2 - (remainder.DEFECT + LOG_DETERMINANT) / (2 * GAMMA**2)
_PARAMETERS = (
    WIDTH,
    remainder.LARGEST,
    setting.RESIDUAL,
    remainder.defect("|E log det M⁺ − E log det M|"),
)


def _above(value: arb) -> Fraction:
    """Return the upper end of a ball, exactly: the bound falls with the defect."""
    mantissa, exponent = value.upper().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _square(support: Any, size: Any) -> Exact:
    total = sum((traces(M).square for M in support), start=Fraction(0))
    return Exact(sp.Rational(total / size))


def _check(
    label: str, law_of_m: Sequence[RationalMatrix], weights: WeightLaw, gamma: Fraction
) -> Check:
    """Return a check for ν uniform on the given covariances."""
    support = [normalised(M) for M in law_of_m]
    size = len(support)
    with precision(WORKING_BITS):
        moved = (
            sum((mean_log_volume(M, symmetric(weights), gamma) for M in support), start=arb(0))
            / size
        )
        defect = _above(abs(moved))

    return Check(
        f"{label}, weights {weights.name}, γ = {gamma}",
        {
            "width": len(support[0]),
            "largest": weights.largest,
            "residual": gamma,
            "defect": defect,
        },
        Computed(_square, {"support": support, "size": size}),
    )


def _derivation() -> Steps:
    C, beyond = sp.symbols("c x", positive=True)
    root = 2 * C + beyond
    excess = root**2 * (root**2 + 1) / 2 - C * root**3
    yield from log_det.steps()
    yield from remainder.log_determinant_steps()
    yield Cited(
        "a stationary increment has mean 0",
        "if g(M) is finite almost surely, M⁺ has the law of M and g(M⁺) − g(M) is bounded, "
        "its mean is 0 (Poincaré recurrence and Birkhoff's theorem; Krengel, Ergodic "
        "Theorems, 1985): log det M itself need not be integrable",
    )
    yield Heading("Against c d^{3/2}")
    yield Identity(
        "against c d^{3/2}: with √d = 2c + x",
        excess,
        root**2 * (1 + beyond**2 + 2 * C * beyond) / 2,
    )
    yield Sign(
        "d(d+1)/2 exceeds it for d > 4c²",
        root**2 * (1 + beyond**2 + 2 * C * beyond) / 2,
        strict=True,
    )
    moved, square = sp.symbols("a x", real=True)
    yield Heading("Solved for E Tr M²")
    yield Identity(
        "|γ²(2 E Tr M² − d² − d)| ≤ a, the defect and what is left out together: at the smallest "
        "x = E Tr M² that this allows",
        sp.Subs(
            GAMMA**2 * sp.Subs(log_det.DRIFT, moments.T_2, square),
            square,
            d * (d + 1) / 2 - moved / (2 * GAMMA**2),
        ),
        -moved,
    )
    yield Identity(
        "which is",
        sp.Subs(
            d * (d + 1) / 2 - moved / (2 * GAMMA**2), moved, remainder.DEFECT + LOG_DETERMINANT
        ),
        FORMULA,
    )


_SMALL = Fraction(1, 2**12)

CLAIM = declare(
    __name__,
    "no invariant law of full rank with small ‖M‖_F²",
    lower(sp.Symbol(r"\mathbb{E}_\nu \|M\|_F^2"), FORMULA, trivial=d),
    source=PAPER.ours("no full-rank invariant law"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=_PARAMETERS,
    assumes=(
        *setting.SYMMETRIC_WEIGHTS,
        "ν lives on covariances with unit diagonal and full rank",
        remainder.SMALL_RESIDUAL,
    ),
    checks=(
        _check("a point mass, correlation 1/3", [cov.pair(Fraction(1, 3))], RADEMACHER, _SMALL),
        _check(
            "a point mass, correlation −2/3",
            [cov.pair(Fraction(-2, 3))],
            THREE_VALUED,
            Fraction(1, 2**14),
        ),
        _check(
            "three correlations, evenly",
            [cov.pair(Fraction(k, 10)) for k in (5, 6, 8)],
            RADEMACHER,
            _SMALL,
        ),
        _check(
            "above the balance, correlation 9/10", [cov.pair(Fraction(9, 10))], RADEMACHER, _SMALL
        ),
        _check("general position, d = 3", [cov.THREE], RADEMACHER, Fraction(1, 2**14)),
        _check("isometry: nothing said", [cov.pair(Fraction(0))], RADEMACHER, _SMALL),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("rank.log-det-drift", "rank.invariance"),
)
