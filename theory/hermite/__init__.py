"""Hermite expansions: c_k = E[φ(x) h_k(x)] with h_k = He_k/√k!, x ~ N(0, 1).

`coefficients` gives each number exact or enclosed, `series` the expansion with its remainder,
`general_term` the formula for symbolic k, `derivation` how it is found; `routes` holds the three
independent ways to compute the same numbers.
"""

from __future__ import annotations

from depthlaw.theory.hermite.mean import mean, second_moment
from depthlaw.theory.hermite.normal import centred, normalised
from depthlaw.theory.hermite.routes import HIGHEST_ORDER
from depthlaw.theory.hermite.series import HermiteSeries, coefficients, series
from depthlaw.theory.hermite.symbolic import derivation, general_term

__all__ = [
    "HIGHEST_ORDER",
    "HermiteSeries",
    "centred",
    "coefficients",
    "derivation",
    "general_term",
    "mean",
    "normalised",
    "second_moment",
    "series",
]
