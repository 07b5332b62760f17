"""Iterative orthogonalisation never increases the gap.

V(W H) ≤ V(H) for W = ‖Σ^{1/2}‖_F^{−1} V′ Σ^{−1/2} Uᵀ with H = U Σ Vᵀ; equality iff all singular
values that are not zero are equal.

The paper has strict decrease unless V = 0, which needs full rank: a batch of rank r with equal
nonzero singular values keeps its gap √(1/r − 1/n). Near isometry the gap is halved.

Example: rank one.

>>> import sympy as sp
>>> CLAIM.bound(eigenvalues=(1, 0, 0)).ball.overlaps((2 * ball(1) / 3).sqrt())
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Check,
    Computed,
    Heading,
    Holder,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import n

_lam = sp.IndexedBase("lambda")
_i = sp.Symbol("i", integer=True)
FORMULA = sp.sqrt(sp.Sum(_lam[_i] ** 2, (_i, 1, n)) / sp.Sum(_lam[_i], (_i, 1, n)) ** 2 - 1 / n)


def _gap(weights: Sequence[arb]) -> arb:
    """Return V of a spectrum at any scale, as the norm of its deviation from isometry."""
    total = sum(weights, start=arb(0))
    flat = ball(Fraction(1, len(weights)))
    away = [weight / total - flat for weight in weights]
    # A product: a ball around 0 has no power in python-flint.
    return sum((x * x for x in away), start=arb(0)).sqrt()


def _after(spectrum: Sequence[Fraction]) -> Enclosure:
    return Enclosure(_gap([ball(entry).sqrt() for entry in spectrum]))


def _check(label: str, spectrum: Sequence[Fraction]) -> Check:
    return Check(label, {"eigenvalues": tuple(spectrum)}, Computed(_after, {"spectrum": spectrum}))


def _derivation() -> Steps:
    first, second, fourth = sp.symbols("S_1 S_2 S_4", positive=True)
    sigma, room = sp.Symbol("sigma", positive=True), sp.Symbol("t", nonnegative=True)
    x, scale = sp.symbols("x w", real=True)
    sums = sp.Sum(_lam[_i], (_i, 1, n)), sp.Sum(_lam[_i] ** 2, (_i, 1, n))
    yield Heading("The new Gram matrix")
    yield Identity(
        "the columns of U and V′ are orthonormal and cancel in (WH)ᵀWH: along a column of V the "
        "eigenvalue σ² becomes, with S_k = Σ σ^k over all singular values,",
        sp.Subs((scale * sigma) ** 2, scale, sigma ** sp.Rational(-1, 2) / sp.sqrt(first)),
        sigma / first,
    )
    yield Identity(
        "near isometry the root halves relative deviations",
        sp.Subs(sp.Derivative(sp.sqrt(1 + x), x), x, 0),
        sp.Rational(1, 2),
    )
    yield Heading("The gap falls: V² + 1/n is S_4/S_2² before and S_2/S_1² after")
    yield Holder(
        "sums in place of means: S_2 ≤ S_1^{2/3} S_4^{1/3}; equality iff all nonzero σ are equal",
        sigma ** sp.Rational(2, 3),
        sigma ** sp.Rational(4, 3),
        sp.Rational(3, 2),
    )
    yield Identity(
        "cubed, S_4 = S_2³/S_1² + t with t ≥ 0: before minus after",
        sp.Subs(fourth / second**2 - second / first**2, fourth, second**3 / first**2 + room),
        room / second**2,
    )
    yield Sign("which is not negative", room / second**2)
    yield Identity(
        "so V(WH) is at most V(H), where λ = σ²",
        sp.Subs(sp.sqrt(fourth / second**2 - 1 / n), (second, fourth), sums),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "iterative orthogonalisation never increases the gap",
    upper(sp.Symbol("V(WH)"), FORMULA),
    source=PAPER.at("Equation (6) and appendix E"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.EIGENVALUES,),
    assumes=("V′ has orthonormal columns; Σ^{−1/2} inverts the nonzero singular values",),
    checks=(
        _check("near isometry, n = 4", setting.outlier(4, Fraction(999, 4000))),
        _check("geometric spectrum, n = 6", setting.geometric(6, Fraction(1, 2))),
        _check("condition number 10^12, n = 5", setting.geometric(5, Fraction(1, 1000))),
        _check("one small eigenvalue, n = 32", setting.flat(32, Fraction(1, 10**9))),
        _check("near rank one, n = 3", setting.outlier(3, Fraction(1, 10**12))),
        _check("rank two of four", [Fraction(2, 3), Fraction(1, 3), Fraction(0), Fraction(0)]),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    errata=(
        "Strict decrease needs full rank: with equal nonzero singular values the gap stays.",
        "Appendix E misses a square on V, and its last Cauchy–Schwarz step should read "
        "(Σσ_i³)² ≤ Σσ_i⁴ for Σσ_i² = 1.",
    ),
    siblings=("orthogonalization.theorem-1",),
)
