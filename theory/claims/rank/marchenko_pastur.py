"""The whole spectrum: deep batch normalisation turns it into a Marchenko–Pastur law.

Statement
---------
The share of the N non-zero eigenvalues of M that are at most λ, averaged over depth, is F(Nλ/d)
with F the Marchenko–Pastur distribution function of ratio q = N²/(4d).

Assumptions
-----------
N ≤ 2√d linearly independent samples; Gaussian or uniform weights of mean 0; any γ, ∞ included; L
after a burn-in.

Source
------
A conjecture of ours beside daneshmand2020, Theorem 2 (NeurIPS 2020, arXiv:2003.01652).

Parameters
----------
width d ≥ 1, batch N in [1, 2√d], value λ ≥ 0.

Returns
-------
The leading term.

Raises
------
ArgumentError outside those ranges.

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

from depthlaw.theory import gram
from depthlaw.theory.claim.check import Budget, Check, ParameterValue
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import WIDTH, Domain, Parameter, number
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank import _sharp_law as law
from depthlaw.theory.network import Linear
from depthlaw.theory.rank.spectral_law import SpectralLaw
from depthlaw.theory.symbols import d
from depthlaw.theory.values import Asymptotic

Array = NDArray[np.float64]
_lam = sp.Symbol("lambda", nonnegative=True)
VALUE = Parameter("value", _lam, Domain.REAL, 0, "an eigenvalue of M = HHᵀ/N")
FORMULA = sp.Function("F")(setting.N * _lam / d)
REMAINDER = "O(1/√d)"


def _distribution(values: Mapping[str, ParameterValue]) -> Asymptotic:
    spectrum = SpectralLaw(setting.whole(values, "width"), setting.whole(values, "batch"))
    return Asymptotic(spectrum.fraction_below(number(values, "value")), REMAINDER)


def _check(
    label: str,
    value: Fraction,
    *,
    width: int,
    batch: int,
    burn_in: int,
    depth: int,
    linear: Linear,
    budget: Budget = Budget.QUICK,
) -> Check:
    threshold = float(value)
    share_below = Fraction(SpectralLaw(width, batch).fraction_below(value).upper)

    def share(matrices: Array) -> Array:
        below = width * gram.spectrum(matrices) <= threshold
        return np.asarray(below.mean(axis=-1), dtype=np.float64)

    return Check(
        f"{label}, d = {width}, N = {batch}, λ = {value}",
        {"width": width, "batch": batch, "value": value},
        simulated.typical_average(
            share, width=width, batch=batch, burn_in=burn_in, depth=depth, linear=linear
        ),
        budget=budget,
        replicas=24,
        # One eigenvalue of N, relative to the share: a step of the empirical distribution.
        resolution=Fraction(1, batch) / share_below,
    )


_NONE = simulated.linear()
CLAIM = Claim(
    id="rank.marchenko-pastur",
    title="spectrum of the features of a small batch",
    quantity=sp.Symbol(r"\frac1{LN} \sum_\ell \#\{i : 0 < \lambda_i(M_\ell) \le \lambda\}"),
    sense=Sense.EQUAL,
    formula=FORMULA,
    bound_function=_distribution,
    source=setting.source("Theorem 2", "sharp form, conjecture of ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.BATCH, VALUE),
    assumptions=(law.BATCH_AT_MOST_SURVIVORS,),
    remainder=REMAINDER,
    checks=(
        *(
            _check("γ = ∞", Fraction(value), width=64, batch=8, burn_in=40, depth=140, linear=_NONE)
            for value in (5, 8, 12)
        ),
        _check(
            "γ = 0.1",
            Fraction(8),
            width=64,
            batch=8,
            burn_in=250,
            depth=400,
            linear=simulated.linear(0.1),
        ),
        *(
            _check(
                "γ = ∞",
                Fraction(value),
                width=256,
                batch=16,
                burn_in=60,
                depth=160,
                linear=_NONE,
                budget=Budget.STANDARD,
            )
            for value in (8, 12, 24)
        ),
        _check(
            "γ = ∞",
            Fraction(16),
            width=1024,
            batch=32,
            burn_in=300,
            depth=400,
            linear=_NONE,
            budget=Budget.THOROUGH,
        ),
    ),
    derivation=lambda: Derivation((*law.flow(), *law.distribution(), *law.balance())),
    control=Fraction(4, 3),
    siblings=("rank.small-batch-rank", "rank.surviving-count"),
)
