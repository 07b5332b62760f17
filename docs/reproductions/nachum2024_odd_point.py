"""Cluster and odd point by depth at n = 32: cosines and norm ratio, and the mean-field state."""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, THEORY, Array, arguments, new_figure, save

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.decomposition import fixed_points
from depthlaw.theory.network import Activate, Linear, Network, Recenter
from depthlaw.theory.network.batch_geometry import cluster_cosine, norm_ratio, odd_cosine

BATCH, WIDTH, DEPTH, RUNS = 32, 500, 200, 12


def relu(x: Array) -> Array:
    """Return max(x, 0)."""
    return np.maximum(x, 0.0)


def main() -> None:
    """Draw angle, odd cosine and ratio by depth, and print the last layer beside the theory."""
    given = arguments(__doc__ or "")
    observables = {
        "cluster cosine": cluster_cosine,
        "odd cosine": odd_cosine,
        "norm ratio": norm_ratio,
    }
    run = simulate(
        Network(WIDTH, BATCH, (Linear(), Recenter(), Activate(relu, "relu"))),
        depth=DEPTH,
        replicas=RUNS,
        seed=given.seed,
        initial_gram=np.eye(BATCH),
        observables=observables,
    )
    state = fixed_points(BATCH).odd
    assert state is not None
    theory = {
        "cluster cosine": state.cluster_cosine.upper,
        "odd cosine": state.odd_cosine.upper,
        "norm ratio": state.norm_ratio.upper,
    }
    figure = new_figure(f"n = {BATCH}, d = {WIDTH}: recentring and ReLU", "layer", "", panels=3)
    for axis, (name, values), colour in zip(figure.axes, run.values.items(), COLOURS, strict=False):
        axis.plot(values.T, color=colour, alpha=0.2)
        axis.plot(np.median(values, axis=0), color=colour, label="median of 12 runs")
        axis.axhline(theory[name], label="mean field", **THEORY)
        axis.set_title(name)
        axis.legend()
        last = np.median(values[:, -1])
        print(f"{name}: median {last:.4f} at layer {DEPTH}, mean field {theory[name]:.4f}")
    save(figure, given.out, "nachum2024_odd_point")


if __name__ == "__main__":
    main()
