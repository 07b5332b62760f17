"""What the forms of Lemma A.4 share: determinants of rational matrices with unit diagonal."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Domain,
    Parameter,
    Requires,
    Step,
)
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.rigorous.matrices import RationalMatrix, determinant
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import n

QUANTITY = sp.Symbol(r"\det G")
M = sp.Symbol("m", nonnegative=True)
LARGEST = Parameter("largest", M, Domain.REAL, 0, "largest |G_ij| off the diagonal")
AT_MOST_ONE = setting.at_most(LARGEST, 1, "as a correlation is")
RADIUS = (n - 1) * M
"""Of the discs that hold the spectrum, about 1."""
DOMINANT = Requires(RADIUS <= 1, "the lower bound says nothing beyond", argument="largest")
LOWER = (1 - RADIUS) ** n


def _quantity(start: RationalMatrix) -> Value:
    return Exact(sp.Rational(determinant(start)))


def check(label: str, start: RationalMatrix) -> Check:
    """Return the check of a bound on the determinant of `start`."""
    return Check(
        label,
        {"batch": len(start), "largest": setting.largest_correlation(start)},
        Computed(_quantity, {"start": start}),
    )


def dominant() -> tuple[Check, ...]:
    """Return matrices with (n − 1) max |ρ| ≤ 1."""
    return (
        check("two samples at ρ = 1/2", setting.PAIR),
        check("nearly antipodal", setting.ANTIPODAL),
        check("equicorrelated at 1/8, n = 5", setting.equicorrelated(5, Fraction(1, 8))),
        check("equicorrelated at −1/5, n = 5", setting.equicorrelated(5, Fraction(-1, 5))),
        check("spread and shrunk, n = 5", setting.mixed(setting.SPREAD, Fraction(7, 8))),
        check("low rank and shrunk, n = 6", setting.mixed(setting.LOW_RANK, Fraction(9, 10))),
        check("barely correlated, n = 32", setting.mixed(setting.BATCH_32, Fraction(99, 100))),
    )


def gershgorin() -> Step:
    """Return |λ_i − 1| ≤ (n−1)m."""
    return Cited(
        "every eigenvalue is within Σ_{j≠i} |G_ij| ≤ (n − 1)m of some diagonal entry, and these "
        "are 1",
        "Gershgorin's theorem; Horn and Johnson, Matrix Analysis, Theorem 6.1.1",
        r"|\lambda_i(G) - 1| \le (n-1) m",
    )
