"""φ′ as a function of arrays, for gradients."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from depthlaw.theory.activations.functions import (
    Array,
    Vectorised,
    compile_numpy,
    nearest_float,
)
from depthlaw.theory.activations.piece import Pieces, slope
from depthlaw.theory.writing.variable import X


class SlopeOf:
    """φ′ of a function given by symbolic pieces; a kink belongs to its left, as ReLU's in PyTorch.

    In floats, which are as accurate as the largest terms of the formula: enough for a gradient.
    Where they overflow on the way, ball arithmetic finds the number.

    >>> from depthlaw.theory.activations import activation
    >>> SlopeOf(activation("leaky_relu").pieces)(np.array([-2.0, 0.0, 3.0])).tolist()
    [0.01, 0.01, 1.0]
    """

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces

    def __reduce__(self) -> tuple[Any, ...]:
        return SlopeOf, (self.pieces,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SlopeOf) and self.pieces == other.pieces

    def __hash__(self) -> int:
        return hash(self.pieces)

    @cached_property
    def _formulas(self) -> tuple[sp.Expr, ...]:
        return tuple(slope(piece.expression) for piece in self.pieces)

    @cached_property
    def _cuts(self) -> Array:
        return np.array([float(sp.N(piece.upper, 30)) for piece in self.pieces[:-1]])

    @cached_property
    def _constants(self) -> Array | None:
        """The slopes where all of them are constant."""
        if any(formula.has(X) for formula in self._formulas):
            return None
        return np.array([float(sp.N(formula, 30)) for formula in self._formulas])

    @cached_property
    def _functions(self) -> list[Vectorised]:
        return [compile_numpy(formula) for formula in self._formulas]

    def __call__(self, x: Array) -> Array:
        """Return φ′(x)."""
        constants, cuts = self._constants, self._cuts
        if constants is not None:
            if len(cuts) == 1:
                steps: Array = (x > cuts[0]).astype(np.float64)
                if constants[1] - constants[0] != 1:
                    steps *= constants[1] - constants[0]
                if constants[0]:
                    steps += constants[0]
                return steps
            return np.asarray(constants[np.searchsorted(cuts, x)], dtype=np.float64)
        with np.errstate(all="ignore"):
            if not len(cuts):
                result = np.asarray(self._functions[0](x))
            else:
                place = np.searchsorted(cuts, x)
                result = np.empty(x.shape)
                for index, function in enumerate(self._functions):
                    mask = place == index
                    result[mask] = function(x[mask])
        lost = ~np.isfinite(result)
        if lost.any():
            result = np.array(result)
            lost &= np.isfinite(x)
            result[lost] = [self._in_balls(float(value)) for value in x[lost]]
        return result

    def _in_balls(self, x: float) -> float:
        return nearest_float(self._formulas[int(np.searchsorted(self._cuts, x))], x)
