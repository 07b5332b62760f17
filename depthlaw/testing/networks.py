"""Networks: plain layers, and architectures of all operations."""

from __future__ import annotations

from functools import partial

import numpy as np
from hypothesis import strategies as st

from depthlaw.testing.sizes import sizes
from depthlaw.theory.errors import integer
from depthlaw.theory.network import (
    GLU,
    Activate,
    Array,
    Attention,
    Average,
    BatchNorm,
    Conv,
    LayerNorm,
    Linear,
    Network,
    Operation,
    Over,
    Padding,
    Recenter,
    Rescale,
    Residual,
    RMSNorm,
    Variance,
    Weights,
)

Draw = st.DrawFn


def networks(max_batch: int = 8, max_width: int = 64) -> st.SearchStrategy[Network]:
    """Networks with a random layer: a linear operation and up to three others, in any order.

    Parameters
    ----------
    max_batch, max_width
        Largest n and d, at least 1.

    Raises
    ------
    ArgumentError
        As `gram_matrices`.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(networks(), lambda network: True).describe()
    'linear'
    """
    n, d = sizes("batch", 1, max_batch), sizes("width", 1, max_width)
    return _networks(n, d)


def architectures(max_batch: int = 4, max_width: int = 8) -> st.SearchStrategy[Network]:
    """Networks of all operations: norms with ε, convolutions, attention, gates, nested residuals.

    Widths change inside; there are stems, heads and positions at times. Weights are Gaussian.

    Parameters
    ----------
    max_batch
        Largest number of samples, at least 1; at least 1 is drawn.
    max_width
        Largest width, at least 2.

    Raises
    ------
    ArgumentError
        If a size is not such a whole number.

    Examples
    --------
    >>> from hypothesis import find
    >>> found = find(architectures(), lambda net: len(net.positions) == 2)
    >>> found.columns == 4 * found.batch
    True
    """
    most = integer("max_batch", max_batch)
    return _architectures(most, integer("max_width", max_width, at_least=2))


def _is_positive(x: Array) -> Array:
    return np.asarray(x > 0, dtype=np.float64)


def _tanh_slope(x: Array) -> Array:
    return np.asarray(1 - np.tanh(x) ** 2)


_ACTIVATIONS = (
    Activate(partial(np.maximum, 0.0), "relu", homogeneous=True, derivative=_is_positive),
    Activate(np.tanh, "tanh", derivative=_tanh_slope),
    Activate(np.abs, "abs", homogeneous=True, derivative=np.sign),
)


@st.composite
def _networks(draw: Draw, batch: tuple[int, int], width: tuple[int, int]) -> Network:
    residual = st.one_of(st.none(), st.sampled_from([0.1, 1.0]))
    # An orthogonal matrix has no variance to choose.
    laws = [(law, v) for law in Weights for v in Variance if law is not Weights.HAAR] + [
        (Weights.HAAR, Variance.FAN_IN)
    ]
    linear = st.builds(
        lambda law, gamma: Linear(law[0], law[1], gamma), st.sampled_from(laws), residual
    )
    over = st.sampled_from(Over)
    other: st.SearchStrategy[Operation] = st.one_of(
        st.builds(Rescale, over), st.builds(Recenter, over), st.sampled_from(_ACTIVATIONS)
    )
    layer: list[Operation] = draw(st.lists(other, max_size=3))
    layer.insert(draw(st.integers(0, len(layer))), draw(linear))
    return Network(
        width=draw(st.integers(*width)), batch=draw(st.integers(*batch)), layer=tuple(layer)
    )


@st.composite
def _architectures(draw: Draw, batch: int, width: int) -> Network:
    shape: tuple[int, ...] = draw(st.sampled_from([(), (3,), (2, 2)]))
    d = 2 * draw(st.integers(1, width // 2))
    inputs = draw(st.sampled_from([None, 3]))
    entry = d if inputs is None else inputs
    stem: list[Operation] = []
    if draw(st.booleans()):
        stem, entry = [*draw(_operations(entry, d, shape, 0)), Linear()], d
    return Network(
        width=d,
        batch=draw(st.integers(1, batch)),
        layer=tuple(draw(_operations(entry, d, shape, 1))),
        stem=tuple(stem),
        head=(Linear(width=2),) if draw(st.booleans()) else (),
        positions=shape,
        inputs=inputs,
    )


@st.composite
def _operations(
    draw: Draw, entry: int, base: int, shape: tuple[int, ...], deeper: int
) -> list[Operation]:
    """Operations that `entry` neurons enter and leave."""
    found: list[Operation] = []
    d = entry
    for _ in range(draw(st.integers(0, 3))):
        kinds = ["norm", "activation", "dense", "mixing", "attention"]
        kinds += ["conv"] if shape else []
        kinds += ["glu"] if d % 2 == 0 else []
        kinds += ["residual"] if deeper else []
        match draw(st.sampled_from(kinds)):
            case "norm":
                epsilon = draw(st.sampled_from([0.0, 1e-5, 0.25]))
                norms: list[Operation] = [BatchNorm(epsilon), LayerNorm(epsilon), RMSNorm(epsilon)]
                found.append(draw(st.sampled_from([*norms, Rescale(epsilon=epsilon)])))
            case "activation":
                found.append(draw(st.sampled_from(_ACTIVATIONS)))
            case "dense":
                width = draw(st.sampled_from([None, "2x", 3, 4]))
                number = st.sampled_from([0.0, 0.5])
                found.append(Linear(bias=draw(number), width=width, mean=draw(number)))
            case "mixing":
                mixings: list[Operation] = [Average(), Recenter()]
                found.append(draw(st.sampled_from(mixings)))
            case "attention":
                found.append(draw(_attention))
            case "conv":
                padding = draw(st.sampled_from(Padding))
                found.append(Conv(3, 2.0, draw(st.sampled_from([0.0, 0.5])), padding=padding))
            case "glu":
                found.append(GLU(draw(st.sampled_from(_ACTIVATIONS))))
            case "residual":
                branch = draw(_operations(d, base, shape, deeper - 1))
                scale, skip = draw(st.sampled_from([(1.0, 1.0), (-0.5, 0.8)]))
                found.append(Residual(tuple(branch) or (Linear(width=d),), scale, skip))
        d = _after(found[-1], d, base)
    if d != entry or not found:
        found.append(Linear(width=entry))
    return found


def _after(operation: Operation, width: int, base: int) -> int:
    anything = Network(base, 1, (Linear(),), positions=(1, 1))
    return anything.width_after((operation,), width)


_attention = st.builds(
    Attention,
    heads=st.sampled_from([1, 2]),
    head_width=st.sampled_from([1, 3]),
    causal=st.booleans(),
    window=st.sampled_from([None, 2]),
) | st.builds(Attention, causal=st.booleans(), uniform=st.just(True))
