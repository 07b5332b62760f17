"""`predict_gradients`: how gradients grow from the output to the start, in the wide limit.

Mean field takes the weights of the backward pass for new ones. A gradient with independent entries
for each column then keeps them apart, and what a layer does to its mean square is what it does to Θ
where its own parameters are left out: σ_w² for a dense layer, E φ′(√q z)² for an activation,
1/(q+ε) for a norm over features, a² + b²χ for a skip. Means over tokens, uniform attention and
convolutions share it among columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import ArgumentError, flag, instance, integer, positive_double
from depthlaw.theory.mean_field_bn.layers import normalises_over_batch
from depthlaw.theory.network.attention import Attention, Average
from depthlaw.theory.network.convolution import Conv
from depthlaw.theory.network.gram import check_gram
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.linear import Linear, Variance
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.prediction.answers import NoAnswer
from depthlaw.theory.prediction.shared import shared_correlation
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.tangent import features
from depthlaw.theory.tangent.balls import Balls, NotClosed
from depthlaw.theory.tangent.batch_gradients import through_batch_norm
from depthlaw.theory.tangent.features import Arithmetic, Entries, Features, Unknown
from depthlaw.theory.tangent.floats import Floats
from depthlaw.theory.tangent.gradient_numbers import GradientLayer, GradientPrediction
from depthlaw.theory.tangent.numbers import Known, logarithm, middle, quotient, times, total
from depthlaw.theory.tangent.series import COARSE, FINE
from depthlaw.theory.tangent.walk import walk
from depthlaw.theory.values import Enclosure, Numeric, Value

Array = NDArray[np.float64]
MOST_SIZES = 200
"""Mean squares of samples that are followed, one by one."""
MOST_MIXED = 64
"""Layers through which gradients are followed where columns share them."""
_ENCLOSED = 8
_BITS = 256
_LOUD = 2.0**200
"""A gradient beside which that of a layer's own parameters is nothing."""
_SETTLED = 1e-9
_POWER = 1e-3


def predict_gradients(
    network: Network,
    *,
    depth: int,
    correlation: float | Fraction | None = None,
    initial_gram: ArrayLike | None = None,
    second_moment: float | None = None,
    gaussian: bool = True,
) -> GradientPrediction:
    """Return the growth of squared gradients through the layers of a wide network.

    It is mean field's: the weights of the way back are taken for independent of those of the way
    forward, and the gradient at the output for independent of the network.

    Parameters
    ----------
    network, depth, correlation, initial_gram, second_moment, gaussian
        As for `depthlaw.predict`.

    Raises
    ------
    ArgumentError
        If an argument is out of range. Where theory has no answer nothing is raised:
        `GradientPrediction.unanswered` says why.

    Examples
    --------
    He's variance keeps the gradients of ReLU, and a pre-norm stream has growth 1 + σ²/K:

    >>> from depthlaw.theory.network.text import parse_layer
    >>> he = Network(width=64, batch=2, layer=parse_layer("relu,linear:variance=2"))
    >>> [layer.growth.contains(1) for layer in predict_gradients(he, depth=2).layers[1:]]
    [True, True]
    >>> block = parse_layer("residual(rmsnorm:epsilon=0,relu,linear:variance=2)")
    >>> stream = predict_gradients(Network(width=64, batch=2, layer=block), depth=3)
    >>> [layer.growth.contains(Fraction(k + 1, k)) for k, layer in enumerate(stream.layers) if k]
    [True, True, True]
    """
    instance("network", network, Network, "a Network")
    layers = integer("depth", depth, at_least=0)
    known = flag("gaussian", gaussian)
    K = _start(network, correlation, initial_gram, second_moment)
    try:
        if normalises_over_batch((*network.stem, *network.layer)):
            return through_batch_norm(network, layers, K)
        with np.errstate(all="ignore"):
            found = _growths(network, layers, K, known)
    except NoAnswer as missing:
        nothing = tuple(GradientLayer(ell, None, None) for ell in range(layers + 1))
        return GradientPrediction(
            network, nothing, None, None, f"Theory has no answer for gradients: {missing}."
        )
    return _prediction(network, found)


