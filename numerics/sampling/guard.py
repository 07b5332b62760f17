"""What doubles can hold: a Gram matrix that has left their range is an error, never a result."""

from __future__ import annotations

import numpy as np

from depthlaw.numerics.sampling.block import Block, keep_in_range
from depthlaw.numerics.sampling.roots import count_alive
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Network

_TINY = float(np.finfo(np.float64).tiny)


class Guard:
    """Looks at a block after every layer; `with guard.listening:` has to surround the layers.

    Where nothing resets the scale of a homogeneous layer it is brought back by a power of two.
    Elsewhere a batch whose mean squares have all lost digits is an error. A sample that became
    exactly zero beside others, in a layer in which something underflowed, is counted as dropped:
    it was too small beside them to be followed, and nobody knows whether it did vanish.
    """

    def __init__(self, network: Network, block: Block, *, wanders: bool) -> None:
        self._network, self._block, self._wanders = network, block, wanders
        self._black_box = any(isinstance(o, Elementwise) for o in network.layer)
        if wanders:
            keep_in_range(block)
        self._alive = count_alive(block.gram)
        self._least = 4 * network.width * _TINY
        self.underflowed = False
        self.listening = (
            np.errstate(all="ignore", under="call", call=self._hear)
            if self._black_box
            else np.errstate(all="ignore")
        )

    def _hear(self, error: str, flag: int) -> None:
        self.underflowed = True

    def check(self, layer: int) -> None:
        """Look at the block after layer number `layer`.

        Raises
        ------
        ArgumentError
            If its Gram matrices have left the range of doubles.
        """
        block = self._block
        if not np.isfinite(block.gram).all():
            raise self._error(
                layer,
                "with NaN or infinity",
                "make the activation finite, or rescale in every layer",
            )
        if self._wanders:
            keep_in_range(block)
        if not self._network.is_plain:
            self._check_size(layer)
        if not self._black_box or not self._network.is_plain:
            return
        squares = block.gram.diagonal(axis1=-2, axis2=-1)
        if not squares.min() > self._least:
            alive = count_alive(block.gram)
            largest = squares.max(axis=-1)
            lost = self.underflowed and bool(((alive == 0) & (self._alive > 0)).any())
            if not self._wanders:
                lost = lost or bool(((largest > 0) & (largest <= self._least)).any())
            if lost:
                raise self._error(
                    layer,
                    "too small for double precision",
                    "rescale in every layer, or call an activation with φ(2x) = 2φ(x) homogeneous",
                )
            if self.underflowed:
                block.dropped = block.dropped + np.maximum(self._alive - alive, 0)
            self._alive = alive

    def _check_size(self, layer: int) -> None:
        """Refuse, on a walk, a batch whose mean squares have all lost digits."""
        largest = self._block.gram.diagonal(axis1=-2, axis2=-1).max(axis=-1)
        if ((largest > 0) & (largest <= self._least)).any():
            raise self._error(layer, "too small for double precision", "normalise in every layer")

    def next_layer(self) -> None:
        """Forget what underflowed."""
        self.underflowed = False

    def _error(self, layer: int, what: str, advice: str) -> ArgumentError:
        return ArgumentError(
            "layer",
            self._network.describe(),
            f"layer {layer} gave a Gram matrix {what}: {advice}",
        )
