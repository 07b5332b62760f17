"""The expected spectrum is majorised by the spectrum: a conjecture.

p(λ) ≺ λ: for every k the k largest entries of p sum to at most those of λ.

The case k = n − 1 is Lemma 8, p_n ≥ λ_n. Checked by an adversarial search, whose worst spectra are
judged in ball arithmetic.

Example: for two samples it is Lemma 8.

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
    order = np.argsort(-spectrum)
    before, after = np.cumsum(spectrum[order])[:-1], np.cumsum(p[order])[:-1]
    # At isometry all ratios are 1; a start must leave it to say anything.
    if float(np.ptp(spectrum)) < 1e-4:
        return 0.0
    return float((after / before).max())


def ratio(spectrum: Sequence[Fraction]) -> arb:
    """Return the largest ratio of partial sums, enclosed."""
    ordered = sorted(spectrum, reverse=True)
    p = expected_spectrum(ordered)
    largest = p[0] / ball(ordered[0])
    for k in range(2, len(ordered)):
        partial = sum(p[1:k], start=p[0]) / ball(sum(ordered[:k]))
        largest = largest.max(partial)
    return largest


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
    a, b, more = sp.symbols("s t m", positive=True)
    difference = a**2 / (a**2 + b**2) - a / (a + b)
    factored = sp.factor(difference.subs(a, b + more))
    yield Argued(
        "the last partial sum",
        "p_n ≥ λ_n (Lemma 8) is the case k = n − 1, and all of it for n = 2",
    )
    yield Identity("λ_1 − p_1 for n = 2, s = t + m", sp.Subs(difference, a, b + more), factored)
    yield Sign("is not negative", factored)
    yield Argued("other partial sums", "not proved; searched")


CLAIM = declare(
    __name__,
    "the expected spectrum is majorised by the spectrum",
    upper(sp.Symbol(r"\max_k \sum_{i \le k} p_i / \sum_{i \le k} \lambda_i"), sp.Integer(1)),
    source=PAPER.at("Lemma 8", "conjecture, ours"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH,),
    assumes=("Σ λ_i = 1",),
    checks=(
        *(_check(batch) for batch in (3, 4)),
        *(_check(batch, Budget.STANDARD) for batch in (6, 10)),
        _check(24, Budget.THOROUGH),
    ),
    derivation=_derivation,
    control=Fraction(95, 100),
    siblings=("orthogonalization.frobenius-contraction", "orthogonalization.lemma-8"),
)
