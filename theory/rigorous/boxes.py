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


def positive_on(
    function: Callable[..., arb], box: Sequence[Interval], *, most_pieces: int = 20_000
) -> BoxProof:
    """Certify that `function` is positive on all of `box`.

    Each piece whose ball value is not decided is halved along its widest side (relative to the box).

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
    widths = [high - low or Fraction(1) for low, high in start]
    todo: deque[Box] = deque([start])
    seen = 0
    while todo:
        piece = todo.pop()
        seen += 1
        value = function(*(ball(low).union(ball(high)) for low, high in piece))
        if value > 0:
            continue
        if value <= 0:
            return BoxProof(False, seen, counterexample=piece)
        if seen >= most_pieces:
            return BoxProof(False, seen, undecided=piece)
        side = max(range(len(piece)), key=lambda i: (piece[i][1] - piece[i][0]) / widths[i])
        low, high = piece[side]
        middle = (low + high) / 2
        todo.append((*piece[:side], (low, middle), *piece[side + 1 :]))
        todo.append((*piece[:side], (middle, high), *piece[side + 1 :]))
    return BoxProof(True, seen)
