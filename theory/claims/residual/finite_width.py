"""Residual networks of finite width stray from the mean field by 1/√width.

log |ρ_ℓ − ρ_ℓ^∞| / log d → −1/2, with ρ_ℓ the cosine of two samples on the stream and ρ_ℓ^∞ its
mean field.

What is measured is the typical (median) deviation. At width 192 and 64 layers it is about .05: the
cosine of ReLU is .74 to .75 in the mean, and .751 in the mean field.

Example: a hundred times the width, a tenth of the deviation.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=2).contains(Fraction(-1, 2))
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Argued,
    Budget,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _simulated as simulated
from depthlaw.theory.residual import constant, correlation, equal_branches

RELU = "relu,linear:variance=2"
CENTRED = "relu,layernorm,linear"


def mean_field(
    subject: kernels.Subject, shares: Callable[[], Iterator[Fraction]]
) -> Callable[[], float]:
    """Return what finds the correlation that infinite width gives."""
    return lambda: float(correlation(subject.map, simulated.START, shares()).mid())


def _stream(depth: int) -> Callable[[], Iterator[Fraction]]:
    return lambda: equal_branches(Fraction(1), depth)


def _settled() -> Iterator[Fraction]:
    return constant(Fraction(1, 2), simulated.DEPTH)


def _derivation() -> Steps:
    c, u, v, eps = sp.symbols("c u v epsilon", real=True)
    yield Argued(
        "one layer",
        "given the stream, its Gram matrix after one layer more is that before, to which means "
        "over d independent neurons are added: they fluctuate about their expectations by 1/√d, "
        "which the following layers carry on by a finite factor",
    )
    yield Identity(
        "a fluctuation of the sum of two covariances is the sum of theirs",
        (1 - eps) * (c + u) + eps * (c + v) - c,
        (1 - eps) * u + eps * v,
    )


CLAIM = declare(
    __name__,
    "deviation of residual networks from their mean field against width",
    rate(
        sp.Symbol(r"\log|\rho_\ell - \rho_\ell^\infty| / \log d"),
        -sp.Rational(1, 2),
        within=sp.Rational(1, 4),
    ),
    source=PAPER.ours("finite width"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH,),
    assumes=(
        "Gaussian weights, a start of variance 1, E φ(X)⁴ < ∞ for X ~ N(0, 1)",
        "z ← z + W φ(N(z)), perhaps with a norm after φ, or z ← N(z + W φ(z))",
        "|ρ_0| < 1",
        "the depth does not grow with the width",
    ),
    checks=(
        simulated.check(
            "ReLU, norm before",
            f"residual(rmsnorm,{RELU})",
            mean_field(kernels.catalogue("relu"), _stream(simulated.DEPTH)),
        ),
        simulated.check(
            "ReLU, norms before and after",
            f"residual(rmsnorm,{CENTRED})",
            mean_field(kernels.centred("relu"), _stream(simulated.DEPTH)),
            budget=Budget.STANDARD,
        ),
        simulated.check(
            "ReLU, norm after the sum",
            f"residual({RELU}),rmsnorm",
            mean_field(
                kernels.catalogue("relu"), lambda: constant(Fraction(1, 2), simulated.DEPTH)
            ),
        ),
        simulated.check(
            "ReLU, norm before",
            f"residual(rmsnorm,{RELU})",
            mean_field(kernels.catalogue("relu"), _stream(16)),
            widths=(32, 1024),
            depth=16,
            budget=Budget.STANDARD,
        ),
    ),
    derivation=_derivation,
    control=Fraction(2, 3),
    siblings=("residual.log-depth", "residual.relu-logarithmic", "isometry.mean-field-error"),
)
