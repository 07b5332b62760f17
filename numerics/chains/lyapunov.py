"""Lyapunov spectra of products of steps A_ℓ = I + γW_ℓ (or W_ℓ), by QR in every layer.

With Q_{ℓ+1} R_{ℓ+1} = A_ℓ Q_ℓ the i-th exponent is L_i = lim (1/ℓ) Σ log R_ii, almost surely. What
a run yields are increments log R_ii, averaged over the layers after a burn-in in which the frame Q
forgets where it started.

Two intervals, with what they rest on:

* **Any law** (`lyapunov_spectrum`): Student's t over the averages of independent replicas. Within a
  replica layers may depend on each other in any way; that averages over many layers are normal is
  asymptotic. No proved range exists, log R_ii being unbounded.
* **Gaussian weights, no skip** (`gaussian_deviation`): W Q has the law of W for every orthogonal Q,
  so the increments are exactly independent over layers *and* indices, with R_ii² ~ χ²_{d−i+1}. The
  mean of K of them is then within an interval that Chernoff's bound proves for every K, from
  E e^{t·log χ²_k} = 2^t Γ(k/2 + t)/Γ(k/2). No burn-in is needed, and no normality assumed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, gammaln
from scipy.stats import t as student

from depthlaw.numerics.chains.layers import check_strength, rank_network
from depthlaw.numerics.chains.runner import Options, Steps, Tables, run
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.haar import frames
from depthlaw.numerics.sampling.plan import require_tables
from depthlaw.numerics.sampling.routes import Route
from depthlaw.numerics.streams import Seed, stream
from depthlaw.theory.errors import ArgumentError, integer, probability
from depthlaw.theory.network import Linear, Weights
from depthlaw.theory.network.weight_law import WeightLaw

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LyapunovSpectrum:
    """Exponents L_1 ≥ … ≥ L_k per layer, in nats.

    Attributes
    ----------
    exponents, lower, upper
        Means and intervals, shape (k,): all intervals hold together but for a probability `level`,
        in the limit of long runs (Student's t over replicas, Bonferroni over i).
    replica_means
        Mean increments of each replica, shape (replicas, k).
    width, strength, layers, level, seed
        d, γ, the layers averaged over in each replica, the level, and the seed.
    """

    exponents: Array
    lower: Array
    upper: Array
    replica_means: Array
    width: int
    strength: float
    layers: int
    level: float
    seed: Seed

    @property
    def gaps(self) -> Array:
        """L_i − L_{i+1}, shape (k−1,): the rate at which σ_{i+1}/σ_i vanishes."""
        return np.asarray(self.exponents[:-1] - self.exponents[1:])


def lyapunov_spectrum(
    width: int,
    strength: float = math.inf,
    *,
    depth: int,
    replicas: int,
    burn_in: int = 0,
    count: int | None = None,
    weights: Weights | WeightLaw = Weights.GAUSSIAN,
    level: float = 0.05,
    seed: int | Sequence[int] = 0,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> LyapunovSpectrum:
    """Return the largest `count` exponents of products of I + γW, or of W for γ = ∞.

    Parameters
    ----------
    width, strength
        d ≥ 1 and γ ∈ (0, ∞].
    depth, burn_in
        Layers, the first `burn_in` of them left out.
    replicas
        Independent products ≥ 2.
    count
        From 1 to d; all by default.
    weights
        Law of W, entries of variance 1.
    level
        In (0, 1), for all exponents together.
    seed, executor, progress
        As in `simulate`; bit-identical for any number of workers.

    Raises
    ------
    ArgumentError
        If an argument is out of range, `burn_in` is not below `depth`, or a step is singular to
        double precision.
    UnfinishedError
        If the workers are lost, with the means of the replicas that are through.

    Examples
    --------
    Orthogonal matrices neither stretch nor shrink:

    >>> found = lyapunov_spectrum(4, weights=Weights.HAAR, depth=10, replicas=2)
    >>> bool(np.abs(found.exponents).max() < 4**2 * 8 * np.finfo(float).eps)
    True
    """
    d = integer("width", width)
    k = d if count is None else integer("count", count)
    if k > d:
        raise ArgumentError("count", k, f"a product of {d}×{d} matrices has {d} exponents")
    network = rank_network(d, k, strength, weights=weights, normalise=False)
    options = Options.checked(
        network,
        depth=depth,
        replicas=integer("replicas", replicas, at_least=2),
        burn_in=burn_in,
        fewest=1,
        seed=seed,
        executor=executor,
        progress=progress,
    )
    require_tables(1, options.replicas, k, k)
    delta = probability("level", level)
    linear = network.layer[0]
    assert isinstance(linear, Linear), "made just now"
    opened = partial(_Frame, linear, (d, k), options.seed)
    replicas, layers = options.replicas, options.window.observed

    def averages(sums: Tables, last: Tables, rows: range) -> Array:
        return np.asarray(sums["increments"][:, 0] / layers)

    means = run(opened, Route.EXPLICIT, options, averages)
    scatter = means.std(axis=0, ddof=1) / math.sqrt(replicas)
    half = float(student.isf(delta / (2 * k), replicas - 1)) * scatter
    exponents = means.mean(axis=0)
    return LyapunovSpectrum(
        exponents=exponents,
        lower=exponents - half,
        upper=exponents + half,
        replica_means=means,
        width=d,
        strength=math.inf if check_strength(strength) is None else float(strength),
        layers=layers,
        level=delta,
        seed=options.seed,
    )


class _Frame:
    """The state Q, shape (replicas, d, k), and log R_ii of the last step."""

    increments: Array

    def __init__(self, linear: Linear, shape: tuple[int, int], seed: Seed, replicas: range) -> None:
        self.linear, self.streams = linear, [stream(seed, replica) for replica in replicas]
        self.frame = frames(self.streams, *shape)

    def steps(self, layers: range) -> Steps:
        d, k = self.frame.shape[-2:]
        for layer in layers:
            moved = draw_weights(self.linear, d, self.streams) @ self.frame
            if self.linear.residual is not None:
                moved = self.frame + self.linear.residual * moved
            self.frame, R = np.linalg.qr(moved)
            pivots = np.abs(np.diagonal(R, axis1=1, axis2=2))
            lengths = np.sqrt(np.square(R).sum(axis=1))
            if not (pivots > k * float(np.finfo(np.float64).eps) * lengths).all():
                raise ArgumentError(
                    "weights",
                    self.linear.describe(),
                    f"the step of layer {layer} is singular to double precision: take a law with "
                    "a density, or fewer exponents",
                )
            self.increments = np.log(pivots)
            yield

    def observe(self) -> dict[str, Array]:
        return {"increments": self.increments}

    def last(self) -> dict[str, Array]:
        return {}


def gaussian_deviation(
    width: int, index: int, increments: int, *, level: float
) -> tuple[float, float]:
    """Return (a, b) that hold the mean of independent increments log R_ii, W Gaussian, γ = ∞.

    By Chernoff's bound the mean of K increments ½ log χ²_{d−i+1} leaves [a, b] with probability at
    most `level`, half of it on each side; exact in law for every K.

    Parameters
    ----------
    width, index
        d and i, 1 ≤ i ≤ d.
    increments
        K ≥ 1: layers times replicas.
    level
        In (0, 1).

    Raises
    ------
    ArgumentError
        If an argument is out of range.

    Examples
    --------
    >>> a, b = gaussian_deviation(8, 3, 1000, level=1e-6)
    >>> a < (math.log(2) + float(digamma(3))) / 2 < b
    True
    """
    d, i = integer("width", width), integer("index", index)
    if i > d:
        raise ArgumentError("index", i, f"there are {d} exponents")
    rate = math.log(2 / probability("level", level)) / integer("increments", increments)
    half = (d - i + 1) / 2
    # The scale 2 of χ² only shifts its logarithm; y = log Gamma(k/2), and the increment is half it.
    ends = [_chernoff_end(half, rate, sign) for sign in (-1, 1)]
    a, b = ((math.log(2) + end) / 2 for end in ends)
    return a, b


def _chernoff_end(shape: float, rate: float, sign: int) -> float:
    """Return y beyond which the mean of log Gamma(shape) has probability e^{−K·rate}.

    With tilt t the end is ψ(shape + t), where the rate function t ψ(a+t) − log Γ(a+t) + log Γ(a)
    equals `rate`.
    """

    def excess(tilt: float) -> float:
        lift = tilt * digamma(shape + tilt) - gammaln(shape + tilt) + gammaln(shape)
        return float(lift) - rate

    if sign > 0:
        most = 1.0
        while excess(most) < 0:
            most *= 2
        return float(digamma(shape + brentq(excess, 0.0, most)))
    # Down to −shape the rate function grows without end; powers of two get there without reaching.
    gap = shape / 2
    while excess(gap - shape) < 0:
        gap /= 2
    return float(digamma(shape + brentq(excess, gap - shape, 0.0)))
