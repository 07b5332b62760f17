"""Activations with mean 0 or second moment 1 under the Gaussian weight."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.activations.definition import Activation, takes_activation
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.hermite.mean import mean, second_moment
from depthlaw.theory.rigorous.zero import sign_of


@takes_activation
def normalised(activation: Activation) -> Activation:
    """Return φ/√(E φ²), x ~ N(0, 1): its kernel map has κ(1) = 1.

    Raises
    ------
    ArgumentError
        If φ is zero.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> second_moment(normalised(activation("relu")))
    1
    """
    square = second_moment(activation)
    if sign_of(square) != 1:
        raise ArgumentError("activation", activation.name, "it is zero and has no norm")
    zero = sp.Integer(0)
    return activation.affine(1 / sp.sqrt(square), zero, f"normalised({activation.name})")


@takes_activation
def centred(activation: Activation) -> Activation:
    """Return φ − E φ, x ~ N(0, 1).

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> mean(centred(activation("relu")))
    0
    """
    return activation.affine(sp.Integer(1), -mean(activation), f"centred({activation.name})")
