"""Rates of polynomials, exactly: moments of coordinates on a sphere are rational.

With D = B − 1 the dimension of the space, t and t′ coordinates of a uniform point that meet at the
cosine s, and (x)_m the rising factorial,

    E t^a t′^b = Σ_j C(b, j) s^{b−j} (1−s²)^{j/2} E w^j E t^{a+b−j}(1−t²)^{j/2},   j even,
    E w^j = (1/2)_{j/2}/((D−1)/2)_{j/2},   E t^m (1−t²)^i = (1/2)_{m/2} ((D−1)/2)_i/(D/2)_{m/2+i}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb

import sympy as sp

Polynomial = tuple[Fraction, ...]
"""Coefficients of 1, y, y², …"""
_s = sp.Symbol("s")


@dataclass(frozen=True)
class PolynomialRates:
    """What batch normalisation does to gradients before a polynomial φ.

    Parameters
    ----------
    batch
        B ≥ 4.
    coefficients
        Of φ, in y, the normalised entry.
    """

    batch: int
    coefficients: Polynomial

    @property
    def growth(self) -> Fraction:
        """λ from the gradients of two coordinates: (B−1)/(B−3)·(A − C)/D.

        >>> PolynomialRates(6, (Fraction(0), Fraction(1))).growth == Fraction(4, 3)
        True
        """
        n, phi = self.batch, self.coefficients
        slope = tuple(k * c for k, c in enumerate(phi))[1:]
        s = Fraction(-1, n - 1)
        # 1 − t² and s − t t′, in powers of y = √(B−1)·t.
        A = self._mean(slope, slope, Fraction(1)) - self._mean_times(slope, Fraction(1))
        C = s * self._mean(slope, slope, s) - self._mean_times(slope, s)
        D = self._mean(phi, phi, Fraction(1)) - self._mean(phi, phi, s)
        return Fraction(n - 1, n - 3) * (A - C) / D

    @property
    def gegenbauer_growth(self) -> Fraction:
        """λ from the expansion of φ in Gegenbauer polynomials C_k, of parameter (B−3)/2.

        Σ k (B−3+k)/(B−3) c_k a_k² / Σ c_k a_k², with E φφ′ = Σ a_k² C_k(s)/C_k(1) as a function of
        the cosine, and c_k = 1 − C_k(s)/C_k(1) at s = −1/(B−1).
        """
        n = self.batch
        top = bottom = Fraction(0)
        for k, weight in enumerate(self.weights):
            if k == 0:
                continue
            c = 1 - _fraction(self._basis[k].subs(_s, sp.Rational(-1, n - 1)))
            top += Fraction(k * (n - 3 + k), n - 3) * c * weight
            bottom += c * weight
        return top / bottom

    @cached_property
    def weights(self) -> tuple[Fraction, ...]:
        """a_k², from the highest degree down."""
        left = sp.Poly(self._kernel, _s)
        found = [Fraction(0)] * len(self._basis)
        for k in range(len(self._basis) - 1, -1, -1):
            basis = sp.Poly(self._basis[k], _s)
            share = left.coeff_monomial(_s**k) / basis.coeff_monomial(_s**k)
            found[k] = _fraction(share)
            left = left - share * basis
        return tuple(found)

    @cached_property
    def _basis(self) -> list[sp.Expr]:
        alpha = sp.Rational(self.batch - 3, 2)
        found = [sp.expand(sp.gegenbauer(k, alpha, _s)) for k in range(len(self.coefficients))]
        return [sp.expand(each / each.subs(_s, 1)) for each in found]

    @cached_property
    def _kernel(self) -> sp.Expr:
        """E φ(y)φ(y′) as a polynomial of the cosine."""
        total = sp.Integer(0)
        for a, left in enumerate(self.coefficients):
            for b, right in enumerate(self.coefficients):
                total += sp.Rational(left * right) * self._power(a, b, _s)
        return sp.expand(total)

    def _mean(self, left: Sequence[Fraction], right: Sequence[Fraction], s: Fraction) -> Fraction:
        """Return E f(y) g(y′)."""
        total = Fraction(0)
        for a, one in enumerate(left):
            for b, other in enumerate(right):
                if one and other:
                    total += one * other * _fraction(self._power(a, b, sp.Rational(s)))
        return total

    def _mean_times(self, slope: Sequence[Fraction], s: Fraction) -> Fraction:
        """Return E f(y) f(y′) t t′."""
        raised = (Fraction(0), *slope)
        return self._mean(raised, raised, s) / (self.batch - 1)

    def _power(self, a: int, b: int, s: sp.Expr) -> sp.Expr:
        """Return E y^a y′^b."""
        if (a + b) % 2:
            return sp.Integer(0)
        D = sp.Integer(self.batch - 1)
        half = sp.Rational(1, 2)
        total = sp.Integer(0)
        for j in range(0, b + 1, 2):
            m, i = a + b - j, j // 2
            if m % 2:
                continue
            w = sp.rf(half, i) / sp.rf((D - 1) / 2, i)
            t = sp.rf(half, m // 2) * sp.rf((D - 1) / 2, i) / sp.rf(D / 2, m // 2 + i)
            total += comb(b, j) * s ** (b - j) * (1 - s**2) ** i * w * t
        return D ** ((a + b) // 2) * total


def _fraction(number: sp.Expr) -> Fraction:
    rational = sp.nsimplify(number)
    return Fraction(int(rational.p), int(rational.q))
