"""The expected spectrum is majorised by the spectrum, so that the gap of the mean never grows.

p(λ) ≺ λ: for every k the k largest entries of p sum to at most those of λ.

For every start, singular ones too, and without assumption A₁. Every Schur-convex function of the
spectrum falls along the mean map: V, 1 − 1/r, −log det.

>>> CLAIM.derivation().check().holds
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from itertools import accumulate

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Budget,
    Check,
    Computed,
    ExchangeableSum,
    Heading,
    Identity,
    Jensen,
    Outcome,
    Status,
    Step,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _sawa as sawa
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure


def ratio(eigenvalues: Sequence[Fraction]) -> Enclosure:
    """Return the largest ratio of sums of the k largest entries of p and λ, k below the rank."""
    ordered = sorted(filter(None, eigenvalues), reverse=True)
    p = expected_spectrum(ordered)
    sums = zip(accumulate(p), accumulate(ordered), strict=True)
    *below, whole = (after * ball(sum(ordered) / before) for after, before in sums)
    return Enclosure(reduce(arb.max, below or [whole]))


def _check(label: str, spectrum: Sequence[Fraction], budget: Budget = Budget.QUICK) -> Check:
    entries = tuple(spectrum)
    given = {"eigenvalues": entries}
    return Check(label, given, Computed(ratio, given), budget=budget)


def _largest_entries() -> tuple[Step, ...]:
    """Return E[A/(A+R)] ≤ a for the sums A, R of the k largest and of the other λ_i w_i²."""
    A, R, c, S = sp.symbols("A R c S", positive=True)
    e, t, N, k = sp.symbols("e t N k", positive=True)
    B, square = sp.symbols("B w^2", positive=True)
    equal_c, mean = e + t, N / (N + 1)
    share = equal_c * B / (e + t * B)
    return (
        ExchangeableSum(
            "A/(A+R) is concave in A: it is largest where the k largest eigenvalues are equal, "
            "A = cS with c = a/k and S the sum of k of the w_i²",
            A / (A + R),
            A,
            c * S,
            concave=True,
        ),
        ExchangeableSum(
            "A/(A+R) is convex in R, where no eigenvalue exceeds c: it is largest at (c, …, c, e, "
            "0, …, 0) with 0 ≤ e ≤ c",
            A / (A + R),
            R,
            c * sp.Symbol("S'", positive=True) + e * square,
        ),
        Identity(
            "with N eigenvalues c in all and T the sum of their w_i², exchangeable: the k largest "
            "have k/N of E[cT/(cT + ew²)], which is E f(B) with B = T/(T + w²) and c = e + t",
            sp.Subs(equal_c * S / (equal_c * S + e * R), (S, R), (B, 1 - B)),
            share,
        ),
        Jensen(
            "f is concave, and E B = N/(N+1), since the N + 1 squares are exchangeable",
            share,
            B,
            mean,
            concave=True,
        ),
        Identity(
            "so the k largest entries of p sum to at most a/(a + b), with a = kc and "
            "a + b = Nc + e the whole trace",
            k / N * share.subs(B, mean),
            k * equal_c / (N * equal_c + e),
        ),
    )


def _derivation() -> Steps:
    k, N, c, e = sp.symbols("k N c e", positive=True)
    yield Heading("The entries of p come in the order of those of λ")
    yield from sawa.order_is_kept()
    yield Heading("The k largest")
    yield from _largest_entries()
    yield Heading("At trace 1")
    yield Identity(
        "the ratio to a = kc is at most",
        sp.Subs(k * c / (N * c + e) / (k * c), e, 1 - N * c),
        sp.Integer(1),
    )


CLAIM = declare(
    __name__,
    "the expected spectrum is majorised by the spectrum",
    upper(sp.Symbol(r"\max_k \sum_{i \le k} p_i / \sum_{i \le k} \lambda_i"), sp.Integer(1)),
    source=PAPER.ours("majorisation", "Lemma 8"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.EIGENVALUES,),
    assumes=("w ~ N(0, I_n)", "λ ≥ 0, not all equal: at isometry every ratio is 1"),
    checks=(
        _check("one large eigenvalue, n = 3", setting.outlier(3, Fraction(1, 5))),
        _check("one small eigenvalue, n = 8", setting.flat(8, Fraction(1, 20))),
        _check("geometric spectrum, n = 6", setting.geometric(6, Fraction(1, 2))),
        _check("steep geometric spectrum, n = 5", setting.geometric(5, Fraction(1, 100))),
        _check("rank three of five", setting.shares(5, 3, 2, 0, 0)),
        _check("two levels, n = 24", setting.shares(*[3] * 12, *[1] * 12)),
        _check("near isometry, n = 10", setting.shares(*range(1996, 2006)), Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("orthogonalization.frobenius-contraction", "orthogonalization.lemma-8"),
)
