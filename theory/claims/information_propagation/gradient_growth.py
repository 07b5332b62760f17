"""Without normalisation squared gradients are multiplied by χ₁ in every layer.

median of the growth of log ‖∂L/∂H_ℓ‖² per layer → log χ₁, from the variance q* at which it settles.

Below 1 they vanish over ξ = −1/log χ₁ layers, above 1 they explode.

Example: a gradient that doubles.

>>> bool(abs(CLAIM.bound(width=1000, chi=2).ball - sp.log(2).evalf(20)) < 1e-15)
True
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy as sp

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Array,
    Backward,
    Budget,
    Check,
    Deferred,
    Domain,
    Identity,
    Measured,
    Observed,
    Outcome,
    Parameter,
    ParameterValue,
    Requires,
    Status,
    Steps,
    Typical,
    declare,
    equal,
)
from depthlaw.theory.claim.backward import STREAM
from depthlaw.theory.claims.information_propagation import PAPER
from depthlaw.theory.kernels.phases import order_chaos
from depthlaw.theory.network import Network, gram
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.writing.symbols import d, ell

chi = sp.Symbol("chi_1", positive=True)
CHI = Parameter("chi", chi, Domain.REAL, 0, "χ₁, or a rational next to it", above=True)
DEPTH = 10


def _growth(observed: Observed) -> Array:
    seen = observed[STREAM]
    return np.asarray((seen[:, 0] - seen[:, DEPTH]) / DEPTH)


def _parameters(
    weights: Fraction, biases: Fraction, width: int
) -> Callable[[], dict[str, ParameterValue]]:
    def found() -> dict[str, ParameterValue]:
        value = order_chaos(activation("tanh"), weights, biases).chi_one
        near = Fraction(float(value.ball.mid())).limit_denominator(10**9)
        return {"width": width, "chi": near}

    return found


def _check(
    weights: str,
    biases: str,
    settled: str,
    width: int,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    layer = f"linear:variance={float(weights)!r}:bias={float(biases)!r},tanh"
    experiment = Measured(
        Network(width, 2, parse_layer(layer)),
        float(settled) * gram.equicorrelated(2, 0.5),
        DEPTH,
        {},
        _growth,
        -math.inf,
        math.inf,
        backward=Backward(),
    )
    return Check(
        f"tanh, σ_w² = {weights}, σ_b² = {biases}, d = {width}",
        Deferred(_parameters(Fraction(weights), Fraction(biases), width)),
        Typical(experiment),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    i = sp.Symbol("i", integer=True, positive=True)
    yield Argued(
        "one layer",
        "for backward weights that are independent of the forward ones, ‖Wᵀ(φ′ ∘ e)‖² is σ_w² "
        "times the mean of φ′² times ‖e‖², which at q* is χ₁‖e‖²",
    )
    yield Identity("per layer of ℓ layers", sp.Sum(sp.log(chi), (i, 1, ell)) / ell, sp.log(chi))


CLAIM = declare(
    __name__,
    "growth of squared gradients without normalisation",
    equal(sp.Symbol(r"\operatorname{median} \hat{g}"), sp.log(chi), within=sp.Rational(1, 8)),
    source=PAPER.at("section 4", "gradients"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, CHI),
    assumes=(
        "tanh(Wh + b), Gaussian weights and biases",
        "the batch begins at the second moment at which it settles, with the cosine 1/2",
        "∂L/∂H at the output is a uniformly random direction, independent of the network",
        Requires(d >= 400, "narrower networks fluctuate by more than is told apart"),
    ),
    checks=(
        _check("3", "0.05", "0.4593", 600, 150),
        _check("0.5", "0.05", "0.0752", 600, 100),
        _check("3", "0.05", "0.4593", 2000, 100, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(3, 2),
    siblings=("information-propagation.critical-line",),
)
