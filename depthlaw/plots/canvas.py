"""What the pictures share: axes, colours, scales and labels."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from depthlaw.theory.errors import DepthlawError, instance

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INSTALL = "a picture needs matplotlib: run pip install 'depthlaw[cli]'"
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
)
"""Okabe and Ito's palette, which colour-blind readers can tell apart."""
GREY = "#808080"
"""Readable on white and on black."""
UNITS = {"width": "neurons", "batch": "samples", "depth": "layers", "replicas": "networks"}
"""What a parameter counts; all others are numbers without a unit."""
DECADE = 10.0


class Scale(StrEnum):
    """How numbers are laid out along an axis."""

    LINEAR = "linear"
    LOG = "log"
    SYMLOG = "symlog"


def scale_for(numbers: Iterable[float]) -> Scale:
    """Return the scale on which all of `numbers` can be read; those not finite do not count.

    Logarithmic where all are positive and span more than a decade; where some are not positive and
    the sizes of the others span more than three, logarithmic on both sides of zero.

    >>> scale_for([1, 9]), scale_for([1e-9, 1]), scale_for([-1, 0, 1e6])
    (<Scale.LINEAR: 'linear'>, <Scale.LOG: 'log'>, <Scale.SYMLOG: 'symlog'>)
    """
    finite = [number for number in numbers if math.isfinite(number)]
    sizes = [abs(number) for number in finite if number]
    if not sizes:
        return Scale.LINEAR
    # Logarithms, since the quotient of two floats may overflow.
    decades = math.log10(max(sizes)) - math.log10(min(sizes))
    if min(finite) > 0:
        return Scale.LOG if decades > 1 else Scale.LINEAR
    return Scale.SYMLOG if decades > 3 else Scale.LINEAR


def _axes_type() -> Any:
    # Who holds axes has loaded Matplotlib; anything else is no axes.
    loaded = sys.modules.get("matplotlib.axes")
    return loaded.Axes if loaded is not None else type(None)


def new_axes(axes: Axes | None, *, width: float = 6.0, height: float = 4.0) -> Axes:
    """Return `axes`, or those of a new figure of `width` by `height` inches.

    Raises
    ------
    DepthlawError
        If Matplotlib is not installed.
    """
    if axes is not None:
        kind: type[Axes] = _axes_type()
        return instance("axes", axes, kind, "Matplotlib axes, or None")
    made = new_figure(width=width, height=height).subplots()
    made.spines[["top", "right"]].set_visible(False)
    return made


def new_figure(*, width: float = 6.0, height: float = 4.0) -> Figure:
    """Return an empty figure of `width` by `height` inches, without the state that pyplot keeps.

    Raises
    ------
    DepthlawError
        If Matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise DepthlawError(INSTALL) from None
    return Figure(figsize=(width, height), layout="constrained")


def set_scale(axis: Any, axes: Axes, numbers: Iterable[float]) -> Scale:
    """Give ``axes.xaxis`` or ``axes.yaxis`` the scale that `numbers` need, and return it."""
    found = list(numbers)
    scale = scale_for(found)
    setter = axes.set_xscale if axis is axes.xaxis else axes.set_yscale
    if scale is Scale.SYMLOG:
        setter("symlog", linthresh=min(abs(n) for n in found if n and math.isfinite(n)))
    else:
        setter(str(scale))
    return scale


def literal(text: str) -> str:
    """Return words of a user so that Matplotlib shows them as they are, dollar signs too."""
    return text.replace("\\", "∖").replace("$", r"\$")


def typeset(latex: str, words: str) -> str:
    r"""Return ``$latex$`` where Matplotlib can typeset it, else `words`.

    >>> typeset(r"\sqrt{n}", "√n") == r"$\sqrt{n}$"
    True
    >>> typeset(r"\begin{cases} 1 \end{cases}", "1 or 2") == "1 or 2"
    True
    """
    from matplotlib.mathtext import MathTextParser

    formula = f"${latex}$"
    try:
        MathTextParser("path").parse(formula)
    except (ValueError, RuntimeError):
        return literal(words)
    return formula


def with_unit(words: str, name: str) -> str:
    """Return a label with the unit of the parameter `name`, where it has one.

    >>> with_unit("width d", "width"), with_unit("α", "alpha")
    ('width d [neurons]', 'α')
    """
    return f"{words} [{UNITS[name]}]" if name in UNITS else words
