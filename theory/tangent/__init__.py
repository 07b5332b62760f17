"""The two kernels of an infinitely wide network: of its outputs (NNGP) and its gradients (NTK).

`kernels` gives both for any network of the language whose columns do not meet in a batch norm:

    K(x, x′) = E f(x) f(x′),   Θ(x, x′) = Σ_θ ∂f(x)/∂θ · ∂f(x′)/∂θ.

>>> from depthlaw.theory.network import Network
>>> from depthlaw.theory.network.text import parse_layer
>>> deep = Network(width=64, batch=2, layer=parse_layer("linear"))
>>> found = kernels(deep, depth=3, correlation=0.5)
>>> found.output.ntk.tolist()  # a deep linear network: Θ = 3K
[[3.0, 1.5], [1.5, 3.0]]
"""

from __future__ import annotations

from depthlaw.theory.tangent.gradient_numbers import GradientLayer, GradientPrediction
from depthlaw.theory.tangent.gradients import predict_gradients
from depthlaw.theory.tangent.kernels import KernelLayer, Kernels, kernels
from depthlaw.theory.tangent.readout import Readout

__all__ = [
    "GradientLayer",
    "GradientPrediction",
    "KernelLayer",
    "Kernels",
    "Readout",
    "kernels",
    "predict_gradients",
]
