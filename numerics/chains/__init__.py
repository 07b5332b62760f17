"""Chains of normalised layers, and the rank that survives them (daneshmand2020).

============================  ====================================================================
question                      answer
============================  ====================================================================
how large is r on average?    `rank_chain`, then `ergodic_average` or `batch_means`
… when N is large?            `covariance_chain`: the same on M, at a cost free of N
what becomes of every σ_i?    `deep_chain`: their logarithms, at any depth
how fast do vanilla nets      `lyapunov_spectrum`, with exact margins for Gaussian weights in
collapse?                     `gaussian_deviation`
which mean of the weights     `collapse_threshold`
breaks it?
is Lemma 1 true for my H?     `rank_bounds`
how do I start with rank?     `pretrain`
============================  ====================================================================

`rank_network` makes the paper's layers for γ ∈ (0, ∞] and any law of weights.
"""

from depthlaw.numerics.chains.averages import Basis, ErgodicAverage, batch_means, ergodic_average
from depthlaw.numerics.chains.chain import ChainAverages, rank_chain
from depthlaw.numerics.chains.covariance import covariance_chain
from depthlaw.numerics.chains.layers import rank_network, step_covariance, step_state
from depthlaw.numerics.chains.lemma import RankBounds, rank_bounds
from depthlaw.numerics.chains.linear_chain import DeepChain, deep_chain
from depthlaw.numerics.chains.lyapunov import (
    LyapunovSpectrum,
    gaussian_deviation,
    lyapunov_spectrum,
)
from depthlaw.numerics.chains.observables import numerical_rank, rank_observables
from depthlaw.numerics.chains.pretrain import Pretrained, pretrain, stable_rank_gradient
from depthlaw.numerics.chains.threshold import CollapseThreshold, collapse_threshold

__all__ = [
    "Basis",
    "ChainAverages",
    "CollapseThreshold",
    "DeepChain",
    "ErgodicAverage",
    "LyapunovSpectrum",
    "Pretrained",
    "RankBounds",
    "batch_means",
    "collapse_threshold",
    "covariance_chain",
    "deep_chain",
    "ergodic_average",
    "gaussian_deviation",
    "lyapunov_spectrum",
    "numerical_rank",
    "pretrain",
    "rank_bounds",
    "rank_chain",
    "rank_network",
    "rank_observables",
    "stable_rank_gradient",
    "step_covariance",
    "step_state",
]
