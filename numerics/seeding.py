"""Many generators at once: NumPy's `SeedSequence` for all replicas in a few array operations.

The words that `SeedSequence(entropy, spawn_key=(i, j))` makes for a generator are a hash: what is
mixed in depends on the number, what it is multiplied with only on how many came before. So the hash
of the seed is made once, and the two words of the key are mixed in for all of them together. Made
one by one, the generators of ten thousand narrow networks cost more than what they draw. The words
are NumPy's to the last bit, which its policy keeps for good (NEP 19).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import SFC64, Generator
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import DTypeLike, NDArray

Words = NDArray[np.uint32]

_POOL = 4
_FIRST, _FACTOR = 0x43B0D7E5, 0x931E8875
_FIRST_OUT, _FACTOR_OUT = 0x8B51F9DD, 0x58F38DED
_LEFT, _RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
_SHIFT = np.uint32(16)
_SFC64_WORDS = 6
LARGEST_KEY = 2**32 - 1
"""A larger number has several words, and is left to NumPy."""


class _Known(ISeedSequence):
    """What a generator asks its seed for, once made."""

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self._words = words

    def generate_state(
        self, n_words: int, dtype: DTypeLike = np.uint32
    ) -> NDArray[np.uint32 | np.uint64]:
        """Return the words, of which SFC64 wants three of 64 bits."""
        assert (n_words, dtype) == (len(self._words), np.uint64)
        return self._words


class _Hash:
    """The multipliers of a running hash, which grow with each word."""

    def __init__(self, first: int, factor: int) -> None:
        self.constant, self._factor = first, factor

    def __call__(self, words: Words) -> Words:
        mixed = words ^ np.uint32(self.constant)
        self.constant = self.constant * self._factor & 0xFFFFFFFF
        mixed = mixed * np.uint32(self.constant)
        return np.asarray(mixed ^ (mixed >> _SHIFT))


def generators(seed: int | Sequence[int], keys: NDArray[np.int64]) -> Iterator[Generator]:
    """Yield ``Generator(SFC64(SeedSequence(seed, spawn_key=key)))`` for each row of `keys`.

    Parameters
    ----------
    keys
        Shape (generators, length of a key), none above `LARGEST_KEY`.

    Examples
    --------
    >>> from numpy.random import SeedSequence
    >>> (mine,) = generators((5, 2**40), np.array([[3, 1]]))
    >>> one = Generator(SFC64(SeedSequence((5, 2**40), spawn_key=(3, 1))))
    >>> bool(mine.random() == one.random())
    True
    """
    begun, constant = _begun(seed if isinstance(seed, int) else tuple(seed))
    pool = [np.array([word], dtype=np.uint32) for word in begun]
    enter = _Hash(constant, _FACTOR)
    for column in keys.T.astype(np.uint32):
        pool = [_mixed(word, enter(column)) for word in pool]
    leave = _Hash(_FIRST_OUT, _FACTOR_OUT)
    state = np.stack([leave(pool[k % _POOL]) for k in range(_SFC64_WORDS)], axis=-1)
    for words in _as_64_bits(state):
        known: Any = _Known(words)
        yield Generator(SFC64(known))


@lru_cache(maxsize=64)
def _begun(seed: int | tuple[int, ...]) -> tuple[list[int], int]:
    """Return the four words to which a seed has been hashed, and the multiplier that is next."""
    run = _words_of(seed)
    run += [0] * (_POOL - len(run))
    enter = _Hash(_FIRST, _FACTOR)
    pool = [enter(np.array([word], dtype=np.uint32)) for word in run[:_POOL]]
    for source in range(_POOL):
        for target in range(_POOL):
            if source != target:
                pool[target] = _mixed(pool[target], enter(pool[source]))
    for word in run[_POOL:]:
        pool = [_mixed(held, enter(np.array([word], dtype=np.uint32))) for held in pool]
    return [int(word[0]) for word in pool], enter.constant


def _mixed(one: Words, other: Words) -> Words:
    mixed = _LEFT * one - _RIGHT * other
    return np.asarray(mixed ^ (mixed >> _SHIFT))


def _words_of(seed: int | Sequence[int]) -> list[int]:
    """Return the words of each number, the lowest first; 0 has one."""
    words = []
    for number in (seed,) if isinstance(seed, int) else seed:
        words.append(number & 0xFFFFFFFF)
        while number := number >> 32:
            words.append(number & 0xFFFFFFFF)
    return words


def _as_64_bits(words: Words) -> NDArray[np.uint64]:
    low, high = words[:, ::2].astype(np.uint64), words[:, 1::2].astype(np.uint64)
    return np.asarray(low | high << np.uint64(32))
