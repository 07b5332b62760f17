"""Figure 2b: the gap averaged over layers falls like 1/√width; the paper prints −0.46."""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, THEORY, arguments, new_figure, save, slope_over_runs, width_ticks

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.gram import orthogonality_gap

BATCH, WIDTHS, DEPTH, RUNS = 4, (16, 32, 64, 128, 256, 512), 500, 20
PRINTED = -0.46


def main() -> None:
    """Draw the figure and print the slope beside the printed one."""
    given = arguments(__doc__ or "")
    means = np.stack(
        [
            simulate(
                Network(width, BATCH, (Linear(), Rescale())),
                depth=DEPTH,
                replicas=RUNS,
                seed=(given.seed, place + 1),
                initial_gram=np.eye(BATCH),
                observables={"gap": orthogonality_gap},
            )
            .values["gap"][:, 1:]
            .mean(axis=1)
            for place, width in enumerate(WIDTHS)
        ],
        axis=1,
    )
    stationary = claim("orthogonalization.stationary-gap")
    theory = [stationary.bound(batch=BATCH, width=width).upper ** 0.5 for width in WIDTHS]
    figure = new_figure("Figure 2b: n = 4, mean of V over 500 layers", "width d", "mean gap")
    (axis,) = figure.axes
    axis.loglog(np.array(WIDTHS), means.T, "o", color=COLOURS[0], alpha=0.3)
    axis.loglog(WIDTHS, means.mean(axis=0), color=COLOURS[1], label="mean of 20 runs")
    axis.loglog(WIDTHS, theory, label="√(stationary E V²)", **THEORY)
    width_ticks(axis, WIDTHS)
    axis.legend()
    slope = slope_over_runs(WIDTHS, means)
    print(f"slope of log mean gap against log width: {slope}; printed: {PRINTED}; theory: -0.5")
    save(figure, given.out, "daneshmand2021_figure_2b")


if __name__ == "__main__":
    main()
