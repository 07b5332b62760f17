"""Correlations along the stream of a wide residual network, enclosed layer by layer.

Layer j adds to a stream of variance K_{j−1} an independent branch of variance b_j: then
K_j = K_{j−1} + b_j, and with the share ε_j = b_j/K_j of the branch

  ρ_j = (1 − ε_j) ρ_{j−1} + ε_j κ(ρ_{j−1}),

where κ is the correlation map of the branch, which begins with a norm and so sees correlations
alone.

>>> from fractions import Fraction
>>> list(equal_branches(Fraction(1), 3)) == [Fraction(1, 2), Fraction(1, 3), Fraction(1, 4)]
True
"""

from __future__ import annotations

from depthlaw.theory.residual.flow import flow
from depthlaw.theory.residual.shares import constant, equal_branches, falling_branches, split
from depthlaw.theory.residual.stream import correlation, relu_gap

__all__ = [
    "constant",
    "correlation",
    "equal_branches",
    "falling_branches",
    "flow",
    "relu_gap",
    "split",
]
