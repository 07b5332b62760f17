"""Norms over the batch of n columns: K is an n-dimensional Gaussian integral.

==========================================  ==================================================
rows N(0, K)                                K after dividing by √(mean square + ε)
==========================================  ==================================================
n = 2, ε = 0                                2(K + √det K · I)/(tr K + 2√det K)
all columns alike and recentred             a point on a sphere: correlations −1/(n−1), whatever
                                            K was, and variance E x/(x + nε), x ~ λχ²_{n−1}
any other K                                 its eigenvectors, and for each eigenvalue one integral
==========================================  ==================================================

With z = nε/2λ, E x/(x + nε) = 1 − z e^z E_{(n−1)/2}(z), the exponential integral. In the basis of
eigenvectors n λ_k ∫₀^∞ e^{−tnε} (1 + 2tλ_k)^{−1} Π_j (1 + 2tλ_j)^{−1/2} dt are the eigenvalues.
"""

from __future__ import annotations

import numpy as np
from flint import acb, arb
from numpy.typing import NDArray

from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.prediction.answers import no_answer
from depthlaw.theory.prediction.covariance import (
    Covariance,
    constant,
    rounded,
    settled,
    unit_diagonal,
)
from depthlaw.theory.prediction.rows import Gaussian, Normalised, State, Unknown
from depthlaw.theory.rigorous.balls import ball, precision

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)
_ALIKE = 2.0**-40
"""Relative difference of columns that are taken for alike; it becomes part of the error."""


def recenter_batch(state: State) -> State:
    """Return the state less the mean over the columns: K ↦ PKP, P = I − 11ᵀ/n."""
    K = state.covariance
    n = K.columns
    gaussian = isinstance(state.law, Gaussian)
    law = (
        state.law
        if gaussian
        else Unknown("recentring over the batch mixes columns that are not Gaussian")
    )
    if n == 1:
        raise no_answer("recenter", "a batch of one is its own mean: nothing is left")
    found = _recentred(K)
    mean = state.mean
    if mean is not None and not gaussian:
        m = mean.value - (mean.value.mean() if not K.shared else mean.value[0])
        mean = rounded(m, 2 * mean.error.max() + 4 * _UNIT * np.abs(mean.value))
    return state.but(found, mean=mean, law=law)


def _recentred(K: Covariance) -> Covariance:
    n = K.columns
    if K.shared or (n == 2 and K.alike):
        c = Rounded(K.correlations.value[0, 1], K.correlations.error[0, 1])
        lost = Rounded(np.ones(())) + -c
        share = Rounded(np.full((), 1 - 1 / n), 0.0, _UNIT)
        q = settled(K.variances * (lost * share))
        table = np.full((2, 2), -1 / (n - 1))
        error = np.full((2, 2), _UNIT if n > 2 else 0.0)
        rho = unit_diagonal(rounded(table, error), (q.value <= q.error) & (q.value == 0))
        return Covariance(q, rho, n, K.shared)
    G = K.matrix()
    value, error = G.value, G.error
    left, whole = value.mean(axis=0), value.mean()
    spread = error + error.mean(axis=0) + error.mean(axis=1)[:, None] + error.mean()
    spread = spread + 4 * n * _UNIT * np.abs(value).max()
    found = value - left - left[:, None] + whole
    return Covariance.of_matrix(rounded((found + found.T) / 2, spread), n)


def rescale_batch(state: State, epsilon: float, operation: str) -> State:
    """Return the state divided by the root mean square over the columns.

    Raises
    ------
    NoAnswer
        If the rows are not Gaussian, or all zero.
    """
    if not isinstance(state.law, Gaussian):
        why = state.law.why if isinstance(state.law, Unknown) else "they are not Gaussian"
        raise no_answer(operation, f"a norm over the batch needs the law of a row, and {why}")
    K = state.covariance
    if not (K.variances.value > K.variances.error).any():
        raise no_answer(operation, "all samples are equal: there is nothing to divide")
    n = K.columns
    spread = _sphere(K)
    if spread is not None:
        q = _radius(spread, epsilon, n)
        variances = rounded(np.full(K.size, float(q.value)), np.full(K.size, float(q.error)))
        found = Covariance(variances, _equal(n, K.size), n, n > 2)
        law = Normalised(float(spread.value), epsilon)
        return state.but(found, mean=rounded(np.zeros(found.size)), law=law, mean_proved=True)
    mean = rounded(np.zeros(K.size))
    law_after = _law_after(K, epsilon)
    if n == 2 and not epsilon:
        return state.but(_two(K), mean=mean, law=law_after)
    return state.but(_by_spectrum(K, epsilon), mean=mean, law=law_after, proved=False)


def _law_after(K: Covariance, epsilon: float) -> Normalised | Unknown:
    n, q, c = K.columns, K.variances.value[0], K.correlations.value[0, -1]
    alike = K.shared or (n == 2 and K.alike)
    if not alike or n == 1:
        return Unknown("batch normalisation of columns that are not alike leaves it without one")
    if epsilon:
        return Unknown("batch normalisation with ε, without recentring, leaves it without one here")
    if not -1 < c < 1:
        return Unknown("batch normalisation of equal columns leaves only their sign")
    return Normalised(float(q * (1 - c)), 0.0, float(q * (1 + (n - 1) * c)))


def _sphere(K: Covariance) -> Rounded | None:
    """Return λ where all columns are alike and recentred, else None."""
    n = K.columns
    if n < 2 or not (K.shared or n == 2) or abs(K.correlations.value[0, 1] + 1 / (n - 1)) > _ALIKE:
        return None
    q = K.variances
    if not K.shared and abs(q.value[0] - q.value[1]) > _ALIKE * q.value[0]:
        return None
    return Rounded(
        np.full((), q.value[0] * n / (n - 1)), float(q.error[0] + 4 * _UNIT * q.value[0])
    )


