"""A verdict's checks: what was found beside the bound and beside what is trivially true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from depthlaw.numerics.verify import Verdict
from depthlaw.plots.canvas import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    literal,
    new_axes,
    set_scale,
    typeset,
)
from depthlaw.plots.check_intervals import SIGNS, Sides, Stretch, ratio_text, sides
from depthlaw.render.mathematics import unicode_formula
from depthlaw.theory.claim import Outcome
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.writing.latex import latex

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES = {
    Outcome.CERTIFIED: ("o", GREEN, True),
    Outcome.SUPPORTED: ("o", BLUE, False),
    Outcome.REFUTED: ("X", VERMILION, True),
    Outcome.VACUOUS: ("v", GREY, False),
    Outcome.INCONCLUSIVE: ("s", ORANGE, False),
    Outcome.ASSUMPTION_FAILED: ("D", PURPLE, False),
}
"""Marker, colour and whether it is filled, for each outcome: no two share their shape."""
LONGEST = 44
"""Characters of a check's label beside its row."""


def bound_against_truth(verdict: Verdict, *, axes: Axes | None = None) -> Axes:
    """Draw each check of a verdict: a dot for the value, a tick for the bound.

    A bar through the dot is its confidence interval (or enclosure), a dotted tick is what is
    trivially true, and the number at the right how many times the bound exceeds the truth. The
    outcome is the sign beside the row and the shape of the dot.

    Parameters
    ----------
    verdict
        What `depthlaw.verify` found of one claim.
    axes
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        One row for each check, the first one on top.

    Raises
    ------
    ArgumentError
        If no check of the verdict has a value or a bound.
    DepthlawError
        If Matplotlib is not installed.

    Examples
    --------
    >>> from depthlaw.numerics.verify import verify
    >>> verdict = verify("orthogonalization.lemma-4-sharp").verdicts[0]
    >>> rows = bound_against_truth(verdict).get_yticks()
    >>> len(rows) == len(verdict.checks)
    True
    """
    if not isinstance(verdict, Verdict):
        raise ArgumentError("verdict", verdict, "give one verdict, like report[claim_id]")
    rows = sides(verdict)
    numbers = [number for row in rows for number in row.points()]
    if not numbers:
        raise ArgumentError(
            "verdict", verdict.claim.id, "none of its checks has a value or a bound to draw"
        )
    drawn = new_axes(axes, width=7.0, height=1.8 + 0.32 * len(rows))
    set_scale(drawn.xaxis, drawn, numbers)
    for row in rows:
        _row(drawn, row)
    # The bars come last: the far end of a wide interval does not decide what the axis shows.
    view = drawn.get_xlim()
    for row in rows:
        _bar(drawn, row)
    drawn.set_xlim(view)
    _frame(drawn, rows, verdict)
    # Only a figure of our own has room below its axes.
    _legend(drawn, rows, below=axes is None)
    return drawn


def _row(axes: Axes, row: Sides) -> None:
    y = row.number
    marker, colour, filled = STYLES[row.outcome]
    if row.trivial is not None:
        _tick(axes, row.trivial, y, GREY, ":")
    if row.bound is not None:
        _tick(axes, row.bound, y, "black", "-")
    if row.value is not None:
        axes.plot(
            [row.value.point],
            [y],
            marker=marker,
            color=colour,
            markerfacecolor=colour if filled else "white",
            linestyle="none",
            zorder=3,
        )


def _tick(axes: Axes, stretch: Stretch, y: float, colour: str, line: str) -> None:
    axes.plot([stretch.point] * 2, [y - 0.35, y + 0.35], color=colour, linestyle=line, lw=1.8)


def _bar(axes: Axes, row: Sides) -> None:
    known = row.value
    if known is None or known.lower == known.upper:
        return
    left, right = axes.get_xlim()
    colour = STYLES[row.outcome][1]
    axes.hlines(
        row.number,
        max(known.lower, left),
        min(known.upper, right),
        color=colour,
        lw=6,
        alpha=0.35,
        capstyle="butt",
    )


def _frame(axes: Axes, rows: Sequence[Sides], verdict: Verdict) -> None:
    labels = [f"{literal(_short(row.label))}  {SIGNS[row.outcome]}" for row in rows]
    axes.set_yticks([row.number for row in rows], labels=labels)
    axes.set_ylim(len(rows) + 0.6, 0.4)
    for row in rows:
        axes.annotate(
            ratio_text(row.ratio),
            (1.01, row.number),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize="small",
        )
    quantity = verdict.claim.quantity
    axes.set_xlabel(typeset(latex(quantity), unicode_formula(quantity)))
    axes.set_ylabel("check")
    axes.set_title(literal(f"{verdict.claim.id}\n{verdict.outcome}"), fontsize="medium")
    axes.grid(axis="x", alpha=0.3)


def _legend(axes: Axes, rows: Sequence[Sides], *, below: bool) -> None:
    from matplotlib.lines import Line2D

    shapes = [
        Line2D([], [], color=SKY, lw=5, alpha=0.5, label="confidence interval or enclosure"),
        Line2D([], [], color="black", lw=0, marker="|", markersize=10, label="bound"),
    ]
    if any(row.trivial for row in rows):
        shapes.append(Line2D([], [], color=GREY, linestyle=":", lw=1.8, label="trivially true"))
    for outcome in dict.fromkeys(row.outcome for row in rows):
        marker, colour, filled = STYLES[outcome]
        shapes.append(
            Line2D(
                [],
                [],
                color=colour,
                marker=marker,
                lw=0,
                markerfacecolor=colour if filled else "white",
                label=f"{SIGNS[outcome]} {outcome}",
            )
        )
    if below:
        where = {"loc": "outside lower center", "ncols": 3, "frameon": False}
        axes.figure.legend(handles=shapes, fontsize="small", **where)
    else:
        axes.legend(handles=shapes, fontsize="small")


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
