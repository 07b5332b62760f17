"""Wasserstein-2 distances between laws of batches, through their Gram matrices.

=========================  ===========================  ========================================
name                       what it is to W₂²            needs
=========================  ===========================  ========================================
`coupling_bound`           an upper bound               a network
`TransportCost.upper`      an upper bound               a bound on the cost, or the coupling
`TransportCost.lower`      a lower bound                samples
`TransportCost.plug_in`    an estimate, biased upwards  samples
=========================  ===========================  ========================================

`bures_distance` is the distance on which all of them rest. Comparing samples takes POT (extra
`transport`); `coupling_bound` and `bures_distance` do not.
"""

from depthlaw.numerics.transport.bures import (
    bures_cost,
    bures_distance,
    bures_distance_of_grams,
    pairwise_bures,
)
from depthlaw.numerics.transport.cost import TransportCost, transport_cost
from depthlaw.numerics.transport.coupling import CouplingBound, coupling_bound, coupling_cost
from depthlaw.numerics.transport.gaussian import distance_to_gaussian

__all__ = [
    "CouplingBound",
    "TransportCost",
    "bures_cost",
    "bures_distance",
    "bures_distance_of_grams",
    "coupling_bound",
    "coupling_cost",
    "distance_to_gaussian",
    "pairwise_bures",
    "transport_cost",
]
