"""Which layers of a long run are observed, and the blocks into which they are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import ArgumentError, integer

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """Which layers are observed, and to which block each of them belongs."""

    depth: int
    burn_in: int
    every: int
    blocks: int

    @classmethod
    def checked(cls, depth: int, burn_in: int, every: int, blocks: int, fewest: int) -> Window:
        """Return the window, of at least `fewest` blocks.

        Raises
        ------
        ArgumentError
            If a number is out of range or the window is too short for its blocks.
        """
        burn_in = integer("burn_in", burn_in, at_least=0)
        every = integer("every", every)
        blocks = integer("blocks", blocks, at_least=fewest)
        if burn_in >= depth:
            raise ArgumentError("burn_in", burn_in, f"it must be below the depth, {depth}")
        window = cls(depth, burn_in, every, blocks)
        if window.observed < blocks:
            raise ArgumentError(
                "blocks", blocks, f"only {window.observed} layers are observed: run deeper"
            )
        return window

    @property
    def observed(self) -> int:
        """Number of observed layers."""
        return (self.depth - self.burn_in) // self.every

    def block_of(self, layer: int) -> int | None:
        """Return the block that layer 1, 2, … belongs to, or None where it is not observed."""
        number, rest = divmod(layer - self.burn_in, self.every)
        if rest or not 1 <= number <= self.observed:
            return None
        return (number - 1) * self.blocks // self.observed

    @property
    def counts(self) -> Counts:
        """Observed layers in each block.

        >>> Window(depth=21, burn_in=1, every=2, blocks=3).counts.tolist()
        [4, 3, 3]
        """
        ends = -(-np.arange(self.blocks + 1, dtype=np.int64) * self.observed // self.blocks)
        return np.asarray(np.diff(ends))
