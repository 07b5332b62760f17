"""Mean field against widths 10² to 10⁶, in both orders: noise 1/√d, first-order shift c/d."""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, THEORY, Array, arguments, new_figure, save

from depthlaw.numerics.estimation.confidence import mean_bounds
from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import activation
from depthlaw.theory.claims.isometry.mean_field_error import (
    DEPTH,
    FOUR_DECADES,
    START,
    activation_first,
    activation_last,
)
from depthlaw.theory.kernels import centred_map, normalised_map, trajectory
from depthlaw.theory.network import Network, Operation
from depthlaw.theory.network.gram import equicorrelated, mean_cosine

RUNS = {100: 40_000, 1_000: 4_000, 10_000: 400, 100_000: 40, 1_000_000: 4}
LEVEL = 0.05


def cosines(layer: tuple[Operation, ...], width: int, seed: tuple[int, ...]) -> Array:
    """Return the cosine of two samples at the last layer of each run."""
    run = simulate(
        Network(width, 2, layer),
        depth=DEPTH,
        replicas=RUNS[width],
        seed=seed,
        initial_gram=equicorrelated(2, float(START)),
        observables={"cosine": mean_cosine},
    )
    return run.values["cosine"][:, -1]


def main() -> None:
    """Draw the typical deviation against the width and print the shift of the mean times d."""
    given = arguments(__doc__ or "")
    figure = new_figure("Two samples, three layers", "width d", "median |ρ − mean field|")
    (axis,) = figure.axes
    cases = [
        (name, order, layer, limit_map)
        for name in ("tanh", "relu")
        for order, layer, limit_map in (
            ("first", activation_first, centred_map),
            ("last", activation_last, normalised_map),
        )
    ]
    for number, (name, order, layer, limit_map) in enumerate(cases):
        phi = activation(name)
        limit = float(trajectory(limit_map(phi), START, DEPTH)[-1].ball.mid())
        typical = []
        for place, width in enumerate(FOUR_DECADES):
            found = cosines(layer(phi), width, (given.seed, 10 * number + place + 1))
            typical.append(float(np.median(np.abs(found - limit))))
            if width == FOUR_DECADES[0]:
                low, high = mean_bounds(found, lowest=-1, highest=1, level=LEVEL)
                shift = (float(found.mean() - limit) * width, (low - limit) * width)
                print(
                    f"{name} {order}: mean field {limit:.4f}, shift of the mean times d "
                    f"{shift[0]:.3f} (95% interval {shift[1]:.3f} to {(high - limit) * width:.3f})"
                )
        slope = np.polyfit(np.log(FOUR_DECADES), np.log(typical), 1)[0]
        print(f"{name} {order}: slope of log deviation against log width {slope:.3f}")
        axis.loglog(FOUR_DECADES, typical, "o-", color=COLOURS[number], label=f"{name} {order}")
    axis.loglog(FOUR_DECADES, np.array(FOUR_DECADES) ** -0.5, label="width^(−1/2)", **THEORY)
    axis.legend()
    save(figure, given.out, "joudaki2023_finite_width")


if __name__ == "__main__":
    main()