def _start(
    network: Network, correlation: object, gram: ArrayLike | None, second_moment: object
) -> Array:
    if gram is not None:
        for name, value in (("correlation", correlation), ("second_moment", second_moment)):
            if value is not None:
                raise ArgumentError(name, value, "initial_gram says it already: leave one out")
        G = check_gram("initial_gram", gram)
        if len(G) != network.columns:
            raise ArgumentError(
                "initial_gram",
                f"a matrix of shape {G.shape}",
                f"the network has {network.columns} columns",
            )
        return G
    n = network.columns
    c = float(shared_correlation(n, correlation))
    q = 1.0 if second_moment is None else positive_double("second_moment", second_moment)
    K = np.full((n, n), c * q)
    np.fill_diagonal(K, q)
    return K


@dataclass(frozen=True)
class _Track:
    """E ‖∂L/∂H_ℓ‖² of some columns at all depths, times a weight, and second moments."""

    norms: Sequence[Known]
    weights: Sequence[Known]
    moments: list[float]


def _growths(network: Network, depth: int, K: Array, gaussian: bool) -> list[_Track]:
    if mixes((*network.stem, *network.layer)):
        if depth > MOST_MIXED:
            raise NoAnswer(
                f"columns share gradients here, which are followed through {MOST_MIXED} layers: "
                "take fewer"
            )
        return [_followed(network, depth, K, gaussian, 1.0)]
    sizes = Counter(np.diagonal(K).tolist())
    if len(sizes) > MOST_SIZES:
        raise NoAnswer(
            f"the samples have {len(sizes)} different mean squares: scale them alike first"
        )
    single = replace(network, batch=1, positions=())
    return [
        _followed(single, depth, np.full((1, 1), q), gaussian, count / len(K))
        for q, count in sizes.items()
    ]


def _followed(network: Network, depth: int, K: Array, gaussian: bool, weight: float) -> _Track:
    if len(K) <= (_ENCLOSED if not mixes(network.layer) else 2):
        with precision(_BITS):
            start = np.empty(K.shape, dtype=object)
            for place, value in np.ndenumerate(K):
                start[place] = ball(float(value))
            try:
                numbers = Balls(np.eye(len(K), dtype=bool))
                totals, weights, moments = _totals(network, depth, start, numbers, gaussian)
            except NotClosed:
                pass
            else:
                share = arb(weight)
                return _Track(
                    [Enclosure(share * each) for each in totals],
                    [Enclosure(share * each) for each in weights],
                    moments,
                )
    same = np.eye(len(K), dtype=bool)
    fine, coarse = (
        _totals(network, depth, K, Floats(same, rule), gaussian) for rule in (FINE, COARSE)
    )
    unit = 64 * (depth + 1) * float(np.finfo(np.float64).eps)
    norms, weights = (
        [
            Numeric(weight * float(a), weight * (abs(float(a) - float(b)) + unit * abs(float(a))))
            for a, b in zip(one, other, strict=True)
        ]
        for one, other in zip(fine[:2], coarse[:2], strict=True)
    )
    return _Track(norms, weights, fine[2])


def _totals(
    network: Network, depth: int, K: Entries, numbers: Arithmetic, gaussian: bool
) -> tuple[list[Any], list[Any], list[float]]:
    """Return tr(A_L … A_{ℓ+1} I)/n for ℓ = 0 … L, the same with B_ℓ for I, and second moments.

    B_ℓ is what a layer's own parameters add to Θ.
    """
    nothing = numbers.entries(np.zeros(K.shape))
    law: features.Known | Unknown = features.Known(K, nothing)
    if not gaussian:
        law = Unknown("the inputs are data: begin with linear")
    mean = numbers.entries(np.zeros(len(K))) if gaussian else None
    state = walk(network.stem, Features(K, nothing, mean, law), network, numbers)
    states = [state]
    for _ in range(depth):
        states.append(walk(network.layer, _quiet(states[-1], nothing), network, numbers))
    n = len(K)
    here = np.arange(n)
    moments = [float(np.diagonal(s.nngp).sum()) / n for s in states]
    if not mixes(network.layer):
        # Entry by entry: what all later layers do is a product.
        product = numbers.entries(np.ones(n))
        totals, weights = [product.sum() / n], []
        for before in reversed(states[:-1]):
            passed, own = _passed(network, before, numbers)
            weights.append((product * own[here, here]).sum() / n)
            product = product * passed[here, here]
            totals.append(product.sum() / n)
        return totals[::-1], weights[::-1], moments
    composed = (_composed(network, states[ell:], numbers) for ell in range(depth + 1))
    return [np.diagonal(T).sum() / n for T in composed], [], moments


