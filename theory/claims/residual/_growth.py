"""What one layer adds to the variance of the stream, exactly in the mean, at every width."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Cited, E, Heading, Identity, Steps, TowerProperty
from depthlaw.theory.claims.residual._setting import K, sigma

WEIGHTS = (
    "weights W independent of the stream and of one another, of mean 0, with E WᵀW = σ² 1 (entries "
    "of variance σ²/width, or σ times an orthogonal matrix)"
)
MODEL = (
    "z ← z + W b(z)",
    "‖b‖² is the width: a norm ends the branch; or E φ² = 1 for φ after a norm, in the limit of "
    "infinite width",
    WEIGHTS,
)
"""Exact for every width, whatever the law of the weights."""
QUANTITY = E(K)


def one_layer(skip: sp.Expr = sp.S.One) -> Steps:
    """Yield E K_{j+1} = μ² E K_j + σ² for a skip of weight μ."""
    z, u = sp.symbols("z u", real=True)
    yield Heading("One layer adds u = W b to what the skip leaves of z, neuron by neuron")
    square = skip**2 * z**2 + 2 * skip * z * u + u**2
    yield Identity("the square of a neuron", (skip * z + u) ** 2, square)
    yield Cited(
        "the mean of z u is 0, since W is independent of z and has mean 0, and that of Σ u² is "
        "E bᵀWᵀW b = σ²‖b‖², by neuron σ²",
        "Durrett, Probability: Theory and Examples, Theorem 2.1.13",
        r"\mathbb{E}[u \mid z] = 0, \quad \mathbb{E}\|u\|^2 = \sigma^2 \|b\|^2",
    )
    yield TowerProperty(
        "so σ² is added to the variance of the stream in the mean, whatever it was",
        sp.Symbol(r"K_{j+1}", positive=True),
        skip**2 * sp.Symbol("K_j", positive=True) + sigma**2,
    )
