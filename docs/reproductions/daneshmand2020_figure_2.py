"""Figure 2: the numerical rank of a deep linear net with batch normalisation and without.

d = N = 32, uniform weights of variance 1, recentring, 50 000 layers. Theory: about 2√d directions
survive with batch normalisation (a conjecture for large d), and one without.
"""

from __future__ import annotations

import math

import numpy as np
from _figure import COLOURS, LEVEL, THEORY, arguments, new_figure, save

from depthlaw.numerics.chains import batch_means, deep_chain, rank_chain, rank_network
from depthlaw.numerics.estimation.confidence import mean_bounds
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.streams import stream
from depthlaw.theory.network import Weights
from depthlaw.theory.network.gram import stable_rank

WIDTH, DEPTH, RUNS, BLOCKS, EVERY, WARM_UP = 32, 50_000, 2, 50, 100, 1000
VANILLA = (1, 10, 40, 160, 640)
LAYERS = (1, 10, 100, 1000, 10_000, DEPTH)


def vanilla(seed: tuple[int, int]) -> None:
    """Print r of a vanilla net without skip at some layers, from Gaussian inputs."""
    run = simulate(
        rank_network(WIDTH, WIDTH, normalise=False),
        depth=VANILLA[-1],
        replicas=100,
        seed=seed,
        initial_state=stream(seed, 0, 1).standard_normal((WIDTH, WIDTH)),
        observables={"stable_rank": stable_rank},
    )
    for layer in VANILLA:
        values = run.values["stable_rank"][:, layer]
        lower, upper = mean_bounds(values, lowest=1, highest=WIDTH, level=LEVEL)
        print(
            f"without BN, layer {layer}: r {values.mean():.3f} (95% interval {lower:.3f} to "
            f"{upper:.3f}), in single runs {values.min():.3f} to {values.max():.3f}"
        )


def main() -> None:
    """Draw the figure, print the mean rank of late layers and the surviving singular values."""
    given = arguments(__doc__ or "")
    figure = new_figure("Figure 2: d = N = 32, uniform weights", "layer", "numerical rank", 2)
    ranks, values = figure.axes
    middles = WARM_UP + (np.arange(BLOCKS) + 0.5) * (DEPTH - WARM_UP) / BLOCKS
    for number, normalise in enumerate((True, False)):
        name = "with BN" if normalise else "without BN"
        run = rank_chain(
            rank_network(WIDTH, WIDTH, weights=Weights.UNIFORM, recenter=True, normalise=normalise),
            depth=DEPTH,
            burn_in=WARM_UP,
            every=EVERY,
            blocks=BLOCKS,
            replicas=RUNS,
            seed=(given.seed, 1 + normalise),
        )
        found = batch_means(run, "numerical_rank", level=LEVEL)
        print(
            f"{name}: numerical rank {found.mean:.3f} (95% interval {found.lower:.3f} to "
            f"{found.upper:.3f}, {found.basis}; halves differ by {found.drift:.3f})"
        )
        ranks.plot(
            middles,
            run.block_means("numerical_rank").mean(axis=0),
            color=COLOURS[number],
            label=name,
        )
    ranks.axhline(2 * math.sqrt(WIDTH), label="2√d", **THEORY)
    ranks.set_ylim(bottom=0)
    ranks.legend()
    vanilla((given.seed, 4))
    # A linear net with recentring is one without it, started from centred columns.
    centred = math.sqrt(WIDTH) * (np.eye(WIDTH) - 1 / WIDTH)
    deep = deep_chain(
        rank_network(WIDTH, WIDTH, weights=Weights.UNIFORM),
        depth=10_000,
        replicas=1,
        at=[layer for layer in LAYERS if layer <= 10_000],
        seed=(given.seed, 3),
        initial_state=centred,
        observables={},
    )
    logs = deep.log_singular_values[0] / math.log(10)
    for layer, row in zip(deep.layers, logs, strict=True):
        values.plot(np.arange(1, len(row) + 1), row, ".-", label=f"layer {layer}")
    alive = int((logs[-1] > logs[-1, 0] + math.log10(np.finfo(np.float64).eps)).sum())
    print(f"singular values within double precision at layer 10000: {alive}")
    print(f"smallest of {logs.shape[1]} at layer 10000: 10^{logs[-1, -1]:.1f}")
    values.axvline(2 * math.sqrt(WIDTH), **THEORY)
    values.set_yscale("symlog")
    values.set_ylim(-5 * abs(logs[-1, -1]), 1e3)
    values.set_xlabel("index i")
    values.set_ylabel("log10 of singular value, with BN")
    values.legend(loc="upper right", ncols=2, fontsize="small")
    save(figure, given.out, "daneshmand2020_figure_2")


if __name__ == "__main__":
    main()
