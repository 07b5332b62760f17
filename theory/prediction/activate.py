"""An activation on a row that is Gaussian: K ↦ E φ(h)φ(h)ᵀ, h ~ N(0, K), and the mean E φ(h).

=====================================  =====================================================
K and φ                                route
=====================================  =====================================================
φ(ax) = aφ(x) for a > 0                q E φ², and κ(ρ)/κ(1) with proved error
unit variances, without an error       the same
a closed form that is finite at ρ = 1  the formula in balls, over the balls of q and ρ
all else, and functions of φ(h)        Hermite coefficients of φ(√q_i ·) by quadrature; computed
=====================================  =====================================================
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.hermite.mean import mean as gaussian_mean
from depthlaw.theory.kernels.correlation_map import CorrelationMap, normalised_map
from depthlaw.theory.kernels.gram_flow import advance
from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.prediction.answers import no_answer
from depthlaw.theory.prediction.catalogue import formula_of, kinks_of
from depthlaw.theory.prediction.covariance import (
    Covariance,
    constant,
    rounded,
    settled,
)
from depthlaw.theory.prediction.formula import by_formula
from depthlaw.theory.prediction.nodes import ORDER, RULES, coefficients, hermite_basis
from depthlaw.theory.prediction.rows import Affine, Gaussian, Image, Normalised, State, Unknown

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)


def activate(operation: Elementwise, state: State) -> State:
    """Return the state after φ.

    Raises
    ------
    NoAnswer
        If the law of a row is not known, or φ has no second moment there.
    """
    match state.law:
        case Gaussian():
            image = Image(state.covariance, (operation,))
            phi = formula_of(operation)
            if phi is not None and _is_free_of_scale(phi, state.covariance):
                return _by_map(operation, phi, state, image)
            if phi is not None and state.proved:
                sign = np.sign(rough_means(operation, state.covariance.variances.value))
                proved = by_formula(phi, state.covariance, sign)
                if proved is not None:
                    return state.but(proved[0], mean=proved[1], law=image, mean_proved=True)
            return _by_quadrature(operation, state, image)
        case Image(base, steps):
            return _by_quadrature(operation, state, Image(base, (*steps, operation)))
        case Normalised():
            # Here, because the sphere needs activations.
            from depthlaw.theory.prediction.sphere import activate_normalised

            return activate_normalised(operation, state, state.law)
        case Unknown(why):
            raise no_answer(
                operation.describe(), f"an activation needs the law of a row, and {why}"
            )


def _is_free_of_scale(phi: Activation, K: Covariance) -> bool:
    q = K.variances
    return phi.is_homogeneous or bool(np.all(q.value == 1) and not np.any(q.error))


@lru_cache(maxsize=64)
def unit_map(phi: Activation) -> tuple[CorrelationMap, Rounded, Rounded]:
    """Return κ/κ(1), E φ² and E φ."""
    f = normalised_map(phi)
    return f, constant(f.kernel.at_one), constant(gaussian_mean(phi))


def _by_map(operation: Elementwise, phi: Activation, state: State, image: Image) -> State:
    try:
        f, square, mean = unit_map(phi)
    except ArgumentError as error:
        raise no_answer(operation.describe(), error.advice) from None
    K = state.covariance
    rho = K.correlations
    found = Covariance(settled(K.variances * square), mapped(f, rho), K.columns, K.shared)
    roots = K.variances.sqrt() if phi.is_homogeneous else Rounded(np.ones(K.size))
    return state.but(found, mean=settled(roots * mean), law=image, mean_proved=True)


def mapped(f: CorrelationMap, rho: Rounded) -> Rounded:
    """Return f at each correlation off the diagonal, which stays 1."""
    above = np.triu_indices(len(rho.value), 1)
    value, error = np.ones_like(rho.value), np.zeros_like(rho.value)
    value[above], error[above] = advance(f, rho.value[above], rho.error[above])
    value.T[above], error.T[above] = value[above], error[above]
    return rounded(value, error)


def _by_quadrature(operation: Elementwise, state: State, image: Image) -> State:
    base = image.base
    q = base.variances.value
    alike = base.alike and all(
        np.all(part.value == part.value[0])
        for step in image.steps
        if isinstance(step, Affine)
        for part in (step.scale, step.shift)
    )
    chosen = np.zeros(1, dtype=int) if alike else np.arange(base.size)
    cuts = tuple(
        float(place)
        for root in np.unique(np.sqrt(q[q > 0]))
        for place in np.unique(_kinks(image)) / root
    )
    c, change, squares, decays = coefficients(lambda x: _values(image, x, chosen), cuts)
    if not decays or not np.isfinite(squares).all():
        raise no_answer(
            operation.describe(), "its second moment at this variance is infinite, or not found"
        )
    if alike:
        c, change, squares = (np.repeat(each, base.size, axis=0) for each in (c, change, squares))
    rho = base.correlations
    total, slopes = _series(c, rho.value)
    # What is left out lies between 0 and this for ρ ≥ 0.
    left = np.maximum(squares - (c**2).sum(axis=1), 0.0)
    tail = np.sqrt(np.outer(left, left)) * np.abs(rho.value) ** (ORDER + 1)
    total += np.where(rho.value > 0, tail / 2, 0.0)
    carried = np.abs(slopes) * rho.error
    spread = _UNIT * np.sqrt(np.outer(squares, squares)) + np.sqrt(np.outer(change, change))
    matrix = rounded(total, tail / 2 + carried + 8 * spread)
    here = np.arange(base.size)
    matrix.value[here, here] = squares
    with np.errstate(divide="ignore", invalid="ignore"):
        # φ(√q z) changes by at most as much, relatively, as an identity would.
        relative = np.where(q > 0, base.variances.error / q, 0.0)
    np.asarray(matrix.absolute)[here, here] = change + squares * (8 * _UNIT + relative)
    if (squares == 0).any():
        raise no_answer(operation.describe(), "it is zero there")
    K = Covariance.of_matrix(matrix, base.columns, base.shared)
    mean = rounded(c[:, 0], change / np.sqrt(squares) + _UNIT * np.abs(c[:, 0]))
    return state.but(K, mean=mean, law=image, proved=False)


def _series(c: Array, rho: Array) -> tuple[Array, Array]:
    """Return Σ c_ik c_jk ρ_ij^k and its derivative by ρ_ij, both of shape (m, m)."""
    if len(rho) <= _FEW:
        orders = np.arange(ORDER + 1)
        powers = rho[:, :, None] ** orders
        products = c[:, None, :] * c[None, :, :]
        slopes = (products[:, :, 1:] * orders[1:] * powers[:, :, :-1]).sum(axis=2)
        return (products * powers).sum(axis=2), slopes
    total, slopes = np.zeros_like(rho), np.zeros_like(rho)
    for k in range(ORDER, -1, -1):
        slopes = slopes * rho + total
        total = total * rho + np.outer(c[:, k], c[:, k])
    return total, slopes


_FEW = 8
"""Columns up to which all powers of all correlations are formed at once."""


def rough_means(operation: Elementwise, variances: Array) -> Array:
    """Return E φ(√q z) for each variance, well enough for its sign.

    >>> from depthlaw.theory.activations import activation
    >>> bool(rough_means(activation("gelu").operation(), np.array([1.0]))[0] > 0)
    True
    """
    x, basis = hermite_basis((), RULES[-1])
    with np.errstate(all="ignore"):
        values = operation.function(np.sqrt(variances)[:, None] * x)
    return np.asarray(values @ basis[:, 0], dtype=np.float64)


def _kinks(image: Image) -> list[float]:
    """Return kinks of the first step alone: those further on lie elsewhere for each column."""
    first = image.steps[0]
    return list(kinks_of(first)) if isinstance(first, Elementwise) else []


def _values(image: Image, x: Array, chosen: NDArray[np.int_]) -> Array:
    """Return f_i(√q_i x) for the chosen columns i, shape (m, N)."""
    values = np.sqrt(image.base.variances.value[chosen])[:, None] * x
    for step in image.steps:
        if isinstance(step, Affine):
            values = step.scale.value[chosen, None] * values + step.shift.value[chosen, None]
        else:
            with np.errstate(all="ignore"):
                values = np.asarray(step.function(values), dtype=np.float64)
    return values
