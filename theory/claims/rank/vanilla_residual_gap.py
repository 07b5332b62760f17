"""A skip connection only slows the collapse down: the gap is γ² per layer, so γ²L counts.

(1/ℓ) log(σ₁/σ₂) → L_1 − L_2 ~ γ² for H_ℓ = Π(I + γW_k) X, with a relative error of order γ²d.

Example: halving γ makes the net four times as deep.

>>> from depthlaw.theory.rigorous.balls import ball
>>> CLAIM.bound(width=2, residual=Fraction(1, 8)).ball.overlaps(ball(Fraction(1, 64)))
True
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Budget,
    Check,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank.rank_one_without_skip import TWO_NEURONS
from depthlaw.theory.network import Network
from depthlaw.theory.writing.symbols import d

Array = NDArray[np.float64]
SMALL_STEP = Requires(
    setting.GAMMA**2 * d <= sp.Rational(1, 2),
    "for the leading term; use rank.vanilla-gap where the skip connection does not count",
    argument="residual",
)


def log_ratio(gram: Array) -> Array:
    """Return log(σ₁/σ₂) of two samples, from G of shape (…, 2, 2)."""
    small, large = np.moveaxis(np.linalg.eigvalsh(gram), -1, 0)
    return np.asarray(np.log(large / small) / 2, dtype=np.float64)


def _check(
    width: int, gamma: Fraction, depth: int, *, replicas: int, budget: Budget = Budget.QUICK
) -> Check:
    return Check(
        f"d = {width}, γ = {gamma}, {depth} layers",
        {"width": width, "residual": gamma},
        simulated.typical(
            Network(width, 2, (simulated.linear(float(gamma)),)),
            depth=depth,
            observables={"log": log_ratio},
            per_replica=lambda observed: (observed["log"][:, -1] - observed["log"][:, 0]) / depth,
            # Apart from the start, where σ₁ and σ₂ repel each other: σ₂/σ₁ = 2^-7.
            initial_gram=np.diag([1.0, 2.0**-14]),
            layers=(0, depth),
        ),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    gamma, width = sp.symbols("gamma d", positive=True)
    i, m = sp.symbols("i m", integer=True, positive=True)
    u, across = sp.symbols("u v", real=True)
    w = sp.Matrix(2, 2, sp.symbols("w_11 w_12 w_21 w_22", real=True))
    step = sp.eye(2) + gamma * w
    distance = sp.log(step.det() ** 2 / (step[0, 0] ** 2 + step[1, 0] ** 2)) / 2

    def second(expression: sp.Expr) -> sp.Expr:
        return sp.Subs(sp.Derivative(expression, (gamma, 2)), gamma, 0) / 2

    exponent = (width - 2 * i) / 2
    yield Argued(
        "the distance of (I + γW)e_i from the span of those before it",
        "by Gram–Schmidt, to second order in γ; the basis is orthonormal and independent "
        "of W, whose law it does not change",
        r"R_{ii}^2 = (1 + \gamma W_{ii})^2 + \gamma^2 \Big(\sum_{j \ne i} W_{ji}^2 - "
        r"\sum_{k<i} (W_{ik} + W_{ki})^2\Big) + O(\gamma^3)",
    )
    yield Identity(
        "for two columns in two dimensions, R_22 = |det|/R_11 expands to this",
        second(distance),
        (w[0, 1] ** 2 - (w[0, 1] + w[1, 0]) ** 2 - w[1, 1] ** 2) / 2,
    )
    yield Identity(
        "the second order of log R_ii, with u = W_ii and v the bracket",
        second(sp.log((1 + gamma * u) ** 2 + gamma**2 * across) / 2),
        (across - u**2) / 2,
    )
    yield Identity(
        "its mean, from E u² = 1 and E v = d − 1 − 2(i − 1), is (d − 2i)/2 per γ²",
        sp.Subs((across - u**2) / 2, (across, u), (width - 1 - 2 * (i - 1), 1)),
        exponent,
    )
    yield Identity(
        "the exponents add up to E log|det(I + γW)|, which is −γ² E tr W²/2 = −γ²d/2",
        sp.summation(sp.Subs(exponent, width, m), (i, 1, m)),
        -m / 2,
    )
    yield Identity(
        "and neighbours differ by γ²", exponent - sp.Subs(exponent, i, i + 1), sp.Integer(1)
    )


CLAIM = declare(
    __name__,
    "first Lyapunov gap of a linear net with a weak residual branch",
    equal(sp.Symbol("L_1 - L_2"), setting.GAMMA**2, leading="O(γ²d)", within=sp.Rational(1, 4)),
    source=PAPER.at("collapse of vanilla networks", "leading term ours, its remainder not proved"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, setting.RESIDUAL),
    assumes=("Gaussian weights of variance 1", "no normalisation", TWO_NEURONS, SMALL_STEP),
    checks=(
        _check(2, Fraction(1, 5), 60, replicas=3000),
        _check(3, Fraction(1, 4), 60, replicas=3000),
        _check(8, Fraction(1, 8), 200, replicas=800, budget=Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(2),
    siblings=("rank.vanilla-gap",),
)
