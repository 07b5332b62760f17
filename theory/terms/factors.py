"""The factors whose products have closed Gaussian expectations, and how each is differentiated.

A function is a sum of x^m e^{−s x² + t x} A(x) on the whole line, where A is one of

======================  ==========================  =====================================
A                       derivative                  mean under N(μ, v)
======================  ==========================  =====================================
1                       0                           1
sign x                  2δ(x)                       erf(μ/√(2v))
erf(αx + β)             (2α/√π) e^{−(αx+β)²}        erf((αμ + β)/√(1 + 2α²v))
cos(ωx + ϑ)             (handled apart: `waves`)    e^{−ω²v/2} cos(ωμ + ϑ)
======================  ==========================  =====================================
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sympy as sp

from depthlaw.theory.terms.error_function import ErrorFunctionTerm
from depthlaw.theory.terms.interval import IntervalTerm
from depthlaw.theory.terms.rule_table import Term
from depthlaw.theory.terms.wave import WaveTerm

HIGHEST_POWER = 64
"""Powers of x beyond which no closed form is written out."""


@dataclass(frozen=True)
class Sign:
    """The sign of x."""

    offset = sp.S.Zero

    def mean(self, centre: sp.Expr, variance: sp.Expr) -> sp.Expr:
        """Return E sign(x) under N(centre, variance)."""
        return sp.erf(centre / sp.sqrt(2 * variance))


@dataclass(frozen=True)
class ErrorFunction:
    """erf(αx + β)."""

    slope: sp.Expr
    offset: sp.Expr

    def mean(self, centre: sp.Expr, variance: sp.Expr) -> sp.Expr:
        """Return E erf(αx + β) under N(centre, variance)."""
        a, b = self.slope, self.offset
        return sp.erf((a * centre + b) / sp.sqrt(1 + 2 * a**2 * variance))


@dataclass(frozen=True)
class Wave:
    """cos(ωx + ϑ)."""

    frequency: sp.Expr
    phase: sp.Expr


Special = Sign | ErrorFunction | Wave | None


@dataclass(frozen=True)
class Factor:
    """x^`power` · exp(−`quadratic` x² + `linear` x) · `special`(x), without its coefficient."""

    power: int = 0
    quadratic: sp.Expr = sp.S.Zero
    linear: sp.Expr = sp.S.Zero
    special: Special = None


def collect(terms: tuple[Term, ...]) -> dict[Factor, sp.Expr] | None:
    """Return the terms as coefficients of factors on the whole line, or None where one is not.

    A polynomial on half the line is written with the sign: 1_{x>0} = (1 + sign x)/2.
    """
    found: defaultdict[Factor, sp.Expr] = defaultdict(lambda: sp.Integer(0))
    for term in terms:
        if term.power > HIGHEST_POWER:
            return None
        parts = _factors(term)
        if parts is None:
            return None
        for factor, coefficient in parts:
            found[factor] += coefficient
    return {factor: c for factor, c in found.items() if sp.expand(c) != 0}


def _factors(term: Term) -> list[tuple[Factor, sp.Expr]] | None:
    if isinstance(term, ErrorFunctionTerm):
        special = ErrorFunction(term.slope, term.offset)
        return [(Factor(term.power, special=special), term.coefficient)]
    if isinstance(term, WaveTerm):
        if term.power:
            return None
        return [(Factor(special=Wave(term.frequency, term.phase)), term.coefficient)]
    return _interval_factors(term)


def _interval_factors(term: IntervalTerm) -> list[tuple[Factor, sp.Expr]] | None:
    if term.on_whole_line:
        return [(Factor(term.power, term.quadratic, term.linear), term.coefficient)]
    if term.quadratic != 0 or term.linear != 0:
        return None
    half = term.coefficient / 2
    if term.lower == 0 and term.upper.is_infinite:
        return [(Factor(term.power), half), (Factor(term.power, special=Sign()), half)]
    if term.upper == 0 and term.lower.is_infinite:
        return [(Factor(term.power), half), (Factor(term.power, special=Sign()), -half)]
    return None
