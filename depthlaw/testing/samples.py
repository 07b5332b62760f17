"""Gram matrices, spectra and batches, those that break numerical code among them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as extra
from numpy.typing import NDArray

from depthlaw.testing.sizes import sizes
from depthlaw.theory.network.gram import check_gram, equicorrelated

Array = NDArray[np.float64]
Draw = st.DrawFn

MOST_DECADES = 12
"""Condition numbers reach 10 to this power."""


def gram_matrices(
    min_batch: int = 2, max_batch: int = 64, *, unit_diagonal: bool | None = None
) -> st.SearchStrategy[Array]:
    """Gram matrices of shape (n, n), `min_batch` ≤ n ≤ `max_batch`, finite and not zero.

    Families: equicorrelated, rank one plus noise, clustered (near and exact duplicates), antipodal
    pairs, low rank, and rotated spectra of condition number up to 10¹².

    Parameters
    ----------
    min_batch, max_batch
        At least 1.
    unit_diagonal
        Whether all samples have norm one; None for either.

    Raises
    ------
    ArgumentError
        If a size is not a whole number ≥ 1 or the least one exceeds the largest.

    Examples
    --------
    >>> from hypothesis import find
    >>> duplicated = find(gram_matrices(max_batch=4), lambda G: G[0, 0] == G[1, 1] == G[0, 1])
    >>> bool(np.all(duplicated == duplicated[0, 0]))
    True
    """
    least, most = sizes("batch", min_batch, max_batch)
    return _gram_matrices(least, most, unit_diagonal)


def spectra(
    min_batch: int = 2, max_batch: int = 16, *, positive: bool = True
) -> st.SearchStrategy[tuple[Fraction, ...]]:
    """Exact spectra λ_1 ≥ … ≥ λ_n of sum 1, for inequalities that are to be certified.

    They include isotropy, two levels, and ratios up to 10¹².

    Parameters
    ----------
    min_batch, max_batch
        Bounds on n, at least 1.
    positive
        Whether all λ_i > 0; otherwise some may be 0.

    Raises
    ------
    ArgumentError
        As `gram_matrices`.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(spectra(max_batch=4), lambda spectrum: spectrum[0] > spectrum[1])
    (Fraction(2, 3), Fraction(1, 3))
    """
    least, most = sizes("batch", min_batch, max_batch)
    return _spectra(least, most, positive)


def batches(
    min_batch: int = 2, max_batch: int = 16, *, min_width: int = 1, max_width: int = 32
) -> st.SearchStrategy[Array]:
    """Batches H of shape (d, n), not zero; repeated, zero, antipodal and tiny columns occur.

    Parameters
    ----------
    min_batch, max_batch, min_width, max_width
        Bounds on n and d, at least 1.

    Raises
    ------
    ArgumentError
        As `gram_matrices`.

    Examples
    --------
    >>> from hypothesis import find
    >>> H = find(batches(max_batch=4), lambda H: bool((H[:, 0] == -H[:, 1]).all()))
    >>> bool(np.abs(H).max() == 1)
    True
    """
    n = sizes("batch", min_batch, max_batch)
    d = sizes("width", min_width, max_width)
    return _batches(n, d)


def _small_powers() -> st.SearchStrategy[float]:
    """Powers of ten from 1 down to 10⁻¹²."""
    return st.integers(0, MOST_DECADES).map(lambda k: 10.0**-k)


def _integers(shape: tuple[int, ...], most: int = 4) -> st.SearchStrategy[Array]:
    """Float arrays of small whole numbers; cheap to draw for they are sparse."""
    elements = st.integers(-most, most).map(float)
    return extra.arrays(np.float64, shape, elements=elements, fill=st.just(0.0))


@st.composite
def _gram_matrices(draw: Draw, least: int, most: int, unit_diagonal: bool | None) -> Array:
    n = draw(st.integers(least, most))
    G = draw(st.one_of([family(n) for family in _FAMILIES]))
    if not G.any():
        G = np.eye(n)
    # One choice, so that the shortest examples stay short: hypothesis shrinks their number first.
    power = 0 if unit_diagonal else draw(st.integers(-20, 20 if unit_diagonal is False else 40))
    G = _with_unit_diagonal(G) if unit_diagonal or power > 20 else G * 4.0**power
    return check_gram("gram", G)


def _with_unit_diagonal(G: Array) -> Array:
    """Return the correlations; a zero sample becomes a new direction of its own."""
    squares = np.diagonal(G)
    G = G + np.diag(np.where(squares > 0, 0.0, 1.0))
    sizes = np.sqrt(np.diagonal(G))
    correlations = np.clip(G / sizes[:, None] / sizes, -1.0, 1.0)
    np.fill_diagonal(correlations, 1.0)
    return np.asarray(correlations)


@st.composite
def _equicorrelated(draw: Draw, n: int) -> Array:
    # From the least possible correlation to 1 in steps of a hundredth, then closer and closer to 1.
    k = draw(st.integers(-100, 100 + MOST_DECADES))
    least = -1 / (n - 1) if n > 1 else -1.0
    if k > 100:
        return equicorrelated(n, 1 - 10.0 ** (100 - k))
    return equicorrelated(n, k / 100 if k >= 0 else -least * k / 100)


@st.composite
def _rank_one_plus_noise(draw: Draw, n: int) -> Array:
    v = np.ones(n) + draw(_integers((n,)))
    return np.outer(v, v) + draw(_small_powers()) * np.eye(n)


@st.composite
def _clustered(draw: Draw, n: int) -> Array:
    """Draw samples in clusters: correlation 1 − δ inside, δ ≥ 0, and a ρ ≥ 0 between clusters."""
    count = draw(st.integers(1, max(1, n // 2)))
    labels = np.array(draw(st.lists(st.integers(0, count - 1), min_size=n, max_size=n)))
    delta = draw(st.one_of(st.just(0.0), _small_powers()))
    rho = draw(st.integers(0, 10)) / 10
    together = (labels[:, None] == labels).astype(np.float64)
    return np.asarray((1 - delta) * ((1 - rho) * together + rho) + delta * np.eye(n))


@st.composite
def _antipodal(draw: Draw, n: int) -> Array:
    """Draw samples ±z_k: those that share a direction are equal or opposite, up to noise."""
    signs = np.array(draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=n, max_size=n)))
    return np.asarray(draw(_clustered(n)) * signs[:, None] * signs)


@st.composite
def _low_rank(draw: Draw, n: int) -> Array:
    r = draw(st.integers(1, max(1, n - 1)))
    # Drawn arrays are mostly zero: one entry in each column keeps samples from being zero.
    H = draw(_integers((r, n))) + np.eye(r)[:, np.arange(n) % r]
    return H.T @ H


@st.composite
def _rotated_spectrum(draw: Draw, n: int) -> Array:
    quarters = st.integers(0, 4 * MOST_DECADES).map(lambda k: -k / 4)
    decades = st.one_of(st.sampled_from([0.0, -float(MOST_DECADES)]), quarters)
    spectrum = 10 ** np.array(draw(st.lists(decades, min_size=n, max_size=n)))
    G = np.diag(spectrum)
    for v in draw(st.lists(_integers((n,)), max_size=3)):
        if v.any():
            G = _reflected(_reflected(G, v).T, v)
    return (G + G.T) / 2


def _reflected(G: Array, v: Array) -> Array:
    """Return (I − 2vvᵀ/vᵀv) G."""
    return np.asarray(G - np.outer(v, 2 / (v @ v) * (v @ G)))


_FAMILIES = (
    _equicorrelated,
    _rank_one_plus_noise,
    _clustered,
    _antipodal,
    _low_rank,
    _rotated_spectrum,
)


@st.composite
def _spectra(draw: Draw, least: int, most: int, positive: bool) -> tuple[Fraction, ...]:
    n = draw(st.integers(least, most))
    scales = st.integers(0, MOST_DECADES).map(lambda k: 10**k)
    # The scale is drawn first, and so shrinks first.
    small = st.tuples(scales, st.integers(1, 9)).map(lambda pair: pair[0] * pair[1])
    weight = small.map(lambda w: min(w, 10**MOST_DECADES))
    if not positive:
        weight = st.one_of(weight, st.just(0))
    kinds = st.one_of(
        st.lists(weight, min_size=n, max_size=n),
        st.tuples(weight, weight, st.integers(0, n)).map(
            lambda levels: [levels[0]] * levels[2] + [levels[1]] * (n - levels[2])
        ),
    )
    weights = draw(kinds)
    total = sum(weights)
    if total == 0:
        weights, total = [1] * n, n
    return tuple(Fraction(w, total) for w in sorted(weights, reverse=True))


@st.composite
def _batches(draw: Draw, batch: tuple[int, int], width: tuple[int, int]) -> Array:
    n, d = draw(st.integers(*batch)), draw(st.integers(*width))
    H = draw(_integers((d, n), most=64)) / draw(st.sampled_from([1.0, 8.0]))
    H += draw(st.integers(0, 1)) * np.eye(d, n)  # drawn arrays alone are mostly zero
    for k in range(1, n):
        match draw(st.sampled_from(["own", "own", "repeated", "opposite", "zero", "tiny"])):
            case "repeated":
                H[:, k] = H[:, k - 1]
            case "opposite":
                H[:, k] = -H[:, k - 1]
            case "zero":
                H[:, k] = 0.0
            case "tiny":
                H[:, k] *= 2.0**-20
    if not H.any():
        H[0, 0] = 1.0
    return H + 0.0  # turns −0 into 0
