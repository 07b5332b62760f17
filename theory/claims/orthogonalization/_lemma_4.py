"""What both forms of Lemma 4 share: V at given V̂, exactly, on spectra that are fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Check, Computed, Identity, ParameterValue, Step, VertexMaximum
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import lyapunov, n

QUANTITY = sp.Symbol("V(H)")
_SYMBOLS = {"batch": n, "lyapunov": lyapunov}


def _rational(fraction: Fraction) -> sp.Rational:
    return sp.Rational(fraction.numerator, fraction.denominator)


def gap_of(spectrum: Sequence[Fraction]) -> Exact:
    """Return V = √(Σ λ_i² − 1/n) of a spectrum of trace 1."""
    square = sum(value**2 for value in spectrum) - Fraction(1, len(spectrum))
    return Exact(sp.sqrt(_rational(square)))


def _quantity(spectrum: Sequence[Fraction]) -> Value:
    return gap_of(spectrum)


def _check(label: str, spectrum: Sequence[Fraction]) -> Check:
    batch = len(spectrum)
    parameters: dict[str, ParameterValue] = {
        "batch": batch,
        "lyapunov": Fraction(1, batch) - min(spectrum),
    }
    return Check(label, parameters, Computed(_quantity, {"spectrum": spectrum}))


def checks() -> tuple[Check, ...]:
    """Return spectra from isometry to rank one, the extremal family among them."""
    return (
        *(
            _check(f"one large eigenvalue, n = {n}", setting.outlier(n, Fraction(3, 4 * n)))
            for n in (2, 3, 8, 64)
        ),
        *(
            _check(f"one small eigenvalue, n = {n}", setting.flat(n, Fraction(1, 3 * n)))
            for n in (2, 5, 64)
        ),
        _check("geometric spectrum, n = 6", setting.geometric(6, Fraction(3, 4))),
        _check("steep geometric spectrum, n = 12", setting.geometric(12, Fraction(1, 10))),
        _check("two halves, n = 10", [Fraction(3, 20)] * 5 + [Fraction(1, 20)] * 5),
        _check("rank one, n = 7", setting.outlier(7, Fraction(0))),
    )


def largest_gap_steps() -> tuple[Step, ...]:
    """Return the steps to the largest V at a given V̂."""
    x = sp.Symbol("lambda", real=True)
    smallest = 1 / n - lyapunov
    largest = 1 - (n - 1) * smallest
    square = (n - 1) * (smallest - 1 / n) ** 2 + (largest - 1 / n) ** 2
    return (
        Identity(
            "V² is a sum over eigenvalues of trace 1 (one term)",
            (x - 1 / n) ** 2,
            x**2 - 2 * x / n + 1 / n**2,
        ),
        VertexMaximum(
            "its maximum at a fixed smallest eigenvalue λ_n = 1/n − V̂, at trace 1",
            (x - 1 / n) ** 2,
            x,
            smallest,
            sp.Integer(1),
            n,
        ),
        Identity("its value there", square, n * (n - 1) * lyapunov**2),
    )
