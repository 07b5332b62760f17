"""Gradients through batch normalisation, whose growth keeps its rate from layer to layer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.mean_field_bn.layers import growths
from depthlaw.theory.network.layer import Network
from depthlaw.theory.tangent.gradient_numbers import GradientLayer, GradientPrediction
from depthlaw.theory.values import Exact, Numeric

Array = NDArray[np.float64]


def through_batch_norm(network: Network, depth: int, K: Array) -> GradientPrediction:
    """Return growths of layers with a norm over the batch, which keep their rate."""
    alike = np.all(np.diagonal(K) == K[0, 0])
    pairs = K[np.triu_indices(len(K), 1)]
    contrast = None
    if alike and len(pairs) and np.all(pairs == pairs[0]):
        contrast = Fraction(float(K[0, 0])) - Fraction(float(pairs[0]))
    found = growths(network, depth, contrast)
    log: Exact | Numeric = Exact(sp.Integer(0))
    layers = []
    for ell in range(depth, 0, -1):
        layers.append(GradientLayer(ell, found[ell - 1], log))
        log = _added(log, found[ell - 1])
    layers.append(GradientLayer(0, None, log))
    settled = found[depth - 2] if depth > 2 else None
    return GradientPrediction(network, tuple(layers[::-1]), settled, None, None)


def _added(log: Exact | Numeric, growth: Exact | Numeric) -> Exact | Numeric:
    if isinstance(log, Exact) and isinstance(growth, Exact):
        return Exact(log.expression + sp.log(growth.expression))
    assert isinstance(growth, Numeric), "an activation without a formula is computed"
    before, error = (0.0, 0.0) if isinstance(log, Exact) else (log.number, log.error)
    return Numeric(before + float(np.log(growth.number)), error + growth.error / growth.number)
