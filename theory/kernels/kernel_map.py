"""The kernel map κ(ρ) = E φ(X)φ(Y) of an activation: exact numbers at −1, 0, 1, balls everywhere.

By Mehler's formula κ(ρ) = Σ c_k² ρᵏ, and κ′ is the kernel map of φ′ as long as φ does not jump.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import sympy as sp
from flint import acb, arb

from depthlaw.theory.activations.definition import Activation, check_activation
from depthlaw.theory.errors import ArgumentError, finite, takes
from depthlaw.theory.hermite.mean import mean, second_moment
from depthlaw.theory.hermite.series import HermiteSeries, series
from depthlaw.theory.kernels.conditional import conditional_kernel
from depthlaw.theory.kernels.power_series import (
    WORKING_BITS,
    PowerSeriesMap,
    Truncation,
    sum_series,
)
from depthlaw.theory.rigorous.balls import Number, ball, precision
from depthlaw.theory.rigorous.holomorphic import compile_holomorphic
from depthlaw.theory.rigorous.number import BallNumber
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.closed_kernel import RHO, ClosedKernel, closed_kernel
from depthlaw.theory.terms.interval import density
from depthlaw.theory.values import Enclosure, Exact

_SHARP = arb(2) ** -42
"""Half-width of a ball from the series, above which another route is tried."""

_SHORT = 60
"""Operations up to which an exact number is brought to one fraction."""


@takes("number", sp.Expr, "a SymPy number")
def as_value(number: sp.Expr) -> Exact | Enclosure:
    """Return an exact number as `Exact`, or enclosed where its formula holds an unnamed integral.

    Infinity comes out as an infinite enclosure.
    """
    if number is sp.oo:
        return Enclosure(arb.pos_inf())
    closed = number.doit()
    if closed.has(BallNumber):
        with precision(WORKING_BITS):
            return Enclosure(ball_of(number))
    return Exact(sp.together(closed) if sp.count_ops(closed) < _SHORT else closed)


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
        first = mean(self.activation.derivative())
        for place, jump in self.activation.jumps:
            first += jump * density(place)
        return sp.expand(first**2)

    @cached_property
    def slope_at_one(self) -> sp.Expr:
        """κ′(1) = E φ′², exactly; infinite where φ jumps."""
        if self.activation.jumps:
            return sp.oo
        if self.closed is not None:
            # Abel: where the formula is finite at 1, it is the sum of the series there.
            limit = self.closed.unit_derivative(1).subs(RHO, 1)
            if limit.is_finite:
                return sp.expand(limit)
        return second_moment(self.activation.derivative())

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
        expansion = self.series
        total = sum_series(expansion.squares, self.truncation, order, rho)
        derived = self.smooth_derivative(order)
        if derived is not None and (total is None or total.rad() > _SHARP) and abs(rho) < 1:
            # Kinks make the series slow near ±1: one integral is sharper there.
            sharper = conditional_kernel(derived, rho)
            total = total if sharper is None else sharper
        return arb.nan() if total is None else total

    def covariance(self, first: Number, second: Number, covariance: Number) -> Enclosure:
        """Return E φ(X)φ(Y) for Gaussians with variances `first`, `second` and `covariance`.

        Raises
        ------
        ArgumentError
            If a variance is negative or so large that E φ² is infinite, or the covariance exceeds
            √(`first` · `second`).

        Examples
        --------
        >>> from depthlaw.theory.activations import activation
        >>> KernelMap(activation("identity")).covariance(2, 3, 1).ball == 1
        True
        """
        q1, q2, r = (_exact(n, v) for n, v in (
            ("first", first), ("second", second), ("covariance", covariance)
        ))  # fmt: skip
        for name, q in (("first", q1), ("second", q2)):
            if q < 0:
                raise ArgumentError(name, q, "a variance is at least 0")
            if not ball(self.activation.growth.quadratic) * ball_of(q) < arb(1) / 4:
                advice = f"{self.activation.name} is not square-integrable at this variance"
                raise ArgumentError(name, q, advice)
        if r**2 > q1 * q2:
            raise ArgumentError("covariance", r, f"its size is at most √({q1} · {q2})")
        with precision(WORKING_BITS):
            return Enclosure(self._covariance(q1, q2, r))

    def _covariance(self, q1: sp.Rational, q2: sp.Rational, r: sp.Rational) -> arb:
        if q1 == 0 or q2 == 0:
            means = [_scaled_mean(self.activation, q) for q in (q1, q2)]
            return ball_of(means[0] * means[1])
        if self.closed is not None:
            return ball_of(self.closed.at(q1, q2, r))
        one, two = (self.activation.gain(sp.sqrt(q)) for q in (q1, q2))
        if q1 == q2:
            return KernelMap(one).point(0, ball_of(r / q1))
        a, b = series(one), series(two)
        rho = ball_of(r / sp.sqrt(q1 * q2))
        total = arb(0)
        for c, d in zip(reversed(a.coefficients), reversed(b.coefficients), strict=True):
            total = total * rho + c * d
        tail = (a.remainder * b.remainder).sqrt() * abs(rho) ** (a.order + 1)
        return total + arb(0, tail.abs_upper())


def _exact(argument: str, number: Number) -> sp.Rational:
    if isinstance(number, arb):
        if not number.is_exact():
            raise ArgumentError(argument, number, "give an exact number, not a ball")
        mantissa, exponent = number.man_exp()
        return sp.Integer(int(mantissa)) * sp.Integer(2) ** int(exponent)
    return sp.Rational(*finite(argument, number).as_integer_ratio())


def _scaled_mean(activation: Activation, variance: sp.Rational) -> sp.Expr:
    if variance > 0:
        return mean(activation.gain(sp.sqrt(variance)))
    if any(place == 0 for place, _ in activation.jumps):
        raise ArgumentError("variance", variance, f"{activation.name} jumps at 0")
    return activation.expression.subs(next(iter(activation.expression.free_symbols), RHO), 0)


@lru_cache(maxsize=512)
def _smooth_derivative(activation: Activation, order: int) -> Activation | None:
    if order == 0:
        return activation
    before = _smooth_derivative(activation, order - 1)
    return None if before is None or before.jumps else before.derivative()


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
