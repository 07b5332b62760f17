"""Figure 3a: the soft rank at τ = 1/2 against width, for γ = ∞ and N = d.

Theory (a conjecture for large d): about 2√d − (4/π)√(2τ) d^{1/4}, from the density of surviving
eigenvalues; and Lemma 1's bound (1 − τ)² r.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from _figure import COLOURS, LEVEL, THEORY, arguments, new_figure, save, width_ticks

from depthlaw.numerics.chains import batch_means, rank_chain, rank_network
from depthlaw.theory.rank.spectral_law import SpectralLaw

WIDTHS, TAU, BURN_IN, DEPTH, EVERY, RUNS = (8, 16, 32, 64), Fraction(1, 2), 500, 3000, 10, 4


def conjectured(width: int) -> float:
    """Return the number of eigenvalues of M above τ by the conjectured law."""
    return float(SpectralLaw(width, width).soft_rank(TAU).ball.mid())


def main() -> None:
    """Draw the figure and print an interval for every width."""
    given = arguments(__doc__ or "")
    soft, bound = [], []
    for place, width in enumerate(WIDTHS):
        run = rank_chain(
            rank_network(width, width),
            depth=DEPTH,
            burn_in=BURN_IN,
            every=EVERY,
            replicas=RUNS,
            seed=(given.seed, place + 1),
        )
        soft.append(batch_means(run, "soft_rank(0.5)", level=LEVEL))
        bound.append(batch_means(run, "stable_rank", level=LEVEL))
        print(
            f"d = {width}: soft rank {soft[-1].mean:.3f} (95% interval {soft[-1].lower:.3f} to "
            f"{soft[-1].upper:.3f}); r {bound[-1].mean:.3f}; theory {conjectured(width):.3f}"
        )
    figure = new_figure("Figure 3a: τ = 1/2, γ = ∞, N = d", "width d", "average soft rank")
    (axis,) = figure.axes
    means = np.array([found.mean for found in soft])
    errors = np.array([[f.mean - f.lower, f.upper - f.mean] for f in soft]).T
    axis.errorbar(WIDTHS, means, errors, fmt="o", color=COLOURS[0], capsize=3, label="soft rank")
    lower = float(1 - TAU) ** 2 * np.array([found.mean for found in bound])
    axis.plot(WIDTHS, lower, "s-", color=COLOURS[1], label="(1−τ)² r, Lemma 1")
    axis.plot(WIDTHS, [conjectured(width) for width in WIDTHS], label="conjecture", **THEORY)
    axis.set_xscale("log")
    axis.set_yscale("log")
    width_ticks(axis, WIDTHS)
    axis.legend()
    save(figure, given.out, "daneshmand2020_figure_3a")


if __name__ == "__main__":
    main()
