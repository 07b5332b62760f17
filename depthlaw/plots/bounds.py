"""A claim's bound as one of its parameters varies, and where it says nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from depthlaw.plots.canvas import BLUE, GREY, literal, new_axes, set_scale, typeset, with_unit
from depthlaw.render.mathematics import unicode_formula
from depthlaw.theory.claim import Claim, registry
from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.parameter import Domain, Parameter
from depthlaw.theory.errors import ArgumentError, instance, items, known_name, mapping
from depthlaw.theory.values import Value
from depthlaw.theory.writing.latex import latex

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def bound(
    claim: Claim | str,
    parameter: str,
    values: Iterable[ParameterValue],
    *,
    others: Mapping[str, ParameterValue] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw a claim's bound over one of its parameters.

    The band is the enclosure of the bound: mostly thinner than the line. What is trivially true is
    dashed, and the stretches of `values` on which the bound says no more are shaded. Between two
    values the bound is joined by a straight line and nothing is claimed.

    Parameters
    ----------
    claim
        A claim or its id.
    parameter
        Name of a parameter that is one number.
    values
        At least two values of it, in any order.
    others
        Values of all other parameters, by name.
    axes
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Axes with logarithmic scales where the numbers span more than a decade.

    Raises
    ------
    UnknownNameError
        For a claim or a parameter that does not exist.
    ArgumentError
        For values that are fewer than two, missing, or outside the claim's assumptions.
    DepthlawError
        If Matplotlib is not installed.

    Examples
    --------
    >>> drawn = bound("orthogonalization.lemma-4", "lyapunov", [0, 0.25], others={"batch": 4})
    >>> (line,) = [line for line in drawn.lines if line.get_label() == "bound"]
    >>> [float(y) for y in line.get_ydata()]  # 2n times the argument
    [0.0, 2.0]
    """
    found = registry.claim(claim) if isinstance(claim, str) else claim
    instance("claim", found, Claim, "a claim or its id")
    varied = _varied(found, parameter)
    rest = {} if others is None else dict(mapping("others", others, "values"))
    points = _points(found, varied, items("values", values, "values of the parameter"), rest)
    across = [point.at for point in points]
    low, high = [p.bound.lower for p in points], [p.bound.upper for p in points]
    drawn = new_axes(axes)
    _lines(drawn, across, points)
    label = "enclosure" if not found.remainder else "leading term, enclosed"
    drawn.fill_between(across, low, high, color=BLUE, alpha=0.25, linewidth=0, label=label)
    for number, (first, last) in enumerate(_stretches(points)):
        drawn.axvspan(
            first,
            last,
            color=GREY,
            alpha=0.2,
            hatch="//",
            label="vacuous: says no more than is trivial" if number == 0 else None,
        )
    set_scale(drawn.xaxis, drawn, across)
    set_scale(drawn.yaxis, drawn, [*low, *high, *(t for p in points for t in p.trivial)])
    symbol = typeset(latex(varied.symbol), unicode_formula(varied.symbol))
    drawn.set_xlabel(with_unit(f"{varied.name.replace('_', ' ')} {symbol}", varied.name))
    drawn.set_ylabel(f"bound on {typeset(latex(found.quantity), unicode_formula(found.quantity))}")
    drawn.set_title(literal(found.id), fontsize="medium")
    drawn.grid(alpha=0.3)
    drawn.legend(fontsize="small", frameon=False)
    return drawn


class _Point:
    """The bound at one value of the parameter; `trivial` is empty where nothing is."""

    def __init__(
        self, at: float, bound: Value, trivial: Value | None, vacuous: bool | None
    ) -> None:
        self.at, self.bound, self.vacuous = at, bound, vacuous
        self.trivial: tuple[float, ...] = ()
        if trivial is not None:
            self.trivial = ((trivial.lower + trivial.upper) / 2,)


def _varied(claim: Claim, name: str) -> Parameter:
    known = {parameter.name: parameter for parameter in claim.parameters}
    known_name("parameter", name, known)
    if known[name].domain is Domain.SPECTRUM:
        numbers = [p.name for p in claim.parameters if p.domain is not Domain.SPECTRUM]
        advice = f"it is a list: vary {' or '.join(numbers)}" if numbers else "it is a list"
        raise ArgumentError("parameter", name, advice)
    return known[name]


def _points(
    claim: Claim,
    varied: Parameter,
    values: Iterable[ParameterValue],
    others: dict[str, ParameterValue],
) -> list[_Point]:
    if varied.name in others:
        raise ArgumentError("others", varied.name, "it is the parameter that varies: leave it out")
    chosen = list(values)
    if len(chosen) < 2:
        raise ArgumentError("values", chosen, f"give at least two values of {varied.name}")
    points = []
    for value in chosen:
        accepted = claim.accept({**others, varied.name: value})
        sides, place = claim.sides(accepted), _place(varied, accepted[varied.name])
        points.append(_Point(place, sides.bound, sides.trivial, sides.vacuous))
    return sorted(points, key=lambda point: point.at)


def _place(varied: Parameter, value: ParameterValue) -> float:
    assert not isinstance(value, tuple)  # `_varied` has refused lists
    try:
        return float(value)
    except OverflowError:
        raise ArgumentError("values", varied.name, "one is too large to be drawn") from None


def _lines(axes: Axes, across: Sequence[float], points: Sequence[_Point]) -> None:
    middle = [_between(point.bound.lower, point.bound.upper) for point in points]
    axes.plot(across, middle, color=BLUE, marker=".", label="bound")
    if all(point.trivial for point in points):
        trivial = [point.trivial[0] for point in points]
        axes.plot(across, trivial, color=GREY, linestyle="--", label="trivially true")


def _between(lower: float, upper: float) -> float:
    """Return the middle; NaN, which leaves a gap in the line, where there is none."""
    return lower + (upper - lower) / 2 if math.isfinite(upper - lower) else math.nan


def _stretches(points: Sequence[_Point]) -> Iterator[tuple[float, float]]:
    """Yield the first and the last value of every run of vacuous bounds."""
    run: list[float] = []
    for point in points:
        if point.vacuous:
            run.append(point.at)
        elif run:
            yield run[0], run[-1]
            run = []
    if run:
        yield run[0], run[-1]