def _quiet(state: Features, T: Entries) -> Features:
    """Return a state behind which only T is known of Θ."""
    law = state.law
    if isinstance(law, features.Known):
        law = (
            features.Known(law.nngp, T)
            if not law.steps
            else Unknown("a layer begins inside a function of Gaussian neurons: move it to its end")
        )
    return replace(state, ntk=T, law=law, lost=None)


def _passed(
    network: Network, before: Features, numbers: Arithmetic, T: Entries | None = None
) -> tuple[Entries, Entries]:
    """Return what a layer makes of Θ = T (I if None), and what its own parameters add."""
    loud = numbers.entries(np.full((), _LOUD))[()]
    T = numbers.entries(np.eye(len(before.nngp))) if T is None else T
    both = []
    for given in (T * loud, T * numbers.entries(np.zeros(()))[()]):
        after = walk(network.layer, _quiet(before, given), network, numbers)
        if after.ntk is None:
            raise NoAnswer(after.lost or "an activation has no slope here")
        both.append(after.ntk)
    return (both[0] - both[1]) / loud, both[1]


def _composed(network: Network, states: list[Features], numbers: Arithmetic) -> Entries:
    T = numbers.entries(np.eye(len(states[0].nngp)))
    for before in states[:-1]:
        T = _passed(network, before, numbers, T)[0]
    return T


def mixes(operations: tuple[Operation, ...]) -> bool:
    """Return whether columns share gradients."""
    return any(
        isinstance(operation, Conv | Average | Attention)
        or (isinstance(operation, Residual) and mixes(operation.branch))
        for operation in operations
    )


def _prediction(network: Network, tracks: list[_Track]) -> GradientPrediction:
    with precision(_BITS):
        totals = [total(norms) for norms in zip(*(t.norms for t in tracks), strict=True)]
        growths = [quotient(above, below) for above, below in pairwise(totals)]
        factor = _weight_factor(network)
        weights: list[Value | None] = [None] * len(totals)
        if factor is not None:
            for ell in range(1, len(totals)):
                own = total(track.weights[ell - 1] for track in tracks)
                weights[ell] = logarithm(times(own, factor))
        layers = tuple(
            GradientLayer(ell, growths[ell - 1] if ell else None, logarithm(each), weights[ell])
            for ell, each in enumerate(totals)
        )
    growth, power = None, None
    if len(growths) > 2:
        last, one = (middle(value) for value in (growths[-1], growths[-2]))
        if abs(last - one) <= _SETTLED * abs(last):
            growth = growths[-1]
        elif len(tracks) == 1:
            power = _power(growths, tracks[0].moments)
    return GradientPrediction(network, layers, growth, power, None)


def _weight_factor(network: Network) -> Fraction | None:
    """Return d/σ_w² of the only weight matrix of a layer; None where there is another number.

    An entry of W is σ_w ω/√d, so that ∂L/∂W is √d/σ_w times ∂L/∂ω, and Θ is made of the latter.
    """
    found = list(
        _matrices(network, network.layer, network.width_after(network.stem, network.entry))
    )
    if len(found) != 1 or mixes(network.layer):
        return None
    linear, d = found[0]
    if linear.bias or linear.residual is not None or linear.mean:
        return None
    variance = 1 if isinstance(linear.variance, Variance) else Fraction(linear.variance)
    return Fraction(d) / variance


def _matrices(
    network: Network, operations: tuple[Operation, ...], width: int
) -> Iterator[tuple[Linear, int]]:
    for operation in operations:
        if isinstance(operation, Residual):
            yield from _matrices(network, operation.branch, width)
        elif isinstance(operation, Linear):
            yield operation, width
        width = network.width_after((operation,), width)


def _power(growths: Sequence[Known], q: list[float]) -> Value | None:
    """Return s where the growth is 1 + s ΔK/K and K grows by the same in every layer."""
    ends = []
    for ell in (len(growths) // 2, len(growths) - 1):
        rise = q[ell + 1] - q[ell]
        if rise <= 0:
            return None
        ends.append(((middle(growths[ell]) - 1) * q[ell] / rise, rise))
    (s, rise), (t, other) = ends
    if abs(rise - other) > _POWER * other or abs(s - t) > _POWER * abs(t):
        return None
    return Numeric(t, abs(s - t) + 1e-9 * abs(t))
