"""Samples of different size become alike geometrically under batch normalisation and ReLU.

λ_L = ((B−2)(1 − J) + (B/(B−1))J′)/(2(B+1)μ*), μ* = (1 − J)/2, J and J′ at −1/(B−1).

It is the largest eigenvalue of a layer at its fixed point, and below 1: .526, .668, .791, .891 for
4, 6, 10, 20 samples.

Example: six samples.

>>> round(float(CLAIM.bound(batch=6).ball), 5)
0.66781
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Check,
    Cited,
    Computed,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.mean_field_bn.forward import SIZES, sizes
from depthlaw.theory.mean_field_bn.rates import B
from depthlaw.theory.writing.symbols import n

FORMULA = SIZES.subs(B, n)
MODEL = (
    "infinite width, Gaussian weights, batch normalisation with recentring, ε = 0, then ReLU",
    "at the fixed point, where all samples are alike",
)
FOUR = Requires(n >= 4, "as the theorem has it")


def _check(batch: int) -> Check:
    given = {"batch": batch}
    return Check(f"{batch} samples", {"batch": batch}, Computed(sizes, given))


def _derivation() -> Steps:
    t = sp.Symbol("t", positive=True)
    yield Cited(
        "V is an integral over t of Gaussian means with the covariance (Σ⁻¹ + 2t)⁻¹, and its "
        "derivative is diagonal on sizes and angles by symmetry",
        "Yang and others, 2019, appendix on the forward pass",
    )
    power = (n + 3) / sp.Integer(2)
    yield Identity(
        "where det(I + 2tΣ) and two shrunk entries leave the integral",
        sp.Integral((1 + 2 * t) ** (-power), (t, 0, sp.oo)),
        1 / (n + 1),
    )


CLAIM = declare(
    __name__,
    "how fast samples of different size become alike under batch normalisation and ReLU",
    equal(sp.Symbol("lambda_L", positive=True), FORMULA, within=sp.Rational(1, 10**6)),
    source=PAPER.at("Theorem 3.6", "forward eigenvalues for ReLU"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH,),
    assumes=(*MODEL, FOUR),
    checks=tuple(map(_check, (4, 6, 10, 20))),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("mean-field-bn.forward-angles", "mean-field-bn.fixed-point-relu"),
)
