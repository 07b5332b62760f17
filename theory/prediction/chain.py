"""Limits of layers with one activation: dense chains, with norms over features or without."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.kernels.phases import OrderChaos, Phase, order_chaos
from depthlaw.theory.kernels.variance_flow import Fate
from depthlaw.theory.network.attention import Average
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.linear import Linear
from depthlaw.theory.network.normalise import Over, Recenter
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.prediction.approach import Approach, approach, carried, limit_of
from depthlaw.theory.prediction.catalogue import formula_of
from depthlaw.theory.prediction.limit import Law, Limit, shown
from depthlaw.theory.prediction.normal_form import (
    NormalForm,
    flattened,
    is_feature_norm,
    is_plain_linear,
    normal_form,
    variances_of,
)
from depthlaw.theory.prediction.rows import State
from depthlaw.theory.values import Exact, Value


def chain_limit(network: Network, states: Sequence[State]) -> Limit | None:
    """Return the limit of a layer without a stream that grows, or None where it has another form.

    Covers ``linear,φ`` with norms over features anywhere, and one skip with a norm behind it.
    """
    operations = tuple(flattened(network.layer))
    skips = [o for o in operations if isinstance(o, Residual)]
    if skips:
        return _post_norm(network, operations, states) if len(skips) == 1 else None
    start = _start_of_cycle(operations)
    if start is None:
        return None
    rotated, tail = operations[start:] + operations[:start], operations[start:]
    form = normal_form(rotated) or normal_form(rotated, size=_size_at_end(rotated))
    if form is None:
        return _order(network, rotated, tail, states)
    found = approach(form.correlation_map, _correlation_at(states))
    if found is None:
        return None
    return _with_size(form, found, operations[:start], tail, network)


def _correlation_at(states: Sequence[State]) -> float:
    return float(states[0].covariance.correlations.value[0, 1])


def _with_size(
    form: NormalForm,
    found: Approach,
    before: tuple[Operation, ...],
    tail: tuple[Operation, ...],
    network: Network,
) -> Limit:
    if not form.scales:
        size = None if form.size is None else shown(form.size)
        return limit_of(found, tail, network, size, None, before=before)
    assert form.size is not None
    factor = shown(form.size)
    words = {1: "grows", -1: "falls"}
    side = 1 if factor.ball > 1 else -1 if factor.ball < 1 else 0
    more = (
        "The second moment stays as it is."
        if not side
        else f"The second moment {words[side]} by the same factor in every layer."
    )
    return limit_of(found, tail, network, None, factor, more, before=before)


def _start_of_cycle(operations: tuple[Operation, ...]) -> int | None:
    """Return the place behind the last dense layer before the one activation, around the layer."""
    places = [i for i, o in enumerate(operations) if isinstance(o, Elementwise)]
    if len(places) != 1 or not any(isinstance(o, Linear) for o in operations):
        return None
    place = places[0]
    for back in range(1, len(operations) + 1):
        if isinstance(operations[place - back], Linear):
            return (place - back + 1) % len(operations)
    return None


def _size_at_end(rotated: tuple[Operation, ...]) -> sp.Expr | None:
    """Return the second moment behind the last norm of ε = 0 and the dense layers after it."""
    size: sp.Expr | None = None
    for operation in rotated:
        if is_feature_norm(operation):
            size = sp.Integer(1) if not operation.epsilon else None  # type: ignore[union-attr]
        elif isinstance(operation, Linear) and size is not None:
            if not is_plain_linear(operation):
                return None
            weight, bias = variances_of(operation)
            size = size * weight + bias
        elif isinstance(operation, Elementwise):
            size = None
    return size


def _order(
    network: Network,
    rotated: tuple[Operation, ...],
    tail: tuple[Operation, ...],
    states: Sequence[State],
) -> Limit | None:
    """Return what order and chaos say of a layer without a norm."""
    phi, *linear = rotated
    if not isinstance(phi, Elementwise) or not all(is_plain_linear(o) for o in linear):
        return None
    formula = formula_of(phi)
    if formula is None:
        return None
    weight, bias = sp.Integer(1), sp.Integer(0)
    for operation in linear:
        assert isinstance(operation, Linear)
        w, b = variances_of(operation)
        weight, bias = weight * w, bias * w + b
    K = states[0].covariance
    if not K.alike:
        return None
    first = Fraction(float(K.variances.value[0]))
    head = rotated[len(tail) :]
    for operation in head:
        # The first Gaussian rows lie behind what comes before the activation.
        assert isinstance(operation, Linear)
        w, b = (Fraction(int(x.p), int(x.q)) for x in variances_of(operation))
        first = first * w + b
    try:
        found = order_chaos(formula, _fraction(weight), _fraction(bias), start=first)
        return _of_order(found, tail, network)
    except DepthlawError:
        return None


def _fraction(number: sp.Expr) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def _of_order(found: OrderChaos, tail: tuple[Operation, ...], network: Network) -> Limit | None:
    if found.fate is Fate.VANISHES:
        said = "The second moment falls to 0"
    elif found.fate is Fate.GROWS:
        said = "The second moment grows beyond all bounds"
    else:
        said = ""
    if said:
        return Limit(Law.UNKNOWN, (f"{said}; no law of the correlation is known there.",))
    place = found.fixed_point
    if place is None or found.phase is Phase.UNDECIDED:
        return None
    ordered = found.phase is Phase.ORDERED
    slope: Value | None = None
    if found.phase is not Phase.CRITICAL:
        slope = found.chi_one if ordered else found(place.ball, 1)
    rho, moment = carried(tail, network, place, found.variance)
    words = {
        Phase.ORDERED: "Ordered: any two inputs become equal, and their distance shrinks by this "
        "factor (χ₁) in every layer.",
        Phase.CHAOTIC: "Chaotic: the correlation tends to a fixed point below 1, and its distance "
        "shrinks by this factor in every layer.",
        Phase.CRITICAL: "Critical: χ₁ = 1, and the correlation tends to 1 more slowly than by any "
        "factor.",
    }
    law = Law.UNKNOWN if found.phase is Phase.CRITICAL else Law.GEOMETRIC
    if found.coefficients[0] == 0 and not ordered:
        rho = Exact(sp.Integer(0)) if not tail else rho
    return Limit(law, (words[found.phase],), rho, moment, slope)


def _post_norm(
    network: Network, operations: tuple[Operation, ...], states: Sequence[State]
) -> Limit | None:
    """Return the limit of N(aH + bf(H)), or of a skip alone: a map with a linear part."""
    skip, *behind = operations
    norms = [o for o in behind if not _is_centring(o)]
    if not isinstance(skip, Residual) or not all(is_feature_norm(o) for o in norms):
        return None
    a, b = (sp.Rational(x) ** 2 for x in (skip.skip, skip.scale))
    if not behind and len(skip.branch) == 2 and isinstance(skip.branch[0], Average):
        return _mixing(network, skip.branch[1], a, b, states)
    if norms and norms[-1].epsilon:  # type: ignore[union-attr]
        return None
    form = normal_form(skip.branch, size=sp.Integer(1)) if norms else normal_form(skip.branch)
    if form is None or form.size is None or a == 0:
        return None
    if not norms and not form.scales:
        return _leaky(form, a, b, network, states)
    share = a / (a + b * form.size)
    f = form.correlation_map.residual(sp.sqrt(share))
    found = approach(f, _correlation_at(states))
    if found is None:
        return None
    if norms:
        return limit_of(found, (), network, Exact(sp.Integer(1)), None)
    factor = shown(a + b * form.size)
    grows = "grows" if factor.ball > 1 else "changes"
    more = f"The second moment {grows} by the same factor in every layer."
    return limit_of(found, (), network, None, factor, more)


def _mixing(
    network: Network, linear: Operation, a: sp.Expr, b: sp.Expr, states: Sequence[State]
) -> Limit | None:
    """Return the limit of uniform attention with a skip: the centred part is a², the mean more.

    E G_L = a^{2L}(G₀ − P) + (a² + b²σ²)^L P, where P is the part along the mean over tokens.
    """
    if not is_plain_linear(linear) or not isinstance(linear, Linear) or a == 0:
        return None
    K = states[0].covariance
    one_sequence = network.batch == 1 or not network.positions
    centred = K.shared and abs(K.correlations.value[0, 1] * (K.columns - 1) + 1) < 1e-9
    if not one_sequence or not K.alike or centred:
        return None
    weight, bias = variances_of(linear)
    if bias:
        return None
    said = (
        "Tokens of a sequence become equal: their centred part keeps its share and the mean grows, "
        "so that 1 − ρ shrinks by this factor in every layer, in the end."
    )
    factor = a + b * weight
    return Limit(
        Law.GEOMETRIC,
        (said,),
        Exact(sp.Integer(1)),
        rate=shown(a / factor),
        factor=shown(factor),
    )


def _is_centring(operation: Operation) -> bool:
    return isinstance(operation, Recenter) and operation.over is Over.FEATURES


def _leaky(
    form: NormalForm, a: sp.Expr, b: sp.Expr, network: Network, states: Sequence[State]
) -> Limit | None:
    """Return the limit of a pre-norm stream whose skip is below 1: K* = b²σ²/(1 − a²)."""
    if not bool(a < 1):
        return None
    f = form.correlation_map.residual(sp.sqrt(a))
    found = approach(f, _correlation_at(states))
    if found is None or form.size is None:
        return None
    return limit_of(found, (), network, shown(b * form.size / (1 - a)), None)
