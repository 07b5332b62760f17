"""Activations behind batch normalisation: integrals over a sphere, by Gegenbauer polynomials.

Where n Gaussian columns are alike, a recentred and rescaled row is √n times a uniform point of the
unit sphere of 1^⊥. One entry is √(n−1) cos θ with density ∝ sin^{n−3} θ, and two entries are the
values along directions whose cosine is −1/(n−1). With f(√(n−1) cos θ) = Σ a_k g_k(cos θ) in
orthonormal Gegenbauer polynomials (Funk and Hecke),

    K_ii = Σ a_k²,   K_ij = Σ a_k² P_k(−1/(n−1)),   P_k(1) = 1.

Source: Yang et al., A mean field theory of batch normalization, 2019, fixed point BSB1 and its
Gegenbauer form. With ε > 0 the row is shorter by √(x/(x + nε)), x ~ λχ²_{n−1}: one more integral.
Without recentring the row is √n (cos α · 1/√n + sin α · v), v on that sphere, and the angle α has
the density ∝ sin^{n−2} α (cos² α/μ + sin² α/λ)^{−n/2}: one more integral again.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.activations.piece import X
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.prediction.answers import no_answer
from depthlaw.theory.prediction.catalogue import formula_of, kinks_of
from depthlaw.theory.prediction.covariance import (
    Covariance,
    constant,
    rounded,
    settled,
)
from depthlaw.theory.prediction.nodes import RULES, legendre, panels
from depthlaw.theory.prediction.rows import Affine, Normalised, State

Array = NDArray[np.float64]
Step = Elementwise | Affine
_UNIT = float(np.finfo(np.float64).eps)
_ORDER = 400
_PANEL = math.pi / 64


def activate_normalised(operation: Elementwise, state: State, law: Normalised) -> State:
    """Return the state after φ on a row that batch normalisation has made.

    Raises
    ------
    NoAnswer
        If φ is zero there.
    """
    after = replace(law, steps=(*law.steps, operation))
    K, n = state.covariance, state.covariance.columns
    phi = formula_of(operation)
    if phi is not None and not law.steps and not law.common:
        if phi.is_homogeneous and n > 2:
            # φ(R u) = R φ(u), and a Gaussian row is R u with R independent of u.
            return _homogeneous(state, after, operation)
        if n == 2 and not law.epsilon:
            ends = [constant(phi.expression.subs(X, side)) for side in (1, -1)]
            return _two(state, after, ends, operation, proved=True)
    if n == 2 and not law.epsilon and not law.common:
        sides = _apply(after.steps, np.array([1.0, -1.0]))
        ends = [rounded(np.array(value), 4 * _UNIT * abs(value)) for value in sides]
        return _two(state, after, ends, operation, proved=False)
    found = _moments(after, n)
    mean, square, cross, error = found
    if not square > error or not math.isfinite(square):
        raise no_answer(operation.describe(), "it is zero there, or not finite")
    matrix = np.full((2, 2), cross)
    np.fill_diagonal(matrix, square)
    covariance = Covariance.of_matrix(rounded(matrix, np.full((2, 2), error)), n, K.shared)
    means = rounded(np.full(2, mean), error / math.sqrt(square))
    return state.but(covariance, mean=means, law=after, proved=False)


def _homogeneous(state: State, after: Normalised, operation: Elementwise) -> State:
    from depthlaw.theory.prediction.activate import mapped, unit_map

    K = state.covariance
    phi = formula_of(operation)
    assert phi is not None
    f, square, _ = unit_map(phi)
    rho = mapped(f, K.correlations)
    found = Covariance(settled(K.variances * square), rho, K.columns, K.shared)
    mean, _, _, spread = _moments(after, K.columns)
    return state.but(
        found, mean=rounded(np.full(K.size, mean), spread), law=after, mean_proved=False
    )


def _two(
    state: State, after: Normalised, ends: list[Rounded], operation: Elementwise, *, proved: bool
) -> State:
    """Return the state where a row is (1, −1) or (−1, 1), with equal chances."""
    up, down = ends
    half = Rounded(np.full((), 0.5))
    square, cross = half * (up * up + down * down), up * down
    if not square.value > square.error:
        raise no_answer(operation.describe(), "it is zero there")
    value = np.array([[square.value, cross.value], [cross.value, square.value]])
    error = np.array([[square.error, cross.error], [cross.error, square.error]])
    mean = half * (up + down)
    K = Covariance.of_matrix(rounded(value, error), 2)
    means = rounded(np.full(2, float(mean.value)), np.full(2, float(mean.error)))
    return state.but(K, mean=means, law=after, proved=proved)


def _apply(steps: tuple[Step, ...], values: Array) -> Array:
    for step in steps:
        if isinstance(step, Affine):
            values = step.scale.value[0] * values + step.shift.value[0]
        else:
            with np.errstate(all="ignore"):
                values = np.asarray(step.function(values), dtype=np.float64)
    return values


def _moments(law: Normalised, n: int) -> tuple[float, float, float, float]:
    """Return E f, E f², E f(r_i) f(r_j), and what two rules differ by."""
    steps = law.steps
    if law.common:
        shifts, radii, weights = _angles(law.spread, law.common, n)
    elif law.epsilon:
        radii, weights = _radii(law.spread, law.epsilon, n)
        shifts = np.zeros_like(radii)
    else:
        shifts, radii, weights = np.zeros(1), np.ones(1), np.ones(1)
    cuts = kinks_of(steps[0]) if isinstance(steps[0], Elementwise) else ()
    found = np.zeros((len(RULES), 3))
    tail = 0.0
    for shift, radius, weight in zip(shifts, radii, weights, strict=True):
        for place, rule in enumerate(RULES):
            size = math.sqrt(n - 1) * radius
            # With a shift the kinks move with every angle, and nodes would be found anew for each.
            ends = tuple(math.acos(cut / size) for cut in cuts if abs(cut) < size and not shift)
            moments, left = _zonal(steps, (shift, size), ends, n, rule)
            found[place] += weight * moments
            tail += weight * left / len(RULES)
    mean, square, cross = found[0]
    change = np.abs(found[0] - found[1]).max()
    return float(mean), float(square), float(cross), float(change + tail + 16 * _UNIT * square)


def _zonal(
    steps: tuple[Step, ...],
    line: tuple[float, float],
    cuts: tuple[float, ...],
    n: int,
    rule: int,
) -> tuple[Array, float]:
    """Return the three moments of f(`shift` + `size` cos θ), and a bound on what is left out."""
    shift, size = line
    if n == 2:
        # The sphere of 1^⊥ is two points: a row is (r, −r) or (−r, r).
        up, down = _apply(steps, np.array([shift + size, shift - size]))
        return np.array([(up + down) / 2, (up**2 + down**2) / 2, up * down]), 0.0
    t, basis, pair = _basis(n, cuts, rule)
    values = _apply(steps, shift + size * t)
    a = (basis @ values) ** 2
    weight = basis[0]
    square = float(weight @ values**2)
    left = max(square - float(a.sum()), 0.0)
    return np.array([weight @ values, square, a @ pair]), left * float(np.abs(pair[-2:]).max())


def _angles(spread: float, common: float, n: int) -> tuple[Array, Array, Array]:
    """Return cos α, sin α and weights of the angle between a row and 1.

    >>> shifts, sizes, weights = _angles(1.0, 1.0, 3)  # uniform on the sphere
    >>> bool(abs(weights @ shifts**2 - 1 / 3) < 1e-12)
    True
    """
    # tan α = √(λ/μ) tan β, where β belongs to the uniform sphere.
    beta, w = legendre(_polar((), n, math.pi / 24), 8)
    w = w * np.sin(beta) ** (n - 2)
    x, y = math.sqrt(common) * np.cos(beta), math.sqrt(spread) * np.sin(beta)
    size = np.hypot(x, y)
    return x / size, y / size, w / w.sum()


def _polar(cuts: tuple[float, ...], n: int, length: float) -> Array:
    """Return panels of angles where sin^n is not below rounding: next to π/2 for large n."""
    reach = min(math.pi / 2, 12 / math.sqrt(n))
    return panels(cuts, math.pi / 2 - reach, math.pi / 2 + reach, min(length, 0.5 / math.sqrt(n)))


@lru_cache(maxsize=64)
def _basis(n: int, cuts: tuple[float, ...], rule: int) -> tuple[Array, Array, Array]:
    """Return cos θ, shape (N,), w g_k, shape (`_ORDER` + 1, N), and P_k(−1/(n−1))."""
    theta, w = legendre(_polar(cuts, n, _PANEL), rule)
    with np.errstate(divide="ignore"):
        w = w * np.exp((n - 3) * np.log(np.sin(theta)))
    w /= w.sum()
    t, half = np.cos(theta), (n - 3) / 2
    k = np.arange(2, _ORDER + 1)
    b = np.sqrt(k * (k + n - 4) / (4 * (k + half) * (k + half - 1)))
    b = np.concatenate([[0.0, math.sqrt(0.5 / (1 + half))], b])
    g = np.empty((_ORDER + 1, len(t)))
    g[0], g[1] = 1.0, t / b[1]
    for order in range(1, _ORDER):
        g[order + 1] = (t * g[order] - b[order] * g[order - 1]) / b[order + 1]
    pair = np.empty(_ORDER + 1)
    at = -1 / (n - 1)
    pair[:2] = 1.0, at
    for order in range(1, _ORDER):
        pair[order + 1] = (2 * order + n - 3) * at * pair[order] - order * pair[order - 1]
        pair[order + 1] /= order + n - 3
    return t, g * w, pair


def _radii(spread: float, epsilon: float, n: int) -> tuple[Array, Array]:
    """Return √(x/(x + nε)) and weights, x ~ λχ²_{n−1}: the trapezoidal rule for log x."""
    nu = n - 1
    width = math.sqrt(2 / nu)
    step = min(0.2, width / 4)
    centre = math.log(nu)
    y = np.arange(centre - 90 / nu - 12 * width, centre + 5 * min(1.0, width) + 3 * width, step)
    logs = y * nu / 2 - np.exp(y) / 2
    weights = np.exp(logs - logs.max())
    keep = weights > 1e-18
    x = spread * np.exp(y[keep])
    return np.sqrt(x / (x + n * epsilon)), weights[keep] / weights[keep].sum()
