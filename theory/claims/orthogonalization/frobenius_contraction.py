"""The mean map contracts in Frobenius norm: a conjecture.

‖p(λ) − 1/n‖ ≤ (1 − (2n/(n+2)) λ_min) ‖λ − 1/n‖ for Σλ = 1.

Checked by an adversarial search, whose worst spectra are judged in ball arithmetic. The ratio
tends to 1 at isometry and at rank one, so the constant cannot be improved.

Example: at n = 2 there is a closed form, and the derivation proves the conjecture.

>>> CLAIM.derivation().check().holds
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    BATCH,
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
from depthlaw.theory.claims.orthogonalization import _search as search
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.spectral_map import expected_spectrum
from depthlaw.theory.values import Enclosure, Value


def _objective(spectrum: search.Array, p: search.Array) -> float:
    n = len(spectrum)
    gap = float(np.linalg.norm(spectrum - 1 / n))
    if gap < 1e-4:
        return 0.0
    allowed = (1 - 2 * n / (n + 2) * float(spectrum.min())) * gap
    return float(np.linalg.norm(p - 1 / n)) / allowed


def ratio(spectrum: Sequence[Fraction]) -> arb:
    """Return ‖p − 1/n‖/((1 − (2n/(n+2)) λ_min) ‖λ − 1/n‖), enclosed."""
    n = len(spectrum)
    flat = ball(Fraction(1, n))
    p = expected_spectrum(spectrum)
    after = sum(((entry - flat) ** 2 for entry in p), start=arb(0)).sqrt()
    square = sum((value - Fraction(1, n)) ** 2 for value in spectrum)
    return after / (ball(1 - Fraction(2 * n, n + 2) * min(spectrum)) * ball(square).sqrt())


def _quantity(batch: int) -> Value:
    return Enclosure(ratio(search.worst_spectrum(batch, _objective)))


def _check(batch: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"worst spectrum found, n = {batch}",
        {"batch": batch},
        Computed(_quantity, {"batch": batch}),
        budget=budget,
    )


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
    yield Argued("more samples", "not proved; searched")


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
    parameters=(BATCH,),
    assumes=(
        "Σ λ_i = 1",
        "λ is not isotropic, where both sides are 0",
    ),
    checks=(
        *(_check(batch) for batch in (2, 3, 4)),
        *(_check(batch, Budget.STANDARD) for batch in (6, 10)),
        _check(24, Budget.THOROUGH),
    ),
    derivation=_derivation,
    control=Fraction(95, 100),
    siblings=("orthogonalization.tight-gap", "orthogonalization.majorization"),
)
