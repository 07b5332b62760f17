"""`kernels`: NNGP and NTK of a network, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import (
    ArgumentError,
    instance,
    integer,
    member,
)
from depthlaw.theory.network.layer import Network
from depthlaw.theory.prediction.answers import NoAnswer
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.tangent.balls import Balls, NotClosed
from depthlaw.theory.tangent.features import Arithmetic, Entries, Features, Unknown
from depthlaw.theory.tangent.floats import Floats
from depthlaw.theory.tangent.readout import Readout, behind, read_out
from depthlaw.theory.tangent.series import COARSE, FINE, spread_of
from depthlaw.theory.tangent.start import (
    MOST_ENCLOSED,
    equal_columns,
    mixes_columns,
    operations_of,
    start_of,
)
from depthlaw.theory.tangent.walk import walk
from depthlaw.theory.values import Enclosure, Kind, Numeric

Array = NDArray[np.float64]
_KEPT = 2 * 10**7
"""Entries of the matrices of all layers that are kept."""
_COMPARED = 64
"""Columns on which two resolutions are compared."""
_PAIRS = 5000
"""Pairs of columns times layers, twice, up to which floats are compared with balls."""
_INTEGRALS = 40
"""Pairs of columns times activations up to which integrals are taken."""
_LONGEST = 256
"""Precision beyond which no integrals are taken."""
_PRECISIONS = (128, 256, 512, 1024, 2048, 4096)
_BITS = 60
"""Relative accuracy at which balls are sharp enough."""


@dataclass(frozen=True, eq=False)
class KernelLayer:
    """Both kernels at one depth.

    Attributes
    ----------
    depth
        0 is the stream before the first layer, behind the stem.
    nngp, ntk
        K and Θ in floats, shape (n, n); Θ is None where it does not exist.
    """

    depth: int
    nngp: Array
    ntk: Array | None
    _balls: tuple[Entries, Entries | None] | None = field(repr=False, default=None)
    _error: float = field(repr=False, default=np.nan)

    def number(self, kernel: str, first: int = 0, second: int = 1) -> Enclosure | Numeric:
        """Return an entry as a number that says how it is known.

        Parameters
        ----------
        kernel
            ``"nngp"`` or ``"ntk"``.
        first, second
            The columns, from 0.

        Raises
        ------
        ArgumentError
            If the kernel has another name or does not exist, or there is no such column.
        """
        if not isinstance(kernel, str) or kernel not in ("nngp", "ntk"):
            raise ArgumentError("kernel", kernel, "it must be nngp or ntk")
        place = 0 if kernel == "nngp" else 1
        matrix = (self.nngp, self.ntk)[place]
        if matrix is None:
            raise ArgumentError("kernel", kernel, "it does not exist for this network")
        last = len(matrix) - 1
        i, j = (
            integer(name, value, at_least=0, at_most=last)
            for name, value in (("first", first), ("second", second))
        )
        if self._balls is not None:
            entries = self._balls[place]
            assert entries is not None
            return Enclosure(entries[i, j])
        size = float(np.sqrt(abs(matrix[i, i] * matrix[j, j])))
        return Numeric(float(matrix[i, j]), self._error * size)


@dataclass(frozen=True, eq=False)
class Kernels:
    """NNGP and NTK of a network.

    Attributes
    ----------
    network, depth, readout
        Of what.
    layers
        Depths 0, 1, …, `depth`; the last alone where all of them would be too large to keep.
    output
        Behind the readout and the head; the last layer where there is neither.
    kind
        Whether the numbers are enclosed, or computed.
    error
        Of computed ones, how far two ways of computing them differ on the first columns, over the
        roots of the diagonal; None where there is but one way. No bound.
    lost
        Why there is no NTK, in a sentence; None where there is.
    """

    network: Network
    depth: int
    readout: Readout | None
    layers: tuple[KernelLayer, ...]
    output: KernelLayer
    kind: Kind
    error: float | None
    lost: str | None


def kernels(
    network: Network,
    *,
    depth: int,
    correlation: float | Fraction | None = None,
    initial_gram: ArrayLike | None = None,
    second_moment: float | None = None,
    readout: Readout | str | None = None,
) -> Kernels:
    """Return the kernels of a network at infinite width: K of its outputs, Θ of its gradients.

    Θ(x, x′) = Σ_θ ∂f(x)/∂θ · ∂f(x′)/∂θ in the NTK parametrisation, in which a weight is
    σ_w ω/√(fan-in), a bias σ_b β, and the parameters are ω and β, of variance 1 at the start.
    Behind fresh neurons Θ is that of any one of them; elsewhere it is the mean over the features.
    Weights that are orthogonal, or independent with mean 0, have the kernels of Gaussian ones.

    Numbers are enclosed, to 18 digits at least, for up to 8 columns where all activations have a
    closed kernel, and for few pairs and layers where they are sums of exponentials on intervals,
    such as ELU and hard tanh; otherwise they are computed in floats.

    Parameters
    ----------
    network
        Its width does not matter. Stem, layers and head have parameters, the inputs have none; the
        stem or the layer begins with ``linear`` or ``conv``.
    depth
        L ≥ 0.
    correlation
        Cosine of any two inputs, in [−1/(n−1), 1]; 1/2 if nothing else is given.
    initial_gram
        Instead: ⟨x, x′⟩/(features) of all columns, shape (n, n). Floats are taken exactly.
    second_moment
        Mean square of each input, above 0; 1 unless given. It belongs to `correlation`.
    readout
        Between the last layer and the head: ``"average"`` pools all positions, ``"flatten"`` makes
        features of them. None keeps a column for each position.

    Raises
    ------
    ArgumentError
        If an argument is out of range, two contradict each other, or the network has no kernel:
        batch norm, weights whose variance does not fall with the width, softmax attention.

    Examples
    --------
    For ReLU Θ = K + σ_w² κ′ Θ, here at ρ = 0, where κ′ = 1/4:

    >>> from depthlaw.theory.network.text import parse_layer
    >>> layer = parse_layer("linear,relu")
    >>> he = Network(width=64, batch=2, layer=layer, head=parse_layer("linear:variance=2"))
    >>> found = kernels(he, depth=1, correlation=0).output
    >>> found.number("ntk").contains(1 / arb.pi()), found.number("ntk", 0, 0).contains(2)
    (True, True)
    """
    instance("network", network, Network, "a Network")
    layers = integer("depth", depth, at_least=0)
    start = start_of(network, correlation, initial_gram, second_moment)
    chosen = None if readout is None else member("readout", readout, Readout)
    if chosen is not None and not network.positions:
        raise ArgumentError("readout", str(chosen), "the network has no positions: leave it out")
    task = _Task(network, layers, chosen)
    try:
        return _found(task, start)
    except NoAnswer as missing:
        raise ArgumentError("layer", network.describe(), f"no kernel: {missing}") from None


@dataclass(frozen=True)
class _Task:
    network: Network
    depth: int
    readout: Readout | None

    def run(self, K: Entries, numbers: Arithmetic, *, keep: bool) -> list[Features]:
        """Return the features of the layers that are kept, and those of the output."""
        network = self.network
        zero = numbers.entries(np.zeros(K.shape))
        state = Features(K, zero, None, Unknown("the inputs are data: begin with linear"))
        state = walk(network.stem, state, network, numbers)
        states = [state]
        for _ in range(self.depth):
            state = walk(network.layer, state, network, numbers)
            states = [*states, state] if keep else [state]
        behind_it = network
        if self.readout is not None:
            state = read_out(state, self.readout, network)
            numbers = numbers.read_out(network.columns // network.batch)
            if network.head:
                behind_it = behind(network)
        return [*states, walk(network.head, state, behind_it, numbers)]

    @property
    def activations(self) -> int:
        """How many activations act on a sample, one after the other."""
        network = self.network
        ends = len(operations_of(network.stem)) + len(operations_of(network.head))
        return ends + self.depth * len(operations_of(network.layer))

    def of(self, samples: int) -> _Task:
        """Return the same for some of the samples."""
        return replace(self, network=replace(self.network, batch=samples))


def _found(task: _Task, start: NDArray[np.object_]) -> Kernels:
    if len(start) <= MOST_ENCLOSED:
        balls = _enclosed(task, start)
        if balls is not None:
            return _result(task, balls, Kind.ENCLOSURE, None)
    K = start.astype(np.float64)
    same = equal_columns(start, task.network)
    keep = (task.depth + 2) * K.size <= _KEPT
    fine = task.run(K, Floats(same, FINE), keep=keep)
    return _result(task, fine, Kind.COMPUTED, _error(task, start, same))


def _enclosed(task: _Task, start: NDArray[np.object_]) -> list[Features] | None:
    """Return the kernels in balls, sharp; None where balls do not follow."""
    pairs = len(start) * (len(start) - 1) // 2 * task.activations
    numbers = Balls(equal_columns(start, task.network), integrals=pairs <= _INTEGRALS)
    for bits in _PRECISIONS:
        with precision(bits):
            K = np.empty(start.shape, dtype=object)
            for place, value in np.ndenumerate(start):
                K[place] = ball(value)
            try:
                states = task.run(K, numbers, keep=True)
            except (NotClosed, ArgumentError):
                return None
            if all(_sharp(state.nngp, bits) and _sharp(state.ntk, bits) for state in states):
                return states
        if numbers.integrated and bits >= _LONGEST:
            return None
    return None


def _sharp(matrix: Entries | None, bits: int) -> bool:
    """Whether all balls are narrow: for their size, or where it may be 0 for the diagonal's."""
    if matrix is None:
        return True
    diagonal = [abs(value).abs_upper() for value in np.diagonal(matrix)]
    for (i, j), value in np.ndenumerate(matrix):
        if value == 0 or (value.is_finite() and value.rel_accuracy_bits() >= _BITS):
            continue
        small = (diagonal[i] * diagonal[j]).sqrt() * arb(2) ** -256
        if not (bits >= 1024 and value.rad() <= small):
            return False
    return True


