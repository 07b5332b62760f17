"""The public strategies: every family occurs, every example is valid, examples shrink."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from depthlaw.numerics.simulate import simulate
from depthlaw.testing import batches, gram_matrices, networks, spectra
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import (
    Activate,
    Linear,
    Network,
    Over,
    Recenter,
    Rescale,
    Weights,
)
from depthlaw.theory.network.gram import check_gram, spectrum

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)


T = TypeVar("T")


def first(strategy: SearchStrategy[T], wanted: Callable[[T], bool]) -> T:
    """An example that is wanted, found among few and not made smaller.

    Hypothesis also tries the constants of the modules that are loaded, so that which examples
    come first depends on what else was tested.
    """
    few = settings(max_examples=2000, phases=[Phase.generate])
    return find(strategy, wanted, settings=few)


def cosines(G: Array) -> Array:
    sizes = np.sqrt(np.diagonal(G))
    C = np.array(G / sizes[:, None] / sizes) if sizes.all() else np.zeros_like(G)
    np.fill_diagonal(C, 0)
    return C


def ratio(G: Array) -> float:
    """Largest over smallest eigenvalue, infinite for a matrix singular to double precision."""
    values = spectrum(G)
    return float(values[0] / values[-1]) if values[-1] > len(G) ** 2 * EPS else float("inf")


def clusters(G: Array) -> int:
    """How many groups of samples are closer than 1e-3 in cosine."""
    return len(np.unique(cosines(G) + np.eye(len(G)) > 1 - 1e-3, axis=0))


def is_equicorrelated(G: Array) -> bool:
    C = cosines(G)
    return len(G) > 2 and C[0, 1] != 0 and bool((C + np.eye(len(G)) * C[0, 1] == C[0, 1]).all())


GRAM_FAMILIES: dict[str, Callable[[Array], bool]] = {
    "equicorrelated": is_equicorrelated,
    "equicorrelated and singular": lambda G: is_equicorrelated(G) and spectrum(G)[-1] < EPS,
    "rank one plus noise": lambda G: len(G) > 3 and 0 < spectrum(G)[1] < 1e-6 * spectrum(G)[0],
    "nearly equal samples": lambda G: 0 < 1 - np.max(cosines(G)) < 1e-9,
    "equal samples": lambda G: bool(np.any(cosines(G) == 1)),
    "clusters": lambda G: len(G) > 5 and 1 < clusters(G) <= len(G) // 2,
    "antipodal pairs": lambda G: bool(np.any(cosines(G) == -1)),
    "antipodal and equal": lambda G: {-1.0, 1.0} <= set(cosines(G).ravel()),
    "low rank": lambda G: len(G) > 4 and spectrum(G)[2] < 8 * EPS < spectrum(G)[1],
    "condition number above 10^11": lambda G: 1e11 < ratio(G) < np.inf,
    "well conditioned": lambda G: 1 < ratio(G) < 10,
    "rotated": lambda G: len(G) > 2 and 10 < ratio(G) < 1e6 and bool((G != 0).all()),
    "unit diagonal": lambda G: bool((np.diagonal(G) == 1).all()) and len(G) > 5,
    "another diagonal": lambda G: np.ptp(np.diagonal(G)) > 0,
    "tiny": lambda G: np.abs(G).max() < 1e-9,
    "many samples": lambda G: len(G) > 50,
}


@pytest.mark.parametrize("family", GRAM_FAMILIES)
def test_every_family_of_gram_matrices_occurs(family: str) -> None:
    found = first(gram_matrices(), GRAM_FAMILIES[family])
    check_gram("gram", found)


@given(gram_matrices())
def test_gram_matrices_are_valid(G: Array) -> None:
    assert 2 <= len(G) <= 64
    assert np.array_equal(check_gram("gram", G), G)


@given(st.data(), st.integers(1, 64), st.sampled_from([None, True, False]))
@settings(max_examples=settings.default.max_examples * 3 // 2)
def test_gram_matrices_never_raise(data: st.DataObject, n: int, unit: bool | None) -> None:
    """Every family at every size, however its numbers round."""
    G = data.draw(gram_matrices(n, n, unit_diagonal=unit))
    assert G.shape == (n, n)


@given(gram_matrices(64, 64))
def test_the_largest_are_not_too_large_to_draw(G: Array) -> None:
    assert G.shape == (64, 64)


@given(gram_matrices(1, 9, unit_diagonal=True))
def test_a_unit_diagonal_is_exact(G: Array) -> None:
    assert 1 <= len(G) <= 9
    assert (np.diagonal(G) == 1).all()
    assert np.abs(G).max() == 1


def test_no_unit_diagonal_is_another_wish() -> None:
    off = first(gram_matrices(unit_diagonal=False), lambda G: G[0, 0] != 1)
    assert off[0, 0] != 1


def test_examples_shrink_to_the_smallest() -> None:
    smallest = find(gram_matrices(), lambda G: True)
    assert np.array_equal(smallest, np.eye(2))
    nine = find(gram_matrices(), lambda G: len(G) >= 9)
    assert len(nine) == 9
    two = find(spectra(max_batch=6), lambda lam: lam[0] > lam[1])
    assert two == (Fraction(2, 3), Fraction(1, 3))


@given(spectra(1, 12))
def test_spectra_are_exact_sorted_and_positive(lam: tuple[Fraction, ...]) -> None:
    assert sum(lam) == 1
    assert 1 <= len(lam) <= 12
    assert list(lam) == sorted(lam, reverse=True)
    assert lam[-1] > 0
    assert lam[0] / lam[-1] <= 10**12


SPECTRUM_FAMILIES: dict[str, Callable[[tuple[Fraction, ...]], bool]] = {
    "isotropic": lambda lam: lam[0] == lam[-1],
    "two levels": lambda lam: len(lam) > 4 and len(set(lam)) == 2 and lam[1] == lam[0],
    "many levels": lambda lam: len(set(lam)) > 4,
    "ratio of 10^12": lambda lam: lam[0] == 10**12 * lam[-1],
}


@pytest.mark.parametrize("family", SPECTRUM_FAMILIES)
def test_every_family_of_spectra_occurs(family: str) -> None:
    assert first(spectra(), SPECTRUM_FAMILIES[family])


def test_singular_spectra_on_request() -> None:
    assert first(spectra(positive=False), lambda lam: lam[-1] == 0)[-1] == 0


BATCH_FAMILIES: dict[str, Callable[[Array], bool]] = {
    "repeated columns": lambda H: bool(H[:, 0].any() and (H[:, 0] == H[:, 1]).all()),
    "antipodal columns": lambda H: bool(H[:, 0].any() and (H[:, 0] == -H[:, 1]).all()),
    "zero columns": lambda H: bool((~H.any(axis=0)).any()),
    "tiny columns": lambda H: 0 < np.abs(H[:, 1]).max() < 1e-3,
    "more samples than neurons": lambda H: H.shape[1] > H.shape[0] > 2,
    "more neurons than samples": lambda H: H.shape[0] > H.shape[1] > 2,
    "full rank": lambda H: H.shape[1] > 2 and np.linalg.matrix_rank(H) == H.shape[1],
}


@pytest.mark.parametrize("family", BATCH_FAMILIES)
def test_every_family_of_batches_occurs(family: str) -> None:
    assert first(batches(), BATCH_FAMILIES[family]).any()


@given(batches(2, 5, min_width=3, max_width=4))
def test_batches_keep_to_their_sizes_and_are_valid(H: Array) -> None:
    assert 3 <= H.shape[0] <= 4
    assert 2 <= H.shape[1] <= 5
    assert np.isfinite(H).all()
    check_gram("gram", H.T @ H)


NETWORK_FAMILIES: dict[str, Callable[[Network], bool]] = {
    "batch normalisation": lambda net: net.layer == (Linear(), Rescale()),
    "layer normalisation": lambda net: Rescale(Over.FEATURES) in net.layer,
    "recentred": lambda net: Recenter() in net.layer,
    "residual": lambda net: any(isinstance(o, Linear) and o.residual for o in net.layer),
    "orthogonal weights": lambda net: Linear(Weights.HAAR) in net.layer,
    "activated first": lambda net: isinstance(net.layer[0], Activate) and len(net.layer) > 2,
    "wide": lambda net: net.width > 50 and net.batch > 5,
}


@pytest.mark.parametrize("family", NETWORK_FAMILIES)
def test_every_family_of_networks_occurs(family: str) -> None:
    assert first(networks(), NETWORK_FAMILIES[family])


@given(networks(4, 16))
def test_networks_can_be_simulated(network: Network) -> None:
    state = np.ones((network.width, network.batch)) + np.eye(network.width, network.batch)
    run = simulate(network, depth=1, replicas=1, initial_state=state, observables={})
    assert run.final_gram.shape == (1, network.batch, network.batch)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: gram_matrices(0, 4), "min_batch = 0"),
        (lambda: gram_matrices(5, 4), "min_batch = 5: it must be at most max_batch = 4"),
        (lambda: spectra(2.5), "min_batch = 2.5"),
        (lambda: batches(min_width=9, max_width=8), "min_width = 9"),
        (lambda: networks(max_batch=0), "max_batch = 0"),
    ],
)
def test_impossible_sizes_are_sentences_at_once(call: Callable[[], object], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        call()


def test_without_hypothesis_one_is_told_what_to_install() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import depthlaw.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.endswith("needs hypothesis: run python -m pip install 'depthlaw[test]'")
