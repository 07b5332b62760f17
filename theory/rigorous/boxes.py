"""Strict inequalities certified over a box by subdivision."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from depthlaw.theory.rigorous.balls import ball

Interval = tuple[Fraction, Fraction]
Box = tuple[Interval, ...]


@dataclass(frozen=True)
class BoxProof:
    """What subdivision found: proved on every piece, or the piece that stopped it.

    `counterexample` is set only where the function is certainly not positive on a whole piece.
    """

    proved: bool
    pieces: int
    undecided: Box | None = None
    counterexample: Box | None = None


MOST_HALVINGS = 64
"""A side halved this often has width 2^{-64} of its own: a touching zero is then undecided."""


def positive_on(
    function: Callable[..., arb], box: Sequence[Interval], *, most_pieces: int = 20_000
) -> BoxProof:
    """Certify that `function` is positive on all of `box`.

    Pieces whose ball value is not decided are halved along their widest side (relative to the
    box), the largest first, so that a whole region of wrong sign is found early.

    Parameters
    ----------
    function
        Takes one ball for each side of the box and returns a ball that contains its values there.
    box
        Closed intervals with rational end points.
    most_pieces
        Pieces to look at before giving up: the answer is then `proved=False`, never a guess.

    Examples
    --------
    >>> square = [(Fraction(-1), Fraction(1))] * 2
    >>> positive_on(lambda x, y: 3 + x * y - x * x, square).proved
    True
    >>> positive_on(lambda x, y: x * x - y * y, square).proved
    False
    """
    start = tuple((Fraction(low), Fraction(high)) for low, high in box)
    todo: deque[tuple[Box, tuple[int, ...]]] = deque([(start, (0,) * len(start))])
    seen = 0
    while todo:
        piece, halvings = todo.popleft()
        seen += 1
        value = function(*(ball(low).union(ball(high)) for low, high in piece))
        if value > 0:
            continue
        if value <= 0:
            return BoxProof(False, seen, counterexample=piece)
        side = min(range(len(piece)), key=halvings.__getitem__)
        if seen >= most_pieces or halvings[side] >= MOST_HALVINGS:
            return BoxProof(False, seen, undecided=piece)
        low, high = piece[side]
        middle = (low + high) / 2
        deeper = (*halvings[:side], halvings[side] + 1, *halvings[side + 1 :])
        todo.append(((*piece[:side], (low, middle), *piece[side + 1 :]), deeper))
        todo.append(((*piece[:side], (middle, high), *piece[side + 1 :]), deeper))
    return BoxProof(True, seen)
