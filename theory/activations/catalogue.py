"""The catalogue: activations by name, some with parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy as sp

from depthlaw.theory.activations import functions, library, special
from depthlaw.theory.activations.definition import Activation, Scalar, exact_number
from depthlaw.theory.activations.functions import FromPieces, Vectorised
from depthlaw.theory.activations.library import ALIASES, LIBRARY, folded
from depthlaw.theory.activations.piece import Piece, Pieces, X, joined, whole_line
from depthlaw.theory.errors import ArgumentError, UnknownNameError, integer
from depthlaw.theory.rigorous.number import Named
from depthlaw.theory.writing.parse import parse_number

HIGHEST_DEGREE = 60
"""Largest degree of a monomial, polynomial or Hermite polynomial in the catalogue."""

_ZERO = sp.Integer(0)


def _split(below: sp.Expr, above: sp.Expr) -> Pieces:
    """Return the pieces of a function with one breakpoint, at 0."""
    return joined([Piece(-sp.oo, _ZERO, below), Piece(_ZERO, sp.oo, above)])


def _named(name: str, *parameters: sp.Expr) -> str:
    return f"{name}({';'.join(str(parameter) for parameter in parameters)})"


def two_slope(below: Scalar, above: Scalar) -> Activation:
    """Return x ↦ `below` · min(x, 0) + `above` · max(x, 0).

    >>> two_slope(-1, 1).expression == activation("abs").expression
    True
    """
    a, b = exact_number("below", below), exact_number("above", above)
    return Activation.of_pieces(_named("two_slope", a, b), _split(a * X, b * X))


def leaky_relu(slope: Scalar = 0.01) -> Activation:
    """Return x for x > 0 and `slope` · x below."""
    a = exact_number("slope", slope)
    return Activation.of_pieces(_named("leaky_relu", a), _split(a * X, X))


def elu(alpha: Scalar = 1) -> Activation:
    """Return x for x > 0 and α(eˣ − 1) below."""
    a = exact_number("alpha", alpha)
    pieces = _split(a * (sp.exp(X) - 1), X)
    return Activation(_named("elu", a), pieces, functions.Elu(alpha=float(a)))


def celu(alpha: Scalar = 1) -> Activation:
    """Return x for x > 0 and α(e^{x/α} − 1) below, α > 0."""
    a = exact_number("alpha", alpha)
    if not a.is_positive:
        raise ArgumentError("alpha", alpha, "it must be above 0")
    pieces = _split(a * (sp.exp(X / a) - 1), X)
    return Activation(_named("celu", a), pieces, functions.Elu(alpha=float(a), scale=float(a)))


def selu() -> Activation:
    """Return the scaled ELU λ·elu(α) with E φ = 0 and E φ² = 1, by the closed forms of α and λ.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017 (arXiv:1706.02515), where the
    constants are the decimals α = 1.6732632… and λ = 1.0507009… of the same equations.

    >>> from depthlaw.theory.hermite.mean import mean, second_moment
    >>> from depthlaw.theory.rigorous.zero import sign_of
    >>> sign_of(mean(selu())), sign_of(second_moment(selu()) - 1)
    (0, 0)
    """
    # E φ = 0 gives α; E φ² = 1 gives λ. Below, C_a = E[e^{ax}; x < 0].
    C1 = sp.exp(sp.Rational(1, 2)) * sp.erfc(1 / sp.sqrt(2)) / 2
    C2 = sp.exp(2) * sp.erfc(sp.sqrt(2)) / 2
    half = sp.Rational(1, 2)
    a = Named("alpha", 1 / sp.sqrt(2 * sp.pi) / (half - C1))
    scale = Named("lambda", 1 / sp.sqrt(half + a**2 * (C2 - 2 * C1 + half)))
    pieces = _split(scale * a * (sp.exp(X) - 1), scale * X)
    function = functions.Elu(alpha=float(sp.N(a, 30)), factor=float(sp.N(scale, 30)))
    return Activation("selu", pieces, function)


def _degree(argument: str, value: object) -> int:
    degree = integer(argument, value, at_least=0)
    if degree > HIGHEST_DEGREE:
        raise ArgumentError(argument, degree, f"it may be at most {HIGHEST_DEGREE}")
    return degree


def monomial(degree: int) -> Activation:
    """Return x ↦ xᵏ."""
    k = _degree("degree", degree)
    return Activation.of_pieces(_named("monomial", sp.Integer(k)), whole_line(X**k))


def hermite(degree: int) -> Activation:
    """Return the orthonormal Hermite polynomial h_k = He_k/√k!, whose kernel map is ρᵏ."""
    k = _degree("degree", degree)
    formula = sp.expand(sp.hermite_prob(k, X) / sp.sqrt(sp.factorial(k)))
    return Activation.of_pieces(_named("hermite", sp.Integer(k)), whole_line(formula))


def polynomial(*coefficients: Scalar) -> Activation:
    """Return the polynomial c_0 + c_1 x + c_2 x² and so on.

    >>> polynomial(0, 0, 1).expression == monomial(2).expression
    True
    """
    if not coefficients:
        raise ArgumentError("coefficients", coefficients, "give at least one")
    _degree("degree", len(coefficients) - 1)
    values = [exact_number("coefficients", c) for c in coefficients]
    formula = sum((c * X**k for k, c in enumerate(values)), start=_ZERO)
    return Activation.of_pieces(_named("polynomial", *values), whole_line(formula))


def _smooth(name: str, formula: sp.Expr, function: Vectorised) -> Callable[[], Activation]:
    return lambda: Activation(name, whole_line(formula), function)


def _kinked(name: str, pieces: Pieces, function: Vectorised) -> Callable[[], Activation]:
    return lambda: Activation(name, pieces, function)


def _sigmoid(u: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-u))


_SOFTPLUS = sp.log(1 + sp.exp(X))
_PHI = (1 + sp.erf(X / sp.sqrt(2))) / 2
_GELU_TANH = X * (1 + sp.tanh(sp.sqrt(2 / sp.pi) * (X + sp.Rational("0.044715") * X**3))) / 2
_HARD_TANH = (
    Piece(-sp.oo, sp.Integer(-1), sp.Integer(-1)),
    Piece(sp.Integer(-1), sp.Integer(1), X),
    Piece(sp.Integer(1), sp.oo, sp.Integer(1)),
)

PLAIN: dict[str, Callable[[], Activation]] = {
    "identity": _smooth("identity", X, functions.identity),
    "relu": _kinked("relu", _split(_ZERO, X), functions.relu),
    "abs": _kinked("abs", _split(-X, X), np.abs),
    "step": _kinked("step", _split(_ZERO, sp.Integer(1)), functions.step),
    "sign": _kinked("sign", _split(sp.Integer(-1), sp.Integer(1)), np.sign),
    "relu_squared": _kinked("relu_squared", _split(_ZERO, X**2), functions.relu_squared),
    "hard_tanh": _kinked("hard_tanh", _HARD_TANH, functions.hard_tanh),
    "erf": _smooth("erf", sp.erf(X), special.erf),
    "normal_cdf": _smooth("normal_cdf", _PHI, functions.normal_cdf),
    "gelu": _smooth("gelu", X * _PHI, functions.gelu),
    "gelu_tanh": _smooth("gelu_tanh", _GELU_TANH, FromPieces(whole_line(_GELU_TANH))),
    "tanh": _smooth("tanh", sp.tanh(X), np.tanh),
    "sigmoid": _smooth("sigmoid", _sigmoid(X), functions.sigmoid),
    "silu": _smooth("silu", X * _sigmoid(X), functions.silu),
    "softplus": _smooth("softplus", _SOFTPLUS, functions.softplus),
    "mish": _smooth("mish", X * sp.tanh(_SOFTPLUS), functions.mish),
    "sin": _smooth("sin", sp.sin(X), np.sin),
    "cos": _smooth("cos", sp.cos(X), np.cos),
    "exp": _smooth("exp", sp.exp(X), FromPieces(whole_line(sp.exp(X)))),
    "gaussian": _smooth("gaussian", sp.exp(-(X**2)), FromPieces(whole_line(sp.exp(-(X**2))))),
    "selu": selu,
}
"""Activations without parameters."""


@dataclass(frozen=True)
class Parametric:
    """A constructor with between `least` and `most` numbers as parameters."""

    build: Callable[..., Activation]
    least: int
    most: int
    whole: bool = False


PARAMETRIC: dict[str, Parametric] = {
    "leaky_relu": Parametric(leaky_relu, 0, 1),
    "two_slope": Parametric(two_slope, 2, 2),
    "elu": Parametric(elu, 0, 1),
    "celu": Parametric(celu, 0, 1),
    "monomial": Parametric(monomial, 1, 1, whole=True),
    "hermite": Parametric(hermite, 1, 1, whole=True),
    "polynomial": Parametric(polynomial, 1, HIGHEST_DEGREE + 1),
    "softshrink": Parametric(library.softshrink, 0, 1),
    "hardshrink": Parametric(library.hardshrink, 0, 1),
    "prelu": Parametric(library.prelu, 0, 1),
    "rrelu": Parametric(library.rrelu, 0, 2),
    "threshold": Parametric(library.threshold, 2, 2),
    "star_relu": Parametric(library.star_relu, 0, 2),
    "snake": Parametric(library.snake, 0, 1),
    "laplace": Parametric(library.laplace, 0, 2),
}
"""Activations with parameters, written as in ``elu(0.5)`` or ``two_slope(0.1;1)``."""

CATALOGUE: tuple[str, ...] = (*PLAIN, *LIBRARY, *PARAMETRIC)
"""Every function that `activation` knows, under one name."""

_FOLDED = {folded(name): name for name in CATALOGUE} | {
    folded(alias): name for alias, name in ALIASES.items()
}


def canonical(name: str) -> str | None:
    """Return the name in `CATALOGUE` of a function known by this or another name, or None.

    >>> canonical("Swish"), canonical("HardSwish"), canonical("gelu_new")
    ('silu', 'hard_swish', 'gelu_tanh')
    """
    return _FOLDED.get(folded(name))


_CACHE: dict[str, Activation] = {}


def activation(name: str) -> Activation:
    """Return the activation called `name`.

    Parameters
    ----------
    name
        A name of `CATALOGUE`, or the name of the same function in torch.nn, transformers or timm
        (``"swish"``, ``"Hardswish"``, ``"gelu_new"``), with parameters in parentheses where it
        takes some, separated by commas or semicolons: ``"relu"``, ``"elu(0.5)"``,
        ``"two_slope(0.1;1)"``, ``"hermite(3)"``.

    Raises
    ------
    UnknownNameError
        If there is none, with the nearest names.
    ArgumentError
        If its parameters are not what it takes.

    Examples
    --------
    >>> relu = activation("relu").function
    >>> x = np.linspace(-2, 2, 5)
    >>> bool(np.all(relu(x) - relu(-x) == x))
    True
    """
    if not isinstance(name, str):
        raise ArgumentError("activation", name, "it must be a name")
    if name not in _CACHE:
        _CACHE[name] = _build(name)
    return _CACHE[name]


def _build(name: str) -> Activation:
    written, opened, rest = name.strip().partition("(")
    head = canonical(written)
    if head is None:
        raise UnknownNameError("activation", written.strip(), [*CATALOGUE, *ALIASES])
    plain = PLAIN.get(head) or LIBRARY.get(head)
    if plain is not None:
        if opened:
            raise ArgumentError("activation", name, f"{head} takes no parameter")
        return plain()
    if opened and not rest.endswith(")"):
        raise ArgumentError("activation", name, "the parameters need a closing parenthesis")
    entry = PARAMETRIC[head]
    texts = [text for text in rest.removesuffix(")").replace(";", ",").split(",") if text.strip()]
    if not entry.least <= len(texts) <= entry.most:
        wanted = str(entry.least) if entry.least == entry.most else f"{entry.least} to {entry.most}"
        raise ArgumentError("activation", name, f"{head} takes {wanted} parameters in parentheses")
    values = [parse_number(text) for text in texts]
    if entry.whole:
        if not all(value.is_Integer for value in values):
            raise ArgumentError("activation", name, f"{head} takes a whole number")
        return entry.build(*(int(value) for value in values))
    return entry.build(*values)
