"""E φ(X)φ(Y) and E φ′(X)φ′(Y) as formulas in the variances and the covariance.

The second is the kernel map of φ′, which is the derivative of the first by the covariance (Price's
theorem). It is infinite on the diagonal where φ jumps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.hermite.mean import mean
from depthlaw.theory.prediction.catalogue import formula_of
from depthlaw.theory.terms.closed_kernel import Q1, Q2, RHO, R, closed_kernel

_ENDLESS = (sp.zoo, sp.nan, sp.oo)


@dataclass(frozen=True)
class Formulas:
    """What an activation does to a Gaussian pair.

    Attributes
    ----------
    pair, slope
        E φ(X)φ(Y) and E φ′(X)φ′(Y), in `Q1`, `Q2`, `R`; where φ(ax) = aφ(x) for a > 0 they are in
        `RHO`, the first without its factor √(q₁q₂).
    square, slope_square
        The same for X = Y, in `Q1`; where φ(ax) = aφ(x) the first is without its factor q.
    mean
        (E φ)² in `Q1`; where φ(ax) = aφ(x), E φ without its factor √q.
    homogeneous
        Whether φ(ax) = aφ(x) for a > 0.
    """

    pair: sp.Expr
    slope: sp.Expr | None
    square: sp.Expr
    slope_square: sp.Expr | None
    mean: sp.Expr
    homogeneous: bool


@lru_cache(maxsize=64)
def formulas(phi: Activation) -> Formulas | None:
    """Return the formulas of an activation, or None where there is no closed form.

    >>> from depthlaw.theory.activations import activation
    >>> found = formulas(activation("erf"))
    >>> bool(sp.simplify(found.slope - sp.diff(found.pair, R)) == 0)
    True
    """
    closed = closed_kernel(phi)
    if closed is None:
        return None
    square = _aligned(closed.expression)
    if square is None:
        return None
    slope, slope_square = None, None
    if why_no_slope(phi) is None:
        slope = _slope(phi, closed.expression)
        slope_square = None if slope is None else _aligned(slope)
        if slope_square is None:
            return None
    if phi.is_homogeneous:
        unit = {Q1: 1, Q2: 1, R: RHO}
        return Formulas(
            closed.unit,
            None if slope is None else _unit_slope(phi, slope),
            square.subs(unit, simultaneous=True),
            None if slope_square is None else slope_square.subs(unit, simultaneous=True),
            mean(phi),
            True,
        )
    centre = closed.expression.subs({Q2: Q1, R: 0}, simultaneous=True)
    return Formulas(closed.expression, slope, square, slope_square, centre, False)


def _aligned(formula: sp.Expr) -> sp.Expr | None:
    """Return a formula for X = Y, or None where it is not finite."""
    found = formula.subs({Q2: Q1, R: Q1}, simultaneous=True)
    return None if found.has(*_ENDLESS) else found


def _slope(phi: Activation, pair: sp.Expr) -> sp.Expr:
    try:
        derived = closed_kernel(phi.derivative())
    except DepthlawError:
        derived = None
    return sp.diff(pair, R) if derived is None else derived.expression


def _unit_slope(phi: Activation, slope: sp.Expr) -> sp.Expr:
    derived = closed_kernel(phi.derivative())
    if derived is not None:
        return derived.unit
    return slope.subs({Q1: 1, Q2: 1, R: RHO}, simultaneous=True)


@lru_cache(maxsize=256)
def why_no_slope(phi: Activation) -> str | None:
    """Return why there is no kernel of φ′, in words; None where there is one.

    >>> from depthlaw.theory.activations import activation
    >>> why_no_slope(activation("sign"))
    'sign jumps, and the square of its derivative has no mean'
    """
    try:
        jumps = bool(phi.jumps) or phi.may_jump
    except DepthlawError:
        jumps = True
    if jumps:
        return f"{phi.name} jumps, and the square of its derivative has no mean"
    return None


def why_no_tangent(operation: Elementwise) -> str | None:
    """Return the same for an operation; functions of one's own are taken to be continuous."""
    phi = formula_of(operation)
    return None if phi is None else why_no_slope(phi)
