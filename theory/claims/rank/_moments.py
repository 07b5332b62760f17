"""Traces of powers of M as parameters, and the exact means over enumerated weights."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Check,
    Computed,
    Condition,
    Domain,
    Parameter,
    ParameterValue,
    Requires,
    number,
)
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank.covariance import normalised, traces
from depthlaw.theory.rank.enumeration import mean_square_norm, square_norm_series
from depthlaw.theory.rank.single_entry import square_norm_coefficient
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Enclosure, Exact, Value
from depthlaw.theory.writing.symbols import d

T_2, T_3, S = sp.symbols("T_2 T_3 S", positive=True)
DRIFT = 2 * d**2 - 2 * T_2 - 8 * T_3 + 8 * S
"""δ(M) in the traces."""

SQUARE = Parameter("square", T_2, Domain.REAL, 1, "Tr M² = ‖M‖_F²")
CUBE = Parameter("cube", T_3, Domain.REAL, 1, "Tr M³")
DIAGONAL = Parameter("diagonal", S, Domain.REAL, 1, "Σ_i ((M²)_ii)²")
TRACES = (WIDTH, SQUARE, CUBE, DIAGONAL)


def _square_possible(values: Mapping[str, ParameterValue]) -> bool:
    width = number(values, "width")
    return width <= number(values, "square") <= width**2


SQUARE_POSSIBLE = Requires(
    sp.And(T_2 >= d, T_2 <= d**2), "as with unit diagonal", argument="square"
)


def _cube_possible(values: Mapping[str, ParameterValue]) -> bool:
    square, cube = number(values, "square"), number(values, "cube")
    return square**2 <= number(values, "width") * cube and cube**2 <= square**3


CUBE_POSSIBLE = Condition(
    "(Tr M²)²/d ≤ Tr M³ ≤ (Tr M²)^{3/2}",
    "cube",
    _cube_possible,
    lambda _: "with unit diagonal it lies between (Tr M²)²/d and (Tr M²)^{3/2}",
)


def _diagonal_possible(values: Mapping[str, ParameterValue]) -> bool:
    width, square = number(values, "width"), number(values, "square")
    return square**2 / width <= number(values, "diagonal") <= (width + 1) * square - width**2


DIAGONAL_POSSIBLE = Condition(
    "(Tr M²)²/d ≤ Σ ((M²)_ii)² ≤ (d+1) Tr M² − d²",
    "diagonal",
    _diagonal_possible,
    lambda _: "each (M²)_ii lies in [1, d], so it lies between (Tr M²)²/d and (d+1) Tr M² − d²",
)


def trace_parameters(matrix: RationalMatrix) -> dict[str, ParameterValue]:
    """Return the parameters of δ(M)."""
    found = traces(normalised(matrix))
    return {
        "width": len(matrix),
        "square": found.square,
        "cube": found.cube,
        "diagonal": found.diagonal,
    }


def _quantity(matrix: RationalMatrix, law: WeightLaw) -> Value:
    return Exact(sp.Rational(square_norm_series(matrix, law, 2)[2]))


def enumerated(label: str, matrix: RationalMatrix, law: WeightLaw) -> Check:
    """Return a check of the γ² coefficient, exact, over all weight matrices of a law."""
    return Check(
        f"{label}, weights {law.name}",
        trace_parameters(matrix),
        Computed(_quantity, {"matrix": matrix, "law": law}),
    )


def _quantity_2(matrix: RationalMatrix) -> Value:
    return Exact(sp.Rational(square_norm_coefficient(matrix, 2)))


def single_entries(label: str, matrix: RationalMatrix) -> Check:
    """Return a check of the γ² coefficient, exact, by weights with a single entry: any law."""
    return Check(
        f"{label}, any law",
        trace_parameters(matrix),
        Computed(_quantity_2, {"matrix": matrix}),
    )


def _quantity_3(matrix: RationalMatrix, law: WeightLaw, gamma: Fraction) -> Value:
    return Enclosure.of(richardson(matrix, law, gamma))


def extrapolated(label: str, matrix: RationalMatrix, law: WeightLaw, gamma: Fraction) -> Check:
    """Return a check of lim (E‖M⁺‖_F² − ‖M‖_F²)/γ² by Richardson's extrapolation in γ².

    Where only even powers of γ occur three values remove γ² and γ⁴ and leave O(γ⁶), which is a
    power of γ² inside the resolution γ⁴.
    """
    return Check(
        f"{label}, weights {law.name}, extrapolated from γ = {gamma}",
        trace_parameters(matrix),
        Computed(_quantity_3, {"matrix": matrix, "law": law, "gamma": gamma}),
        resolution=gamma**4,
    )


def richardson(matrix: RationalMatrix, law: WeightLaw, gamma: Fraction) -> Fraction:
    """Return the limit of (E‖M⁺‖_F² − ‖M‖_F²)/γ² as seen from γ, γ/2 and γ/4."""
    start = traces(matrix).square
    column = [
        (mean_square_norm(matrix, law, step) - start) / step**2
        for step in (gamma, gamma / 2, gamma / 4)
    ]
    for power in (4, 16):
        column = [(power * fine - coarse) / (power - 1) for coarse, fine in pairwise(column)]
    return column[0]
