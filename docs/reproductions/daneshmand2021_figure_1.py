"""Figure 1: with batch normalisation aligned inputs part; without it orthogonal inputs align."""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, THEORY, Array, arguments, new_figure, save

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.network import Linear, Network, Operation, Rescale
from depthlaw.theory.network.gram import equicorrelated, mean_cosine

BATCH, WIDTH, DEPTH, RUNS = 2, 32, 50, 20
ALIGNED = 0.999


def cosines(layer: tuple[Operation, ...], correlation: float, seed: int) -> Array:
    """Return |cos| of the two samples, shape (runs, depth + 1)."""
    run = simulate(
        Network(WIDTH, BATCH, layer),
        depth=DEPTH,
        replicas=RUNS,
        seed=seed,
        initial_gram=equicorrelated(BATCH, correlation),
        observables={"cosine": mean_cosine},
    )
    return np.abs(run.values["cosine"])


def wide_limit(correlation: float) -> Array:
    """Return the cosine in the wide limit, where the ratio of eigenvalues takes a square root."""
    ratio = (1 + correlation) / (1 - correlation)
    ratios = ratio ** (0.5 ** np.arange(DEPTH + 1))
    return (ratios - 1) / (ratios + 1)


def main() -> None:
    """Draw the figure and print the cosines at the last layer."""
    given = arguments(__doc__ or "")
    normalised = cosines((Linear(), Rescale()), ALIGNED, given.seed)
    vanilla = cosines((Linear(),), 0.0, given.seed)
    figure = new_figure("Figure 1: n = 2, d = 32", "layer", "|cosine|", panels=2)
    for axis, values, title in zip(
        figure.axes,
        (normalised, vanilla),
        ("batch normalisation, aligned inputs", "no normalisation, orthogonal inputs"),
        strict=True,
    ):
        axis.plot(values.T, color=COLOURS[0], alpha=0.25)
        axis.plot(values.mean(axis=0), color=COLOURS[1], label="mean of 20 runs")
        axis.set_title(title)
    figure.axes[0].plot(wide_limit(ALIGNED), label="wide limit", **THEORY)
    for axis in figure.axes:
        axis.legend()
    for name, values in (("with", normalised), ("without", vanilla)):
        last = values[:, -1]
        print(
            f"{name} batch normalisation: |cos| from {values[0, 0]:.3f} to a median of "
            f"{np.median(last):.3f} at layer {DEPTH} "
            f"(runs from {last.min():.3f} to {last.max():.3f})"
        )
    save(figure, given.out, "daneshmand2021_figure_1")


if __name__ == "__main__":
    main()
