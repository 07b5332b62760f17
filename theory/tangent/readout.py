"""From features at positions to features of samples: their mean, or all of them side by side."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.attention import Attention, Average
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.residual import Residual
from depthlaw.theory.tangent.features import Entries, Features, Known, Unknown


class Readout(StrEnum):
    """What is done with the positions of a sample between the last layer and the head."""

    AVERAGE = "average"
    """The mean over the positions: global average pooling."""
    FLATTEN = "flatten"
    """All positions become features."""


def read_out(state: Features, readout: Readout, network: Network) -> Features:
    """Return the features of the samples.

    The mean has K(s, s′) = mean over p, p′ of K((s, p), (s′, p′)); flattened positions have the
    mean over p of K((s, p), (s′, p)). Θ alike.
    """
    samples = network.batch
    places = network.columns // samples

    def reduced(matrix: Entries) -> Entries:
        table = matrix.reshape(samples, places, samples, places)
        if readout is Readout.AVERAGE:
            return np.asarray(table.sum(axis=3).sum(axis=1) / places**2)
        here = np.arange(places)
        return np.asarray(table[:, here, :, here].sum(axis=0) / places)

    K, T = reduced(state.nngp), None if state.ntk is None else reduced(state.ntk)
    mean = None
    if state.mean is not None:
        mean = state.mean.reshape(samples, places).sum(axis=1) / places
    law: Known | Unknown = Unknown("positions were put side by side or averaged: add linear")
    if state.gaussian and readout is Readout.AVERAGE:
        law = Known(K, T)
    return state.but(K, T, mean=mean, law=law)


def behind(network: Network) -> Network:
    """Return the network that the head is, on samples without positions.

    Raises
    ------
    ArgumentError
        If the head needs positions.
    """
    _check(network.head)
    return Network(network.width, network.batch, network.head)


def _check(operations: tuple[object, ...]) -> None:
    for operation in operations:
        if isinstance(operation, Attention | Average):
            raise ArgumentError(
                "head", operation.describe(), "behind a readout no tokens are left: leave it out"
            )
        if isinstance(operation, Residual):
            _check(operation.branch)
