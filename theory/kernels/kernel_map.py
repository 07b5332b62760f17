"""The kernel map κ(ρ) = E φ(X)φ(Y) of an activation: exact numbers at −1, 0, 1, balls everywhere.

By Mehler's formula κ(ρ) = Σ c_k² ρᵏ, and κ′ is the kernel map of φ′ as long as φ does not jump.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache

import sympy as sp
from flint import acb, arb

from depthlaw.theory.activations.definition import Activation, check_activation
from depthlaw.theory.activations.growth import NotSquareIntegrableError
from depthlaw.theory.errors import ArgumentError, DepthlawError, finite, integer
from depthlaw.theory.hermite.mean import mean, second_moment
from depthlaw.theory.hermite.series import ACCURACY, HermiteSeries, expansion, series
from depthlaw.theory.kernels.conditional import conditional_kernel
from depthlaw.theory.kernels.power_series import (
    PowerSeriesMap,
    Truncation,
    sum_series,
)
from depthlaw.theory.kernels.unequal import ORDERS, unequal
from depthlaw.theory.rigorous.balls import Number, ball, ball_text, precision
from depthlaw.theory.rigorous.holomorphic import compile_holomorphic
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.closed_kernel import RHO, ClosedKernel, closed_kernel
from depthlaw.theory.terms.interval import density
from depthlaw.theory.values import Enclosure

_SHARP = arb(2) ** -42
"""Half-width of a ball from the series, above which another route is tried."""


@dataclass(frozen=True)
class KernelMap(PowerSeriesMap):
    """κ(ρ) = E φ(X)φ(Y), (X, Y) standard Gaussian with correlation ρ; not normalised.

    Parameters
    ----------
    activation
        φ.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> kappa = KernelMap(activation("sin"))
    >>> kappa(1).ball.overlaps(arb(1).sinh() / arb(1).exp())
    True
    """

    activation: Activation
    bits: int = ACCURACY
    """Accuracy of the series and of the integrals behind it; `sharpened` raises it."""

    def sharpened(self, bits: int) -> KernelMap:
        """Return the same map, known to about 2^{−`bits`} everywhere that can be."""
        # The usual way takes what is narrow enough for most; one bit more leaves it.
        return replace(self, bits=max(bits, ACCURACY + 1))

    def __post_init__(self) -> None:
        check_activation(self.activation)

    @cached_property
    def closed(self) -> ClosedKernel | None:
        """The closed form, for any variances, or None."""
        return closed_kernel(self.activation)

    @cached_property
    def at_zero(self) -> sp.Expr:
        """κ(0) = (E φ)², exactly."""
        return sp.expand(mean(self.activation) ** 2)

    @cached_property
    def at_one(self) -> sp.Expr:
        """κ(1) = E φ², exactly."""
        return second_moment(self.activation)

    @cached_property
    def slope_at_zero(self) -> sp.Expr:
        """κ′(0) = c_1² = (E φ′ + Σ jumps · γ)², exactly."""
        if not self.activation.is_resolved:
            # There are more kinks, perhaps jumps, far out: c_1 = E x φ(x) needs none of them.
            return sp.expand(mean(self.activation.weighted()) ** 2)
        try:
            first = mean(self.activation.derivative())
        except NotSquareIntegrableError:
            return sp.expand(mean(self.activation.weighted()) ** 2)
        for place, jump in self.activation.jumps:
            first += jump * density(place)
        return sp.expand(first**2)

    @cached_property
    def slope_at_one(self) -> sp.Expr:
        """κ′(1) = E φ′², exactly; infinite where φ jumps."""
        if self.activation.jumps:
            return sp.oo
        if self.activation.may_jump:
            raise DepthlawError(f"whether {self.activation.name} jumps far out is not known")
        if self.closed is not None:
            # Abel: where the formula is finite at 1, it is the sum of the series there.
            limit = self.closed.unit_derivative(1).subs(RHO, 1)
            if limit.is_finite:
                return sp.expand(limit)
        try:
            return second_moment(self.activation.derivative())
        except NotSquareIntegrableError:
            return sp.oo

    @property
    def series(self) -> HermiteSeries:
        """The Hermite expansion with its remainder."""
        return series(self.activation)

    @property
    def truncation(self) -> Truncation:
        """What the series leaves out, of κ and of its derivatives."""
        return Truncation(self.series.remainder, lambda j: _slope_remainder(self.activation, j))

    def smooth_derivative(self, order: int) -> Activation | None:
        """Return the `order`-th derivative of φ if it is a function, None if φ jumped before."""
        return _smooth_derivative(self.activation, order)

    def point(self, order: int, rho: arb) -> arb:
        """Return a ball around the `order`-th derivative of κ at an exact ρ of [−1, 1]."""
        if abs(rho) == 1:
            derived = self.smooth_derivative(order)
            if derived is not None:
                return ball_of(_end_number(derived, int(rho.unique_fmpz())))
            if rho == 1:
                return arb.pos_inf()
        elif self.closed is not None:
            formula = self.closed.unit_derivative(order)
            return compile_holomorphic(formula, RHO)(acb(rho), False).real
        derived = self.smooth_derivative(order)
        if self.bits > ACCURACY:
            return self._sharp_point(order, derived, rho)
        expansion = self.series
        total = sum_series(expansion.squares, self.truncation, order, rho)
        if derived is not None and (total is None or total.rad() > _SHARP) and abs(rho) < 1:
            # Kinks make the series slow near ±1: one integral is sharper there.
            sharper = conditional_kernel(derived, rho)
            total = total if sharper is None else sharper
        return arb.nan() if total is None else total

    def _sharp_point(self, order: int, derived: Activation | None, rho: arb) -> arb:
        """Return the `order`-th derivative with more than the usual digits."""
        if derived is not None:
            value = conditional_kernel(derived, rho, self.bits + 16)
            if value is not None:
                return value
        total = None
        for K in ORDERS:
            found = expansion(self.activation, K, self.bits + 16)
            # Captured bounds of the derivatives belong to one order: only κ itself needs none.
            truncation = Truncation(found.remainder, lambda j: None)
            total = sum_series(found.squares, truncation, order, rho)
            if total is not None and total.rad() < arb(2) ** -self.bits:
                break
        return arb.nan() if total is None else total

    def covariance(
        self, first: Number, second: Number, covariance: Number, *, bits: int | None = None
    ) -> Enclosure:
        """Return E φ(X)φ(Y) for Gaussians with variances `first`, `second` and `covariance`.

        Parameters
        ----------
        first, second, covariance
            q₁, q₂ and r, taken exactly.
        bits
            Relative accuracy wanted, as a power of 1/2. None aims at 80 and takes what comes.

        Raises
        ------
        ArgumentError
            If a variance is negative or so large that E φ² is infinite, or the covariance exceeds
            √(`first` · `second`).
        DepthlawError
            If the accuracy wanted is not reached.

        Examples
        --------
        >>> from depthlaw.theory.activations import activation
        >>> KernelMap(activation("identity")).covariance(2, 3, 1).ball == 1
        True
        """
        return self._covariance(first, second, covariance, bits)

    def derivative_covariance(
        self, first: Number, second: Number, covariance: Number, *, bits: int | None = None
    ) -> Enclosure:
        """Return E φ′(X)φ′(Y), which is ∂/∂r E φ(X)φ(Y) (Price's theorem).

        Parameters
        ----------
        first, second, covariance, bits
            As for `covariance`.

        Raises
        ------
        ArgumentError
            As `covariance`; or if φ jumps, so that the square of φ′ has no mean.
        DepthlawError
            If the accuracy wanted is not reached.

        Examples
        --------
        Next to r = −√(q₁q₂) the formula for ReLU cancels; the integral does not:

        >>> from depthlaw.theory.activations import activation
        >>> ends = (0.00012077202790776411, 10.252466806858866, -0.03518822540739134)
        >>> found = KernelMap(activation("relu_squared")).derivative_covariance(*ends)
        >>> float(found.ball)
        8.037840722651405e-25
        """
        derived = self.smooth_derivative(1)
        if derived is None:
            raise ArgumentError(
                "activation",
                self.activation.name,
                "it jumps, or its derivative is not square-integrable",
            )
        # A derivative may jump at 0, where no variance that is 0 has a value: `covariance` says so.
        return KernelMap(derived, self.bits)._covariance(first, second, covariance, bits)

    def _covariance(
        self, first: Number, second: Number, covariance: Number, bits: int | None
    ) -> Enclosure:
        q1, q2, r = (
            exact_fraction(name, value)
            for name, value in (("first", first), ("second", second), ("covariance", covariance))
        )
        for name, q in (("first", q1), ("second", q2)):
            if q < 0:
                raise ArgumentError(name, first if q is q1 else second, "a variance is at least 0")
            if not ball(self.activation.growth.quadratic) * ball(q) < arb(1) / 4:
                advice = f"{self.activation.name} is not square-integrable at this variance"
                raise ArgumentError(name, first if q is q1 else second, advice)
        if r**2 > q1 * q2:
            raise ArgumentError(
                "covariance", covariance, f"its size is at most √({first}·{second})"
            )
        wanted = None if bits is None else integer("bits", bits)
        value = unequal(self.activation, self.closed, (q1, q2, r), wanted)
        if wanted is not None and value != 0 and value.rel_accuracy_bits() < wanted:
            raise DepthlawError(
                f"E φ(X)φ(Y) of {self.activation.name} is known to {ball_text(value)} only, not to "
                f"{wanted} bits: ask for fewer"
            )
        return Enclosure(value)


def exact_fraction(argument: str, number: Number) -> Fraction:
    """Return a number, or a ball that holds nothing else, as a fraction."""
    if isinstance(number, arb):
        if not number.is_exact():
            raise ArgumentError(argument, number, "give an exact number, not a ball")
        mantissa, exponent = number.man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return Fraction(finite(argument, number))


@lru_cache(maxsize=512)
def _smooth_derivative(activation: Activation, order: int) -> Activation | None:
    if order == 0:
        return activation
    before = _smooth_derivative(activation, order - 1)
    if before is None or before.jumps:
        return None
    if before.may_jump:
        raise DepthlawError(f"whether {before.name} jumps far out is not known")
    try:
        return before.derivative()
    except NotSquareIntegrableError:
        return None


@lru_cache(maxsize=512)
def _end_number(activation: Activation, sign: int) -> sp.Expr:
    """Return E φ(x)² or E φ(x)φ(−x), exactly: polarisation turns the second into squares."""
    if sign == 1:
        return second_moment(activation)
    mirrored = activation.gain(-1)
    both = second_moment(activation + mirrored)
    return both / 2 - second_moment(activation)


@lru_cache(maxsize=1024)
def _slope_remainder(activation: Activation, order: int) -> arb | None:
    """Return Parseval's remainder of the `order`-th derivative, or None where φ jumps before."""
    derived = _smooth_derivative(activation, order)
    if derived is None:
        return None
    expansion = series(activation)
    with precision(expansion.bits):
        left = ball_of(second_moment(derived))
        for k, square in enumerate(expansion.squares):
            left -= math.perm(k, order) * square
        return left.upper().max(arb(0))
