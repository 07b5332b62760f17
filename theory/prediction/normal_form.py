"""A sequence with one activation as a correlation map: ρ ↦ (A κ(ρ) + B)/(A κ(1) + B).

It holds exactly, so that fixed points and rates of `depthlaw.theory.kernels` apply. The sequence
starts at Gaussian rows of covariance qρ and ends behind fresh neurons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.kernels.correlation_map import CorrelationMap
from depthlaw.theory.kernels.kernel_map import KernelMap
from depthlaw.theory.network.linear import Linear, Variance
from depthlaw.theory.network.normalise import (
    BatchNorm,
    LayerNorm,
    Over,
    Recenter,
    Rescale,
    RMSNorm,
)
from depthlaw.theory.network.residual import Operation
from depthlaw.theory.prediction.catalogue import formula_of
from depthlaw.theory.rigorous.zero import sign_of


@dataclass(frozen=True)
class NormalForm:
    """The map of a sequence.

    Attributes
    ----------
    correlation_map
        f.
    size
        The second moment behind it: a number, or, where `scales`, a multiple of that before it.
        None where ε leaves it open.
    scales
        Whether it is in proportion to the second moment before it.
    """

    correlation_map: CorrelationMap
    size: sp.Expr | None
    scales: bool


def flattened(operations: Sequence[Operation]) -> list[Operation]:
    """Return operations with norms in their two halves."""
    found: list[Operation] = []
    for operation in operations:
        if isinstance(operation, BatchNorm | LayerNorm | RMSNorm):
            found.extend(operation.parts)
        else:
            found.append(operation)
    return found


def is_plain_linear(operation: Operation) -> bool:
    """Whether it is a dense layer that has a wide limit and no skip."""
    return (
        isinstance(operation, Linear)
        and operation.residual is None
        and not operation.mean
        and operation.variance is not Variance.UNIT
    )


def variances_of(operation: Linear) -> tuple[sp.Rational, sp.Rational]:
    """Return σ_w² and σ_b², exactly the floats of the layer."""
    weight = 1 if isinstance(operation.variance, Variance) else sp.Rational(operation.variance)
    return sp.Rational(weight), sp.Rational(operation.bias)


def is_feature_norm(operation: Operation) -> bool:
    """Whether it divides by the root mean square over the features."""
    return isinstance(operation, Rescale) and operation.over is Over.FEATURES


def normal_form(
    operations: Sequence[Operation], *, growing: bool = False, size: sp.Expr | None = None
) -> NormalForm | None:
    """Return the map of a sequence, or None where it is not of this form.

    Parameters
    ----------
    growing
        Whether the second moment before it tends to infinity, so that ε of a norm vanishes.
    size
        The second moment before it, where it is known.

    Examples
    --------
    >>> from depthlaw.theory.network.text import parse_layer
    >>> found = normal_form(parse_layer("relu,layernorm:epsilon=0,linear"))
    >>> sp.simplify(found.correlation_map.slope_at_zero - sp.pi / (2 * sp.pi - 2)), found.size
    (0, 1)
    """
    steps = flattened(operations)
    if not isinstance(steps[-1], Linear):
        return None  # then rows have a mean, and a skip its product with that of the stream
    walker = _Walker(growing, sp.Integer(1) if size is None else size, size is not None)
    try:
        for operation in steps:
            if not walker.take(operation):
                return None
    except ArgumentError:
        return None
    return walker.found()


class _Walker:
    """Before φ the covariance is `size` ρ, behind it `scale` κ(ρ) + `offset`, of mean square M."""

    def __init__(self, growing: bool, size: sp.Expr, absolute: bool) -> None:
        self.growing, self.absolute = growing, absolute
        self.size: sp.Expr | None = size
        self.kernel: KernelMap | None = None
        self.scale, self.offset, self.mean_square = sp.Integer(1), sp.Integer(0), sp.Integer(0)

    def take(self, operation: Operation) -> bool:
        match operation:
            case Elementwise() if self.kernel is None:
                return self._activate(operation)
            case Linear() if is_plain_linear(operation):
                return self._linear(*variances_of(operation))
            case Recenter(over=Over.FEATURES):
                self.offset -= self.mean_square
                self.mean_square = sp.Integer(0)
                return True
            case Rescale(over=Over.FEATURES):
                return self._rescale(sp.Rational(operation.epsilon))
        return False

    @property
    def diagonal(self) -> sp.Expr:
        if self.kernel is None:
            return sp.Integer(1)
        return self.scale * self.kernel.at_one + self.offset

    def _activate(self, operation: Elementwise) -> bool:
        phi = formula_of(operation)
        if phi is None:
            return False
        if not phi.is_homogeneous:
            if not self.absolute or self.size is None:
                return False
            if self.size != 1:
                phi = phi.gain(sp.sqrt(self.size))
            self.size = sp.Integer(1)
        self.kernel = KernelMap(phi)
        if sign_of(self.kernel.at_one) != 1:
            return False
        self.mean_square = self.kernel.at_zero
        return True

    def _linear(self, weight: sp.Rational, bias: sp.Rational) -> bool:
        if bias:
            if self.kernel is None or self.size is None:
                return False
            if not self.absolute:
                return False
            # Write the size into the two coefficients, for the bias does not scale.
            self.scale, self.offset = self.scale * self.size, self.offset * self.size
            self.size = sp.Integer(1)
            self.scale, self.offset = self.scale * weight, self.offset * weight + bias
        elif self.size is not None:
            self.size = self.size * weight
        self.mean_square = sp.Integer(0)
        return True

    def _rescale(self, epsilon: sp.Rational) -> bool:
        total = self.diagonal
        if sign_of(total) != 1:
            return False
        vanishes = not epsilon or (self.growing and not self.absolute)
        if vanishes:
            self.size = 1 / total
        elif self.absolute and self.size is not None:
            self.size = self.size / (self.size * total + epsilon)
        else:
            self.size = None
        self.absolute = True
        return True

    def found(self) -> NormalForm | None:
        if self.kernel is None:
            return None
        total = self.diagonal
        if sign_of(total) != 1:
            return None
        f = CorrelationMap(
            self.kernel, self.scale / total, sp.Integer(0), sp.expand(self.offset / total)
        )
        size = None if self.size is None else sp.simplify(self.size * total)
        return NormalForm(f, size, not self.absolute)
