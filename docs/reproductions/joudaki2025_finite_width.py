"""Finite width: mean cosine after 100 layers of width 1000, pre-activations at root mean square 1.

The inputs are synthetic: a batch of four orthogonal samples. Each layer is a Gaussian matrix,
a division by the root mean square over the neurons, and φ.
"""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, LEVEL, THEORY, Array, arguments, new_figure, save

from depthlaw.numerics.estimation.median import median_bounds
from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import activation
from depthlaw.theory.kernels import fixed_points, normalised_map, trajectory
from depthlaw.theory.network import Linear, Network, Over, Rescale
from depthlaw.theory.network.gram import equicorrelated, mean_cosine

BATCH, WIDTH, DEPTH, RUNS, START = 4, 1000, 100, 20, 0.0
PRINTED = {"tanh": "0.00", "relu": "1.00", "sigmoid": "1.00", "gelu": "0.75", "elu": "0.55"}


def cosines(name: str, seed: tuple[int, int]) -> Array:
    """Return the mean cosine of the batch, shape (runs, depth + 1)."""
    layer = (Linear(), Rescale(Over.FEATURES), activation(name).operation())
    run = simulate(
        Network(WIDTH, BATCH, layer),
        depth=DEPTH,
        replicas=RUNS,
        seed=seed,
        initial_gram=equicorrelated(BATCH, START),
        observables={"cosine": mean_cosine},
    )
    return run.values["cosine"]


def main() -> None:
    """Draw the trajectories; print the last layer beside the wide limit and the printed value."""
    given = arguments(__doc__ or "")
    figure = new_figure(f"n = {BATCH}, d = {WIDTH}", "layer", "mean cosine", panels=len(PRINTED))
    for place, (axis, (name, printed)) in enumerate(
        zip(figure.axes, PRINTED.items(), strict=True), start=1
    ):
        f = normalised_map(activation(name))
        values = cosines(name, (given.seed, place))
        wide = [0.5 * (rho.lower + rho.upper) for rho in trajectory(f, START, DEPTH)]
        limit = fixed_points(f).attractor.location
        axis.plot(values.T, color=COLOURS[0], alpha=0.25)
        axis.plot(values.mean(axis=0), color=COLOURS[1], label=f"mean of {RUNS} runs")
        axis.plot(wide, label="wide limit", **THEORY)
        axis.set_title(name)
        axis.legend()
        last = values[:, -1]
        low, high = median_bounds(last, level=LEVEL)
        print(
            f"{name}: mean cosine {last.mean():.4f}, median {np.median(last):.4f} "
            f"(95% interval {low:.4f} to {high:.4f}); wide limit {wide[-1]:.4f}, "
            f"fixed point {limit.lower:.4f}; printed {printed}"
        )
    save(figure, given.out, "joudaki2025_finite_width")


if __name__ == "__main__":
    main()
