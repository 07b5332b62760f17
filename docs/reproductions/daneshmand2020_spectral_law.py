"""The conjectured sharp law: r against the batch size, and the eigenvalues of M, at d = 64.

A batch of N ≤ 2√d samples leaves d/N times a Marchenko–Pastur spectrum of ratio N²/(4d) and
r = N/(1 + N²/(4d)); from N = 2√d on about 2√d eigenvalues survive and r is √d.
"""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, LEVEL, THEORY, arguments, new_figure, save

from depthlaw.numerics.chains import batch_means, rank_chain, rank_network
from depthlaw.theory.rank.spectral_law import SpectralLaw

WIDTH, BATCHES, SHOWN = 64, (2, 4, 8, 12, 16, 24, 32, 64), (8, 64)
DEPTH, BURN_IN, EVERY, RUNS = 500, 250, 5, 8


def main() -> None:
    """Draw r and two spectra, and print r with its interval and the conjecture."""
    given = arguments(__doc__ or "")
    figure = new_figure("d = 64, γ = ∞", "batch N", "average r", 2)
    ranks, spectra = figure.axes
    found = []
    for place, batch in enumerate(BATCHES):
        run = rank_chain(
            rank_network(WIDTH, batch),
            depth=DEPTH,
            burn_in=BURN_IN,
            every=EVERY,
            blocks=2,
            replicas=RUNS,
            seed=(given.seed, place + 1),
        )
        law = SpectralLaw(WIDTH, batch)
        found.append(batch_means(run, level=LEVEL))
        print(
            f"N = {batch}: r {found[-1].mean:.3f} (95% interval {found[-1].lower:.3f} to "
            f"{found[-1].upper:.3f}); conjecture {float(law.stable_rank):.3f}"
        )
        if batch in SHOWN:
            colour = COLOURS[SHOWN.index(batch)]
            grams = (
                WIDTH * run.final_gram / np.trace(run.final_gram, axis1=1, axis2=2)[:, None, None]
            )
            values = np.sort(np.linalg.eigvalsh(grams).ravel())
            n = float(law.survivors)
            # From the top: N − n of them have vanished, and n·runs are the law's.
            above = np.arange(len(values), 0, -1) / RUNS
            spectra.step(values, above, color=colour, label=f"N = {batch}")
            low, high = (float(edge) for edge in law.edges)
            grid = np.linspace(low, high, 60)
            theory = [n * (1 - float(law.fraction_below(float(x)).ball.mid())) for x in grid[1:-1]]
            spectra.plot(grid[1:-1], theory, **THEORY)
    errors = np.array([[f.mean - f.lower, f.upper - f.mean] for f in found]).T
    means = [f.mean for f in found]
    ranks.errorbar(BATCHES, means, errors, fmt="o", color=COLOURS[0], capsize=3, label="measured")
    ranks.plot(
        BATCHES,
        [float(SpectralLaw(WIDTH, batch).stable_rank) for batch in BATCHES],
        label="conjecture",
        **THEORY,
    )
    ranks.set_xscale("log", base=2)
    ranks.legend()
    spectra.set_xlim(left=1e-2)
    spectra.set_ylim(0, 20)
    spectra.set_xlabel("eigenvalue λ of M")
    spectra.set_ylabel("eigenvalues ≥ λ in a network")
    spectra.legend()
    save(figure, given.out, "daneshmand2020_spectral_law")


if __name__ == "__main__":
    main()