def _equal(n: int, m: int) -> Rounded:
    table = np.full((m, m), -1 / (n - 1))
    return unit_diagonal(rounded(table, np.full((m, m), _UNIT if n > 2 else 0.0)))


def _radius(spread: Rounded, epsilon: float, n: int) -> Rounded:
    """Return E x/(x + nε), x ~ λχ²_{n−1}, enclosed.

    >>> one = _radius(rounded(np.array(2.0)), 0.0, 5)
    >>> float(one.value), float(one.error)
    (1.0, 0.0)
    """
    if not epsilon:
        return rounded(np.ones(()))
    with precision(128):
        lam = arb(float(spread.value), float(spread.error))
        z = n * ball(epsilon) / (2 * lam)
        integral = acb(z).expint(acb(n - 1) / 2).real
        return constant(1 - z * z.exp() * integral)


def _two(K: Covariance) -> Covariance:
    """Return 2(K + √det K I)/(tr K + 2√det K) for n = 2.

    >>> half = Covariance.equicorrelated(2, 0.8)
    >>> bool(abs(_two(half).correlations.value[0, 1] - 0.5) < 1e-15)  # ρ/(1 + √(1−ρ²))
    True
    """
    rho, q = K.correlations, K.variances
    unit = Rounded(np.ones(1))
    c = rounded(rho.value[0, 1:], rho.error[0, 1:])
    root = ((unit + -c) * (unit + c)).sqrt()
    if K.alike:
        cosine = settled(c * (unit + root).inverse())
        table = np.full((2, 2), float(cosine.value[0]))
        error = np.full((2, 2), float(cosine.error[0]))
        return Covariance(rounded(np.ones(2)), unit_diagonal(rounded(table, error)), 2)
    one, two = (rounded(q.value[i : i + 1], q.error[i : i + 1]) for i in range(2))
    sizes = (one * two).sqrt()
    root = settled(sizes * root)
    total = settled(one + two + root + root)
    double = Rounded(np.full(1, 2.0)) * total.inverse()
    diagonal = [settled((each + root) * double) for each in (one, two)]
    cross = settled(sizes * c * double)
    parts = [diagonal[0], cross, cross, diagonal[1]]
    value = np.array([float(part.value[0]) for part in parts]).reshape(2, 2)
    error = np.array([float(part.error[0]) for part in parts]).reshape(2, 2)
    return Covariance.of_matrix(rounded(value, error), 2)


def _by_spectrum(K: Covariance, epsilon: float) -> Covariance:
    n = K.columns
    rho = K.correlations
    if not epsilon and K.alike and np.all(np.abs(rho.value) == 1) and not rho.error.any():
        # Of rank one, exactly: a row is its sign times a fixed one.
        return Covariance(rounded(np.ones(K.size)), rho, n, K.shared)
    ones = np.ones(K.size) if not K.shared else np.array([1.0, n - 1.0])
    if K.shared:
        q, c = K.variances.value[0], K.correlations.value[0, 1]
        lam, vectors = np.array([q * max(1 + (n - 1) * c, 0.0), q * max(1 - c, 0.0)]), np.eye(2)
    else:
        lam, vectors = np.linalg.eigh(K.matrix().value)
        lam = np.maximum(lam, 0.0)
    p = normalised_spectrum(lam, ones, epsilon)
    # Near rank one the map is steep, like a root: what is not known is carried by trying it.
    relative = K.correlations.error.max() + (K.variances.error / K.variances.value.max()).max()
    moved = normalised_spectrum(lam + relative * n * lam.max(), ones, epsilon)
    if K.shared:
        matrix = np.full((2, 2), (p[0] - p[1]) / n)
        np.fill_diagonal(matrix, (p[0] + (n - 1) * p[1]) / n)
    else:
        matrix = (vectors * p) @ vectors.T
        matrix = (matrix + matrix.T) / 2
    error = np.full(matrix.shape, 64 * n * _UNIT + float(np.abs(moved - p).max()))
    if not epsilon and K.shared:
        np.fill_diagonal(matrix, 1.0)
        np.fill_diagonal(error, 0.0)
    return Covariance.of_matrix(rounded(matrix, error), n, K.shared)


def normalised_spectrum(eigenvalues: Array, multiplicities: Array, epsilon: float) -> Array:
    """Return the eigenvalues of E rrᵀ/(|r|²/n + ε), r ~ N(0, K), by the trapezoidal rule.

    >>> p = normalised_spectrum(np.array([4.0, 1.0]), np.ones(2), 0.0)
    >>> bool(np.allclose(p, [4 / 3, 2 / 3], rtol=1e-12))  # n √λ_k/(√λ₁ + √λ₂)
    True
    """
    n = multiplicities.sum()
    size = float(eigenvalues @ multiplicities) / n
    lam = eigenvalues / size
    kept = lam > 1e-13 * lam.max()
    reach = 80.0 - np.log(lam[kept].min())
    y = np.arange(-45.0, reach, 0.2)
    t = np.exp(y)[:, None]
    logs = np.log1p(t * lam)
    weight = np.exp(
        y[:, None] - logs - 0.5 * (logs @ multiplicities)[:, None] - t * (n * epsilon / size / 2)
    )
    # t stands for 2tλ: dt = t dy/2.
    found: Array = n * lam * weight.sum(axis=0) * 0.2 / 2
    return found
