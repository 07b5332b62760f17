"""The names of activations in a layer's text: which can stand there, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError

if TYPE_CHECKING:
    from depthlaw.theory.activations import Activation

OPERATIONS = (
    "linear",
    "conv",
    "batchnorm",
    "layernorm",
    "rmsnorm",
    "recenter",
    "rescale",
    "glu",
    "attention",
    "average",
    "residual",
)
"""The operations of a layer that are not activations."""

Array = NDArray[np.float64]


DEEPEST = 64
"""Parentheses within parentheses."""


def split(text: str, separator: str = ",") -> list[str]:
    """Split at the separators outside parentheses.

    Raises
    ------
    ArgumentError
        If a parenthesis is not closed, or closed but not open, with its place; or if they are
        nested more than `DEEPEST` deep.

    Examples
    --------
    >>> split("residual(layernorm,linear),relu")
    ['residual(layernorm,linear)', 'relu']
    """
    parts, open_at = [""], []
    for place, character in enumerate(text):
        if character == "(":
            open_at.append(place)
            if len(open_at) > DEEPEST:
                advice = f"the parenthesis at place {place + 1} is the {DEEPEST + 1}th one open"
                raise ArgumentError("layer", repr(text), f"{advice}: at most {DEEPEST} may be")
        elif character == ")":
            if not open_at:
                raise _unbalanced(text, place, "closes nothing")
            open_at.pop()
        if character == separator and not open_at:
            parts.append("")
        else:
            parts[-1] += character
    if open_at:
        raise _unbalanced(text, open_at[-1], "is never closed")
    return parts


def _unbalanced(text: str, place: int, what: str) -> ArgumentError:
    return ArgumentError("layer", repr(text), f"the parenthesis at place {place + 1} {what}")


def read_activation(text: str) -> Activation:
    """Return the activation that the text of an operation means: a name or a formula in x.

    Raises
    ------
    ArgumentError
        If it is neither.

    Examples
    --------
    >>> read_activation("max(x, 0)").pieces == read_activation("relu").pieces
    True
    """
    # The catalogue brings SymPy, which a layer without activations does without.
    from depthlaw.theory.activations import activation, from_text

    if re.search(r"\bx\b", text):
        return from_text(text)
    require_known(text.partition("(")[0].strip() or text)
    return activation(text)


def check_name(name: str) -> str:
    """Return the name of an activation if layer text can hold it: it stays one operation there.

    >>> check_name("my_own(2;3)")
    'my_own(2;3)'
    """
    advice = ""
    if not name.strip():
        advice = "reports need a name for the activation"
    elif ":" in name or not _is_closed(name) or split(name) != [name.strip()]:
        advice = "layer text holds no colon, no comma outside parentheses, no blank at an end and "
        advice += "no parenthesis that is left open: choose another name"
    elif name.partition("(")[0].strip() in OPERATIONS:
        advice = f"{name} is another operation of a layer: choose another name"
    if advice:
        raise ArgumentError("name", repr(name), advice)
    return name


def _is_closed(text: str) -> bool:
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def check_known(name: str, function: Callable[[Array], Array]) -> None:
    """Refuse a function that goes by the name of another one which `parse_layer` knows.

    >>> check_known("tanh", np.tanh)
    """
    try:
        known = read_activation(name).function
    except DepthlawError:
        return  # Not a name that would be read back as something else.
    if function is known:
        return
    try:
        own = np.asarray(function(_TRIED.copy()), dtype=np.float64)
    except Exception:
        own = np.full(1, np.nan)
    with np.errstate(all="ignore"):
        same = own.shape == _TRIED.shape and np.allclose(own, known(_TRIED), rtol=1e-6, atol=1e-9)
    if not same:
        raise ArgumentError(
            "name",
            repr(name),
            "it is that of a known activation with other values: choose another name",
        )


_TRIED = np.concatenate([-np.geomspace(1e-3, 12, 40), np.geomspace(1e-3, 12, 40)])
"""Where a function is compared with the one whose name it has; no kink of the catalogue lies here,
where conventions differ."""


def require_known(name: str) -> None:
    """Raise an UnknownNameError that suggests operations and activations alike."""
    from depthlaw.theory.activations import CATALOGUE
    from depthlaw.theory.activations.catalogue import canonical

    if canonical(name) is None:
        raise UnknownNameError("operation", name, [*OPERATIONS, *CATALOGUE])
