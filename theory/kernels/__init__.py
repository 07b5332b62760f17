"""Kernel maps κ(ρ) = E φ(X)φ(Y) and what follows from them, each number exact or enclosed.

>>> from depthlaw.theory.activations import activation
>>> found = fixed_points(normalised_map(activation("gelu")))
>>> found.case.name, found.attractor.attracting
('SETTLES_BETWEEN', True)
"""

from __future__ import annotations

from depthlaw.theory.kernels.correlation_map import (
    CorrelationMap,
    centred_map,
    isometry_strength,
    normalised_map,
)
from depthlaw.theory.kernels.derivation import kernel_derivation
from depthlaw.theory.kernels.fixed_points import (
    Case,
    FixedPoint,
    FixedPoints,
    decide_case,
    fixed_points,
)
from depthlaw.theory.kernels.floats import KernelValues, kernel_values
from depthlaw.theory.kernels.kernel_map import KernelMap
from depthlaw.theory.kernels.phases import (
    OrderChaos,
    Phase,
    VarianceFixedPoint,
    critical_point,
    order_chaos,
)
from depthlaw.theory.kernels.rates import Decay, Rate, depth_to_reach, rate, trajectory
from depthlaw.theory.kernels.variance_flow import Fate
from depthlaw.theory.terms.closed_kernel import ClosedKernel, closed_kernel

__all__ = [
    "Case",
    "ClosedKernel",
    "CorrelationMap",
    "Decay",
    "Fate",
    "FixedPoint",
    "FixedPoints",
    "KernelMap",
    "KernelValues",
    "OrderChaos",
    "Phase",
    "Rate",
    "VarianceFixedPoint",
    "centred_map",
    "closed_kernel",
    "critical_point",
    "decide_case",
    "depth_to_reach",
    "fixed_points",
    "isometry_strength",
    "kernel_derivation",
    "kernel_values",
    "normalised_map",
    "order_chaos",
    "rate",
    "trajectory",
]
