"""Where depth makes isometry worse: a batch comparable to the width, and a weak activation.

Every linear layer adds about 1 + ((1−c)/c) log(1−c) to the gap, c = n/d, near isometry; the sigmoid
takes off little. Mean-field theory, which has c = 0, sees the gap fall.
"""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, THEORY, Array, arguments, new_figure, save

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import activation
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.kernels import centred_map
from depthlaw.theory.kernels.gram_flow import gram_path
from depthlaw.theory.network import Linear, Network, Operation, Over, Recenter, Rescale
from depthlaw.theory.network.gram import equicorrelated, isometry

BATCH, WIDTH, DEPTH, CORRELATION = 512, 1000, 20, 0.05
SIGMOID = activation("sigmoid")
LAYER = (Linear(), SIGMOID.operation(), Recenter(Over.FEATURES), Rescale(Over.FEATURES))


def gap(gram: Array) -> Array:
    """Return −log I(G)."""
    return -np.log(isometry(gram))


def measured(
    layer: tuple[Operation, ...], start: Array, depth: int, seed: tuple[int, int]
) -> Array:
    """Return the gap of each layer in one run."""
    run = simulate(
        Network(WIDTH, BATCH, layer),
        depth=depth,
        replicas=1,
        seed=seed,
        initial_gram=start,
        observables={"gap": gap},
    )
    return run.values["gap"][0]


def main() -> None:
    """Draw the figure and print what one layer adds and where the network ends."""
    given = arguments(__doc__ or "")
    linear = measured((Linear(),), np.eye(BATCH), 1, (given.seed, 1))
    bound = claim("isometry.finite-width-linear").bound(batch=BATCH, width=WIDTH)
    print(f"one linear layer adds {linear[1]:.4f}, theory {-np.log(bound.upper):.4f}")
    start = equicorrelated(BATCH, CORRELATION)
    values = measured(LAYER, start, DEPTH, (given.seed, 2))
    theory = gap(gram_path(centred_map(SIGMOID), start, DEPTH).values)
    print(f"sigmoid: gap {values[0]:.4f} at layer 0, {values[-1]:.4f} at layer {DEPTH}")
    print(f"mean field: gap {theory[0]:.4f} at layer 0, {theory[-1]:.4f} at layer {DEPTH}")
    figure = new_figure(f"sigmoid, n = {BATCH}, d = {WIDTH}", "layer", "isometry gap")
    (axis,) = figure.axes
    axis.plot(values, "o-", color=COLOURS[0], label="measured")
    axis.plot(theory, **THEORY, label="mean field")
    axis.legend()
    save(figure, given.out, "joudaki2023_batch_near_width")


if __name__ == "__main__":
    main()
