"""E[f(X) g(Y)] in closed form for two factors and a Gaussian pair with any covariance.

The rules: an exponential of a quadratic changes the measure (completing the square); a power is
taken off by Gaussian integration by parts, E[X h] = μ_1 E h + Σ_11 E ∂_x h + Σ_12 E ∂_y h; what is
left is a mean of one factor, or E[A(X)B(Y)] of two centred ones, an arcsine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy as sp

from depthlaw.theory.terms.factors import ErrorFunction, Factor, Sign, Wave
from depthlaw.theory.terms.wave_pairs import wave_pair

_ZERO = sp.Integer(0)


@dataclass(frozen=True)
class Gaussian:
    """The law of (X, Y): means `mu1`, `mu2` and covariance (`s11`, `s12`; `s12`, `s22`)."""

    mu1: sp.Expr
    mu2: sp.Expr
    s11: sp.Expr
    s12: sp.Expr
    s22: sp.Expr

    @property
    def determinant(self) -> sp.Expr:
        """The determinant of the covariance."""
        return sp.factor(self.s11 * self.s22 - self.s12**2)

    def swapped(self) -> Gaussian:
        """Return the law of (Y, X)."""
        return Gaussian(self.mu2, self.mu1, self.s22, self.s12, self.s11)

    def tilted(
        self, s1: sp.Expr, t1: sp.Expr, s2: sp.Expr, t2: sp.Expr
    ) -> tuple[sp.Expr, Gaussian]:
        """Return C and the law under which E[h e^{−s₁X²+t₁X−s₂Y²+t₂Y}] = C · E h.

        With Σ′ = Σ(I + 2 diag(s) Σ)⁻¹, b = t − 2sμ and D = det(I + 2 diag(s) Σ):
        C = D^{−1/2} exp(½ bᵀΣ′b − Σ sμ² + Σ tμ), and the mean moves to μ + Σ′b.
        """
        if s1 == s2 == t1 == t2 == 0:
            return sp.Integer(1), self
        a1, a2 = 1 + 2 * s1 * self.s11, 1 + 2 * s2 * self.s22
        D = sp.expand(a1 * a2 - 4 * s1 * s2 * self.s12**2)
        s11 = sp.cancel((self.s11 * a2 - 2 * s2 * self.s12**2) / D)
        s22 = sp.cancel((self.s22 * a1 - 2 * s1 * self.s12**2) / D)
        s12 = sp.cancel(self.s12 / D)
        b1, b2 = t1 - 2 * s1 * self.mu1, t2 - 2 * s2 * self.mu2
        exponent = sp.expand(
            (b1**2 * s11 + 2 * b1 * b2 * s12 + b2**2 * s22) / 2
            - s1 * self.mu1**2 - s2 * self.mu2**2 + t1 * self.mu1 + t2 * self.mu2
        )  # fmt: skip
        mean1, mean2 = self.mu1 + s11 * b1 + s12 * b2, self.mu2 + s12 * b1 + s22 * b2
        law = Gaussian(sp.expand(mean1), sp.expand(mean2), s11, s12, s22)
        return sp.exp(exponent) / sp.sqrt(sp.factor(D)), law


@dataclass(frozen=True)
class Product:
    """X^`m` A(X) Y^`n` B(Y), whose mean is wanted."""

    m: int
    A: Sign | ErrorFunction | None
    n: int
    B: Sign | ErrorFunction | None

    def swapped(self) -> Product:
        """Return the product with the two sides exchanged."""
        return Product(self.n, self.B, self.m, self.A)


def pair(first: Factor, second: Factor, law: Gaussian) -> sp.Expr | None:
    """Return E[f(X) g(Y)] under a centred law, or None where no rule applies."""
    A, B = first.special, second.special
    if isinstance(A, Wave) or isinstance(B, Wave):
        return wave_pair(first, second, law.s11, law.s22, law.s12)
    if A is not None and B is not None and not (_is_odd(first) and _is_odd(second)):
        return None
    front, moved = law.tilted(first.quadratic, first.linear, second.quadratic, second.linear)
    return front * _mean(Product(first.power, A, second.power, B), moved)


def _is_odd(factor: Factor) -> bool:
    """Whether the special function is odd and stands alone, so that the law stays centred."""
    special = factor.special
    if factor.quadratic != 0 or factor.linear != 0 or isinstance(special, Wave | None):
        return False
    return bool(special.offset == 0)


@lru_cache(maxsize=65_536)
def _mean(p: Product, law: Gaussian) -> sp.Expr:
    if p.A is None and p.B is None and law.mu1 == 0 and law.mu2 == 0:
        return _monomials(p.m, p.n, law)
    if p.A is not None and p.B is None:
        return _mean(p.swapped(), law.swapped())
    if p.A is not None and p.B is not None:
        return _two_special(p, law)
    if p.m > 0:
        lower = replace(p, m=p.m - 1)
        value = law.mu1 * _mean(lower, law) if law.mu1 != 0 else _ZERO
        if p.m > 1:
            value += law.s11 * (p.m - 1) * _mean(replace(p, m=p.m - 2), law)
        return sp.expand(value + law.s12 * _slope_in_y(lower, law))
    if p.n > 0:
        lower = replace(p, n=p.n - 1)
        value = law.mu2 * _mean(lower, law) if law.mu2 != 0 else _ZERO
        return sp.expand(value + law.s22 * _slope_in_y(lower, law))
    return sp.Integer(1) if p.B is None else p.B.mean(law.mu2, law.s22)


def _monomials(m: int, n: int, law: Gaussian) -> sp.Expr:
    """Return E X^m Y^n of a centred law by Isserlis: j pairs join X with Y, the rest pair up.

    The number of pairings is m! n! / (j! a! b! 2^{a+b}) with a = (m−j)/2 and b = (n−j)/2.
    """
    total = _ZERO
    for j in range(m % 2, min(m, n) + 1, 2):
        if (n - j) % 2:
            continue
        a, b = (m - j) // 2, (n - j) // 2
        count = math.factorial(m) * math.factorial(n)
        count //= math.factorial(j) * math.factorial(a) * math.factorial(b) * 2 ** (a + b)
        total += count * law.s11**a * law.s22**b * law.s12**j
    return total


@lru_cache(maxsize=65_536)
def _slope_in_y(p: Product, law: Gaussian) -> sp.Expr:
    """Return the mean of the derivative of the product in Y."""
    value = p.n * _mean(replace(p, n=p.n - 1), law) if p.n else _ZERO
    if isinstance(p.B, ErrorFunction):
        a, b = p.B.slope, p.B.offset
        front, moved = law.tilted(_ZERO, _ZERO, a**2, -2 * a * b)
        constant = 2 * a / sp.sqrt(sp.pi) * sp.exp(-(b**2))
        value += constant * front * _mean(replace(p, B=None), moved)
    if isinstance(p.B, Sign) and p.n == 0:
        # 2δ(Y): twice the density of Y at 0, times the mean given Y = 0.
        density = sp.exp(-(law.mu2**2) / (2 * law.s22)) / sp.sqrt(2 * sp.pi * law.s22)
        centre = law.mu1 - law.s12 * law.mu2 / law.s22
        given = Gaussian(centre, _ZERO, law.determinant / law.s22, _ZERO, sp.Integer(1))
        value += 2 * density * _mean(Product(p.m, p.A, 0, None), given)
    return value


def _two_special(p: Product, law: Gaussian) -> sp.Expr:
    """Return the mean of X^m A(X) Y^n B(Y) under a centred law, A and B being odd."""
    if p.m == 0 and p.n == 0:
        return 2 / sp.pi * sp.asin(_correlation(p, law))
    if p.m == 0:
        return _two_special(p.swapped(), law.swapped())
    lower = replace(p, m=p.m - 1)
    in_x = _slope_in_y(lower.swapped(), law.swapped())
    return sp.expand(law.s11 * in_x + law.s12 * _slope_in_y(lower, law))


def _correlation(p: Product, law: Gaussian) -> sp.Expr:
    """Return the ρ of E[A(X)B(Y)] = (2/π) arcsin ρ: that of the signs of two noisy copies.

    erf(αx) = E sign(x + Z/(√2 α)), so that each error function adds the variance 1/(2α²).
    """
    front, scale = sp.Integer(1), sp.Integer(1)
    for special, variance in ((p.A, law.s11), (p.B, law.s22)):
        if isinstance(special, ErrorFunction):
            front *= 2 * special.slope
            scale *= 2 * (1 + 2 * special.slope**2 * variance)
        else:
            scale *= variance
    return front * law.s12 / sp.sqrt(sp.factor(scale))
