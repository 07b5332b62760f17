"""Norms of samples: batches with given norms, and the steps of Theorem 1."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import AmGm, Check, Cited, Computed, Heading, Identity, Sign, Steps
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.rigorous.matrices import RationalMatrix, determinant
from depthlaw.theory.values import Exact
from depthlaw.theory.writing.symbols import n

_i = sp.Symbol("i", integer=True)
A = setting.NORM
MEAN = sp.Sum(A[_i], (_i, 1, n)) / n
MEAN_SQUARE = sp.Sum(A[_i] ** 2, (_i, 1, n)) / n
GEOMETRIC = sp.Product(A[_i], (_i, 1, n)) ** (1 / n)
_OVERALL = MEAN.subs(_i, sp.Symbol("j", integer=True))
_VARIANCE = sp.Sum((A[_i] - _OVERALL) ** 2, (_i, 1, n)) / n
VARIATION = 1 + _VARIANCE / _OVERALL**2
QUANTITY = sp.Symbol(r"I(\tilde G) / I(G)")


def with_norms(correlations: RationalMatrix, norms: Sequence[Fraction]) -> RationalMatrix:
    """Return a_i a_j ρ_ij."""
    return tuple(
        tuple(a * b * rho for b, rho in zip(norms, row, strict=True))
        for a, row in zip(norms, correlations, strict=True)
    )


def isometry(gram: RationalMatrix) -> sp.Expr:
    """Return I(G) = (det G)^{1/n}/(tr G/n), exactly."""
    size = len(gram)
    trace = sum(gram[i][i] for i in range(size))
    return sp.Rational(determinant(gram)) ** sp.Rational(1, size) / sp.Rational(trace / size)


def gain(correlations: RationalMatrix, norms: Sequence[Fraction]) -> Exact:
    """Return I(G̃)/I(G), both from their own determinants."""
    return Exact(isometry(correlations) / isometry(with_norms(correlations, norms)))


def instances() -> tuple[tuple[str, RationalMatrix, tuple[Fraction, ...]], ...]:
    """Return batches: label, correlations, norms."""
    return (
        ("two samples, 10% apart", setting.PAIR, (Fraction(9, 10), Fraction(11, 10))),
        ("two samples, nearly antipodal", setting.ANTIPODAL, (Fraction(1), Fraction(3))),
        ("spread, one outlier", setting.SPREAD, (Fraction(1),) * 4 + (Fraction(5),)),
        ("nearly low rank, mixed norms", setting.LOW_RANK, tuple(map(Fraction, range(1, 7)))),
        ("near-duplicates, one tiny", setting.DUPLICATES, (Fraction(1),) * 3 + (Fraction(1, 100),)),
        ("n = 32, one outlier", setting.BATCH_32, (Fraction(1),) * 31 + (Fraction(6),)),
    )


def checks() -> tuple[Check, ...]:
    """Return the gains of the instances."""
    return tuple(
        Check(
            label, {"norms": norms}, Computed(gain, {"correlations": correlations, "norms": norms})
        )
        for label, correlations, norms in instances()
    )


def ratio_steps() -> Steps:
    """Return I(G̃)/I(G) = (n⁻¹ Σ a_i²)/(Π a_i²)^{1/n}."""
    unit, product, trace = sp.symbols("D p t", positive=True)
    yield Heading("The ratio of isometries")
    yield Cited(
        "G = diag(a) G̃ diag(a) has the determinant p² D, with D = det G̃ and p = Π a_i",
        "determinants multiply; Horn and Johnson, Matrix Analysis, 0.3.5",
        r"\det G = \prod_i a_i^2\, \det \tilde G, \quad \operatorname{tr} G = \sum_i a_i^2",
    )
    yield Identity(
        "I = (det)^{1/n}/(tr/n), with tr G̃ = n and t = tr G: the ratio",
        unit ** (1 / n) / ((product**2 * unit) ** (1 / n) / (trace / n)),
        trace / n / product ** (2 / n),
    )


def mean_steps(formula: sp.Expr) -> Steps:
    """Return that the ratio is at least `formula`, 1 + n⁻¹ Σ (a_i − ā)²/ā²."""
    entry, mean, spread, square = sp.symbols("a m v S", positive=True)
    root = sp.Symbol("g", positive=True)
    more = sp.Symbol("u", nonnegative=True)
    norm = sp.IndexedBase("a", positive=True)
    yield Heading("At least 1 + cv²")
    yield AmGm("the geometric mean is at most the mean ā", norm[_i], _i, n)
    yield Sign(
        "so a ratio S/g² of the mean square S is at least S/ā²: with ā = g + u it exceeds it by",
        sp.factor(square / root**2 - square / (root + more) ** 2),
    )
    yield Identity(
        "a mean of squares about the mean, term by term with Σ (a_i − m) = 0",
        (entry - mean) ** 2 + mean**2 + 2 * mean * (entry - mean),
        entry**2,
    )
    yield Identity(
        "so S/ā² is 1 + v/ā² with the variance v",
        sp.Subs((mean**2 + spread) / mean**2, (spread, mean), (_VARIANCE, _OVERALL)),
        formula,
    )
