"""From a correlation map to a limit: fixed point, rate, and what to say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.kernels.correlation_map import CorrelationMap
from depthlaw.theory.kernels.fixed_points import Case, fixed_points
from depthlaw.theory.kernels.rates import Decay, rate
from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.linear import Linear
from depthlaw.theory.network.residual import Operation
from depthlaw.theory.prediction.answers import NoAnswer
from depthlaw.theory.prediction.covariance import Covariance, constant, rounded
from depthlaw.theory.prediction.limit import Law, Limit, brief
from depthlaw.theory.prediction.numbers import Numbers
from depthlaw.theory.prediction.rows import Gaussian, State
from depthlaw.theory.prediction.walk import walk
from depthlaw.theory.values import Enclosure, Exact, Value


@dataclass(frozen=True)
class Approach:
    """How a correlation map is iterated: where to, and how fast."""

    law: Law
    place: Exact | Enclosure
    rate: Exact | Enclosure | None
    power: int | None
    sentence: str


def approach(f: CorrelationMap, start: float) -> Approach | None:
    """Return where ρ ← f(ρ) goes from `start`, proved; None where that is not decided.

    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels import normalised_map
    >>> found = approach(normalised_map(activation("relu")), 0.5)
    >>> found.law, found.power
    (<Law.POLYNOMIAL: 'polynomial'>, 2)
    """
    if f.is_linear:
        return None
    try:
        points, pace = fixed_points(f), rate(f)
    except DepthlawError:
        return None
    if start == 1 or (start == -1 and any(p.location.contains(-1) for p in points.others)):
        end = Enclosure.of(round(start))
        return Approach(Law.STANDS, end, None, None, "the correlation is a fixed point")
    place = points.attractor.location
    match pace.decay:
        case Decay.GEOMETRIC:
            sentence = "its distance shrinks by this factor in every layer"
            return Approach(Law.GEOMETRIC, place, pace.constant, None, sentence)
        case Decay.POLYNOMIAL:
            assert points.case is Case.COLLAPSES_SLOWLY
            power = "" if pace.power == 1 else "²"
            sentence = f"1 − ρ is about this constant over ℓ{power}"
            return Approach(Law.POLYNOMIAL, place, pace.constant, pace.power, sentence)
    sentence = f"a layer raises small correlations to the power {pace.power}"
    return Approach(Law.DOUBLE_EXPONENTIAL, place, pace.constant, pace.power, sentence)


def as_rounded(value: Value) -> Rounded:
    """Return a value as a float with its error."""
    return constant(value.expression) if isinstance(value, Exact) else constant(value.ball)


def carried(
    operations: tuple[Operation, ...],
    network: Network,
    place: Value,
    size: Value | None,
) -> tuple[Value | None, Value | None]:
    """Return correlation and second moment behind operations, from Gaussian rows before them.

    Where the second moment is not known, 1 is taken and only the correlation is returned.
    """
    if not operations:
        return place, size
    c = as_rounded(place)
    q = rounded(np.ones(())) if size is None else as_rounded(size)
    table = np.full((2, 2), float(c.value))
    error = np.full((2, 2), float(c.error))
    np.fill_diagonal(table, 1.0)
    np.fill_diagonal(error, 0.0)
    K = Covariance(
        rounded(np.full(2, float(q.value)), np.full(2, float(q.error))),
        rounded(table, error),
        2,
    )
    try:
        after = walk(operations, State(K, rounded(np.zeros(2)), Gaussian()), network)
    except NoAnswer:
        return None, None
    number, found = Numbers(after.proved), after.covariance
    rho = number(float(found.correlations.value[0, 1]), float(found.correlations.error[0, 1]))
    moment = number(float(found.variances.value[0]), float(found.variances.error[0]))
    return rho, None if size is None else moment


def limit_of(
    found: Approach,
    tail: tuple[Operation, ...],
    network: Network,
    size: Value | None,
    factor: Value | None,
    *more: str,
    before: tuple[Operation, ...] = (),
) -> Limit:
    """Return the limit at the end of a layer, which begins with `before` and ends with `tail`.

    The map is that of rows between the two.
    """
    place, moment = carried(tail, network, found.place, size)
    if all(isinstance(o, Linear) and not o.bias for o in before):
        place = found.place  # these keep correlations, so that it is the same at both places
    return Limit(
        found.law,
        (_sentence(found), *more),
        correlation=place,
        second_moment=moment,
        rate=None if found.rate is None else brief(found.rate),
        power=found.power,
        factor=factor,
    )


def _sentence(found: Approach) -> str:
    if found.law is Law.STANDS:
        return "The correlation stays as it is."
    return f"The correlation tends to a fixed point, and {found.sentence}."
