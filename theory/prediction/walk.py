"""One operation after another on what is known of a row, in the wide limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.network.attention import Attention, Average
from depthlaw.theory.network.convolution import Conv
from depthlaw.theory.network.glu import GLU
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.linear import Linear, Variance
from depthlaw.theory.network.normalise import (
    BatchNorm,
    LayerNorm,
    Over,
    Recenter,
    Rescale,
    RMSNorm,
)
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.prediction.activate import activate
from depthlaw.theory.prediction.answers import NoAnswer, no_answer
from depthlaw.theory.prediction.batch_norm import recenter_batch, rescale_batch
from depthlaw.theory.prediction.columns import (
    convolve,
    mask_means,
    mix,
    mix_mean,
    one_direction,
    token_means,
)
from depthlaw.theory.prediction.covariance import (
    Covariance,
    column,
    rounded,
    row,
    settled,
    vanishes,
)
from depthlaw.theory.prediction.features import recenter_features, rescale_features
from depthlaw.theory.prediction.rows import Gaussian, State, Unknown


def walk(operations: Sequence[Operation], state: State, network: Network) -> State:
    """Return the state after operations.

    Raises
    ------
    NoAnswer
        Where theory has none.
    """
    for operation in operations:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
            state = step(operation, state, network)
        q = state.covariance.variances
        if not (np.isfinite(q.value) & (q.value < 1e300)).all():
            raise no_answer(operation.describe(), "the second moment is beyond what floats hold")
        if ((q.value < 1e-300) & ((q.value > 0) | (q.error > 0))).any():
            raise no_answer(operation.describe(), "the second moment is below what floats hold")
    return state


def step(operation: Operation, state: State, network: Network) -> State:
    """Return the state after one operation."""
    match operation:
        case Linear():
            return _linear(operation, state)
        case Elementwise():
            return activate(operation, state)
        case Recenter(over=Over.BATCH):
            return recenter_batch(state)
        case Recenter():
            return recenter_features(state, operation.describe())
        case Rescale(over=Over.BATCH):
            return rescale_batch(state, operation.epsilon, operation.describe())
        case Rescale():
            return rescale_features(state, operation.epsilon)
        case BatchNorm():
            inner = recenter_batch(state)
            return rescale_batch(inner, operation.epsilon, operation.describe())
        case LayerNorm():
            inner = recenter_features(state, operation.describe())
            return rescale_features(inner, operation.epsilon)
        case RMSNorm():
            return rescale_features(state, operation.epsilon)
        case GLU():
            return _gated(operation, state)
        case Conv():
            mixed = convolve(operation, state.covariance, network)
            return _fresh(state, mixed, Fraction(operation.variance), Fraction(operation.bias))
        case Attention():
            return _attention(operation, state, network)
        case Average():
            return _average(state, network)
        case Residual():
            return _residual(operation, state, network)


def _fresh(state: State, K: Covariance, variance: Fraction, bias: Fraction) -> State:
    """Return the state behind fresh neurons: rows N(0, σ_w² K + σ_b²)."""
    if variance != 1:
        K = K.scaled(_float(variance))
    if bias:
        ones = Covariance(
            rounded(np.full(K.size, float(bias))),
            rounded(np.ones((K.size, K.size))),
            K.columns,
            K.shared,
        )
        K = K.plus(ones)
    return replace(state, covariance=K, mean=rounded(np.zeros(K.size)), law=Gaussian(), fresh=True)


def _float(number: Fraction) -> Rounded:
    # A float of the layer's text is meant as it is.
    return rounded(np.full((), float(number)))


def _linear(operation: Linear, state: State) -> State:
    if operation.mean:
        raise no_answer(
            operation.describe(),
            "weights with a mean add the mean of the neurons, which no wide limit has here",
        )
    if operation.variance is Variance.UNIT:
        raise no_answer(
            operation.describe(),
            "weights of variance 1 multiply the second moment by the width, so that there is no "
            "wide limit: write linear, or linear:variance=2",
        )
    variance = Fraction(1) if isinstance(operation.variance, Variance) else operation.variance
    found = _fresh(state, state.covariance, Fraction(variance), Fraction(operation.bias))
    if operation.residual is None:
        return found
    # H + γ(WH + b): the bias is a part of the branch.
    branch = replace(found, covariance=found.covariance.scaled(_square(operation.residual)))
    return _sum(state, branch)


def _square(number: float) -> Rounded:
    value = rounded(np.full((), number))
    return value * value


def _gated(operation: GLU, state: State) -> State:
    """Return E ψψᵀ ∘ K: the halves of fresh neurons are independent."""
    try:
        gate = activate(operation.activation, state)
    except NoAnswer as lost:
        raise no_answer(operation.describe(), str(lost)) from None
    K, M = state.covariance, gate.covariance
    rho = Rounded(
        *_product(
            (K.correlations.value, K.correlations.error),
            (M.correlations.value, M.correlations.error),
        )
    )
    found = Covariance(settled(K.variances * M.variances), rho, K.columns, K.shared)
    mean = None
    if state.mean is not None and gate.mean is not None:
        mean = settled(state.mean * gate.mean)
    law = Unknown("a product of two rows is not Gaussian: put linear behind it")
    sure = state.mean_proved and gate.mean_proved
    return state.but(found, mean=mean, law=law, proved=gate.proved, mean_proved=sure)


def _product(
    one: tuple[np.ndarray, np.ndarray], two: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    (a, r), (b, s) = one, two
    error = np.abs(a) * s + np.abs(b) * r + r * s + np.finfo(np.float64).eps * np.abs(a * b)
    here = np.arange(len(a))
    error[here, here] = 0.0
    return a * b, error


def _average(state: State, network: Network) -> State:
    A = token_means(network)
    K = state.covariance
    if one_direction(K):
        return state
    mean = None if state.mean is None else mix_mean(state.mean, A, K.columns)
    gaussian = isinstance(state.law, Gaussian)
    law = state.law if gaussian else Unknown("a mean over tokens of it is not Gaussian")
    return state.but(mix(K, A), mean=mean, law=law)


def _attention(operation: Attention, state: State, network: Network) -> State:
    K = state.covariance
    uniform = operation.uniform or network.tokens == 1 or one_direction(K)
    if not uniform and operation.window == 1:
        uniform = True
    if not uniform and operation.head_width is None and operation.scale is not None:
        # Scores QᵀK·scale have variance K_ii K_jj scale² d_k: with scale = 1/d_k they vanish.
        head = operation.head_neurons(network.width)
        uniform = abs(operation.scale * head - 1) < 1e-9
    if not uniform and state.scores is not None:
        whole = K.expanded()
        drawn = state.scores(whole.matrix().value, operation, network)
        seen = replace(state, proved=False, mean_proved=False)
        return _fresh(seen, Covariance.of_matrix(rounded(drawn), whole.columns), *_UNCHANGED)
    if not uniform:
        raise no_answer(
            operation.describe(),
            "its scores stay random in the wide limit, and the mean over softmax has no closed "
            "form: simulate, or write attention:uniform",
        )
    A = mask_means(operation, network)
    return _fresh(state, K if one_direction(K) else mix(K, A), *_UNCHANGED)


_UNCHANGED = Fraction(1), Fraction(0)
"""Variance and bias of a map that adds nothing of its own."""


def _residual(operation: Residual, state: State, network: Network) -> State:
    inside = replace(state, fresh=False)
    branch = walk(operation.branch, inside, network)
    if not branch.fresh:
        raise no_answer(
            operation.describe(),
            "its branch has no fresh neurons, so that it depends on the stream: end it with linear",
        )
    a, b = operation.skip, operation.scale
    scaled = _times(branch, b)
    if a == 0:
        return replace(scaled, law=_after_scaling(branch), fresh=True)
    return _sum(_times(state, a), scaled)


def _times(state: State, factor: float) -> State:
    """Return the state of rows times a number; the law is the caller's to say."""
    K, mean = state.covariance, state.mean
    if abs(factor) != 1:
        K = K.scaled(_square(factor))
    if mean is not None and factor != 1 and not vanishes(mean):
        mean = settled(mean * rounded(np.full((), factor)))
    return replace(state, covariance=K, mean=mean)


