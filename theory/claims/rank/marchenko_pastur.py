"""The whole spectrum: deep batch normalisation turns it into a Marchenko–Pastur law.

The share of the N non-zero eigenvalues of M that are at most λ, averaged over depth, is F(Nλ/d)
with F the Marchenko–Pastur distribution function of ratio q = N²/(4d).

What is left out is less than one eigenvalue: at q = 1/4 the count below λ differs from N F by at
most 0.5, 0.6 and 0.6 of one for d = 64, 256 and 1024 (largest near the lower edge).

The law lies between (2√d ∓ N)²/(4N). At N = 2√d it is (2/π) √((2−x)/x) for x = λ/√d on (0, 2], and
stays so for larger batches (`rank.surviving-count`).

Example: nothing lies above the upper edge.

>>> CLAIM.bound(width=64, batch=8, value=18).ball.contains(1)
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.claim import (
    WIDTH,
    Budget,
    Check,
    Derivation,
    Domain,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    declare,
    equal,
    number,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank import _sharp_law as law
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import gram
from depthlaw.theory.rank.spectral_law import SpectralLaw
from depthlaw.theory.values import Asymptotic
from depthlaw.theory.writing.symbols import d

Array = NDArray[np.float64]
_lam = sp.Symbol("lambda", nonnegative=True)
VALUE = Parameter("value", _lam, Domain.REAL, 0, "an eigenvalue of M = HHᵀ/N")
FORMULA = sp.Function("F")(setting.N * _lam / d)
REMAINDER = "O(1/√d)"


def _distribution(values: Mapping[str, ParameterValue]) -> Asymptotic:
    spectrum = SpectralLaw(setting.whole(values, "width"), setting.whole(values, "batch"))
    return Asymptotic(spectrum.fraction_below(number(values, "value")), REMAINDER)


def _check(chain: Chain, value: int) -> Check:
    law = SpectralLaw(chain.width, chain.batch)
    share_below = Fraction(law.fraction_below(Fraction(value)).upper)

    def share(matrices: Array) -> Array:
        below = chain.width * gram.spectrum(matrices) <= value
        return np.asarray(below.mean(axis=-1), dtype=np.float64)

    return chain.average(
        f"{chain.described}, λ = {value}",
        {**chain.sizes, "value": Fraction(value)},
        share,
        # One eigenvalue of N, relative to the share: a step of the empirical distribution.
        resolution=Fraction(1, chain.batch) / share_below,
    )


CLAIM = declare(
    __name__,
    "spectrum of the features of a small batch",
    equal(
        sp.Symbol(r"\frac1{LN} \sum_\ell \#\{i : 0 < \lambda_i(M_\ell) \le \lambda\}"),
        FORMULA,
        leading=REMAINDER,
        by=_distribution,
        within=sp.Rational(9, 20),
    ),
    source=PAPER.at("Theorem 2", "sharp form, conjecture of ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.BATCH, VALUE),
    assumes=(
        *setting.ANY_RESIDUAL,
        law.BATCH_AT_MOST_SURVIVORS,
        setting.FULL_RANK,
        setting.BURNT_IN,
    ),
    checks=(
        *(_check(Chain(64, 8, 40, 140), value) for value in (5, 8, 12)),
        _check(Chain(64, 8, 250, 400, residual=0.1), 8),
        *(_check(Chain(256, 16, 60, 160, budget=Budget.STANDARD), value) for value in (8, 12, 24)),
        _check(Chain(1024, 32, 300, 400, budget=Budget.THOROUGH), 16),
    ),
    derivation=lambda: Derivation((*law.flow(), *law.distribution(), *law.balance())),
    control=Fraction(4, 3),
    siblings=("rank.small-batch-rank", "rank.surviving-count"),
)
