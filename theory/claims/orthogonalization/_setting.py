"""The setting of daneshmand2021, shared by its claims.

H_{ℓ+1} = (1/√d) BN(W_ℓ H_ℓ) with BN(M) = diag(MMᵀ)^{−1/2} M, Gaussian W_ℓ, no recentring, linear
activation. All functionals below are of G/tr G, so the factor 1/√d and the scale of W drop out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.claim import Domain, Measured, Observed, Parameter, PathAssumption, Requires
from depthlaw.theory.network import Linear, Network, Rescale, gram
from depthlaw.theory.writing import symbols

MODEL = ("Gaussian weights", "linear layers, rescaled over the batch without recentring")
WITH_ACTIVATION = (
    "Gaussian weights",
    "rescaling over the batch without recentring, then the activation",
)
Array = NDArray[np.float64]

HIGHEST_GAP = sp.sqrt(1 - 1 / symbols.n)
"""V never exceeds √(1 − 1/n), which rank-one batches attain."""

LYAPUNOV = Parameter("lyapunov", symbols.lyapunov, Domain.REAL, 0, "Lyapunov function V̂ of H")
SMALLEST = Parameter(
    "smallest", symbols.lam, Domain.REAL, 0, "smallest eigenvalue λ_n of HᵀH at trace 1"
)
EIGENVALUES = Parameter(
    "eigenvalues", sp.Symbol("lambda"), Domain.SPECTRUM, 0, "eigenvalues of HᵀH, at any scale"
)


def at_most_one_over_batch(parameter: Parameter) -> Requires:
    """Return the condition parameter ≤ 1/n, which trace 1 forces."""
    return Requires(parameter.symbol <= 1 / symbols.n, "at most 1/batch, since the trace is 1")


def on_a1(condition: str) -> str:
    """Return what E[X; A₁] means, with the condition that makes up the event A₁."""
    return f"E(X; A₁) counts X as 0 where A₁ fails: A₁ is {condition} for k = 1, …, ℓ"


A1 = on_a1("λ_min(H_kᵀH_k) ≥ α at trace 1")
NON_SINGULAR_START = "λ_min(H_0ᵀH_0) > 0: a start of rank r < n keeps V² ≥ 1/r − 1/n"
RANK_SURVIVES = Requires(
    symbols.n <= 2 * sp.sqrt(symbols.d),
    "a larger batch loses rank with depth (rank.large-batch-rank)",
)
WIDTH_AT_LEAST_BATCH = Requires(symbols.d >= symbols.n, "a width of at least the batch")


def measured(
    spectrum: Sequence[Fraction],
    *,
    width: int,
    depth: int,
    observables: Mapping[str, gram.Functional],
    per_replica: Callable[[Observed], Array],
    highest: float,
    lowest: float = 0.0,
    assumption: PathAssumption | None = None,
    layers: tuple[int, ...] | None = None,
) -> Measured:
    """Describe a batch-normalised linear network started at a diagonal Gram matrix.

    The law of every functional here depends on the starting Gram matrix through its spectrum only.
    """
    return Measured(
        Network(width, len(spectrum), (Linear(), Rescale())),
        np.diag([float(value) for value in spectrum]),
        depth,
        observables,
        per_replica,
        lowest,
        highest,
        assumption,
        layers,
    )


def flat(batch: int, smallest: Fraction | None = None) -> list[Fraction]:
    """Return a spectrum of trace 1: one eigenvalue is `smallest`, the others are equal."""
    n = batch
    low = Fraction(1, n) if smallest is None else smallest
    return [(1 - low) / (n - 1)] * (n - 1) + [low]


def outlier(batch: int, smallest: Fraction) -> list[Fraction]:
    """Return a spectrum of trace 1: all eigenvalues but one are `smallest`."""
    return [1 - (batch - 1) * smallest] + [smallest] * (batch - 1)


def shares(*weights: int) -> list[Fraction]:
    """Return a spectrum of trace 1 in proportion to whole numbers."""
    return [Fraction(weight, sum(weights)) for weight in weights]


def geometric(batch: int, ratio: Fraction) -> list[Fraction]:
    """Return a spectrum of trace 1 whose eigenvalues fall by the factor `ratio`."""
    powers = [ratio**k for k in range(batch)]
    return [power / sum(powers) for power in powers]


def smallest_stays_above(threshold: Fraction, depth: int, *, power: int = 1) -> PathAssumption:
    """Return assumption A₁ on a trajectory: λ_min(H_k)^{1/power} ≥ threshold for k = 1..ℓ.

    The last layer recorded is ℓ + 1, which A₁ leaves free. `power` is 2 where the paper's α is read
    as a bound on the singular value itself.
    """
    name = {1: "λ_min(H_k)", 2: "σ_min(H_k)"}[power]
    return PathAssumption(
        f"A₁: {name} ≥ α for k = 1..{depth}",
        lambda observed: observed["smallest"][:, 1:-1].min(axis=1) ** (1 / power),
        float(threshold),
    )


def last_gap(observed: Observed) -> Array:
    """Return V(H_{ℓ+1}) for each trajectory."""
    return observed["gap"][:, -1]


def last_square_gap(observed: Observed) -> Array:
    """Return V(H_{ℓ+1})² for each trajectory."""
    return observed["gap"][:, -1] ** 2


GAP: Mapping[str, gram.Functional] = {"gap": gram.orthogonality_gap}
GAP_AND_SMALLEST: Mapping[str, gram.Functional] = {
    "gap": gram.orthogonality_gap,
    "smallest": gram.smallest_eigenvalue,
}
