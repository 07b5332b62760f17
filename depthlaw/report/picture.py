"""Where everything goes in a card's small picture of bound against truth.

The picture is drawn by a template, in the reader's own colours and letters; its numbers are those
of `depthlaw.plots.bound_against_truth`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from depthlaw.numerics.verify import Verdict
from depthlaw.plots.canvas import Scale, scale_for
from depthlaw.plots.check_intervals import SUPERSCRIPTS, Sides, Stretch, ratio_text, sides
from depthlaw.theory.claim import Outcome

WIDTH = 340.0
"""Width of the picture in its own units, at least; a narrow telephone shows it one to one."""
LEFT, RIGHT = 30.0, 288.0
"""Ends of the axis: room for the numbers of the rows before it, and for the ratios after it."""
GAP, CHARACTER = 6.0, 7.0
"""From the axis to the ratios, and what a character of them may take in letters of 10.5 units."""
ROW, DENSE_ROW, MANY_ROWS = 17.0, 12.0, 16
"""Height of a row, and of one where there are more than so many."""
AXIS = 24.0
"""Height of the axis with its numbers."""
_MARGIN = 0.04
_HUGE = 1e300
"""Larger numbers are drawn here, so that differences stay finite."""


@dataclass(frozen=True)
class Row:
    """One check: places across, from the left edge of the picture, and its height `y`.

    A side without a value, or without a finite one, has None.
    """

    number: int
    y: float
    outcome: Outcome
    dot: float | None
    band: tuple[float, float] | None
    sampled: bool
    bound: float | None
    trivial: float | None
    ratio: str


@dataclass(frozen=True)
class Picture:
    """All rows and the axis below them."""

    width: float
    height: float
    left: float
    right: float
    gap: float
    axis: float
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    scale: Scale


def picture(verdict: Verdict) -> Picture | None:
    """Lay out the picture of a verdict; None where no check has a number to draw.

    >>> from depthlaw.numerics.verify import verify
    >>> drawn = picture(verify("orthogonalization.lemma-4").verdicts[0])
    >>> all(LEFT <= row.dot <= row.bound <= RIGHT for row in drawn.rows)  # it is an upper bound
    True
    """
    found = sides(verdict)
    numbers = [number for side in found for number in side.points()]
    if not numbers:
        return None
    axis = _Axis.over(numbers)
    height = ROW if len(found) <= MANY_ROWS else DENSE_ROW
    rows = tuple(_row(side, axis, (side.number - 0.5) * height) for side in found)
    bottom = len(found) * height
    longest = max(len(row.ratio) for row in rows)
    width = max(WIDTH, RIGHT + GAP + CHARACTER * longest)
    return Picture(
        width, bottom + AXIS, LEFT, RIGHT, GAP, bottom + 3, rows, tuple(axis.ticks()), axis.scale
    )


def _row(side: Sides, axis: _Axis, y: float) -> Row:
    value = side.value
    band = None
    if value is not None and value.lower < value.upper:
        band = (axis.place(value.lower), axis.place(value.upper))
    return Row(
        side.number,
        y,
        side.outcome,
        axis.point(value),
        band,
        value is not None and value.sampled,
        axis.point(side.bound),
        axis.point(side.trivial),
        ratio_text(side.ratio),
    )


@dataclass(frozen=True)
class _Axis:
    """A scale between two numbers, laid over the picture from LEFT to RIGHT."""

    scale: Scale
    smallest: float
    low: float
    high: float

    @classmethod
    def over(cls, numbers: Sequence[float]) -> _Axis:
        """Return an axis with room for all of `numbers`, which are finite."""
        scale = scale_for(numbers)
        smallest = min((abs(number) for number in numbers if number), default=1.0)
        bare = cls(scale, smallest, 0.0, 1.0)
        ends = bare.along(min(numbers)), bare.along(max(numbers))
        # One number alone is shown in the middle, with as much room as it is large.
        room = _MARGIN * (ends[1] - ends[0]) or abs(ends[0]) / 2 or 1.0
        return cls(scale, smallest, ends[0] - room, ends[1] + room)

    def along(self, number: float) -> float:
        """Return the number on the scale, before it is laid over the picture."""
        if self.scale is Scale.LOG:
            return math.log10(number) if number > 0 else -math.inf
        number = min(max(number, -_HUGE), _HUGE)
        if self.scale is Scale.LINEAR:
            return number
        if abs(number) < self.smallest:
            return number / self.smallest
        return math.copysign(1 + math.log10(abs(number)) - math.log10(self.smallest), number)

    def place(self, number: float) -> float:
        """Return the place of a number across; what lies beyond an end is at that end."""
        return self._across(self.along(number))

    def _across(self, along: float) -> float:
        share = (along - self.low) / (self.high - self.low)
        return round(LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT), 1)

    def point(self, stretch: Stretch | None) -> float | None:
        """Return the place of a side, None where it has none."""
        if stretch is None or not math.isfinite(stretch.point):
            return None
        return self.place(stretch.point)

    def ticks(self) -> list[tuple[float, str]]:
        """Return places and texts of a few round numbers along the axis."""
        marks = {
            Scale.LINEAR: self._round_numbers,
            Scale.LOG: self._powers,
            Scale.SYMLOG: self._powers_around_zero,
        }[self.scale]()
        inside = {text: along for along, text in marks if self.low <= along <= self.high}
        return [(self._across(along), text) for text, along in inside.items()]

    def _round_numbers(self) -> list[tuple[float, str]]:
        numbers = [float(n) for n in MaxNLocator(4).tick_values(self.low, self.high)]
        return list(zip(numbers, _decimals(numbers), strict=True))

    def _powers(self) -> list[tuple[float, str]]:
        first, last = math.ceil(self.low), math.floor(self.high)
        if last - first < 1:
            return [
                (exponent + math.log10(factor), f"{factor * 10.0**exponent:g}")
                for exponent in (first - 1, first)
                for factor in (1, 2, 5)
            ]
        step = max(1, math.ceil((last - first) / 4))
        return [(float(k), _power(k)) for k in range(first, last + 1, step)]

    def _powers_around_zero(self) -> list[tuple[float, str]]:
        """Return zero, and the largest powers of ten that have room on either side of it."""
        origin = 1 - math.log10(self.smallest)
        right, left = math.floor(self.high - origin), math.floor(-self.low - origin)
        return [
            (-(origin + left), f"−{_power(left)}"),
            (0.0, "0"),
            (origin + right, _power(right)),
        ]


def _decimals(numbers: Sequence[float]) -> list[str]:
    """Return evenly spaced numbers in as few digits as tell them apart."""
    for digits in range(4, 17):
        texts = [f"{number:.{digits}g}".replace("-", "−") for number in numbers]
        if len(set(texts)) == len(numbers):
            break
    return texts


def _power(exponent: int) -> str:
    """Return a power of ten as a reader expects it."""
    if -3 <= exponent <= 3:
        return f"{10.0**exponent:g}"
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"