def _after_scaling(branch: State) -> Gaussian | Unknown:
    if isinstance(branch.law, Gaussian):
        return branch.law
    return Unknown("a branch without a skip is scaled: write its operations alone")


def _sum(stream: State, branch: State) -> State:
    """Return the sum of a stream and rows that are independent of it."""
    K, M = stream.covariance, branch.covariance
    if K.shared != M.shared:
        K, M = K.expanded(), M.expanded()
    found = K.plus(M)
    m, mean = (_on(part, found) for part in (stream.mean, branch.mean))
    cross = not vanishes(m) and not vanishes(mean)
    if cross:
        if m is None or mean is None:
            raise NoAnswer(
                "the sum of a stream and a branch whose means over the features are not known: end "
                "the branch with linear"
            )
        outer = column(m) * row(mean)
        found = Covariance.of_matrix(
            settled(found.matrix() + (outer + Rounded(outer.value.T, outer.error.T))),
            found.columns,
            found.shared,
        )
    gaussian = isinstance(stream.law, Gaussian) and isinstance(branch.law, Gaussian)
    why = (
        stream.law.why
        if isinstance(stream.law, Unknown)
        else "the stream is a sum of which one part is not Gaussian"
    )
    sure = stream.mean_proved and branch.mean_proved
    return State(
        found,
        None if m is None or mean is None else settled(m + mean),
        Gaussian() if gaussian else Unknown(why),
        stream.fresh,
        stream.proved and branch.proved and (sure or not cross),
        sure,
        stream.scores,
    )


def _on(mean: Rounded | None, K: Covariance) -> Rounded | None:
    """Return a mean with an entry for each column that K has."""
    if mean is None or len(mean.value) == K.size:
        return mean
    return rounded(np.full(K.size, mean.value[0]), np.full(K.size, mean.error[0]))
