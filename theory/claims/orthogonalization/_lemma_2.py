"""What both forms of Lemma 2 share: the coupling and its cost, on spectra that are fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Domain,
    Identity,
    Parameter,
    Requires,
    Sign,
    Step,
)
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import gap, n

QUANTITY = sp.Symbol(r"\|C^{1/2} - I/\sqrt{n}\|_F^2")
HIGHEST_COST = 2 - 2 / sp.sqrt(n)
"""The coupling cost never exceeds 2 − 2/√n, which rank-one batches attain."""

GAP = Parameter("gap", gap, Domain.REAL, 0, "orthogonality gap V of H")
GAP_POSSIBLE = Requires(gap <= sp.sqrt(1 - 1 / n), "the gap of rank one")


def coupling_cost(spectrum: Sequence[Fraction]) -> arb:
    """Return Σ (√λ_i − 1/√n)² for a spectrum of trace 1."""
    n = len(spectrum)
    flat = ball(Fraction(1, n)).sqrt()
    away = [ball(value).sqrt() - flat for value in spectrum]
    # A product: a ball around 0 has no power in python-flint.
    return sum((x * x for x in away), start=arb(0))


def _gap_below(spectrum: Sequence[Fraction]) -> Fraction:
    """Return a fraction just below V, so that a bound that increases with V is only made harder."""
    square = sum(value**2 for value in spectrum) - Fraction(1, len(spectrum))
    return Fraction(float(ball(square).sqrt().lower())) * Fraction(2**40 - 1, 2**40)


def _quantity(spectrum: Sequence[Fraction]) -> Value:
    return Enclosure(coupling_cost(spectrum))


def _check(label: str, spectrum: Sequence[Fraction]) -> Check:
    return Check(
        label,
        {"batch": len(spectrum), "gap": _gap_below(spectrum)},
        Computed(_quantity, {"spectrum": spectrum}),
    )


def checks() -> tuple[Check, ...]:
    """Return spectra from isometry to rank one."""
    return (
        *(
            _check(f"near isometry, n = {n}", setting.outlier(n, Fraction(99, 100 * n)))
            for n in (2, 8, 64)
        ),
        *(
            _check(f"one small eigenvalue, n = {n}", setting.flat(n, Fraction(1, 100 * n)))
            for n in (2, 3, 16)
        ),
        _check("geometric spectrum, n = 6", setting.geometric(6, Fraction(1, 2))),
        _check("rank one, n = 2", setting.outlier(2, Fraction(0))),
        _check("rank one, n = 16", setting.outlier(16, Fraction(0))),
        _check("rank two of five", [Fraction(1, 2), Fraction(1, 2)] + [Fraction(0)] * 3),
    )


def steps() -> tuple[Step, ...]:
    """Return the steps of the coupling of Lemma 2 and of its cost in terms of V."""
    root = sp.Symbol("sqrt(lambda)", nonnegative=True)
    return (
        Cited(
            "a coupling: given C = HᵀH of trace 1, WH has the law of G C^{1/2} with the same "
            "Gaussian G as in G/√n, and E GᵀG = I; every coupling costs at least W₂²",
            "Villani, Optimal Transport, Definition 6.1",
            r"W_2^2 \le \mathbb E\,\|C^{1/2} - I/\sqrt n\|_F^2 = "
            r"\sum_i (\sqrt{\lambda_i} - 1/\sqrt n)^2",
        ),
        Identity(
            "one eigenvalue of the difference",
            (root - 1 / sp.sqrt(n)) * (root + 1 / sp.sqrt(n)),
            root**2 - 1 / n,
        ),
        Identity(
            "n (λ − 1/n)² exceeds the cost (√λ − 1/√n)² of an eigenvalue by",
            n * (root**2 - 1 / n) ** 2 - (root - 1 / sp.sqrt(n)) ** 2,
            (root - 1 / sp.sqrt(n)) ** 2 * (sp.sqrt(n) * root) * (2 + sp.sqrt(n) * root),
        ),
        Sign(
            "which is not negative: the cost is at most nV²",
            (root - 1 / sp.sqrt(n)) ** 2 * (sp.sqrt(n) * root) * (2 + sp.sqrt(n) * root),
        ),
    )
