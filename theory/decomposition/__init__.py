"""The mean field of recentring and ReLU: the step, its odd-point states and their stability.

Source: ours; the paper is nachum2024 (arXiv:2412.02843), whose formal statements are not available.

>>> from depthlaw.theory.rigorous.balls import precision
>>> with precision(128):
...     states = fixed_points(7)
>>> states.odd.multiplier.upper < 1 < states.separatrix.multiplier.lower
True
"""

from __future__ import annotations

from depthlaw.theory.decomposition.odd_point import OddPointState
from depthlaw.theory.decomposition.roots import FixedPoints, fixed_points, odd_state_exists
from depthlaw.theory.decomposition.threshold import SaddleNode, threshold
from depthlaw.theory.decomposition.two_groups import TwoGroups, two_groups
from depthlaw.theory.decomposition.wide_layer import Matrix, mean_field_step

__all__ = [
    "FixedPoints",
    "Matrix",
    "OddPointState",
    "SaddleNode",
    "TwoGroups",
    "fixed_points",
    "mean_field_step",
    "odd_state_exists",
    "threshold",
    "two_groups",
]
