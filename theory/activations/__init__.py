"""Activations: a catalogue by name, your own from a formula, and what can be built from both.

An `Activation` carries a formula on each of finitely many intervals (SymPy), a vectorised function
of arrays, its breakpoints, its parity and a growth bound. From those everything else follows:
`depthlaw.theory.hermite` expands it, `depthlaw.theory.kernels` gives its kernel map.

>>> relu = activation("relu")
>>> (relu + relu.gain(-1)).pieces == activation("abs").pieces
True
"""

from __future__ import annotations

from depthlaw.theory.activations.catalogue import (
    CATALOGUE,
    activation,
    celu,
    elu,
    hermite,
    leaky_relu,
    monomial,
    polynomial,
    selu,
    two_slope,
)
from depthlaw.theory.activations.definition import Activation, Parity
from depthlaw.theory.activations.growth import GrowthBound
from depthlaw.theory.activations.own import from_expression, from_text
from depthlaw.theory.writing.variable import X

__all__ = [
    "CATALOGUE",
    "Activation",
    "GrowthBound",
    "Parity",
    "X",
    "activation",
    "celu",
    "elu",
    "from_expression",
    "from_text",
    "hermite",
    "leaky_relu",
    "monomial",
    "polynomial",
    "selu",
    "two_slope",
]
