"""`kernels`: NNGP and NTK of a network, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import (
    ArgumentError,
    at_ends,
    finite,
    instance,
    integer,
    member,
    positive_double,
)
from depthlaw.theory.network.attention import Attention, Average
from depthlaw.theory.network.gram import check_gram
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.prediction.answers import NoAnswer
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.tangent.balls import Balls, NotClosed
from depthlaw.theory.tangent.features import Arithmetic, Entries, Features, Unknown
from depthlaw.theory.tangent.floats import Floats
from depthlaw.theory.tangent.readout import Readout, behind, read_out
from depthlaw.theory.tangent.series import COARSE, FINE, spread_of
from depthlaw.theory.tangent.walk import walk
from depthlaw.theory.values import Enclosure, Kind, Numeric

Array = NDArray[np.float64]
MOST_COLUMNS = 4000
"""Columns of the largest matrix."""
MOST_ENCLOSED = 8
"""Columns up to which kernels are followed in balls."""
_KEPT = 2 * 10**7
"""Entries of the matrices of all layers that are kept."""
_COMPARED = 64
"""Columns on which two resolutions are compared."""
_PAIRS = 5000
"""Pairs of columns times layers, twice, up to which floats are compared with balls."""
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

    Numbers are enclosed, with about 18 digits, for up to 8 columns where all activations have a
    closed kernel; otherwise they are computed in floats.

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
    start = _start(network, correlation, initial_gram, second_moment)
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

    def of(self, samples: int) -> _Task:
        """Return the same for some of the samples."""
        return replace(self, network=replace(self.network, batch=samples))


def _found(task: _Task, start: NDArray[np.object_]) -> Kernels:
    if len(start) <= MOST_ENCLOSED:
        balls = _enclosed(task, start)
        if balls is not None:
            return _result(task, balls, Kind.ENCLOSURE, None)
    K = start.astype(np.float64)
    same = _same(start, task.network)
    keep = (task.depth + 2) * K.size <= _KEPT
    fine = task.run(K, Floats(same, FINE), keep=keep)
    return _result(task, fine, Kind.COMPUTED, _error(task, start, same))


def _enclosed(task: _Task, start: NDArray[np.object_]) -> list[Features] | None:
    """Return the kernels in balls, sharp; None where balls do not follow."""
    numbers = Balls(_same(start, task.network))
    for bits in _PRECISIONS:
        with precision(bits):
            K = np.empty(start.shape, dtype=object)
            for place, value in np.ndenumerate(start):
                K[place] = ball(value)
            try:
                states = task.run(K, numbers, keep=True)
            except NotClosed:
                return None
            if all(_sharp(state.nngp, bits) and _sharp(state.ntk, bits) for state in states):
                return states
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
    if not task.network.positions and _mixes(task.network):
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


def _start(
    network: Network, correlation: object, gram: ArrayLike | None, second_moment: object
) -> NDArray[np.object_]:
    """Return ⟨x, x′⟩/(features) as fractions, shape (n, n)."""
    n = network.columns
    if n > MOST_COLUMNS:
        raise ArgumentError("network", f"{n} columns", f"at most {MOST_COLUMNS} are followed")
    if gram is not None:
        for name, value in (("correlation", correlation), ("second_moment", second_moment)):
            if value is not None:
                raise ArgumentError(name, value, "initial_gram says it already: leave one out")
        G = check_gram("initial_gram", gram)
        if len(G) != n:
            raise ArgumentError(
                "initial_gram", f"a matrix of shape {G.shape}", f"the network has {n} columns"
            )
        return _fractions(G)
    least = Fraction(-1, n - 1) if n > 1 else Fraction(-1)
    given = Fraction(1, 2) if correlation is None else correlation
    c = at_ends(finite("correlation", given), least, 1, of=given)
    if not least <= c <= 1:
        raise ArgumentError(
            "correlation",
            correlation,
            f"{n} columns can only share one between {float(least):.6g} and 1",
        )
    q = Fraction(1 if second_moment is None else positive_double("second_moment", second_moment))
    found = np.full((n, n), q * Fraction(c), dtype=object)
    if n > MOST_ENCLOSED:
        found = np.full((n, n), float(q * Fraction(c)))
    found[np.arange(n), np.arange(n)] = q
    return found.astype(object)


def _fractions(G: Array) -> NDArray[np.object_]:
    if len(G) > MOST_ENCLOSED:
        return G.astype(object)  # floats will do
    found = np.empty(G.shape, dtype=object)
    for place, value in np.ndenumerate(G):
        found[place] = Fraction(float(value))
    return found


def _same(start: NDArray[np.object_], network: Network) -> NDArray[np.bool_]:
    """Return which columns are equal, and stay so whatever the network does."""
    n = len(start)
    K = start if n <= MOST_ENCLOSED else start.astype(np.float64)
    q = np.diagonal(K)
    equal = (q[:, None] == K) & (q[None, :] == K)
    if network.positions:
        # A border tells positions of one sample apart; equal samples stay equal everywhere.
        places = n // network.batch
        table = equal.reshape(network.batch, places, network.batch, places)
        samples = np.diagonal(table, axis1=1, axis2=3).all(axis=2)
        return np.asarray(np.kron(samples, np.eye(places)) > 0)
    if _mixes(network):
        return np.eye(n, dtype=bool)
    return np.asarray(equal, dtype=bool)


def _mixes(network: Network) -> bool:
    """Whether columns are tokens of one sequence, which attention or a mean treats each its own."""

    def any_of(operations: tuple[Operation, ...]) -> bool:
        return any(
            isinstance(operation, Attention | Average)
            or (isinstance(operation, Residual) and any_of(operation.branch))
            for operation in operations
        )

    return any_of((*network.stem, *network.layer, *network.head))
