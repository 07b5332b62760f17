"""A layer as text, as the command line and reports write it.

=====================================  ==================================================
text                                   operation
=====================================  ==================================================
``linear``                             Gaussian weights of variance 1/width
``linear:haar``                        an orthogonal matrix (or ``gaussian``, ``uniform``)
``linear:unit``                        weights of variance 1 (or ``fan-in``: 1/width)
``linear:law=-1@1/2;1@1/2``             weights of your own law: value@probability, exact numbers
``linear:residual=0.1``                H + γ W H with γ = 0.1; options add up with colons
``linear:mean=1.5``                    weights of mean 1.5/√width standard deviations
``recenter``, ``recenter:features``    subtract the mean over the batch, or the features
``rescale``, ``rescale:features``      divide by the root mean square over the same
``relu``, ``elu(0.5)``, ``tanh(2*x)``  an activation of the catalogue, or a formula in x
=====================================  ==================================================

Operations are separated by commas and act from left to right. `Network.describe` writes the same
text. Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.errors import text as checked
from depthlaw.theory.network import (
    Activate,
    Array,
    Linear,
    Operation,
    Over,
    Recenter,
    Rescale,
    Variance,
    Weights,
)
from depthlaw.theory.weight_law import WeightLaw

if TYPE_CHECKING:
    from depthlaw.theory.activations import Activation

_NORMALISATIONS: dict[str, type[Recenter] | type[Rescale]] = {
    "recenter": Recenter,
    "rescale": Rescale,
}
_NUMBERS = {"residual": "a real number above 0", "mean": "a real number"}
_LINEAR_OPTIONS = (*map(str, Weights), *map(str, Variance), "law=…", "residual=…", "mean=…")


def parse_layer(text: str) -> tuple[Operation, ...]:
    """Return the operations written as `text`.

    Parameters
    ----------
    text
        Operations as in the table above, separated by commas; spaces do not matter. A comma inside
        parentheses belongs to the operation.

    Raises
    ------
    UnknownNameError
        For an operation or option that does not exist, with the nearest ones that do.
    ArgumentError
        For an empty operation, one given twice over, or a number that is out of range.

    Examples
    --------
    >>> from depthlaw.theory.network import Network
    >>> layer = (Linear(weights=Weights.UNIFORM, residual=0.1), Recenter(), Rescale(Over.FEATURES))
    >>> parse_layer(Network(width=100, batch=4, layer=layer).describe()) == layer
    True
    """
    if not checked("layer", text).strip():
        raise ArgumentError("layer", repr(text), "name at least one operation, like linear,rescale")
    return tuple(_operation(part.strip(), text) for part in _split(text))


def _split(text: str) -> list[str]:
    """Split at the commas outside parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth = max(0, depth + {"(": 1, ")": -1}.get(character, 0))
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _operation(text: str, layer: str) -> Operation:
    if not text:
        raise ArgumentError("layer", repr(layer), "there is nothing between two of its commas")
    name, *options = (part.strip() for part in text.split(":"))
    if name == "linear":
        return _linear(text, options)
    if name in _NORMALISATIONS:
        return _normalisation(name, text, options)
    if options:
        _require_known(name)
        raise ArgumentError("layer", text, f"{name} takes no option after a colon")
    return _activation(text)


def _linear(text: str, options: list[str]) -> Linear:
    given: dict[str, Any] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if key.strip() in _NUMBERS and equals:
            new: dict[str, Any] = {key.strip(): _number(key.strip(), value)}
        elif key.strip() == "law" and equals:
            new = {"weights": _law(value)}
        elif option in set(Weights):
            new = {"weights": Weights(option)}
        elif option in set(Variance):
            new = {"variance": Variance(option)}
        else:
            raise UnknownNameError("option of linear", option or "(empty)", _LINEAR_OPTIONS)
        for name in new.keys() & given.keys():
            raise ArgumentError("layer", text, f"it gives the {name} of linear twice")
        given |= new
    if given.get("weights") is Weights.HAAR and "variance" in given:
        raise ArgumentError("layer", text, "an orthogonal matrix has no variance to choose")
    return Linear(**given)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentError(name, repr(text), f"it must be {_NUMBERS[name]}") from None


def _law(text: str) -> WeightLaw:
    # In this order: the parser is a part of the catalogue, which brings SymPy.
    from depthlaw.theory.activations import X
    from depthlaw.theory.parse import parse_expression, parse_number

    values, shares = [], []
    for part in text.split(";"):
        value, at, share = part.partition("@")
        if not at:
            raise ArgumentError("law", repr(text), "write value@probability;value@probability;…")
        values.append(parse_expression(value))
        if values[-1].has(X):
            raise ArgumentError("law", repr(part), "its values are numbers, without x")
        exact = parse_number(share)
        shares.append(Fraction(int(exact.p), int(exact.q)))
    return WeightLaw(tuple(values), tuple(shares))


def _normalisation(name: str, text: str, options: list[str]) -> Operation:
    if len(options) > 1:
        raise ArgumentError("layer", text, f"{name} takes one option: batch or features")
    try:
        over = Over(options[0]) if options else Over.BATCH
    except ValueError:
        raise UnknownNameError(f"option of {name}", options[0] or "(empty)", Over) from None
    return _NORMALISATIONS[name](over)


def _activation(text: str) -> Activate:
    return read_activation(text).operation()


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
    _require_known(text.partition("(")[0].strip() or text)
    return activation(text)


def check_name(name: str) -> str:
    """Return the name of an activation if layer text can hold it: it stays one operation there.

    >>> check_name("my_own(2;3)")
    'my_own(2;3)'
    """
    advice = ""
    if not name.strip():
        advice = "reports need a name for the activation"
    elif ":" in name or _split(name) != [name.strip()] or not _is_closed(name):
        advice = "layer text holds no colon, no comma outside parentheses, no blank at an end and "
        advice += "no parenthesis that is left open: choose another name"
    elif name in ("linear", *_NORMALISATIONS):
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


def _require_known(name: str) -> None:
    """Raise an UnknownNameError that suggests operations and activations alike."""
    from depthlaw.theory.activations import CATALOGUE
    from depthlaw.theory.activations.catalogue import canonical

    if canonical(name) is None:
        raise UnknownNameError("operation", name, ["linear", *_NORMALISATIONS, *CATALOGUE])
