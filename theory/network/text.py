"""A layer as text, as the command line and reports write it.

=====================================  ==================================================
text                                   operation
=====================================  ==================================================
``linear``                             Gaussian weights of variance 1/(neurons that enter)
``linear:variance=2``                  weights of variance 2/(neurons that enter): He's
``linear:bias=0.05``                   a Gaussian bias of this variance for each neuron
``linear:width=4x``, ``width=512``     neurons that leave: 4 times the network's width, or 512
``linear:haar``                        an orthogonal matrix (or ``gaussian``, ``uniform``)
``linear:unit``                        weights of variance 1 (or ``fan-in``)
``linear:law=-1@1/2;1@1/2``            weights of your own law: value@probability, exact numbers
``linear:residual=0.1``                H + γ W H with γ = 0.1; options add up with colons
``linear:mean=1.5``                    weights of mean 1.5/√width standard deviations
``conv:3``, ``conv:3x5:circular``      a convolution over positions; zero padding unless circular;
                                       ``variance``, ``bias`` and ``width`` as for linear
``batchnorm``, ``layernorm``           as in PyTorch, with mean and ε = 1e-5; ``:epsilon=…``
``rmsnorm``                            as in PyTorch, without mean, ε = 2⁻²³; ``:epsilon=…``
``recenter``, ``recenter:features``    subtract the mean over the batch, or the features
``rescale``, ``rescale:features``      divide by the root mean square over the same; ``:epsilon=…``
``relu``, ``elu(0.5)``, ``tanh(2*x)``  an activation of the catalogue, or a formula in x
``glu(silu)``                          silu(first half of the neurons) times the second half
``attention:heads=8:causal``           self-attention over tokens; also ``head_width=64``,
                                       ``window=16``, ``temperature=2``, ``scale=0.1``, ``uniform``
``average``                            the mean over the tokens of a sequence
``residual(…)``                        a skip around operations; ``:scale=0.5`` of the branch,
                                       ``:skip=0.9`` of the stream
=====================================  ==================================================

Operations are separated by commas and act from left to right. `Network.describe` writes the same
text. Nothing is ever evaluated as Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.errors import text as checked
from depthlaw.theory.network.attention import Attention, Average
from depthlaw.theory.network.convolution import Conv, Padding
from depthlaw.theory.network.glu import GLU
from depthlaw.theory.network.linear import Linear, Variance, Weights
from depthlaw.theory.network.names import read_activation, require_known, split
from depthlaw.theory.network.normalise import BatchNorm, LayerNorm, Over, Recenter, Rescale, RMSNorm
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.network.width import MOST_DIGITS

Reader = Callable[[str, str], Any]


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
        For an empty operation, an option given twice over, a parenthesis that does not match, or a
        number that is out of range.

    Examples
    --------
    >>> from depthlaw.theory.network import Network
    >>> layer = (Linear(weights=Weights.UNIFORM, residual=0.1), Recenter(), Rescale(Over.FEATURES))
    >>> parse_layer(Network(width=100, batch=4, layer=layer).describe()) == layer
    True
    """
    if not checked("layer", text).strip():
        raise ArgumentError("layer", repr(text), "name at least one operation, like linear,rescale")
    return _operations(text)


def _operations(text: str) -> tuple[Operation, ...]:
    return tuple(_operation(part.strip(), text) for part in split(text))


def _operation(text: str, layer: str) -> Operation:
    if not text:
        raise ArgumentError("layer", repr(layer), "there is nothing between two of its commas")
    name, *options = (part.strip() for part in split(text, ":"))
    head, opened, rest = name.partition("(")
    if opened and head.strip() in _AROUND:
        inside = rest.removesuffix(")").strip()
        return _around(head.strip(), inside, text, options)
    if name in _AROUND:
        raise ArgumentError("layer", text, f"say what it is around: {_AROUND[name]}")
    if name in _MAKERS:
        maker, readers, bare = _MAKERS[name]
        found: Operation = maker(**_options(name, text, options, readers, bare))
        return found
    if options:
        require_known(name)
        raise ArgumentError("layer", text, f"{name} takes no option after a colon")
    return _activation(text)


