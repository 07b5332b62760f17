"""The mean map contracts in Frobenius norm: a conjecture.

‖p(λ) − 1/n‖ ≤ (1 − (2n/(n+2)) λ_min) ‖λ − 1/n‖ for Σλ = 1.

The ratio tends to 1 at isometry and at rank one, so the constant cannot be improved. No violation
is known; it is proved for two samples.

Example: at n = 2 there is a closed form, and the derivation proves the conjecture.

>>> CLAIM.derivation().check().holds
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Argued,
    Budget,
    Check,
    Computed,
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
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure


def ratio(eigenvalues: Sequence[Fraction]) -> Enclosure:
    """Return ‖p − 1/n‖/((1 − (2n/(n+2)) λ_min) ‖λ − 1/n‖), enclosed."""
    n, total = len(eigenvalues), sum(eigenvalues, start=Fraction(0))
    spectrum = [entry / total for entry in eigenvalues]
    flat = ball(Fraction(1, n))
    p = expected_spectrum(spectrum)
    after = sum(((entry - flat) ** 2 for entry in p), start=arb(0)).sqrt()
    square = sum((value - Fraction(1, n)) ** 2 for value in spectrum)
    allowed = ball(1 - Fraction(2 * n, n + 2) * min(spectrum)) * ball(square).sqrt()
    return Enclosure(after / allowed)


def _check(label: str, spectrum: Sequence[Fraction], budget: Budget = Budget.QUICK) -> Check:
    given = {"eigenvalues": tuple(spectrum)}
    return Check(label, given, Computed(ratio, given), budget=budget)


def _derivation() -> Steps:
    s, t = sp.symbols("s t", positive=True)
    total = s**2 + t**2
    first, low = s**2 / total, t**2 / total
    deviation = sp.simplify(s / (s + t) - sp.Rational(1, 2))
    allowed = (1 - low) * (first - sp.Rational(1, 2))
    more = sp.Symbol("m", positive=True)
    excess = sp.factor((allowed - deviation).subs(s, t + more))
    yield Argued(
        "two samples",
        "with λ = (s², t²)/(s²+t²), s > t, p_1 = s/(s+t); both sides are √2 times the "
        "deviation of the first entry, and 1 − (2n/(n+2)) λ_min = 1 − λ_min",
    )
    yield Identity("the deviation of p", deviation, (s - t) / (2 * (s + t)))
    yield Identity(
        "what the conjecture allows minus it, with s = t + m",
        sp.Subs(allowed - deviation, s, t + more),
        excess,
    )
    yield Sign("is not negative, so the conjecture holds for n = 2", excess)
    yield Argued("more samples", "not proved")


CLAIM = declare(
    __name__,
    "the mean map contracts in Frobenius norm",
    upper(
        sp.Symbol(r"\|p - 1/n\| / ((1 - \tfrac{2n}{n+2}\lambda_{min}) \|\lambda - 1/n\|)"),
        sp.Integer(1),
    ),
    source=PAPER.at("Theorem 5", "conjecture, ours"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(setting.EIGENVALUES,),
    assumes=(
        "Σ λ_i = 1",
        "λ is not isotropic, where both sides are 0",
    ),
    checks=(
        _check("two samples", setting.shares(3, 1)),
        _check("one large eigenvalue, n = 3", setting.outlier(3, Fraction(1, 5))),
        _check("one small eigenvalue, n = 8", setting.flat(8, Fraction(1, 20))),
        _check("geometric spectrum, n = 6", setting.geometric(6, Fraction(1, 2))),
        _check("rank three of five", setting.shares(5, 3, 2, 0, 0)),
        _check("two levels, n = 24", setting.shares(*[3] * 12, *[1] * 12)),
        _check("near isometry, n = 10", setting.shares(*range(1996, 2006)), Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("orthogonalization.tight-gap", "orthogonalization.majorization"),
)
