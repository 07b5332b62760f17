"""The extra `fast` changes no number, nor what a generator draws next."""

import math
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import SFC64, Generator

from depthlaw.numerics import compiled, streams
from depthlaw.numerics.compiled import WORTH_A_CALL, Normals, compiled_fill
from depthlaw.numerics.simulate import simulate
from depthlaw.theory.network import Linear, Network, Rescale


def drawn(normals: Normals, seed: int, sizes: list[int]) -> tuple[list[bytes], str]:
    """Return what is drawn, to the last bit, and the state that is left."""
    generator = Generator(SFC64(seed))
    parts = []
    for size in sizes:
        part = np.empty(size)
        normals.fill(generator, part)
        parts.append(part.tobytes())
    return parts, str(generator.bit_generator.state)


def test_the_extra_is_installed_where_tests_run() -> None:
    assert compiled_fill() is not None


@given(st.integers(0, 2**32), st.lists(st.integers(1, 3 * WORTH_A_CALL), max_size=6))
def test_the_numbers_are_the_same_bit_for_bit(seed: int, sizes: list[int]) -> None:
    numpys = drawn(Normals(10**12), seed, sizes)
    assert drawn(Normals(0), seed, sizes) == numpys
    # From somewhere in the middle on, too.
    assert drawn(Normals(WORTH_A_CALL), seed, sizes) == numpys


def test_a_tail_is_drawn_as_numpy_draws_it() -> None:
    # Beyond 3.65 a number takes another way, one in four thousand: here several hundred do.
    one, other = np.empty(10**6), np.empty(10**6)
    Normals(0).fill(Generator(SFC64(3)), one)
    Generator(SFC64(3)).standard_normal(out=other)
    assert (np.abs(other) > 3.66).sum() > 100
    assert one.tobytes() == other.tobytes()


def test_an_array_of_another_order_is_filled_as_numpy_fills_it() -> None:
    one, other = np.full((5000, 2), np.nan).T, np.full((5000, 2), np.nan).T
    Normals(0).fill(Generator(SFC64(3)), one)
    Generator(SFC64(3)).standard_normal(out=other)
    assert np.isfinite(other).all()
    assert np.array_equal(one, other)


def test_without_the_extra_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(compiled, "compiled_fill", compiled_fill.__wrapped__)
    assert compiled.compiled_fill() is None
    assert drawn(Normals(0), 5, [9000, 4]) == drawn(Normals(10**12), 5, [9000, 4])


def test_threads_draw_the_same() -> None:
    normals, alone = Normals(0), Normals(10**12)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda seed: drawn(normals, seed, [20_000] * 3), range(8)))
    assert found == [drawn(alone, seed, [20_000] * 3) for seed in range(8)]


def test_a_simulation_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(10_000, 4, (Linear(), Rescale()))

    def gaps(worth_loading: float) -> bytes:
        monkeypatch.setattr(streams, "_NORMALS", Normals(worth_loading))  # type: ignore[arg-type]
        run = simulate(network, depth=3, replicas=3, seed=2, initial_gram=np.eye(4) + 1)
        return run.values["orthogonality_gap"].tobytes()

    assert gaps(0) == gaps(math.inf)
