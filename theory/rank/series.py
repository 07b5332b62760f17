"""Power series in one variable with rational coefficients, cut off after a fixed order.

The coefficients of a mean over finitely many weight matrices are then exact, and so is the
statement that one of them vanishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq

from depthlaw.theory.errors import integer

Scalar: TypeAlias = Fraction | int | fmpq


def rational(value: Scalar) -> fmpq:
    """Return a fraction as the rational number of the fast library."""
    return value if isinstance(value, fmpq) else fmpq(value.numerator, value.denominator)


def fraction(value: fmpq) -> Fraction:
    """Return a rational number of the fast library as a `fractions.Fraction`.

    >>> fraction(rational(Fraction(2, 3))) == Fraction(2, 3)
    True
    """
    return Fraction(int(value.p), int(value.q))


@dataclass(frozen=True)
class Series:
    """c_0 + c_1 γ + … + c_m γᵐ, up to O(γ^{m+1}); scalars are series whose other terms vanish.

    Examples
    --------
    >>> g = Series.variable(3)
    >>> one = 1 / (1 - g) * (1 - g)
    >>> one.fractions() == (1, 0, 0, 0)
    True
    """

    coefficients: tuple[fmpq, ...]

    @classmethod
    def variable(cls, order: int) -> Series:
        """Return γ itself, up to O(γ^{`order`+1}); `order` ≥ 1."""
        m = integer("order", order)
        return cls((fmpq(0), fmpq(1), *(fmpq(0) for _ in range(m - 1))))

    def fractions(self) -> tuple[Fraction, ...]:
        """Return the coefficients, that of γ⁰ first."""
        return tuple(fraction(c) for c in self.coefficients)

    def _lift(self, other: Series | Scalar) -> tuple[fmpq, ...]:
        if isinstance(other, Series):
            return other.coefficients
        zeros = (fmpq(0),) * (len(self.coefficients) - 1)
        return (rational(other), *zeros)

    def __add__(self, other: Series | Scalar) -> Series:
        return Series(
            tuple(a + b for a, b in zip(self.coefficients, self._lift(other), strict=True))
        )

    __radd__ = __add__

    def __neg__(self) -> Series:
        return Series(tuple(-a for a in self.coefficients))

    def __sub__(self, other: Series | Scalar) -> Series:
        return self + -Series(self._lift(other))

    def __rsub__(self, other: Series | Scalar) -> Series:
        return -self + other

    def __mul__(self, other: Series | Scalar) -> Series:
        if not isinstance(other, Series):
            factor = self._lift(other)[0]
            return Series(tuple(factor * a for a in self.coefficients))
        a, b = self.coefficients, other.coefficients
        return Series(
            tuple(sum((a[i] * b[n - i] for i in range(n + 1)), fmpq(0)) for n in range(len(a)))
        )

    __rmul__ = __mul__

    def inverse(self) -> Series:
        """Return 1/f, for f with a constant term."""
        a = self.coefficients
        found: list[fmpq] = [1 / a[0]]
        for n in range(1, len(a)):
            rest = sum((a[i] * found[n - i] for i in range(1, n + 1)), fmpq(0))
            found.append(-rest * found[0])
        return Series(tuple(found))

    def __truediv__(self, other: Series | Scalar) -> Series:
        return self * Series(self._lift(other)).inverse()

    def __rtruediv__(self, other: Series | Scalar) -> Series:
        return self.inverse() * other

    def log(self) -> Series:
        """Return log(f/f_0), whose coefficients are rational and whose constant term is 0.

        >>> g = Series.variable(2)
        >>> ((1 + g) * (1 + g)).log() == 2 * (3 + 3 * g).log()
        True
        """
        a = self.coefficients
        found: list[fmpq] = [fmpq(0)]
        # f′ = f (log f)′, coefficient by coefficient.
        for n in range(1, len(a)):
            known = sum((i * found[i] * a[n - i] for i in range(1, n)), fmpq(0))
            found.append((n * a[n] - known) / (n * a[0]))
        return Series(tuple(found))
