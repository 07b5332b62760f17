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

from depthlaw.theory.claim import BATCH, Check, Computed, Derivation, Outcome, Status, declare, rate
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _linear_noise as linear_noise
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.spectral_map import TwoLevelSpectrum
from depthlaw.theory.symbols import n
from depthlaw.theory.values import Enclosure

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


CLAIM = declare(
    __name__,
    "contraction of the gap per layer in the wide limit",
    rate(
        sp.Symbol(r"V(\Lambda_{\ell+1})") / sp.Symbol(r"V(\Lambda_{\ell})"),
        n / (n + 2),
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
    derivation=lambda: Derivation(linear_noise.rate_steps()),
    control=Fraction(101, 100),
    siblings=("orthogonalization.stationary-gap", "orthogonalization.theorem-1"),
)
