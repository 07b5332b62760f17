"""Streams depend on seed, replica and chunk, and on nothing else."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import SFC64, Generator, SeedSequence

from depthlaw.numerics.streams import check_seed, chunk_width, chunk_widths, stream, streams
from depthlaw.theory.errors import ArgumentError

SEEDS = st.one_of(st.integers(0, 2**128), st.tuples(st.integers(0, 2**64), st.integers(1, 99)))


@given(SEEDS, st.integers(0, 2**40), st.integers(0, 10**6))
def test_a_stream_is_that_of_the_spawned_seed(
    seed: int | tuple[int, ...], replica: int, chunk: int
) -> None:
    entropy = seed if isinstance(seed, int) else list(seed)
    expected = Generator(SFC64(SeedSequence(entropy=entropy, spawn_key=(replica, chunk))))
    assert stream(seed, replica, chunk).random() == expected.random()


@given(SEEDS, st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 30))
def test_streams_of_many_are_those_of_each(
    seed: int | tuple[int, ...], first: int, replicas: int, chunks: int
) -> None:
    # Few are made one by one, many together.
    several = range(first, first + replicas)
    for replica, found in zip(several, streams(seed, several, chunks), strict=True):
        expected = [stream(seed, replica, chunk).bit_generator.state for chunk in range(chunks)]
        for chunk, state in zip(found, expected, strict=True):
            assert chunk.bit_generator.state["state"]["state"].tolist() == (
                state["state"]["state"].tolist()
            )


def test_a_stream_made_with_others_goes_to_another_process_as_it_is() -> None:
    generator = streams(3, range(20), 2)[7][1]
    generator.standard_normal(5)
    copy: Generator = pickle.loads(pickle.dumps(generator))
    assert copy.standard_normal() == generator.standard_normal()


@given(
    SEEDS,
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), min_size=2, unique=True),
)
def test_streams_differ(seed: int | tuple[int, ...], keys: list[tuple[int, int]]) -> None:
    # Two equal words among 64 bits happen by chance once in 10^16 examples.
    firsts = {stream(seed, *key).bit_generator.random_raw() for key in keys}
    assert len(firsts) == len(keys)


def test_seeds_differ() -> None:
    seeds: list[int | tuple[int, ...]] = [0, 1, 2, (1, 1), (1, 2), (2, 1), (1, 1, 1)]
    assert len({stream(seed, 0).random() for seed in seeds}) == len(seeds)


@given(st.integers(1, 10**6), st.integers(1, 2000))
def test_chunks_make_up_the_layer(width: int, batch: int) -> None:
    widths = chunk_widths(width, batch)
    assert sum(widths) == width
    assert all(0 < chunk <= chunk_width(batch) for chunk in widths)
    assert len(set(widths[:-1])) <= 1


@pytest.mark.parametrize("seed", [-1, 1.5, True, "7", [], (1, -2), (1, 2.5), None])
def test_a_seed_is_made_of_whole_numbers(seed: object) -> None:
    with pytest.raises(ArgumentError, match=r"^seed = "):
        check_seed(seed)


def test_a_list_is_a_seed() -> None:
    assert check_seed([3, 4]) == (3, 4)
    assert check_seed(3) == 3
