"""How far a layer is from a Gaussian matrix: W₂ between law(W_ℓH_ℓ) and law(G/√n).

W_ℓ and G ∈ R^{d×n} have i.i.d. N(0, 1/d) entries, and H_ℓ is scaled to Frobenius norm one (which
batch normalisation does by itself in daneshmand2021, Lemma 2).

**Gram form.** Both laws are invariant under left rotations X ↦ OX. For X, Y ∈ R^{d×n}

    min_O ‖X − O Y‖_F² = ‖X‖² + ‖Y‖² − 2 ‖X Yᵀ‖_* = Bures(XᵀX, YᵀY)²,

so a joint law of (X, Y) costs at least the Bures cost of its Gram matrices. Conversely, take a
joint law of Gram matrices, for each pair of them aligned X_0 and Y_0, at the distance above, and
one Haar rotation O for both, independent of the rest. O(d) acts transitively on the matrices of one
Gram matrix, so a rotation-invariant law is that of O X_0, and (O X_0, O Y_0) has the marginals.
So W₂² equals the transport cost between the laws of the Gram matrices under the Bures distance.

**The laws.** Given C_ℓ = H_ℓᵀH_ℓ, the Gram matrix of W_ℓH_ℓ is C^{1/2} S C^{1/2} with d·S Wishart
of d degrees of freedom and identity scale; that of G/√n is S/n. Bartlett's decomposition draws S
exactly for any width. Drawn with one S for both, as here, the pairs have a mean cost of at most
the coupling cost of `depthlaw.numerics.transport.coupling`, and so

    W₂² ≤ E Ŵ² ≤ E ‖C_ℓ^{1/2} − I/√n‖_F².

The right-hand side is bounded by its range, which is what makes `upper` finite: the laws
themselves are unbounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.streams import check_seed, stream
from depthlaw.numerics.transport.assignment import assign
from depthlaw.numerics.transport.bures import pairwise_bures
from depthlaw.numerics.transport.cost import FEWEST, TransportCost, assemble
from depthlaw.numerics.transport.coupling import cost_bounds, coupling_cost
from depthlaw.theory.errors import ArgumentError, instance, integer, probability
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import trace_normalised

Array = NDArray[np.float64]

# The number of a chunk of neurons that no layer has: its stream is free for S.
_STREAM = 2**31


def distance_to_gaussian(
    network: Network,
    *,
    depth: int,
    replicas: int,
    level: float,
    seed: int | Sequence[int] = 0,
    initial_gram: ArrayLike | None = None,
    initial_state: ArrayLike | None = None,
    executor: Executor | None = None,
) -> TransportCost:
    """Estimate and bound W₂² between law(W_ℓH_ℓ/‖H_ℓ‖) and law(G/√n).

    Parameters
    ----------
    network
        Any network with a batch n ≥ 2; W_ℓ is Gaussian whatever its own weights are.
    depth
        ℓ ≥ 0.
    replicas
        Independent networks ≥ 8. Time grows with their square: 256 take seconds.
    level
        Probability, in (0, 1), with which a bound may fail.
    seed, initial_gram, initial_state, executor
        As in `simulate`.

    Returns
    -------
    TransportCost
        `plug_in` estimates W₂² and exceeds it on average, `lower` and `upper` bound it, and
        `upper` bounds the mean of `plug_in` too.

    Raises
    ------
    ArgumentError
        If an argument is impossible.
    DepthlawError
        If POT is not installed.

    Examples
    --------
    From an isotropic start both laws are one, and common random numbers see it:

    >>> from depthlaw.theory.network import Linear, Rescale
    >>> network = Network(width=50, batch=2, layer=(Linear(), Rescale()))
    >>> cost = distance_to_gaussian(
    ...     network, depth=0, replicas=16, level=0.01, initial_gram=np.eye(2)
    ... )
    >>> cost.lower == 0 and bool(cost.plug_in < np.finfo(float).eps)
    True
    """
    delta = probability("level", level)
    replicas = integer("replicas", replicas, at_least=FEWEST)
    n = instance("network", network, Network, "a Network").columns
    if n < 2:
        raise ArgumentError("batch", n, "one sample has a constant C: take at least 2")
    entropy = check_seed(seed)
    run = simulate(
        network,
        depth=depth,
        replicas=replicas,
        seed=seed,
        initial_gram=initial_gram,
        initial_state=initial_state,
        observables={},
        executor=executor,
    )
    if not np.trace(run.final_gram, axis1=-2, axis2=-1).all():
        raise ArgumentError("network", network.describe(), "a layer came out zero")
    C = trace_normalised(run.final_gram)
    # One side of a two-sided interval fails with half its level.
    upper = cost_bounds(n, delta).update(coupling_cost(C)).interval()[1]
    generators = [stream(entropy, replica, _STREAM) for replica in range(replicas)]
    L = np.stack([wishart_factor(generator, n, network.width) for generator in generators])
    F, G = _root(C) @ L, L / math.sqrt(n)
    plug_in = assign(pairwise_bures(F, G) ** 2).cost
    return assemble(F, G, plug_in, upper, delta, "the coupling of daneshmand2021, Lemma 2")


def wishart_factor(generator: Generator, batch: int, width: int) -> Array:
    """Return a random L, shape (n, min(n, d)), with L Lᵀ distributed as ZᵀZ, Z_ij ~ N(0, 1/d).

    Bartlett's decomposition (1933): √d L is lower trapezoidal with independent entries, standard
    normal below the diagonal, and the square of the i-th diagonal entry χ²(d − i), i = 0, 1, …

    >>> L = wishart_factor(np.random.default_rng(0), 5, 3)
    >>> bool(np.array_equal(L, np.tril(L)) and np.linalg.matrix_rank(L @ L.T) == 3)
    True
    """
    columns = min(batch, width)
    L = np.tril(generator.standard_normal((batch, columns)), -1)
    diagonal = np.arange(columns)
    L[diagonal, diagonal] = np.sqrt(2 * generator.standard_gamma((width - diagonal) / 2))
    return np.asarray(L / math.sqrt(width))


def _root(gram: Array) -> Array:
    values, vectors = np.linalg.eigh(gram)
    return np.asarray(
        (vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]) @ vectors.swapaxes(-2, -1)
    )
