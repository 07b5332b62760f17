"""Route WISHART: linear Gaussian layers, where G itself is drawn by Bartlett's decomposition.

The rows of W H are independent N(0, s²G), so that d·G⁺ is a Wishart matrix: with F Fᵀ = s²G and A
lower trapezoidal, A_ii² ~ χ²(d−i) for i = 0, 1, …, A_ij ~ N(0, 1) below the diagonal, it is
F A Aᵀ Fᵀ (M. S. Bartlett, 1933). Any d ≥ 1 will do: A has min(n, d) columns.

With a `Recenter` over the features the scatter about the mean is needed by itself. It is Wishart
with d−1 degrees of freedom and independent of the mean, which is N(0, s²G/d).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.matrices import apply_gramwise, symmetrised, transpose
from depthlaw.numerics.sampling.roots import (
    Indices,
    carry_on,
    carry_through,
    draw_factor,
)
from depthlaw.numerics.sampling.segments import nonlinear_in_neurons, obstacle, segments
from depthlaw.theory.network import Network


def why_not(network: Network) -> str | None:
    """Return why the route does not have the network's law, or None where it has."""
    for operation in network.layer:
        if nonlinear_in_neurons(operation):
            return f"{operation.describe()} acts on single neurons, which are not drawn"
    return obstacle(network)


def steps(network: Network, block: Block, layers: int) -> Iterator[Counts]:
    """Take the block through `layers` layers."""
    d = network.width
    plan = segments(network)
    scales = [segment.gram_scale(d) for segment in plan]
    for _ in range(layers):
        zeros = np.zeros(len(block.gram), dtype=np.int64)
        for place, segment in enumerate(plan):
            centred, mean = block.gram, None
            if segment.linear is not None:
                F = draw_factor(
                    block,
                    recentred=segment.recentred,
                    scale=scales[place],
                )
                degrees = d - 1 if segment.needs_mean else d
                A, xi = _bartlett(block, F.shape[-1], degrees)
                FA = F @ A
                centred = FA @ transpose(FA) / d
                mean = (F @ xi / np.sqrt(d))[..., 0] if segment.needs_mean else None
            gram, new_zeros = apply_gramwise(segment.gramwise, centred, mean)
            block.gram = symmetrised(gram)
            zeros += new_zeros
            if segment.linear is None:
                carry_through(block, segment, d)
                continue
            rows = partial(_drawn, FA / np.sqrt(d), mean)
            after = (place + 1) % len(plan)
            carry_on(block, segment, plan[after], d, scales[after], centred, rows)
        yield zeros


def _drawn(root: Array, mean: Array | None, at: Indices) -> tuple[Array, Array | None]:
    """Return R with R Rᵀ = G − m mᵀ, and m, of some replicas."""
    return root[at], None if mean is None else mean[at]


def _bartlett(block: Block, size: int, degrees: int) -> tuple[Array, Array]:
    """Return A, shape (replicas, size, min(size, degrees)), and a standard normal column."""
    columns = min(size, degrees)
    normals = np.empty((len(block.gram), size, columns + 1))
    gammas = np.empty((len(block.gram), columns))
    shapes = (degrees - np.arange(columns)) / 2
    for b, generator in enumerate(block.first_streams):
        generator.standard_normal(out=normals[b])
        generator.standard_gamma(shapes, out=gammas[b])
    A = np.tril(normals[..., :columns], -1)
    diagonal = np.arange(columns)
    A[:, diagonal, diagonal] = np.sqrt(2 * gammas)
    return A, normals[..., columns:]
