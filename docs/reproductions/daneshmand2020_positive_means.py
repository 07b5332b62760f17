"""Breaking batch normalisation: the average r with weights N(m/√d, 1), and where it collapses.

Theory, to first order in the mean over the neurons: at rank k a common part of the neurons grows by
m·(1 − 1/k)·√(k/2) Γ((k−1)/2)/Γ(k/2) in a layer. Beyond the m where that is 1 (√(π/2) at rank one,
1 at large rank) all neurons align.
"""

from __future__ import annotations

import math

import numpy as np
from _figure import COLOURS, LEVEL, THEORY, arguments, new_figure, save

from depthlaw.numerics.chains import batch_means, collapse_threshold, rank_chain, rank_network

WIDTHS, MEANS = (32, 128), (0.0, 0.5, 1.0, 1.2, 1.4, 1.6, 2.0)
DEPTH, BURN_IN, EVERY = 160, 80, 4
ALIGNS = (1.0, math.sqrt(math.pi / 2))
"""Where the common part starts to grow, at large rank and at rank one."""


def main() -> None:
    """Draw r against m and print the threshold at which 1/r passes 1/2."""
    given = arguments(__doc__ or "")
    figure = new_figure("Weights N(m/√d, 1), γ = ∞, N = d", "mean m", "average r")
    (axis,) = figure.axes
    for place, width in enumerate(WIDTHS):
        found = []
        for m in MEANS:
            run = rank_chain(
                rank_network(width, width, mean=m),
                depth=DEPTH,
                burn_in=BURN_IN,
                every=EVERY,
                blocks=2,
                replicas=4,
                seed=(given.seed, place + 1),
            )
            found.append(batch_means(run, level=LEVEL))
            print(
                f"d = {width}, m = {m:g}: r {found[-1].mean:.3f} (95% interval "
                f"{found[-1].lower:.3f} to {found[-1].upper:.3f})"
            )
        errors = np.array([[f.mean - f.lower, f.upper - f.mean] for f in found]).T
        axis.errorbar(
            MEANS,
            [f.mean for f in found],
            errors,
            fmt="o-",
            color=COLOURS[place],
            capsize=3,
            label=f"d = {width}",
        )
        threshold = collapse_threshold(
            width,
            depth=DEPTH // 2,
            burn_in=BURN_IN // 2,
            replicas=128,
            precision=0.25,
            level=LEVEL,
            seed=(given.seed, 3 + place),
        )
        axis.axvspan(threshold.lower, threshold.upper, color=COLOURS[place], alpha=0.2)
        print(
            f"d = {width}: 1/r passes {threshold.target:g} between |m| = {threshold.lower:.3f} and "
            f"{threshold.upper:.3f} (level {threshold.level:g})"
        )
    axis.axvline(ALIGNS[0], label="neurons align: large rank", **THEORY)
    axis.axvline(ALIGNS[1], label="neurons align: rank one", **{**THEORY, "linestyle": ":"})
    axis.set_yscale("log")
    axis.legend(loc="lower left")
    save(figure, given.out, "daneshmand2020_positive_means")


if __name__ == "__main__":
    main()
