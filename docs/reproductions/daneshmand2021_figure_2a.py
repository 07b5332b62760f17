"""Figure 2a: from near rank one the gap falls by n/(n+2) per layer, then width stops it."""

from __future__ import annotations

import numpy as np
from _figure import COLOURS, THEORY, Array, arguments, new_figure, save

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.gram import orthogonality_gap
from depthlaw.theory.orthogonalization.spectral_map import TwoLevelSpectrum
from depthlaw.theory.rigorous.balls import ball, precision

BATCH, WIDTHS, DEPTH, RUNS = 4, (32, 512), 60, 20
SMALL = 10**-6
"""The other diagonal entries of H₀; its Gram matrix has their squares."""


def gaps(width: int, seed: int) -> Array:
    """Return V for each run and layer."""
    run = simulate(
        Network(width, BATCH, (Linear(), Rescale())),
        depth=DEPTH,
        replicas=RUNS,
        seed=seed,
        initial_gram=np.diag([1.0] + [SMALL**2] * (BATCH - 1)),
        observables={"gap": orthogonality_gap},
    )
    return run.values["gap"]


def wide_limit() -> Array:
    """Return V of the recursion λ ← p(λ), enclosed to double precision."""
    with precision(256):
        spectrum = TwoLevelSpectrum(BATCH, 1, ball(1), ball(SMALL) ** 2)
        values = []
        for _ in range(DEPTH + 1):
            values.append(float(spectrum.gap.mid()))
            spectrum = spectrum.next()
    return np.array(values)


def main() -> None:
    """Draw the figure and print where each width levels off."""
    given = arguments(__doc__ or "")
    stationary = claim("orthogonalization.stationary-gap")
    figure = new_figure("Figure 2a: n = 4, from near rank one", "layer", "orthogonality gap V")
    (axis,) = figure.axes
    axis.semilogy(wide_limit(), label="wide limit", **THEORY)
    for width, colour in zip(WIDTHS, COLOURS, strict=False):
        values = gaps(width, given.seed)
        floor = stationary.bound(batch=BATCH, width=width).upper ** 0.5
        axis.semilogy(values.T, color=colour, alpha=0.15)
        axis.semilogy(values.mean(axis=0), color=colour, label=f"d = {width}")
        axis.axhline(floor, color=colour, linestyle=":", linewidth=1)
        late = np.sqrt((values[:, DEPTH // 2 :] ** 2).mean())
        print(f"d = {width}: root mean square gap {late:.4f} at late layers, theory {floor:.4f}")
    axis.set_ylim(bottom=1e-3)
    axis.legend()
    save(figure, given.out, "daneshmand2021_figure_2a")


if __name__ == "__main__":
    main()
