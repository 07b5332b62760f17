"""Names of torch.nn, of transformers (ACT2FN) and of timm, with the parameters they have there.

Where such a name means a function of the catalogue it is an alias; the others are defined here.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from depthlaw.theory.activations import functions
from depthlaw.theory.activations.definition import Activation, Scalar, exact_number
from depthlaw.theory.activations.own import from_expression
from depthlaw.theory.activations.piece import Piece, Pieces, joined, whole_line
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.writing.variable import X

_HALF = sp.Rational(1, 2)
_ZERO = sp.Integer(0)
_THIRD = sp.Rational(1, 3)


def _pieces(*parts: sp.Expr) -> Pieces:
    """Return the pieces of ``formula, cut, formula, cut, …, formula``."""
    formulas, cuts = parts[::2], [-sp.oo, *parts[1::2], sp.oo]
    return joined(
        Piece(cuts[i], cuts[i + 1], formula)
        for i, formula in enumerate(formulas)
        if cuts[i] != cuts[i + 1]
    )


def _named(name: str, *parameters: sp.Expr) -> str:
    return f"{name}({';'.join(str(parameter) for parameter in parameters)})"


def _positive(argument: str, value: Scalar) -> sp.Expr:
    number = exact_number(argument, value)
    if (number > 0) != sp.true:
        raise ArgumentError(argument, value, "it must be above 0")
    return number


def softshrink(threshold: Scalar = _HALF) -> Activation:
    """Return x − λ for x > λ, x + λ for x < −λ, 0 between.

    >>> softshrink(1).parity.name
    'ODD'
    """
    t = _positive("threshold", threshold)
    return Activation.of_pieces(_named("softshrink", t), _pieces(X + t, -t, _ZERO, t, X - t))


def hardshrink(threshold: Scalar = _HALF) -> Activation:
    """Return x for |x| > λ, 0 between.

    >>> hardshrink(1).jumps
    ((-1, 1), (1, 1))
    """
    t = _positive("threshold", threshold)
    function = functions.Threshold(float(t), both=True)
    return Activation(_named("hardshrink", t), _pieces(X, -t, _ZERO, t, X), function)


def prelu(slope: Scalar = 0.25) -> Activation:
    """Return x for x > 0 and `slope` · x below: its slope before training is 1/4."""
    a = exact_number("slope", slope)
    return Activation.of_pieces(_named("prelu", a), _pieces(a * X, _ZERO, X))


def rrelu(lower: Scalar = 0.125, upper: Scalar = _THIRD) -> Activation:
    """Return x for x > 0 and (`lower` + `upper`)/2 · x below, as in evaluation mode.

    In training the slope is random, for every entry anew: that is no function of x.
    """
    a, b = exact_number("lower", lower), exact_number("upper", upper)
    return Activation.of_pieces(_named("rrelu", a, b), _pieces((a + b) / 2 * X, _ZERO, X))


def threshold(threshold: Scalar, value: Scalar) -> Activation:
    """Return x for x > `threshold`, else `value`."""
    t, v = exact_number("threshold", threshold), exact_number("value", value)
    function = functions.Threshold(float(t), float(v))
    return Activation(_named("threshold", t, v), _pieces(v, t, X), function)


def snake(alpha: Scalar = 1) -> Activation:
    """Return x + sin²(αx)/α, α > 0."""
    a = _positive("alpha", alpha)
    # sin² u = (1 − cos 2u)/2 has rules of its own.
    formula = X + (1 - sp.cos(2 * a * X)) / (2 * a)
    return Activation.of_pieces(_named("snake", a), whole_line(formula))


def laplace(mean: Scalar = 0.707107, deviation: Scalar = 0.282095) -> Activation:
    """Return (1 + erf((x − μ)/(σ√2)))/2."""
    m, s = exact_number("mean", mean), _positive("deviation", deviation)
    formula = (1 + sp.erf((X - m) / (s * sp.sqrt(2)))) / 2
    return Activation.of_pieces(_named("laplace", m, s), whole_line(formula))


def star_relu(scale: Scalar | None = None, bias: Scalar | None = None) -> Activation:
    """Return s relu(x)² + b; without parameters s = 2/√5 and b = −1/√5, so that E φ = 0, E φ² = 1.

    Source: Yu et al., MetaFormer Baselines for Vision, 2022 (arXiv:2210.13452), with s = 0.8944 and
    b = −0.4472.

    >>> from depthlaw.theory.hermite.mean import mean, second_moment
    >>> print(mean(star_relu()), second_moment(star_relu()))
    0 1
    """
    s = 2 / sp.sqrt(5) if scale is None else exact_number("scale", scale)
    b = -1 / sp.sqrt(5) if bias is None else exact_number("bias", bias)
    given = scale is not None or bias is not None
    name = _named("star_relu", s, b) if given else "star_relu"
    return Activation.of_pieces(name, _pieces(b, _ZERO, s * X**2 + b))


def _plain(name: str, *parts: sp.Expr) -> Callable[[], Activation]:
    return lambda: Activation.of_pieces(name, _pieces(*parts))


def _log_sigmoid() -> Activation:
    formula = -sp.log(1 + sp.exp(-X))
    return Activation("log_sigmoid", whole_line(formula), functions.log_sigmoid)


def _gelu_10() -> Activation:
    gelu = X * (1 + sp.erf(X / sp.sqrt(2))) / 2
    pieces = from_expression(sp.Min(sp.Max(gelu, -10), 10)).pieces
    return Activation("gelu_10", pieces, functions.clipped_gelu)


_TANH_FAST = sp.tanh(X * sp.Rational("0.7978845608") * (1 + sp.Rational("0.044715") * X**2))

LIBRARY: dict[str, Callable[[], Activation]] = {
    "relu6": _plain("relu6", _ZERO, _ZERO, X, sp.Integer(6), sp.Integer(6)),
    "hard_sigmoid": _plain(
        "hard_sigmoid", _ZERO, sp.Integer(-3), X / 6 + _HALF, sp.Integer(3), sp.Integer(1)
    ),
    "hard_swish": _plain("hard_swish", _ZERO, sp.Integer(-3), X**2 / 6 + X / 2, sp.Integer(3), X),
    "hard_mish": _plain("hard_mish", _ZERO, sp.Integer(-2), X**2 / 2 + X, _ZERO, X),
    "softsign": _plain("softsign", X / (1 - X), _ZERO, X / (1 + X)),
    "tanhshrink": _plain("tanhshrink", X - sp.tanh(X)),
    "log_sigmoid": _log_sigmoid,
    "quick_gelu": _plain("quick_gelu", X / (1 + sp.exp(-sp.Rational("1.702") * X))),
    "gelu_fast": _plain("gelu_fast", X * (1 + _TANH_FAST) / 2),
    "gelu_10": _gelu_10,
}
"""Functions without parameters that are not in the catalogue."""

ALIASES: dict[str, str] = {
    "swish": "silu",
    "linear": "identity",
    "none": "identity",
    "relu2": "relu_squared",
    "squared_relu": "relu_squared",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_python_tanh": "gelu_tanh",
    "gelu_accurate": "gelu_tanh",
    "gelu_python": "gelu",
    "clipped_gelu": "gelu_10",
}
"""Other names of the same functions; beside them, case and underscores make no difference."""


def folded(name: str) -> str:
    """Return a name as it is looked up: `Hardswish`, `hard_swish` and `HardSwish` are one.

    >>> folded("LeakyReLU") == folded("leaky_relu")
    True
    """
    return name.strip().lower().replace("_", "").replace("-", "")
