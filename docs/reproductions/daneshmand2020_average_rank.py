"""Average r over depth for γ ∈ {∞, 0.1, 0.01} and d ∈ {8, 16, 32, 64}, N = d.

The conjectured sharp law has r → √d for every γ. A chain with γ forgets its start over some 1/γ²
layers: those of small γ start from the last layer of one with γ = ∞, and still get a burn-in.
"""

from __future__ import annotations

import math

import numpy as np
from _figure import COLOURS, LEVEL, THEORY, Array, arguments, new_figure, save, width_ticks

from depthlaw.numerics.chains import (
    ErgodicAverage,
    batch_means,
    ergodic_average,
    rank_chain,
    rank_network,
    rank_observables,
)

WIDTHS = (8, 16, 32, 64)
# γ, layers, burn-in, every, runs: 4·10⁴ layers are four times 1/γ² at γ = 0.01.
SETTINGS = (
    (math.inf, 1000, 500, 2, 32),
    (0.1, 2000, 1000, 2, 24),
    (0.01, 44_000, 4000, 20, 4),
)


def main() -> None:
    """Draw the figure and print the table with intervals."""
    given = arguments(__doc__ or "")
    starts: dict[int, Array] = {}
    figure = new_figure("Average r over depth, N = d", "width d", "average r")
    (axis,) = figure.axes
    for row, (strength, depth, burn_in, every, runs) in enumerate(SETTINGS):
        found: list[ErgodicAverage] = []
        for place, width in enumerate(WIDTHS):
            network = rank_network(width, width, strength)
            run = rank_chain(
                network,
                depth=depth,
                burn_in=burn_in,
                every=every,
                replicas=runs,
                # r alone: counting eigenvalues would cost more than the layers.
                observables={"stable_rank": rank_observables(network)["stable_rank"]},
                seed=(given.seed, 10 * row + place + 1),
                initial_gram=starts.get(width),
            )
            starts.setdefault(width, run.final_gram[0])
            found.append(batch_means(run, level=LEVEL))
            sure = ergodic_average(run, level=LEVEL)
            print(
                f"γ = {strength:g}, d = {width}: r {found[-1].mean:.3f} (95% interval "
                f"{found[-1].lower:.3f} to {found[-1].upper:.3f}, batch means); for any dependence "
                f"{sure.lower:.3f} to {sure.upper:.3f}; halves differ by {sure.drift:.3f}"
            )
        errors = np.array([[f.mean - f.lower, f.upper - f.mean] for f in found]).T
        axis.errorbar(
            WIDTHS,
            [f.mean for f in found],
            errors,
            fmt="o-",
            color=COLOURS[row],
            capsize=3,
            label=f"γ = {strength:g}",
        )
    axis.plot(WIDTHS, np.sqrt(WIDTHS), label="√d, the limit", **THEORY)
    axis.set_xscale("log")
    axis.set_yscale("log")
    width_ticks(axis, WIDTHS)
    axis.legend()
    save(figure, given.out, "daneshmand2020_average_rank")


if __name__ == "__main__":
    main()
