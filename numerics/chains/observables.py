"""What is measured along a chain: ranks of M = HHᵀ/N as functions of the batch's Gram matrix."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.chains.lemma import check_threshold
from depthlaw.theory.errors import instance, items
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import of_grams, soft_rank, spectrum, stable_rank
from depthlaw.theory.network.observables import Observable

Array = NDArray[np.float64]


@of_grams
def numerical_rank(gram: Array) -> Array:
    """Return #{i : λ_i > N·eps·λ_1}, shape (...), of Gram matrices of shape (..., N, N).

    The nonzero eigenvalues are those of M. In singular values of H the threshold is √(N·eps)·σ_1,
    which is what a Gram matrix in double precision can tell from zero.

    >>> float(numerical_rank(np.diag([1.0, 1e-10, 1e-20])))
    2.0
    """
    values = spectrum(gram)
    floor = gram.shape[-1] * np.finfo(np.float64).eps * values[..., :1]
    return np.asarray((values > floor).sum(axis=-1), dtype=np.float64)


def rank_observables(
    network: Network, thresholds: Sequence[float] = (0.5,)
) -> dict[str, Observable]:
    """Return ``stable_rank`` (r), ``soft_rank(τ)`` for each τ and ``numerical_rank``.

    Their ranges are [1, min(d, N)] and, for the soft ranks, [0, min(d, N)].

    Raises
    ------
    ArgumentError
        If a threshold is outside [0, 1].

    Examples
    --------
    >>> from depthlaw.numerics.chains.layers import rank_network
    >>> found = rank_observables(rank_network(8, 4))
    >>> found["soft_rank(0.5)"].highest(4) == found["stable_rank"].highest(4) == 4
    True
    """
    d = instance("network", network, Network, "a Network").width

    def most(batch: int) -> float:
        return float(min(d, batch))

    found = [Observable("stable_rank", stable_rank, lambda n: 1.0, most)]
    for threshold in items("thresholds", thresholds, "numbers"):
        tau = check_threshold(threshold)
        counted = partial(soft_rank, threshold=tau, width=d)
        found.append(Observable(f"soft_rank({tau:g})", counted, lambda n: 0.0, most))
    found.append(Observable("numerical_rank", numerical_rank, lambda n: 1.0, most))
    return {observable.name: observable for observable in found}
