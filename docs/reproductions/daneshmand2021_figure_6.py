"""Figure 6: the stationary fluctuation of QᵀQ against width, with an array for each activation."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from _figure import (
    COLOURS,
    THEORY,
    Array,
    arguments,
    new_figure,
    save,
    slope_over_runs,
    width_ticks,
)

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.network import Activate, Linear, Network, Rescale
from depthlaw.theory.network.gram import Functional, trace_normalised

BATCH, WIDTHS, BURN_IN, LAYERS, RUNS = 4, (16, 32, 64, 128, 256), 50, 200, 20


def shifted_tanh(x: Array) -> Array:
    """Return tanh(x) + 1."""
    return np.tanh(x) + 1


def relu(x: Array) -> Array:
    """Return max(x, 0)."""
    return np.maximum(x, 0.0)


ACTIVATIONS = (
    Activate(shifted_tanh, "tanh + 1"),
    Activate(relu, "ReLU"),
    Activate(np.tanh, "tanh"),
    Activate(np.sin, "sin"),
)


def entry(i: int, j: int) -> Functional:
    """Return the functional G ↦ G_ij/tr G."""

    def value(gram: Array) -> Array:
        return trace_normalised(gram)[..., i, j]

    return value


def fluctuation(activation: Activate, width: int, seed: tuple[int, int]) -> Array:
    """Return L = mean over layers of ‖QᵀQ − its stationary mean‖_F, for each run.

    The stationary mean is estimated from all runs and layers after the burn-in.
    """
    pairs = list(combinations_with_replacement(range(BATCH), 2))
    run = simulate(
        Network(width, BATCH, (Linear(), Rescale(), activation)),
        depth=BURN_IN + LAYERS,
        replicas=RUNS,
        seed=seed,
        initial_gram=np.eye(BATCH),
        observables={f"{i},{j}": entry(i, j) for i, j in pairs},
    )
    square = np.zeros((RUNS, LAYERS))
    for i, j in pairs:
        values = run.values[f"{i},{j}"][:, BURN_IN + 1 :]
        square += (1 if i == j else 2) * (values - values.mean()) ** 2
    return np.sqrt(square).mean(axis=1)


def main() -> None:
    """Draw the figure and print a slope for each activation."""
    given = arguments(__doc__ or "")
    figure = new_figure("Figure 6: n = 4", "width d", "stationary fluctuation L")
    (axis,) = figure.axes
    for number, (activation, colour) in enumerate(zip(ACTIVATIONS, COLOURS, strict=True)):
        values = np.stack(
            [
                fluctuation(activation, width, (given.seed, 100 * number + place + 1))
                for place, width in enumerate(WIDTHS)
            ],
            axis=1,
        )
        axis.loglog(WIDTHS, values.mean(axis=0), "o-", color=colour, label=activation.name)
        print(f"{activation.name}: slope {slope_over_runs(WIDTHS, values)}; conjectured: -0.5")
    reference = np.array(WIDTHS, dtype=np.float64) ** -0.5
    axis.loglog(WIDTHS, reference, label="width^(−1/2)", **THEORY)
    width_ticks(axis, WIDTHS)
    axis.legend()
    save(figure, given.out, "daneshmand2021_figure_6")


if __name__ == "__main__":
    main()
