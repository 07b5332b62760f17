"""One operation after another on K and Θ, in the NTK parametrisation.

A weight is σ_w ω/√(fan-in) and a bias σ_b β, with ω and β of variance 1, and gradients are taken by
ω and β. In the wide limit

==================  ===============================  ===========================================
operation           K′                               Θ′
==================  ===============================  ===========================================
dense               σ_w² K + σ_b²                    K′ + σ_w² Θ
activation          E φφ                             E φ′φ′ ∘ Θ
convolution         σ_w² 𝒜(K) + σ_b²                 K′ + σ_w² 𝒜(Θ)
norm over features  K_ij/√((K_ii+ε)(K_jj+ε))         Θ_ij/√((K_ii+ε)(K_jj+ε))
less the mean       K − m mᵀ                         Θ
GLU                 E φφ ∘ K                         (E φ′φ′ ∘ K + E φφ) ∘ Θ
mean over tokens    A K Aᵀ                           A Θ Aᵀ
uniform attention   A K Aᵀ                           2 A K Aᵀ + A Θ Aᵀ (values and outputs)
skip                a²K + b²K_branch                 a²Θ + b²Θ_branch
==================  ===============================  ===========================================

A norm's Jacobian is 1/√(K_ii+ε) but for two directions, along the features and along 1: of the
width's many they are two, and Θ does not see them.

Source: Jacot, Gabriel and Hongler, Neural tangent kernel, 2018 (arXiv:1806.07572) for dense layers;
Arora et al., On exact computation with an infinitely wide neural net, 2019 (arXiv:1904.11955) for
convolutions. Norms, gates and attention are worked out here, and held against explicit networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from depthlaw.theory.elementwise import Elementwise
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
from depthlaw.theory.prediction.answers import NoAnswer, no_answer
from depthlaw.theory.prediction.columns import mask_means, shifts, token_means
from depthlaw.theory.tangent.features import Affine, Arithmetic, Entries, Features, Known, Unknown

_OVER_BATCH = (
    "over a batch a kernel of two inputs does not exist, since what the network makes of one input "
    "depends on all the others: take layernorm or rmsnorm, or let predict follow the batch"
)


def walk(
    operations: Sequence[Operation], state: Features, network: Network, numbers: Arithmetic
) -> Features:
    """Return the features after operations.

    Raises
    ------
    NoAnswer
        Where there is no kernel.
    """
    for operation in operations:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
            state = _step(operation, state, network, numbers)
        if state.nngp.dtype == np.float64 and not np.isfinite(state.nngp).all():
            raise no_answer(operation.describe(), "the kernel is beyond what floats hold")
    return state


def _step(operation: Operation, state: Features, network: Network, numbers: Arithmetic) -> Features:
    name = operation.describe()
    match operation:
        case Linear():
            return _linear(operation, state, numbers)
        case Elementwise():
            return _activate(operation, state, numbers)
        case BatchNorm() | Recenter(over=Over.BATCH) | Rescale(over=Over.BATCH):
            raise no_answer(name, _OVER_BATCH)
        case Recenter():
            return _recenter(state, name, numbers)
        case Rescale() | RMSNorm():
            return _rescale(state, operation.epsilon, name, numbers)
        case LayerNorm():
            centred = _recenter(state, name, numbers)
            return _rescale(centred, operation.epsilon, name, numbers)
        case GLU():
            return _gated(operation, state, numbers)
        case Conv():
            return _convolve(operation, state, network, numbers)
        case Attention():
            return _attention(operation, state, network, numbers)
        case Average():
            return _average(state, network, numbers)
        case Residual():
            return _residual(operation, state, network, numbers)


def _fresh(
    state: Features,
    numbers: Arithmetic,
    variance: float,
    bias: float,
    mixed: Callable[[Entries], Entries] = lambda matrix: matrix,
) -> Features:
    """Return what is behind fresh neurons whose weights see `mixed` kernels."""
    weight = numbers.entries(np.full((), float(variance)))[()]
    K = mixed(state.nngp)
    if variance != 1:
        K = K * weight
    if bias:
        K = K + numbers.entries(np.full((), float(bias)))[()]
    T = None
    if state.ntk is not None:
        passed = mixed(state.ntk)
        T = K + (passed if variance == 1 else passed * weight)
    zero = numbers.entries(np.zeros(len(K)))
    return replace(state, nngp=K, ntk=T, mean=zero, law=Known(K, T), fresh=True)


def _linear(operation: Linear, state: Features, numbers: Arithmetic) -> Features:
    if operation.mean:
        raise no_answer(
            operation.describe(),
            "weights with a mean add the mean of the neurons, which has no wide limit here",
        )
    if operation.variance is Variance.UNIT:
        raise no_answer(
            operation.describe(),
            "weights of variance 1 multiply the kernel by the width: write linear, or "
            "linear:variance=2",
        )
    variance = 1.0 if isinstance(operation.variance, Variance) else operation.variance
    found = _fresh(state, numbers, variance, operation.bias)
    if operation.residual is None:
        return found
    return _sum(state, _times(found, operation.residual, numbers))


def _activate(operation: Elementwise, state: Features, numbers: Arithmetic) -> Features:
    law = state.law
    if isinstance(law, Unknown):
        raise no_answer(
            operation.describe(), f"an activation needs the law of a row, and {law.why}"
        )
    if not all(q > 0 for q in np.diagonal(law.nngp)):
        raise no_answer(
            operation.describe(),
            "an input is 0 there, where gradients are not defined: leave it out, or add a bias",
        )
    steps = (*law.steps, operation)
    found = numbers.moments(law.nngp, steps)
    T = None if law.ntk is None or found.slope is None else found.slope * law.ntk
    lost = state.lost
    if lost is None and T is None:
        lost = found.lost
    return replace(
        state, nngp=found.second, ntk=T, mean=found.mean, law=replace(law, steps=steps), lost=lost
    )


def _recenter(state: Features, name: str, numbers: Arithmetic) -> Features:
    m = state.mean
    if m is None:
        raise no_answer(
            name,
            "the mean over the features of the inputs, or of these neurons, is not known: begin "
            "with linear",
        )
    if _vanishes(m):
        return state
    K = state.nngp - np.multiply.outer(m, m)
    rest = np.diagonal(K)
    if K.dtype == np.float64 and not (rest > 1e-13 * np.diagonal(state.nngp)).all():
        raise no_answer(name, "over the features nothing varies but rounding")
    one = numbers.entries(np.ones(len(m)))
    zero = numbers.entries(np.zeros(len(m)))
    return state.but(K, state.ntk, mean=zero, law=_affine(state.law, one, -m))


def _rescale(state: Features, epsilon: float, name: str, numbers: Arithmetic) -> Features:
    q = np.diagonal(state.nngp)
    if not all(value > 0 for value in q):
        raise no_answer(name, "an input is 0 there: leave it out, or add a bias")
    total = q + numbers.entries(np.full((), epsilon))[()]
    scale = 1 / numbers.root(total)
    both = np.multiply.outer(scale, scale)
    K = state.nngp * both
    here = np.arange(len(K))
    K[here, here] = q / total if epsilon else numbers.entries(np.ones(len(K)))
    T = None if state.ntk is None else state.ntk * both
    mean = None if state.mean is None else state.mean * scale
    if state.gaussian:
        return state.but(K, T, mean=mean, law=Known(K, T))
    zero = numbers.entries(np.zeros(len(K)))
    return state.but(K, T, mean=mean, law=_affine(state.law, scale, zero))


def _affine(law: Known | Unknown, scale: Entries, shift: Entries) -> Known | Unknown:
    if isinstance(law, Unknown):
        return law
    return replace(law, steps=(*law.steps, Affine(scale, shift)))


def _gated(operation: GLU, state: Features, numbers: Arithmetic) -> Features:
    try:
        gate = _activate(operation.activation, state, numbers)
    except NoAnswer as missing:
        raise no_answer(operation.describe(), str(missing)) from None
    K = gate.nngp * state.nngp
    T = None
    if gate.ntk is not None and state.ntk is not None:
        T = gate.ntk * state.nngp + gate.nngp * state.ntk
    mean = None if gate.mean is None or state.mean is None else gate.mean * state.mean
    why = "a product of two rows is not Gaussian: put linear behind it"
    return replace(gate, nngp=K, ntk=T, mean=mean, law=Unknown(why))


def _convolve(operation: Conv, state: Features, network: Network, numbers: Arithmetic) -> Features:
    def mixed(matrix: Entries) -> Entries:
        total, count = numbers.entries(np.zeros(matrix.shape)), 0
        for chosen, weight in shifts(operation, network):
            count += 1
            seen = matrix[np.ix_(chosen, chosen)].copy()
            seen[weight == 0, :] = seen[:, weight == 0] = numbers.entries(np.zeros(()))[()]
            total = total + seen
        return total / count

    return _fresh(state, numbers, operation.variance, operation.bias, mixed)


def _attention(
    operation: Attention, state: Features, network: Network, numbers: Arithmetic
) -> Features:
    uniform = operation.uniform or network.tokens == 1 or operation.window == 1
    if not uniform and operation.head_width is None and operation.scale is not None:
        # With the scale 1/(head width) scores and their gradients vanish as heads widen.
        head = operation.head_neurons(network.width)
        uniform = abs(operation.scale * head - 1) < 1e-9
    if not uniform:
        raise no_answer(
            operation.describe(),
            "with finitely many heads its scores stay random however wide the network, so that it "
            "has no fixed kernel: write attention:uniform, or let predict draw the scores",
        )
    mixed = _mixing(mask_means(operation, network), network, numbers)
    values = _fresh(state, numbers, 1.0, 0.0)
    seen = replace(values, nngp=mixed(values.nngp), ntk=_maybe(mixed, values.ntk))
    return _fresh(seen, numbers, 1.0, 0.0)


def _average(state: Features, network: Network, numbers: Arithmetic) -> Features:
    mixed = _mixing(token_means(network), network, numbers)
    K, T = mixed(state.nngp), _maybe(mixed, state.ntk)
    if network.tokens == 1:
        return state
    law: Known | Unknown = Known(K, T)
    if not state.gaussian:
        law = Unknown("a mean over tokens of it is not Gaussian: put linear behind it")
    mean = None
    if state.mean is not None:
        tokens = state.mean.reshape(-1, network.tokens)
        mean = np.repeat(tokens.sum(axis=1) / network.tokens, network.tokens)
    return state.but(K, T, mean=mean, law=law)


def _mixing(A: Any, network: Network, numbers: Arithmetic) -> Callable[[Entries], Entries]:
    """Return K ↦ A K Aᵀ, where each row of A counts alike what it is not 0 at."""
    allowed = np.kron(np.eye(network.columns // network.tokens), A) > 0
    weights = numbers.entries(allowed.astype(np.float64))
    weights = weights / numbers.entries(allowed.sum(axis=1, keepdims=True).astype(np.float64))
    return lambda matrix: weights @ matrix @ weights.T


def _maybe(function: Callable[[Entries], Entries], matrix: Entries | None) -> Entries | None:
    return None if matrix is None else function(matrix)


def _residual(
    operation: Residual, state: Features, network: Network, numbers: Arithmetic
) -> Features:
    branch = walk(operation.branch, replace(state, fresh=False), network, numbers)
    if not branch.fresh:
        raise no_answer(
            operation.describe(),
            "its branch has no fresh neurons, so that it depends on the stream: end it with linear",
        )
    scaled = _times(branch, operation.scale, numbers)
    if operation.skip == 0:
        if not branch.gaussian:
            why = "a branch without a skip is scaled: write its operations alone"
            return replace(scaled, law=Unknown(why))
        return scaled
    return _sum(_times(state, operation.skip, numbers), scaled)


def _times(state: Features, factor: float, numbers: Arithmetic) -> Features:
    """Return the kernels of neurons times a number."""
    if factor == 1:
        return state
    b = numbers.entries(np.full((), factor))[()]
    square = b * b
    K, T = state.nngp * square, _maybe(lambda matrix: matrix * square, state.ntk)
    mean = None if state.mean is None else state.mean * b
    law = Known(K, T) if state.gaussian else state.law
    return state.but(K, T, mean=mean, law=law)


def _sum(stream: Features, branch: Features) -> Features:
    """Return the sum of a stream and neurons that are independent of it."""
    K = stream.nngp + branch.nngp
    T = None
    if stream.ntk is not None and branch.ntk is not None:
        T = stream.ntk + branch.ntk
    m, mean = stream.mean, branch.mean
    one, two = (part is not None and _vanishes(part) for part in (m, mean))
    if not one and not two:
        if m is None or mean is None:
            raise NoAnswer(
                "the sum of a stream and a branch whose means over the features are not known: end "
                "the branch with linear"
            )
        outer = np.multiply.outer(m, mean)
        K = K + outer + outer.T
    law: Known | Unknown = Known(K, T)
    if isinstance(stream.law, Unknown):
        law = stream.law
    elif not (stream.gaussian and branch.gaussian):
        law = Unknown("the stream is a sum of which one part is not Gaussian")
    found = None if m is None or mean is None else m + mean
    lost = stream.lost or branch.lost
    return Features(K, T, found, law, stream.fresh, lost)


def _vanishes(mean: Entries) -> bool:
    return all(value == 0 for value in mean)
