"""Networks as descriptions: layers and their text, laws of weights, Gram matrices of batches.

Nothing here draws a weight.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.network.activate import Activate
from depthlaw.theory.network.attention import Attention, Average
from depthlaw.theory.network.convolution import Conv, Padding
from depthlaw.theory.network.glu import GLU
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.linear import Linear, Variance, Weights
from depthlaw.theory.network.normalise import BatchNorm, LayerNorm, Over, Recenter, Rescale, RMSNorm
from depthlaw.theory.network.residual import Operation, Residual

Array = NDArray[np.float64]

__all__ = [
    "GLU",
    "Activate",
    "Array",
    "Attention",
    "Average",
    "BatchNorm",
    "Conv",
    "LayerNorm",
    "Linear",
    "Network",
    "Operation",
    "Over",
    "Padding",
    "RMSNorm",
    "Recenter",
    "Rescale",
    "Residual",
    "Variance",
    "Weights",
]
