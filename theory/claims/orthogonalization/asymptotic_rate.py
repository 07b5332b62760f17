"""How fast the gap shrinks, in the end, in the wide limit.

V(Λ_{ℓ+1})/V(Λ_ℓ) → n/(n+2) for the recursion Λ_{ℓ+1} = p(Λ_ℓ).

Example: six samples.

>>> CLAIM.bound(batch=6).contains(Fraction(3, 4))
True
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    LAYER,
    Agreement,
    Check,
    Computed,
    Heading,
    Identity,
    Induction,
    Limit,
    Outcome,
    Sign,
    Status,
    Steps,
    Uses,
    declare,
    rate,
)
from depthlaw.theory.claims.orthogonalization import PAPER, lemma_8_sharp
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.orthogonalization.spectral_map import TwoLevelSpectrum
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import lam, n

SETTLED = Fraction(1, 10**5)
"""The ratio is read off once the gap is below this; its error is of the order of the gap."""


def _ratio(batch: int, smallest: Fraction, multiplicity: Any) -> Enclosure:
    other = (1 - multiplicity * smallest) / (batch - multiplicity)
    spectrum = TwoLevelSpectrum(batch, multiplicity, ball(smallest), ball(other))
    while spectrum.gap > ball(SETTLED):
        spectrum = spectrum.next()
    return Enclosure(spectrum.next().gap / spectrum.gap)


def _check(batch: int, smallest: Fraction, *, largest: bool) -> Check:
    """Return the ratio of successive gaps of the enclosed recursion, once the gap is small."""
    multiplicity = batch - 1 if largest else 1

    kind = "large" if largest else "small"
    return Check(
        f"n = {batch}, one {kind} eigenvalue",
        {"batch": batch},
        Computed(_ratio, {"batch": batch, "smallest": smallest, "multiplicity": multiplicity}),
    )


def _derivation() -> Steps:
    now, start, more, r, share = sp.symbols("x s t r c", positive=True)
    factor = 1 / (1 + r)
    slower = lemma_8_sharp.FACTOR
    level = pairs.LEVEL
    yield Heading("The recursion settles at isometry")
    yield Uses("one layer of Λ ← p(Λ)", "orthogonalization.lemma-8-sharp", known=(lam <= 1 / n,))
    yield Sign(
        "so that 1/n − λ_min never grows, and its factor stays below the first: where λ_min has "
        "grown by t, by",
        sp.expand(slower - slower.subs(lam, lam + more)),
    )
    yield Identity(
        "which is 1 − c with c = 2n/(n+2) λ_min(Λ_0), from above 0 to below 1: with r = c/(1 − c)",
        sp.Subs(factor, r, share / (1 - share)),
        1 - share,
    )
    yield Induction(
        "so, layer by layer,",
        r"1/n - \lambda_{\min}(\Lambda_k)",
        factor * now,
        now,
        start,
        start * factor**LAYER,
    )
    yield Limit("which vanishes", start * factor**LAYER, LAYER, sp.oo, sp.Integer(0))
    yield Identity(
        "the largest eigenvalue is at most what trace 1 leaves: its distance to 1/n, with "
        "x = 1/n − λ_min, is at most",
        sp.Subs(1 - (n - 1) * level - 1 / n, level, 1 / n - now),
        (n - 1) * now,
    )
    yield from pairs.factors()
    yield from pairs.bounds()
    yield from pairs.norms()
    yield from pairs.norms_from_above()
    yield Heading("So V(Λ_{ℓ+1})/V(Λ_ℓ) lies between 1/((n+2) λ_max) and 1/((n+2) λ_min)")
    yield from pairs.norms_from_below()
    yield Agreement(
        "the exact derivative at isometry, by Gauss's function",
        r"\|DP(I/n)\| = \frac{n}{n+2}",
        lambda: [
            TwoLevelSpectrum(size, k, ball(1) / size, ball(1) / size).contraction()
            for size, k in _SIZES
        ],
        lambda: [ball(size) / (size + 2) for size, _ in _SIZES],
    )
    yield Identity(
        "V stays above 0, since every K_ij is; at the limit μ = 1/n of λ_max and of λ_min both "
        "bounds, which are continuous in μ, are",
        sp.Subs(1 / ((n + 2) * level), level, 1 / n),
        FORMULA,
    )


FORMULA = n / (n + 2)
_SIZES = [(2, 1), (3, 1), (5, 3), (16, 15), (100, 50)]
CLAIM = declare(
    __name__,
    "contraction of the gap per layer in the wide limit",
    rate(
        sp.Symbol(r"V(\Lambda_{\ell+1})") / sp.Symbol(r"V(\Lambda_{\ell})"),
        FORMULA,
        within=sp.Rational(1, 1000),
    ),
    source=PAPER.at("Theorem 1", "rate ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH,),
    assumes=(
        *setting.MODEL,
        "infinite width",
        "λ_min(H_0ᵀH_0) > 0",
        "H_0ᵀH_0 is not a multiple of I, where both gaps are 0",
    ),
    checks=tuple(
        _check(batch, Fraction(1, 2 * batch), largest=largest)
        for batch in (2, 3, 8, 32)
        for largest in (True, False)
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("orthogonalization.stationary-gap", "orthogonalization.theorem-1"),
)
