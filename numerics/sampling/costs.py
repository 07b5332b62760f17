"""What a layer costs on each route: a formula in n, d and the operations, so that a choice is one.

A route's work on a layer of one replica is counted: numbers drawn, multiplications, entries passed
over, decompositions, calls. Each kind has a price, in nanoseconds on one core of the machine on
which the benchmarks were written. Prices are constants, not timings: every machine chooses the same
route for a network, and so draws the same numbers. On another machine the sum may be wrong by some
factor; what decides is the ratio of two sums (`benchmarks/test_routes_bench.py`).

What all routes do alike (activations, observables) is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from depthlaw.numerics.sampling.segments import Segment, segments
from depthlaw.theory.network import Linear, Network, Weights


@dataclass(frozen=True)
class Work:
    """What is done in one layer of one replica, or what a unit of each kind costs.

    Attributes
    ----------
    normals, others
        Numbers drawn: standard normal ones, and those of other laws.
    products
        Multiplications (each with an addition) inside matrix products.
    passes
        Entries of arrays that are read or written once by an operation over them.
    cubes
        n³ of a symmetric eigenproblem, where n is its size.
    squares
        n² of it.
    reflections
        d·k² of the QR decomposition of a d×k matrix, with its Q.
    calls
        Calls of a routine that is called for each replica.
    """

    normals: float = 0.0
    others: float = 0.0
    products: float = 0.0
    passes: float = 0.0
    cubes: float = 0.0
    squares: float = 0.0
    reflections: float = 0.0
    calls: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Work)))

    def priced(self, prices: Work) -> float:
        """Return the sum of what is done, each at its price."""
        return float(sum(getattr(self, f.name) * getattr(prices, f.name) for f in fields(Work)))


PRICES = Work(
    normals=8.2,
    others=5.0,
    products=0.2,
    passes=0.5,
    cubes=0.6,
    squares=20.0,
    reflections=1.0,
    calls=500.0,
)
"""Nanoseconds. `benchmarks/test_routes_bench.py` fits them again."""


def wishart_work(network: Network) -> Work:
    """Return the work of a layer on route WISHART."""
    n, d = network.batch, network.width
    total = Work()
    for segment in segments(network):
        if segment.linear is not None:
            r, k = _rank(segment, n), min(n, d)
            drawn = Work(normals=r * (k + 1), others=8 * k, products=2 * n * r * k, calls=6)
            total += _factor(segment, n) + drawn
        total += _over_features(segment, n)
    return total


def gram_work(network: Network) -> Work:
    """Return the work of a layer on route GRAM."""
    n, d = network.batch, network.width
    total = Work()
    for segment in segments(network):
        if segment.linear is not None:
            r = _rank(segment, n)
            total += _factor(segment, n)
            total += Work(normals=r * d, products=n * d * (r + n), calls=3)
            total += Work(passes=n * d * (2 + 2 * len(segment.neuronwise)))
        total += _over_features(segment, n)
    return total


def state_work(network: Network) -> Work:
    """Return the work of a layer on route STATE."""
    n, d = network.batch, network.width
    total = _gram(n, d)
    fresh = True
    for operation in network.layer:
        if not isinstance(operation, Linear):
            total += Work(passes=2 * n * d)
        else:
            total += _factor(None, n) + (Work() if fresh else _gram(n, d))
            if operation.weights is Weights.HAAR:
                k = min(n, d)
                total += Work(normals=d * k, products=n * k * d, calls=4)
                total += Work(reflections=d * k * k)
            else:
                total += Work(normals=n * d, products=n * n * d, calls=2)
            if operation.residual is not None:
                total += Work(passes=2 * n * d)
        fresh = False
    return total


def explicit_work(network: Network) -> Work:
    """Return the work of a layer on route EXPLICIT."""
    n, d = network.batch, network.width
    total = _gram(n, d)
    for operation in network.layer:
        if not isinstance(operation, Linear):
            total += Work(passes=2 * n * d)
            continue
        total += Work(products=d * d * n, passes=d * d + 3 * n * d, calls=2)
        if operation.weights is Weights.HAAR:
            total += Work(normals=d * d, reflections=d**3, calls=2)
        elif operation.weights is Weights.GAUSSIAN:
            total += Work(normals=d * d)
        else:
            total += Work(others=d * d)
        if operation.residual is not None:
            total += Work(passes=2 * n * d)
    return total


def _rank(segment: Segment, n: int) -> int:
    return n - segment.recentred


def _factor(segment: Segment | None, n: int) -> Work:
    """Return the work of finding F with F Fᵀ = s²G."""
    recentred = segment is not None and segment.recentred
    around = Work(products=3 * n**3 if recentred else 0, passes=8 * n * n)
    return around + Work(cubes=n**3, squares=n * n, calls=3)


def _gram(n: int, d: int) -> Work:
    return Work(products=n * n * d, passes=2 * n * n, calls=1)


def _over_features(segment: Segment, n: int) -> Work:
    return Work(passes=8 * n * n * (1 + len(segment.gramwise)))


Cost = Callable[[Network], Work]
