"""Norms of samples: batches with given norms, and the steps of Theorem 1."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Argued, Check, Computed, Identity, Sign, Step
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.matrices import RationalMatrix, determinant
from depthlaw.theory.symbols import n
from depthlaw.theory.values import Exact

_i = sp.Symbol("i", integer=True)
A = setting.NORM
MEAN = sp.Sum(A[_i], (_i, 1, n)) / n
MEAN_SQUARE = sp.Sum(A[_i] ** 2, (_i, 1, n)) / n
GEOMETRIC = sp.Product(A[_i], (_i, 1, n)) ** (1 / n)
_OVERALL = MEAN.subs(_i, sp.Symbol("j", integer=True))
VARIATION = 1 + sp.Sum((A[_i] - _OVERALL) ** 2, (_i, 1, n)) / (n * _OVERALL**2)
QUANTITY = sp.Symbol(r"I(\tilde G) / I(G)")


def variation(norms: Sequence[Fraction]) -> Fraction:
    """Return 1 + n⁻¹ Σ (a_i − ā)²/ā²."""
    mean = sum(norms, start=Fraction(0)) / len(norms)
    return sum((a * a for a in norms), start=Fraction(0)) / (len(norms) * mean**2)


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


def ratio_steps() -> tuple[Step, ...]:
    """Return I(G̃)/I(G) = (n⁻¹ Σ a_i²)/(Π a_i²)^{1/n}."""
    a = sp.symbols("a1:4", positive=True)
    g = {(i, j): sp.Symbol(f"g{i}{j}") for i in range(3) for j in range(i)}
    unit = sp.Matrix(3, 3, lambda i, j: 1 if i == j else g[max(i, j), min(i, j)])
    scaled = sp.diag(*a) * unit * sp.diag(*a)
    return (
        Identity(
            "det G = Π a_i² det G̃ for G = diag(a) G̃ diag(a) (n = 3 written out)",
            scaled.det(),
            a[0] ** 2 * a[1] ** 2 * a[2] ** 2 * unit.det(),
        ),
        Identity("and tr G = Σ a_i²", scaled.trace(), a[0] ** 2 + a[1] ** 2 + a[2] ** 2),
    )


def mean_steps() -> tuple[Step, ...]:
    """Return that the ratio is at least 1 + n⁻¹ Σ (a_i − ā)²/ā²."""
    x = sp.Symbol("x", positive=True)
    a = sp.symbols("a1:4", positive=True)
    mean = sp.Add(*a) / 3
    return (
        Identity(
            "n⁻¹ Σ a_i² = ā² + n⁻¹ Σ (a_i − ā)² (n = 3 written out)",
            sum(v**2 for v in a) / 3,
            mean**2 + sum((v - mean) ** 2 for v in a) / 3,
        ),
        Identity(
            "log x ≤ x − 1: the difference is 0 with slope 0 at x = 1, its second derivative",
            sp.Derivative(x - 1 - sp.log(x), x, 2),
            1 / x**2,
        ),
        Sign("positive", 1 / x**2, strict=True),
        Argued("summed over a_i/ā", "Σ log(a_i/ā) ≤ Σ (a_i/ā − 1) = 0, so Π a_i^{2/n} ≤ ā²"),
    )


def outlier_constant(batch: int, outlier: arb) -> arb:
    """Return (I(G̃)/I(G) − 1)/cv² for n − 1 norms 1 and one norm s ≠ 1."""
    mean_square = (batch - 1 + outlier**2) / batch
    mean = (batch - 1 + outlier) / batch
    spread = ball(Fraction(batch - 1, batch**2)) * (outlier - 1) ** 2 / mean**2
    return (mean_square * outlier ** (ball(Fraction(-2, batch))) - 1) / spread
