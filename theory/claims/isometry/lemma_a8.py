"""Lemma A.8: Mehler's formula for Hermite polynomials.

E h_j(X) h_k(Y) = ρʲ δ_jk, h_k = He_k/√k!.

Example: different orders are uncorrelated.

>>> CLAIM.bound(first=2, second=4, correlation=Fraction(1, 2)).expression
0
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Domain,
    Heading,
    Identity,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.values import Exact, Value

_J, _K = sp.symbols("j k", integer=True, nonnegative=True)
_RHO = sp.Symbol("rho", real=True)
CORRELATION = Parameter("correlation", _RHO, Domain.REAL, -1, "correlation of X and Y")
FORMULA = _RHO**_J * sp.KroneckerDelta(_J, _K)
_X, _Z = sp.symbols("x z", real=True)


def _moment(power: int) -> sp.Integer:
    return sp.Integer(0) if power % 2 else sp.factorial2(power - 1)


def mean_product(first: int, second: int, rho: sp.Expr) -> sp.Expr:
    """Return E h_j(X) h_k(ρX + √(1−ρ²)Z) from the moments of X and Z."""
    Y = rho * _X + sp.sqrt(1 - rho**2) * _Z
    product = sp.hermite_prob(first, _X) * sp.hermite_prob(second, _X).subs(_X, Y)
    terms = sp.Poly(sp.expand(product), _X, _Z).terms()
    total = sum((c * _moment(p) * _moment(q) for (p, q), c in terms), start=sp.Integer(0))
    return sp.simplify(total / sp.sqrt(sp.factorial(first) * sp.factorial(second)))


def _quantity(first: int, second: int, rho: Fraction) -> Value:
    return Exact(mean_product(first, second, sp.Rational(rho)))


def _check(first: int, second: int, rho: Fraction) -> Check:
    return Check(
        f"orders {first} and {second} at ρ = {rho}",
        {"first": first, "second": second, "correlation": rho},
        Computed(_quantity, {"first": first, "second": second, "rho": rho}),
    )


def _derivation() -> Steps:
    s, t, p, q = sp.symbols("s t p q", real=True)
    i = sp.Symbol("i", integer=True, nonnegative=True)
    order = sp.Symbol("m", integer=True, nonnegative=True)
    density = sp.exp(-(_X**2) / 2) / sp.sqrt(2 * sp.pi)
    exponent = sp.expand(s * _X + t * (_RHO * _X + sp.sqrt(1 - _RHO**2) * _Z))
    first, second = exponent.coeff(_X), exponent.coeff(_Z)
    yield Heading("The generating function")
    yield Cited(
        "all Hermite polynomials at once",
        "Szegő, Orthogonal Polynomials, 5.5.7, with He_k in the place of H_k",
        r"e^{sx - s^2/2} = \sum_k \mathrm{He}_k(x) \frac{s^k}{k!}",
    )
    yield Identity(
        "a Gaussian mean",
        sp.Integral(sp.exp(p * _X) * density, (_X, -sp.oo, sp.oo)),
        sp.exp(p**2 / 2),
    )
    yield Identity(
        "so with Y = ρX + √(1−ρ²)Z, Z independent of X, E e^{sX − s²/2} e^{tY − t²/2} has the "
        "exponent",
        sp.Subs((p**2 + q**2) / 2, (p, q), (first, second)) - s**2 / 2 - t**2 / 2,
        _RHO * s * t,
    )
    yield Heading("Its coefficients")
    yield Identity(
        "as a power series in s and t",
        sp.Sum((_RHO * s * t) ** i / sp.factorial(i), (i, 0, sp.oo)),
        sp.exp(_RHO * s * t),
    )
    yield Cited(
        "of E Σ_{j,k} He_j(X) He_k(Y) s^j t^k/(j! k!), which may be summed outside E, the same "
        "coefficients: only j = k is left",
        "Fubini's theorem, by Σ_j |s|^j E He_j² ^{1/2}/j! = Σ_j |s|^j/√j! < ∞, and uniqueness of "
        "power series; Rudin, Real and Complex Analysis, Theorem 8.8, Theorem 10.18",
        r"\mathbb{E}\, \mathrm{He}_j(X) \mathrm{He}_k(Y) = j!\, \rho^j \delta_{jk}",
    )
    scaled = sp.factorial(_J) * _RHO**_J * sp.KroneckerDelta(_J, _K)
    yield Identity(
        "divided by √j! √k!, with k = j where δ_jk is not 0",
        sp.Subs(scaled / (sp.sqrt(sp.factorial(_J)) * sp.sqrt(sp.factorial(order))), order, _J),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "Mehler's formula",
    equal(sp.Symbol(r"\mathbb{E}\, h_j(X) h_k(Y)"), FORMULA),
    source=PAPER.at("Lemma A.8"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(
        Parameter("first", _J, Domain.INTEGER, 0, "order of the first polynomial"),
        Parameter("second", _K, Domain.INTEGER, 0, "order of the second polynomial"),
        CORRELATION,
    ),
    assumes=(
        "(X, Y) is standard Gaussian with correlation ρ",
        setting.at_most(CORRELATION, 1, "as a correlation is"),
    ),
    checks=(
        _check(1, 1, Fraction(-1, 3)),
        _check(2, 2, Fraction(1, 2)),
        _check(5, 5, Fraction(-4, 5)),
        _check(8, 8, Fraction(3, 4)),
        _check(2, 4, Fraction(1, 2)),
        _check(3, 6, Fraction(2, 3)),
        _check(6, 6, Fraction(1)),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
)
