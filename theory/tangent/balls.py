"""Kernels in balls: every number is enclosed, at a precision that the caller raises."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from flint import arb
from numpy.typing import NDArray

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.prediction.activate import rough_means
from depthlaw.theory.prediction.catalogue import formula_of
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.tangent.features import Entries, Moments, Step
from depthlaw.theory.tangent.formulas import Formulas, formulas, why_no_slope
from depthlaw.theory.tangent.integrals import integral_moments
from depthlaw.theory.terms.closed_kernel import Q1, Q2, RHO, R

Array = NDArray[np.float64]


class NotClosed(Exception):  # noqa: N818  (never leaves the folder: floats take over)
    """An activation has no closed form, so that balls do not follow it."""


class Balls:
    """Arrays of balls.

    Parameters
    ----------
    same
        Which columns are equal for certain, shape (n, n): a pair of them is no pair.
    integrals
        Whether an integral for each pair may stand in for a closed form: it takes 0.05 s.
    """

    def __init__(self, same: NDArray[np.bool_], *, integrals: bool = False) -> None:
        self.same, self.integrals = same, integrals
        self.integrated = False

    def entries(self, values: Array) -> Entries:
        """Return floats as balls, each exact."""
        found = np.empty(values.shape, dtype=object)
        for place, value in np.ndenumerate(values):
            found[place] = arb(float(value))
        return found

    def root(self, values: Entries) -> Entries:
        """Return square roots of balls around numbers ≥ 0."""
        found = np.empty_like(values)
        for place, value in np.ndenumerate(values):
            found[place] = _root(value)
        return found

    def read_out(self, places: int) -> Balls:
        """Return the same for samples instead of their positions."""
        found = Balls(self.same[::places, ::places], integrals=self.integrals)
        found.integrated = self.integrated
        return found

    def moments(self, nngp: Entries, steps: tuple[Step, ...]) -> Moments:
        """Return the moments of one function of Gaussian neurons, enclosed.

        Raises
        ------
        NotClosed
            If it has no closed form, or there are several.
        """
        phi = _formula(steps)
        forms = formulas(phi)
        if forms is None:
            found = integral_moments(phi, nngp, self.same) if self.integrals else None
            if found is None or not all(value.is_finite() for value in found.second.flat):
                raise NotClosed
            self.integrated = True
            return found
        n = len(nngp)
        second, slope = (np.empty((n, n), dtype=object) for _ in range(2))
        means = np.empty(n, dtype=object)
        for i in range(n):
            q = nngp[i, i]
            second[i, i], slope[i, i] = _square(forms, q)
            means[i] = _mean(forms, q, phi, steps)
            for j in range(i):
                if self.same[i, j]:
                    value = second[i, i], slope[i, i]
                else:
                    value = _pair(forms, q, nngp[j, j], nngp[i, j])
                second[i, j], slope[i, j] = value
                second[j, i], slope[j, i] = value
        if forms.slope is None:
            return Moments(second, None, means, why_no_slope(phi))
        return Moments(second, slope, means)


def _formula(steps: tuple[Step, ...]) -> Activation:
    step = steps[0]
    phi = formula_of(step) if isinstance(step, Elementwise) else None
    if len(steps) > 1 or phi is None:
        raise NotClosed
    return phi


def _root(value: arb) -> arb:
    return (value.nonnegative_part() if value.overlaps(arb(0)) else value).sqrt()


def _at(formula: sp.Expr | None, values: dict[Any, arb]) -> arb:
    return arb.nan() if formula is None else evaluate(formula, values)


def _square(forms: Formulas, q: arb) -> tuple[arb, arb]:
    values = {Q1: q}
    square = _at(forms.square, values)
    return square * q if forms.homogeneous else square, _at(forms.slope_square, values)


def _mean(forms: Formulas, q: arb, phi: Activation, steps: tuple[Step, ...]) -> arb:
    if forms.homogeneous:
        return evaluate(forms.mean, {}) * q.sqrt()
    size = _root(evaluate(forms.mean, {Q1: q}))
    step = steps[0]
    assert isinstance(step, Elementwise)
    # Where the sign cannot be told the ball of the mean holds 0 and both of them.
    sign = float(np.sign(rough_means(step, np.array([float(q.mid())])))[0])
    if not size > arb(2) ** -30:
        return size.union(-size)
    return size * arb(sign)


def _pair(forms: Formulas, q1: arb, q2: arb, r: arb) -> tuple[arb, arb]:
    if not forms.homogeneous:
        values = {Q1: q1, Q2: q2, R: r}
        return _at(forms.pair, values), _at(forms.slope, values)
    size = (q1 * q2).sqrt()
    rho = r / size
    for sign in (1, -1):
        if rho.overlaps(arb(sign)):
            value, slope = _at_end(forms, rho, sign)
            return size * value, slope
    # By the mean value theorem: the formula's own parts cancel, more in every layer as ρ nears 1.
    middle = arb(rho.mid())
    slope = _at(forms.slope, {RHO: rho})
    return size * (_at(forms.pair, {RHO: middle}) + slope * (rho - middle)), slope


def _at_end(forms: Formulas, rho: arb, sign: int) -> tuple[arb, arb]:
    """Return κ and κ′ on the part in [−1, 1] of a ball that holds ±1.

    |κ′| ≤ κ′(1), so that κ is no further from its end than the ball is wide. A formula with a root
    of 1 − ρ² would lose half of the digits in every layer.
    """
    end = evaluate(forms.pair, {RHO: arb(sign)})
    steepest = _at(forms.slope_square, {Q1: arb(1)})
    width = (1 - sign * rho).abs_upper()
    return end + arb(0, (steepest * width).abs_upper()), _at(forms.slope, {RHO: rho})
