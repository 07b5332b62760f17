"""Figure 3: the isometry gap layer by layer, with the mean-field recursion on top.

The paper's inputs are images. These are synthetic: 100 Gaussian vectors in 784 dimensions whose
variances fall like k^(−1.25), an exponent chosen for an initial gap near the paper's 0.93.
"""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, THEORY, Array, arguments, new_figure, save

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import activation
from depthlaw.theory.kernels import centred_map
from depthlaw.theory.kernels.gram_flow import gram_path, unit_diagonal
from depthlaw.theory.network import Linear, Network, Over, Recenter, Rescale
from depthlaw.theory.network.gram import isometry

BATCH, WIDTH, INPUTS, DECAY, DEPTH, RUNS = 100, 5000, 784, 1.25, 12, 5
NAMES = ("relu", "tanh")


def gap(gram: Array) -> Array:
    """Return −log I(G)."""
    return -np.log(isometry(gram))


def inputs(seed: int) -> Array:
    """Return the Gram matrix of the synthetic inputs at norm 1."""
    scale = np.arange(1, INPUTS + 1) ** (-DECAY / 2)
    X = scale[:, None] * np.random.default_rng(seed).standard_normal((INPUTS, BATCH))
    return unit_diagonal(X.T @ X)


def simulated(name: str, start: Array, seed: tuple[int, int]) -> Array:
    """Return the gap of each run and layer."""
    layer = (
        Linear(),
        activation(name).operation(),
        Recenter(Over.FEATURES),
        Rescale(Over.FEATURES),
    )
    run = simulate(
        Network(WIDTH, BATCH, layer),
        depth=DEPTH,
        replicas=RUNS,
        seed=seed,
        initial_gram=start,
        observables={"gap": gap},
    )
    return run.values["gap"]


def main() -> None:
    """Draw the figure and print both curves."""
    given = arguments(__doc__ or "")
    start = inputs(given.seed)
    figure = new_figure("Figure 3: n = 100, d = 5000, synthetic inputs", "layer", "isometry gap")
    (axis,) = figure.axes
    for number, (name, colour) in enumerate(zip(NAMES, COLOURS, strict=False)):
        values = simulated(name, start, (given.seed, number + 1))
        theory = gap(gram_path(centred_map(activation(name)), start, DEPTH).values)
        axis.semilogy(values.T, color=colour, alpha=0.3)
        axis.semilogy(values.mean(axis=0), "o-", color=colour, label=name)
        axis.semilogy(theory, **THEORY, label="mean field" if number == 0 else None)
        for layer in range(DEPTH + 1):
            print(
                f"{name}, layer {layer}: measured {values[:, layer].mean():.3f}, "
                f"mean field {theory[layer]:.3f}"
            )
    axis.legend()
    save(figure, given.out, "joudaki2023_figure_3")


if __name__ == "__main__":
    main()