def _error(task: _Task, start: NDArray[np.object_], same: NDArray[np.bool_]) -> float | None:
    """Return how far a second way of computing is from the first, on the first columns."""
    places = len(start) // task.network.batch
    few = max(1, min(task.network.batch, MOST_ENCLOSED // 2 // places))
    samples = max(1, min(task.network.batch, _COMPARED // places))
    if not task.network.positions and mixes_columns(task.network):
        few = samples = task.network.batch
    part, balls = few * places, None
    if part * (part + 1) * (task.depth + 1) <= _PAIRS:
        balls = _enclosed(task.of(few), start[:part, :part])
    size = part if balls is not None else samples * places
    less = task.of(few if balls is not None else samples)
    K = start[:size, :size].astype(np.float64)
    fine = less.run(K, Floats(same[:size, :size], FINE), keep=False)[-1]
    if balls is not None:
        other = balls[-1]
    else:
        coarse = Floats(same[:size, :size], COARSE)
        other = less.run(K, coarse, keep=False)[-1]
        if np.array_equal(fine.nngp, other.nngp):
            return None  # nothing had a resolution
    spreads = [spread_of(fine.nngp, other.nngp.astype(np.float64))]
    if fine.ntk is not None and other.ntk is not None:
        spreads.append(spread_of(fine.ntk, other.ntk.astype(np.float64)))
    return max(spreads)


def _result(task: _Task, states: list[Features], kind: Kind, error: float | None) -> Kernels:
    first = task.depth - (len(states) - 2)
    found = []
    for place, state in enumerate(states):
        depth = min(first + place, task.depth)
        K, T = state.nngp, state.ntk
        balls = (K, T) if kind is Kind.ENCLOSURE else None
        floats = K.astype(np.float64), None if T is None else T.astype(np.float64)
        spread = np.nan if error is None else error
        found.append(KernelLayer(depth, *floats, balls, spread))
    lost = states[-1].lost
    lost = None if lost is None else f"There is no NTK: {lost}."
    return Kernels(
        task.network, task.depth, task.readout, tuple(found[:-1]), found[-1], kind, error, lost
    )
