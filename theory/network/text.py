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

from fractions import Fraction
from typing import Any

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.errors import text as checked
from depthlaw.theory.network.layer import (
    Linear,
    Operation,
    Over,
    Recenter,
    Rescale,
    Variance,
    Weights,
)
from depthlaw.theory.network.names import read_activation, require_known, split
from depthlaw.theory.network.weight_law import WeightLaw

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
    return tuple(_operation(part.strip(), text) for part in split(text))


def _operation(text: str, layer: str) -> Operation:
    if not text:
        raise ArgumentError("layer", repr(layer), "there is nothing between two of its commas")
    name, *options = (part.strip() for part in text.split(":"))
    if name == "linear":
        return _linear(text, options)
    if name in _NORMALISATIONS:
        return _normalisation(name, text, options)
    if options:
        require_known(name)
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
    from depthlaw.theory.writing.parse import parse_expression, parse_number

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


def _activation(text: str) -> Elementwise:
    return read_activation(text).operation()
