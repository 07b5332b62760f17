"""The work of a walk through one layer, by the same kinds and prices as that of plain layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from depthlaw.numerics.sampling.costs import Work
from depthlaw.numerics.sampling.walk.lowered import (
    Sequence,
    acts_on_neurons,
    is_fresh,
    needs_rows_next,
    program,
)
from depthlaw.numerics.streams import chunk_width
from depthlaw.theory.network import Attention, Conv, Linear, Network, Operation, Residual, Weights


def streamed_work(network: Network) -> Work:
    """Return the work of a layer where moments are kept."""
    n, widest = network.columns, max([1, *streamed_widths(network)])
    return Work(n * min(widest, chunk_width(n)) + 4 * n * n, layers=4) + _total(
        network, lambda o, width, after, rows: _drawn_moments(network, o, width, after, rows)
    )


def kept_work(network: Network) -> Work:
    """Return the work of a layer where rows are kept."""
    n = network.columns
    return Work(n * max(map(max, _widths(network))), layers=3) + _total(
        network, lambda o, width, after, rows: _drawn_rows(network, o, width, after)
    )


def explicit_work(network: Network) -> Work:
    """Return the work of a layer where weights are drawn."""
    n, widest = network.columns, max(map(max, _widths(network)))
    return Work(n * widest + widest**2, layers=2) + _total(
        network, lambda o, width, after, rows: _weights(network, o, width, after)
    )


def streamed_widths(network: Network) -> list[int]:
    """Return the neurons of each draw that has to stream by, in the stem, a layer and the head."""
    return [
        after for operation, _, after, rows in _visited(network) if is_fresh(operation) and rows
    ]


_Priced = Callable[[Operation, int, int, bool], Work]


def _total(network: Network, price: _Priced) -> Work:
    total = Work()
    for operation, width, after, rows in _visited(network):
        total += price(operation, width, after, rows)
    return total


def _widths(network: Network) -> Iterator[tuple[int, int]]:
    for _, width, after, _ in _visited(network):
        yield width, after


def _visited(network: Network) -> Iterator[tuple[Operation, int, int, bool]]:
    """Yield operations with the neurons before and after, and whether rows are needed then."""
    found, width = program(network), network.entry
    parts = [part for part in (found.stem, found.layer, found.head) if part]
    for part, following in zip(parts, [*parts[1:], found.layer], strict=True):
        yield from _within(network, part, width, following)
        width = network.width_after(part, width)


def _within(
    network: Network, operations: Sequence, width: int, following: Sequence
) -> Iterator[tuple[Operation, int, int, bool]]:
    for place, operation in enumerate(operations):
        after = network.width_after((operation,), width)
        rows = bool(needs_rows_next((*operations[place + 1 :], *following)))
        if isinstance(operation, Residual):
            yield from _within(network, operation.branch, width, ())
        yield operation, width, after, rows
        width = after


def _spectrum(n: int) -> Work:
    return Work(spectra=n**3, passes=8 * n * n, calls=2)


def _wishart(n: int, d: int) -> Work:
    k = min(n, d)
    return Work(normals=n * k, gammas=k, products=n * n * k, passes=2 * n * n, calls=4)


def _covariance(network: Network, operation: Operation, width: int) -> Work:
    n = network.columns
    if isinstance(operation, Conv):
        kernel = 1
        for length in operation.lengths(len(network.positions)):
            kernel *= length
        return Work(passes=2 * kernel * n * n)
    if isinstance(operation, Attention):
        head = operation.head_neurons(width)
        each = _wishart(n, head) + _wishart(n, head)
        each += Work(normals=n * min(n, head), products=4 * n**3, passes=10 * n * network.tokens)
        return each.times(operation.heads) + _spectrum(n)
    return Work()


def _drawn_moments(
    network: Network, operation: Operation, width: int, after: int, rows: bool
) -> Work:
    n = network.columns
    if is_fresh(operation):
        found = _covariance(network, operation, width) + _spectrum(n)
        if rows:
            return found + Work(normals=n * after, products=2 * n * n * after, calls=4)
        return found + _wishart(n, after)
    if isinstance(operation, Residual):
        return _spectrum(n) + _wishart(n, width) + Work(normals=n * n, products=4 * n**3)
    if acts_on_neurons(operation):
        return Work(passes=2 * n * width)
    return Work(passes=6 * n * n)


def _drawn_rows(network: Network, operation: Operation, width: int, after: int) -> Work:
    n = network.columns
    if is_fresh(operation):
        found = _covariance(network, operation, width) + _spectrum(n)
        products = n * n * (width + after)
        return found + Work(normals=n * after, products=products, passes=2 * n * after, calls=4)
    return Work(passes=2 * n * width)


def _weights(network: Network, operation: Operation, width: int, after: int) -> Work:
    n = network.columns
    match operation:
        case Linear():
            haar = operation.weights is Weights.HAAR
            return Work(
                normals=width * after,
                products=n * width * after,
                passes=width * after,
                frames=width**3 if haar else 0,
                calls=3,
            )
        case Conv():
            kernel = 1
            for length in operation.lengths(len(network.positions)):
                kernel *= length
            numbers = kernel * width * after
            return Work(normals=numbers, products=n * numbers, passes=numbers + n * width * kernel)
        case Attention():
            numbers = 4 * width * operation.heads * operation.head_neurons(width)
            scores = operation.heads * n * network.tokens
            return Work(
                normals=numbers,
                products=n * numbers + 2 * scores * operation.head_neurons(width),
                passes=numbers + 8 * scores,
                calls=8 * operation.heads,
            )
        case _:
            return Work(passes=2 * n * width)
