"""What a layer costs on each route, by a formula: a choice that is the same on every machine.

A route's work on one layer of one replica is counted (numbers drawn, multiplications, entries
passed over, …) as a function of n, d and the operations. Each kind of work has a price. Prices are
constants, measured once, and no timings: whoever repeats a simulation has to get the same route,
and so the same numbers. On another machine all prices may be wrong together; only ratios of sums
decide, and `benchmarks/test_routes_bench.py` measures those, and fits the prices again.

Left out is what all routes do alike (activations, observables). What depends on the numbers stands
in one factor: a batch that is nearly singular costs decompositions more on every route but the
explicit one, a multiple of the layer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from depthlaw.numerics.sampling.segments import RECENTER, Segment, centred_after, segments
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import Linear, Network, Operation, Weights


@dataclass(frozen=True)
class Work:
    """Work of each kind, or the price of a unit of each.

    Attributes
    ----------
    numbers
        Numbers that a replica has in hand at a time: without a price, they say how many replicas
        are computed together.
    layers
        1: the calls for a whole block of replicas, shared among them.
    calls
        Routines called for each replica by itself.
    normals, gammas, others
        Numbers drawn: standard normal, of the gamma law, of other laws.
    products
        Multiplications inside matrix products, each with its addition.
    passes
        Entries over which an operation passes once.
    triangles, spectra
        n³ for each n × n matrix factored by Cholesky; for each whose eigenvectors are found.
    frames
        d·k² for each uniform frame of k vectors among d.
    """

    numbers: float = 0.0
    layers: float = 0.0
    calls: float = 0.0
    normals: float = 0.0
    gammas: float = 0.0
    others: float = 0.0
    products: float = 0.0
    passes: float = 0.0
    triangles: float = 0.0
    spectra: float = 0.0
    frames: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Work)))

    def times(self, factor: float) -> Work:
        """Return the work done `factor` times over."""
        return Work(*(factor * getattr(self, f.name) for f in fields(Work)))

    def cost(self, prices: Work) -> float:
        """Return what the work costs, among as many replicas as a block holds.

        >>> Work(normals=10, calls=1).cost(Work(normals=8, calls=500))
        580.0
        """
        total = self.layers * prices.layers / block_size(int(self.numbers))
        for kind in fields(Work):
            if kind.name not in ("numbers", "layers"):
                total += getattr(self, kind.name) * getattr(prices, kind.name)
        return total


BLOCK = 2**16
"""Numbers that a block of replicas has in hand: enough to hide the cost of a call."""
MOST_REPLICAS = 256
"""Of a block."""


def block_size(numbers: int) -> int:
    """Return how many replicas make a block, of which each has so many numbers in hand."""
    return min(max(1, BLOCK // max(1, numbers)), MOST_REPLICAS)


PRICES = Work(
    layers=55_000,
    calls=170,
    normals=7.2,
    gammas=780,
    others=6,
    products=0.036,
    passes=0.82,
    triangles=0.125,
    spectra=0.31,
    frames=0.11,
)
"""Nanoseconds on one core of the machine on which the benchmarks were written."""


DOUBT = 1.5
"""By how much another route has to be cheaper than the explicit one where a layer has an
activation.

The explicit route has no spectrum that could trouble it. With ReLU, n = 64 and d = 100 deep layers
take four times as long on route GRAM as the formula says: they are nearly singular.
"""


def wishart_work(network: Network) -> Work:
    """Return the work of a layer on route WISHART."""
    n, d = network.batch, network.width
    total, centred = Work(max(n**3, 2**9), layers=1), _ends_centred(network)
    for segment in segments(network):
        if segment.linear is not None:
            r, k = _columns(segment, n), min(n, d)
            total += _factor(n, d, segment.recentred or centred)
            total += Work(normals=r * (k + 1), gammas=k, calls=4)
            total += Work(products=n * r * k + n * n * k, passes=4 * n * n)
        total += _over_features(segment, n)
        centred = centred_after(segment.operations, centred)
    return total


def gram_work(network: Network) -> Work:
    """Return the work of a layer on route GRAM."""
    n, d = network.batch, network.width
    total, centred = Work(n * d, layers=1), _ends_centred(network)
    for segment in segments(network):
        if segment.linear is not None:
            r = _columns(segment, n)
            total += _factor(n, d, segment.recentred or centred)
            total += Work(normals=r * d, products=n * d * (r + n), calls=2)
            total += _passes(segment.neuronwise, n * d)
        total += _over_features(segment, n)
        centred = centred_after(segment.operations, centred)
    return total


def state_work(network: Network) -> Work:
    """Return the work of a layer on route STATE."""
    n, d = network.batch, network.width
    total, centred = Work(n * d, layers=1) + _gram(n, d), _ends_centred(network)
    for place, operation in enumerate(network.layer):
        if isinstance(operation, Linear):
            after = network.layer[place + 1 : place + 2]
            recentred = after == (RECENTER,) and operation.residual is None
            total += _factor(n, d, recentred or centred) + (_gram(n, d) if place else Work())
            if operation.weights is Weights.HAAR:
                k = min(n, d)
                total += Work(normals=d * k, products=n * k * d, frames=d * k * k, calls=4)
            else:
                total += Work(normals=(n - recentred) * d, products=n * n * d, calls=2)
            if operation.residual is not None:
                total += Work(passes=2 * n * d)
        total += _passes((operation,), n * d)
        centred = centred_after((operation,), centred)
    return total


def explicit_work(network: Network) -> Work:
    """Return the work of a layer on route EXPLICIT."""
    n, d = network.batch, network.width
    total = Work(d * d + n * d, layers=1) + _gram(n, d)
    for operation in network.layer:
        total += _passes((operation,), n * d)
        if isinstance(operation, Linear):
            total += Work(products=d * d * n, passes=d * d + n * d, calls=2)
            if operation.weights is Weights.HAAR:
                total += Work(normals=d * d, frames=d**3, calls=2)
            elif operation.weights is Weights.GAUSSIAN:
                total += Work(normals=d * d)
            else:
                total += Work(others=d * d)
            if operation.residual is not None:
                total += Work(passes=2 * n * d)
    return total


def _columns(segment: Segment, n: int) -> int:
    return n - segment.recentred


def _factor(n: int, d: int, centred: bool) -> Work:
    """Return the work of finding F with F Fᵀ = s²G, for a batch of the rank that it can have."""
    around = Work(products=3 * n**3 if centred else 0, passes=6 * n * n, calls=1 + 3 * centred)
    if n - centred > d:
        return around + Work(spectra=n**3, passes=2 * n * n)
    return around + Work(triangles=n**3)


def _gram(n: int, d: int) -> Work:
    return Work(products=n * n * d, passes=n * d + 2 * n * n, calls=1)


def _passes(operations: tuple[Operation, ...], entries: int) -> Work:
    """Return the passes over neurons; an activation's price is its own affair, and that of all."""
    passes = sum(1 if isinstance(o, Elementwise) else 2 for o in operations)
    return Work(passes=entries * passes)


def _over_features(segment: Segment, n: int) -> Work:
    return Work(passes=n * n * (3 + 4 * len(segment.gramwise)))


def _ends_centred(network: Network) -> bool:
    return centred_after(network.layer, before=False)
