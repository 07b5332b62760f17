"""Correlation maps: how one layer changes the correlation of two samples, with f(1) = 1.

========================  ==================================  =================================
layer                     f(ρ)                                in code
========================  ==================================  =================================
φ/√(E φ²)                 κ(ρ)/κ(1)                           `normalised_map`
layer norm after φ        (κ(ρ) − κ(0)) / (κ(1) − κ(0))       `centred_map`
RMS norm after φ          κ(ρ)/κ(1)                           `normalised_map`
any norm before φ         the map is unchanged                the same
residual of strength s    (1 − s²) f(ρ) + s² ρ                `CorrelationMap.residual`
========================  ==================================  =================================

The residual branch √(1−s²) φ(·) + s is linear with independent weights. Source: joudaki2025, on
normalisation and residual connections; joudaki2023 for the centred map.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import sympy as sp
from flint import arb

from depthlaw.theory.activations.definition import Activation, Scalar, exact_number
from depthlaw.theory.errors import ArgumentError, instance, takes
from depthlaw.theory.kernels.kernel_map import KernelMap
from depthlaw.theory.kernels.power_series import PowerSeriesMap
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.zero import ball_of, sign_of


@dataclass(frozen=True)
class CorrelationMap(PowerSeriesMap):
    """f(ρ) = `scale` κ(ρ) + `linear` ρ + `offset`, with nonnegative coefficients and f(1) = 1.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> f = normalised_map(activation("relu"))
    >>> f(1).ball == 1
    True
    """

    kernel: KernelMap
    scale: sp.Expr
    linear: sp.Expr
    offset: sp.Expr

    def __post_init__(self) -> None:
        instance("kernel", self.kernel, KernelMap, "a KernelMap")
        for name in ("scale", "linear", "offset"):
            object.__setattr__(self, name, exact_number(name, getattr(self, name)))

    @property
    def activation(self) -> Activation:
        """φ."""
        return self.kernel.activation

    @cached_property
    def at_zero(self) -> sp.Expr:
        """f(0), exactly."""
        return self.scale * self.kernel.at_zero + self.offset

    @cached_property
    def slope_at_zero(self) -> sp.Expr:
        """f′(0), exactly."""
        return self.scale * self.kernel.slope_at_zero + self.linear

    @cached_property
    def slope_at_one(self) -> sp.Expr:
        """f′(1), exactly; infinite where φ jumps."""
        slope = self.kernel.slope_at_one
        return sp.oo if slope is sp.oo else self.scale * slope + self.linear

    @cached_property
    def is_linear(self) -> bool:
        """Whether f(ρ) = ρ, or f = 1: φ is affine almost everywhere."""
        if sign_of(self.at_zero) == 0:
            return sign_of(1 - self.slope_at_zero) == 0
        return sign_of(1 - self.at_zero - self.slope_at_zero) == 0

    def sharpened(self, bits: int) -> CorrelationMap:
        """Return the same map, known to about 2^{−`bits`} where that can be."""
        with precision(64):
            # Multiplying by the scale must not lose what was asked for.
            extra = abs(ball_of(self.scale)).upper().max(arb(1)).log() / arb.const_log2()
        return replace(self, kernel=self.kernel.sharpened(bits + 1 + int(float(extra) + 1)))

    def point(self, order: int, rho: arb) -> arb:
        """Return a ball around the `order`-th derivative of f at an exact ρ of [−1, 1]."""
        if order == 0 and rho == 1:
            return arb(1)
        value = ball_of(self.scale) * self.kernel.point(order, rho)
        if order == 0:
            value += ball_of(self.linear) * rho + ball_of(self.offset)
        if order == 1:
            value += ball_of(self.linear)
        return value

    def residual(self, strength: Scalar) -> CorrelationMap:
        """Return (1 − s²) f(ρ) + s² ρ for a residual strength s ∈ [0, 1).

        Raises
        ------
        ArgumentError
            If the strength is outside [0, 1).

        Examples
        --------
        >>> from depthlaw.theory.activations import activation
        >>> f = normalised_map(activation("relu")).residual(sp.sqrt(2) / 2)
        >>> f.slope_at_zero  # (1/2 + 1)/2
        3/4
        """
        s = exact_number("strength", strength)
        if (s >= 0) != sp.true or (s < 1) != sp.true:
            raise ArgumentError("strength", strength, "it must be at least 0 and below 1")
        keep = 1 - s**2
        return CorrelationMap(
            self.kernel, keep * self.scale, keep * self.linear + s**2, keep * self.offset
        )


takes_map = takes(
    "correlation_map", PowerSeriesMap, "a correlation map, as normalised_map makes it"
)


def normalised_map(activation: Activation) -> CorrelationMap:
    """Return κ(ρ)/κ(1), the map of φ/√(E φ²).

    Raises
    ------
    ArgumentError
        If φ is zero.
    """
    kernel = KernelMap(activation)
    if sign_of(kernel.at_one) != 1:
        raise ArgumentError("activation", activation.name, "it is zero and has no correlation map")
    return CorrelationMap(kernel, 1 / kernel.at_one, sp.Integer(0), sp.Integer(0))


def centred_map(activation: Activation) -> CorrelationMap:
    """Return (κ(ρ) − κ(0)) / (κ(1) − κ(0)), the map of layer normalisation after φ.

    Raises
    ------
    ArgumentError
        If φ is constant.
    """
    kernel = KernelMap(activation)
    variance = sp.expand(kernel.at_one - kernel.at_zero)
    if sign_of(variance) != 1:
        raise ArgumentError("activation", activation.name, "it is constant: nothing varies")
    return CorrelationMap(kernel, 1 / variance, sp.Integer(0), -kernel.at_zero / variance)


def isometry_strength(activation: Activation) -> sp.Expr:
    """Return β = 2 − c_1²/Σ_{k≥1} c_k² ∈ [1, 2], exactly; 1 for affine functions alone.

    Source: joudaki2023, Definition of isometry strength (a constant is excluded).

    Raises
    ------
    ArgumentError
        If φ is constant.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> sp.simplify(isometry_strength(activation("relu")) - (3*sp.pi - 4) / (2*sp.pi - 2))
    0
    """
    return 2 - centred_map(activation).slope_at_zero


def enclosed_number(number: sp.Expr, bits: int = 128) -> arb:
    """Return a ball around an exact number at `bits` bits; infinite for infinity."""
    if number is sp.oo:
        return arb.pos_inf()
    with precision(bits):
        return ball_of(number)
