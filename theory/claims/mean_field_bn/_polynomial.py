"""Polynomials of degree 3 at most, whose rates are exact: parameters, and what is computed."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Check,
    Computed,
    Domain,
    Parameter,
    ParameterValue,
    Requires,
)
from depthlaw.theory.mean_field_bn.polynomials import Polynomial, PolynomialRates
from depthlaw.theory.writing.symbols import n

WEIGHTS = tuple(sp.Symbol(f"a_{k}^2", nonnegative=True) for k in (1, 2, 3))
PARAMETERS = (
    BATCH,
    *(
        Parameter(name, symbol, Domain.REAL, 0, f"weight of degree {k} in φ")
        for k, (name, symbol) in enumerate(
            zip(("first", "second", "third"), WEIGHTS, strict=True), start=1
        )
    ),
)
FOUR = Requires(n >= 4, "of three samples or less 1/variance has an infinite mean")
NOT_CONSTANT = Requires(sum(WEIGHTS) > 0, "φ is not constant")
KNOWN = (FOUR.relation, NOT_CONSTANT.relation)
"""What a proof of another claim may take from this setting."""
MODEL = (
    "infinite width, Gaussian weights, batch normalisation with recentring, ε = 0, then φ",
    "the backward weights are independent of the forward ones",
    "all samples are alike: the fixed point, which the first normalisation reaches",
)
S = -1 / (n - 1)
LAMBDA = sp.Symbol("lambda", positive=True)


def share(k: int) -> sp.Expr:
    """Return c_k = 1 − C_k(−1/(B−1))/C_k(1), C_k of the parameter (B−3)/2."""
    x, alpha = sp.Symbol("x"), (n - 3) / 2
    polynomial = sp.gegenbauer(k, alpha, x)
    return sp.factor(1 - polynomial.subs(x, S) / polynomial.subs(x, 1))


def factor(k: int) -> sp.Expr:
    """Return by what degree k grows: the eigenvalue of the sphere's Laplacian over that of 1."""
    return k * (n - 3 + k) / (n - 3)


TERMS = [(k, share(k) * weight) for k, weight in enumerate(WEIGHTS, start=1)]
BOTTOM = sum(term for _, term in TERMS)
FORMULA = sum(factor(k) * term for k, term in TERMS) / BOTTOM


def growth(batch: int, coefficients: Polynomial) -> Fraction:
    """Return λ from moments of two coordinates."""
    return PolynomialRates(batch, coefficients).growth


def check(label: str, batch: int, *coefficients: Fraction | int) -> Check:
    """Return the check of a polynomial, by its coefficients from the constant on."""
    phi = tuple(Fraction(c) for c in coefficients)
    weights = PolynomialRates(batch, phi).weights
    padded = (*weights[1:], Fraction(0), Fraction(0), Fraction(0))
    found: dict[str, ParameterValue] = {"batch": batch}
    found |= {name: padded[k] for k, name in enumerate(("first", "second", "third"))}
    return Check(
        f"{label}, {batch} samples",
        found,
        Computed(growth, {"batch": batch, "coefficients": phi}),
    )
