"""Which layers are those of batch normalisation's mean field, and their growth one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.mean_field_bn.rates import WITHOUT_MEAN, B, Rates, rates
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.linear import Linear, Variance
from depthlaw.theory.network.normalise import BatchNorm, Recenter, Rescale
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.prediction.answers import NoAnswer
from depthlaw.theory.values import Exact, Numeric

Known = Exact | Numeric
_FORM = (
    "gradients through batch normalisation are known of layers linear, batchnorm:epsilon=0 and "
    "perhaps an activation, in this order or with linear at the end, from a start whose samples "
    "are all alike"
)


@dataclass(frozen=True)
class _Form:
    linear: Linear
    recentres: bool
    activation: Elementwise | None
    linear_first: bool


def normalises_over_batch(operations: Sequence[Operation]) -> bool:
    """Return whether there is a norm over the batch anywhere.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> [normalises_over_batch(parse_layer(text)) for text in ("layernorm", "residual(batchnorm)")]
    [False, True]
    """
    return any(
        isinstance(operation, BatchNorm)
        or operation == Recenter()
        or (isinstance(operation, Rescale) and operation.over == Rescale().over)
        or (isinstance(operation, Residual) and normalises_over_batch(operation.branch))
        for operation in operations
    )


def growths(network: Network, depth: int, contrast: Fraction | None) -> list[Known]:
    """Return by what E ‖∂L/∂H‖² grows in the layers 1 … L, for a random gradient at the output.

    Parameters
    ----------
    contrast
        q₀(1 − c₀) of the start, None if its samples are not all alike.

    Raises
    ------
    NoAnswer
        If the layer has another form, with a reason.
    """
    form = _form(network)
    if form is None or network.stem or contrast is None or contrast <= 0:
        raise NoAnswer(_FORM)
    n = network.columns
    if not form.recentres:
        if form.activation is not None or n < 3:
            raise NoAnswer("without recentring the rate is known of linear layers alone")
        raise NoAnswer(
            f"without recentring the rate tends to {WITHOUT_MEAN.subs(B, n)} with depth, and what "
            "comes before is not known; add recenter"
        )
    try:
        found = rates(n, form.activation)
    except ArgumentError as error:
        raise NoAnswer(str(error)) from None
    return list(_by_layer(found, form, depth, contrast))


def _by_layer(found: Rates, form: _Form, depth: int, contrast: Fraction) -> Iterator[Known]:
    variance = Fraction(1)
    if not form.linear_first and not isinstance(form.linear.variance, Variance):
        variance = Fraction(form.linear.variance)
    for ell in range(1, depth + 1):
        rate = found.at_the_output if ell == depth else found.growth
        if ell == 1:
            # The first layer sees the contrasts of the start, not those behind a layer.
            rate = _times(rate, found.spread, variance / contrast)
        yield rate


def _times(rate: Known, spread: Known, factor: Fraction) -> Known:
    if isinstance(rate, Exact) and isinstance(spread, Exact):
        exact = rate.expression * spread.expression * sp.Rational(factor)
        return Exact(sp.simplify(exact))
    assert isinstance(rate, Numeric), "rates of one activation are of one kind"
    assert isinstance(spread, Numeric), "rates of one activation are of one kind"
    value = rate.number * spread.number * float(factor)
    relative = rate.error / rate.number + spread.error / spread.number
    return Numeric(value, abs(value) * relative)


def _form(network: Network) -> _Form | None:
    operations = list(_taken_apart(network.layer))
    linear_first = isinstance(operations[0], Linear)
    if not linear_first:
        operations = [operations[-1], *operations[:-1]]
    linear, *rest = operations
    if not isinstance(linear, Linear) or linear.residual is not None or linear.mean:
        return None
    if linear.variance is Variance.UNIT:
        return None
    recentres = bool(rest) and rest[0] == Recenter()
    rest = rest[1:] if recentres else rest
    if not rest or rest[0] != Rescale():
        return None
    rest = rest[1:]
    if len(rest) > 1 or (rest and not isinstance(rest[0], Elementwise)):
        return None
    phi = rest[0] if rest else None
    assert phi is None or isinstance(phi, Elementwise), "seen to above"
    return _Form(linear, recentres, phi, linear_first)


def _taken_apart(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, BatchNorm):
            yield from operation.parts
        else:
            yield operation
