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
    Heading,
    Identity,
    Parameter,
    Requires,
    Sign,
    Steps,
)
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.symbols import d, gap, n
from depthlaw.theory.values import Enclosure, Value

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


def steps() -> Steps:
    """Return the coupling of Lemma 2 and that its cost is at most nV²."""
    root = sp.Symbol("sqrt(lambda)", nonnegative=True)
    row = sp.Symbol("r", integer=True, positive=True)
    cost = (root - 1 / sp.sqrt(n)) ** 2
    excess = sp.sqrt(n) * root * (2 + sp.sqrt(n) * root)
    total = sp.Symbol("s", nonnegative=True)
    yield Heading("A coupling of the two laws")
    yield Cited(
        "given C = HᵀH of trace 1 the rows of WH are i.i.d. N(0, C/d), so that WH has the law of "
        "G C^{1/2}: the same G serves both laws, and W₂² is the least mean cost over all couplings",
        "Villani, Optimal Transport, Definition 6.1",
        r"W_2^2 \le \mathbb E\,\|G (C^{1/2} - I/\sqrt n)\|_F^2",
    )
    yield Identity(
        "along an eigenvector of C the d entries of G have variance 1/d: the mean cost is "
        "‖C^{1/2} − I/√n‖_F², of which one eigenvalue gives",
        sp.Sum(cost / d, (row, 1, d)),
        cost,
    )
    yield Heading("Its cost is at most nV²")
    yield Identity(
        "n times the term (λ − 1/n)² of V² exceeds it by",
        n * (root**2 - 1 / n) ** 2 - cost,
        cost * excess,
    )
    yield Sign("which is not negative", total * excess)
    yield Identity(
        "summed over the eigenvalues, with s = Σ (λ − 1/n)² = V²",
        sp.Subs(n * total, total, gap**2),
        n * gap**2,
    )
