"""By what batch normalisation and ReLU multiply squared gradients in a layer.

median of the growth of log ‖∂L/∂W_ℓ‖² per layer → log λ with the width,
λ = ((B − 1 + J′)/(1 − J) − 1)/(B − 3), J and J′ of the kernel of ReLU at −1/(B−1).

J(c) = (√(1−c²) + (π − arccos c)c)/π. It falls to π/(π−1).

Example: six samples.

>>> round(float(CLAIM.bound(batch=6, width=512).ball.exp()), 6)
2.003779
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Argued,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as growing
from depthlaw.theory.mean_field_bn.rates import KERNEL, RELU, SLOPE, B
from depthlaw.theory.writing.symbols import d, n

RATE = RELU.subs(B, n)


def _derivation() -> Steps:
    J, slope, s = sp.symbols("J J' s", real=True)
    A = (n - 2) / (2 * (n - 1))
    C = s * slope / 2 - J / (2 * (n - 1))
    D = (1 - J) / 2
    yield Argued(
        "mean field",
        "λ = (B−1)/(B−3)·(A − C)/D with A = E φ′²(1 − t²), C = E φ′φ′(s − t t′), D = E φ² − E φφ′: "
        "tangent parts of the gradients of two coordinates t, t′ that meet at the cosine s",
    )
    yield Identity(
        "for ReLU, with E t² = 1/(B−1), P(both > 0) = J′/2 and E t₊t′₊ = J/(2(B−1))",
        (n - 1) / (n - 3) * ((A - C) / D).subs(s, -1 / (n - 1)),
        ((n - 1 + slope) / (1 - J) - 1) / (n - 3),
    )
    c = sp.Symbol("c", real=True)
    kernel = (sp.sqrt(1 - c**2) + (sp.pi - sp.acos(c)) * c) / sp.pi
    yield Identity("J′ is the slope of J", sp.Derivative(kernel, c), (sp.pi - sp.acos(c)) / sp.pi)
    yield Identity(
        "all at −1/(B−1)",
        sp.Subs(
            sp.log(((n - 1 + slope) / (1 - J) - 1) / (n - 3)),
            (J, slope),
            (KERNEL.subs(B, n), SLOPE.subs(B, n)),
        ),
        sp.log(RATE),
    )


CLAIM = declare(
    __name__,
    "growth of squared gradients under batch normalisation and ReLU",
    equal(sp.Symbol(r"\operatorname{median} \hat{g}"), sp.log(RATE), within=sp.Rational(1, 20)),
    source=PAPER.at("Corollary 3.11", "ReLU"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        "W h, batch normalisation with recentring, ReLU",
        growing.MODEL,
        growing.START,
        growing.RANDOM,
        Requires(n >= 6, "with fewer samples the rate is approached more slowly than 1/width"),
        Requires(d >= 256, "narrower networks are further off (independence-cancels)"),
    ),
    checks=growing.checks(
        growing.true_growth,
        growing.BATCH_NORM,
        {(8, 512): 60},
        {(6, 1024): 200, (16, 256): 100, (32, 512): 40},
    ),
    derivation=_derivation,
    control=Fraction(6, 5),
    errata=(
        "The theorem on the Jacobian prints υ* where the eigenvalue q*(1 − c*) is meant.",
        "The normaliser in (26) has the exponent −(B−3)/2.",
        "(25) needs a homogeneous activation of degree 1.",
    ),
    siblings=("mean-field-bn.backward-rate", "mean-field-bn.independence-cancels"),
)