def _around(name: str, inside: str, text: str, options: list[str]) -> Operation:
    if not inside:
        raise ArgumentError("layer", text, f"say what it is around: {_AROUND[name]}")
    if name == "residual":
        given = _options(name, text, options, {"scale": _number, "skip": _number}, {})
        return Residual(_operations(inside), **given)
    if options:
        raise ArgumentError("layer", text, "glu takes no option after a colon")
    return GLU(_activation(inside))


_AROUND = {"residual": "residual(layernorm,linear)", "glu": "glu(silu)"}
"""Operations around others, with an example of each."""


def _options(
    name: str,
    text: str,
    options: list[str],
    readers: Mapping[str, Reader],
    bare: Mapping[str, tuple[str, Any]],
) -> dict[str, Any]:
    """Return what options say, as keyword arguments.

    `readers` are of options with a value; `bare` takes words to an argument and its value.
    """
    given: dict[str, Any] = {}
    for option in options:
        key, equals, value = (part.strip() for part in option.partition("="))
        if key in readers and equals:
            argument, found = "weights" if key == "law" else key, readers[key](key, value)
        elif option in bare:
            argument, found = bare[option]
        elif name == "conv" and option[:1].isdigit():
            argument, found = "kernel", _kernel("kernel", option)
        else:
            known = [*bare, *(f"{key}=…" for key in readers)]
            raise UnknownNameError(f"option of {name}", option or "(empty)", known)
        if argument in given:
            raise ArgumentError("layer", text, f"it gives the {argument} of {name} twice")
        given[argument] = found
    return given


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentError(name, repr(text), "it must be a real number") from None


def _positive(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentError(name, repr(text), "it must be a real number above 0") from None


def _whole(name: str, text: str) -> int:
    if not _is_whole(text):
        raise ArgumentError(name, repr(text), "it must be a whole number of at least 1")
    return int(text)


def _width(name: str, text: str) -> int | str:
    return int(text) if _is_whole(text) else text


def _is_whole(text: str) -> bool:
    # Longer texts would be numbers that nobody means, and Python refuses some of them.
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def _kernel(name: str, text: str) -> tuple[int, ...]:
    return tuple(_whole(name, part.strip()) for part in text.split("x"))


def _law(name: str, text: str) -> WeightLaw:
    # In this order: the parser is a part of the catalogue, which brings SymPy.
    from depthlaw.theory.activations import X
    from depthlaw.theory.writing.parse import parse_expression, parse_number

    values, shares = [], []
    for part in text.split(";"):
        value, at, share = part.partition("@")
        if not at:
            raise ArgumentError(name, repr(text), "write value@probability;value@probability;…")
        values.append(parse_expression(value))
        if values[-1].has(X):
            raise ArgumentError(name, repr(part), "its values are numbers, without x")
        exact = parse_number(share)
        shares.append(Fraction(int(exact.p), int(exact.q)))
    return WeightLaw(tuple(values), tuple(shares))


def _activation(text: str) -> Elementwise:
    return read_activation(text).operation()


def _words(argument: str, values: Any) -> dict[str, tuple[str, Any]]:
    return {str(value): (argument, value) for value in values}


_DENSE: dict[str, Reader] = {"variance": _positive, "bias": _number, "width": _width}
_EPSILON: dict[str, Reader] = {"epsilon": _number}
_Maker = tuple[Callable[..., Any], Mapping[str, Reader], Mapping[str, tuple[str, Any]]]
_MAKERS: dict[str, _Maker] = {
    "linear": (
        Linear,
        {**_DENSE, "law": _law, "residual": _positive, "mean": _number},
        {**_words("weights", Weights), **_words("variance", Variance)},
    ),
    "conv": (Conv, {**_DENSE, "kernel": _kernel}, _words("padding", Padding)),
    "batchnorm": (BatchNorm, _EPSILON, {}),
    "layernorm": (LayerNorm, _EPSILON, {}),
    "rmsnorm": (RMSNorm, _EPSILON, {}),
    "recenter": (Recenter, {}, _words("over", Over)),
    "rescale": (Rescale, _EPSILON, _words("over", Over)),
    "attention": (
        Attention,
        {
            "heads": _whole,
            "head_width": _whole,
            "window": _whole,
            "temperature": _positive,
            "scale": _number,
        },
        {name: (name, True) for name in ("causal", "uniform")},
    ),
    "average": (Average, {}, {}),
}
"""For each name what makes the operation, the options with a value, and the words."""
