"""A network of finite width strays from the mean field by 1/√width, in both orders of a layer.

log |ρ_ℓ − ρ_ℓ^∞| / log d → −1/2, with ρ_ℓ the cosine of two samples at layer ℓ and ρ_ℓ^∞ that of
the mean-field recursion from the same start.

What is measured is the typical (median) deviation. The deviation of the mean itself is of order 1/d
and smaller than that; docs/reproductions/joudaki2023_finite_width.py measures both.

Example: a hundred times the width, a tenth of the deviation.

>>> CLAIM.bound(batch=2).contains(Fraction(-1, 2))
True
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy as sp

from depthlaw.theory.activations import activation
from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.claim import (
    BATCH,
    Argued,
    Array,
    Budget,
    Check,
    Identity,
    Measured,
    Observed,
    Outcome,
    Scaling,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.kernels import CorrelationMap, centred_map, normalised_map, trajectory
from depthlaw.theory.network import Linear, Network, Operation, Over, Recenter, Rescale, gram

START, DEPTH = Fraction(1, 2), 3
TWO_DECADES = (100, 1_000, 10_000)
THREE_DECADES = (*TWO_DECADES, 100_000)
FOUR_DECADES = (*THREE_DECADES, 1_000_000)
LAYER_NORM = (Recenter(Over.FEATURES), Rescale(Over.FEATURES))


def activation_first(phi: Activation) -> tuple[Operation, ...]:
    """Return the paper's order: activation, centre, normalise."""
    return (Linear(), phi.operation(), *LAYER_NORM)


def activation_last(phi: Activation) -> tuple[Operation, ...]:
    """Return the other order: centre, normalise, activation."""
    return (Linear(), *LAYER_NORM, phi.operation())


def _measured(layer: tuple[Operation, ...], f: CorrelationMap, width: int) -> Measured:
    def deviation(observed: Observed) -> Array:
        limit = float(trajectory(f, START, DEPTH)[-1].ball.mid())
        return np.abs(observed["cosine"][:, -1] - limit)

    return Measured(
        Network(width, 2, layer),
        gram.equicorrelated(2, float(START)),
        DEPTH,
        {"cosine": gram.mean_cosine},
        deviation,
        0.0,
        2.0,
        layers=(DEPTH,),
    )


def _check(
    name: str,
    order: Callable[[Activation], tuple[Operation, ...]],
    widths: tuple[int, ...],
    budget: Budget = Budget.QUICK,
) -> Check:
    phi = activation(name)
    f = centred_map(phi) if order is activation_first else normalised_map(phi)
    placed = "first" if order is activation_first else "last"
    return Check(
        f"{name} {placed}, widths {widths[0]} to {widths[-1]}",
        {"batch": 2},
        Scaling(widths, tuple(_measured(order(phi), f, width) for width in widths)),
        budget=budget,
        replicas=1000 if budget is Budget.QUICK else 160,
    )


def _derivation() -> Steps:
    rho = sp.Symbol("rho", real=True)
    a, b, c = sp.symbols("s_11 s_22 s_12", positive=True)
    at = {a: 1, b: 1, c: rho}
    gradient = sp.Matrix([sp.diff(c / sp.sqrt(a * b), entry).subs(at) for entry in (a, b, c)])
    covariance = sp.Matrix(
        [
            [2, 2 * rho**2, 2 * rho],
            [2 * rho**2, 2, 2 * rho],
            [2 * rho, 2 * rho, 1 + rho**2],
        ]
    )
    yield Argued(
        "one layer",
        "given the Gram matrix, that of the next layer is a function of means over d "
        "independent neurons, whose fluctuations about their expectations are of order "
        "1/√d; the recursion of the expectations is the mean field, and its derivative is "
        "finite",
    )
    yield Identity(
        "for a linear layer, the variance of the cosine times d, by the delta method with "
        "the Gaussian covariances of (s_11, s_22, s_12)",
        (gradient.T * covariance * gradient)[0, 0],
        (1 - rho**2) ** 2,
    )


CLAIM = declare(
    __name__,
    "deviation from the mean field against width, in both orders",
    rate(
        sp.Symbol(r"\log|\rho_\ell - \rho_\ell^\infty| / \log d"),
        -sp.Rational(1, 2),
        within=sp.Rational(1, 4),
    ),
    source=PAPER.at("mean field", "finite width ours"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH,),
    assumes=(
        "Gaussian weights",
        "activation, centring, normalisation with the centred map, or centring, normalisation, "
        "activation with the normalised map",
        "E φ(X)⁴ < ∞ for X ~ N(0, 1), φ not constant",
        "|ρ_0| < 1",
        "the depth does not grow with the width",
    ),
    checks=(
        _check("tanh", activation_first, TWO_DECADES),
        _check("relu", activation_last, TWO_DECADES),
        _check("relu", activation_first, THREE_DECADES, Budget.STANDARD),
        _check("tanh", activation_last, FOUR_DECADES, Budget.THOROUGH),
    ),
    derivation=_derivation,
    control=Fraction(2, 3),
    siblings=("isometry.finite-width-linear",),
)
