"""Where a deep network goes: a fixed point with its rate, or a law.

=====================================  =========================================================
layer                                  what is known
=====================================  =========================================================
dense and φ, no norm                   order and chaos (`depthlaw.theory.kernels.phases`)
one φ, scale fixed or free             fixed points and rate of its correlation map, proved
skip around that, norm behind          the same for the map with a linear part (post-norm)
skip below 1, norm in the branch       the same, K* = σ²/(1 − μ²)
skips of 1, norms in the branches      K_ℓ = K₀ + ℓσ²: the kernel ODE in time ln ℓ
anything else whose numbers settle     the fixed point that is met, and the ratio of its steps;
                                       computed
=====================================  =========================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sympy as sp

from depthlaw.theory.network.layer import Network
from depthlaw.theory.prediction.rows import State
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.values import Exact, Value, as_value


class Law(StrEnum):
    """The shape of the approach."""

    GEOMETRIC = "geometric"
    """Distances shrink by the factor `rate` per layer."""
    POLYNOMIAL = "polynomial"
    """The distance is about `rate`/ℓ^power."""
    DOUBLE_EXPONENTIAL = "double exponential"
    """The correlation is raised to a power in each layer."""
    POWER = "power"
    """The distance falls like L^(−`rate`)."""
    LOGARITHM = "logarithm"
    """The distance is about `rate`/(ln L + c)^power."""
    REACHED = "reached"
    """The limit is reached, to rounding, within few layers."""
    STANDS = "stands"
    """The correlation stays as it is."""
    UNKNOWN = "unknown"
    """No law is known here."""


@dataclass(frozen=True)
class Limit:
    """What is known of great depth.

    Attributes
    ----------
    law
        The shape of the approach.
    sentences
        What that means here, for a reader.
    correlation, second_moment
        Where they go, at the end of a layer; None where that is not known.
    rate
        The factor, constant or exponent of the law.
    power
        Of ℓ, or of the logarithm.
    shift
        c of the logarithm law, from the last layer predicted.
    growth
        What a layer adds to the second moment, where that is the same for all.
    factor
        What it multiplies it by, where that is the same for all.
    """

    law: Law
    sentences: tuple[str, ...]
    correlation: Value | None = None
    second_moment: Value | None = None
    rate: Value | None = None
    power: int | None = None
    shift: Value | None = None
    growth: Value | None = None
    factor: Value | None = None

    def summary(self) -> str:
        """Return all of it as text, a line for each thing.

        >>> unknown("its numbers do not settle").summary()
        'No law is known here: its numbers do not settle.'
        """
        lines = list(self.sentences)
        for value, name in self.numbers():
            lines.append(f"{name}: {value} ({value.kind})")
        return "\n".join(lines)

    def numbers(self) -> tuple[tuple[Value, str], ...]:
        """Return the numbers that are known, each with its name for a reader."""
        named = (
            (self.correlation, "correlation"),
            (self.second_moment, "second moment"),
            (self.rate, _RATES.get(self.law, "rate")),
            (self.shift, "c"),
            (self.growth, "added to the second moment per layer"),
            (self.factor, "factor of the second moment per layer"),
        )
        return tuple((value, name) for value, name in named if value is not None)


_RATES = {
    Law.GEOMETRIC: "factor per layer",
    Law.POLYNOMIAL: "constant",
    Law.DOUBLE_EXPONENTIAL: "constant",
    Law.POWER: "exponent",
    Law.LOGARITHM: "constant",
}
"""What `Limit.rate` is called in each law."""


def find_limit(network: Network, states: Sequence[State], depth: int, ended: bool) -> Limit:
    """Return what is known of the limit.

    Parameters
    ----------
    states
        The first and the last of those predicted.
    depth
        The depth of the last.
    ended
        Whether the prediction ended for want of an answer.
    """
    from depthlaw.theory.prediction.chain import chain_limit
    from depthlaw.theory.prediction.settled import settled_limit
    from depthlaw.theory.prediction.stream import stream_limit

    if ended:
        return unknown("the prediction ends before")
    last = states[-1]
    if last.covariance.columns == 1:
        return unknown("one column has no correlation")
    found = (
        chain_limit(network, states)
        or stream_limit(network, states, depth)
        or settled_limit(network, states)
    )
    return found or unknown("of this layer none was derived, and its numbers do not settle")


def shown(number: sp.Expr) -> Value:
    """Return an exact number as such if it is short, and a ball around it else.

    >>> shown(sp.Rational(1, 3)).kind, shown(sp.Rational(0.1)).kind
    (<Kind.EXACT: 'exact'>, <Kind.ENCLOSURE: 'enclosure'>)
    """
    value = as_value(number)
    if isinstance(value, Exact) and len(value.text or " " * _LONGEST) >= _LONGEST:
        with precision(128):
            return value.enclose()
    return value


def brief(value: Value) -> Value:
    """Return a value, an exact one as `shown` has it."""
    return shown(value.expression) if isinstance(value, Exact) else value


_LONGEST = 32


def unknown(why: str) -> Limit:
    """Return that no law is known, and why."""
    return Limit(Law.UNKNOWN, (f"No law is known here: {why}.",))
