"""The rule table: a piecewise formula as a sum of terms whose Gaussian integrals are closed.

A term is x^m times the exponential of a quadratic on an interval, or times erf or a wave on the
whole line. What is not such a sum has no exact coefficients here: ball arithmetic encloses it.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from depthlaw.theory.activations.piece import Piece, Pieces, X
from depthlaw.theory.terms.error_function import ErrorFunctionTerm
from depthlaw.theory.terms.interval import IntervalTerm
from depthlaw.theory.terms.wave import WaveTerm

Term = IntervalTerm | ErrorFunctionTerm | WaveTerm


@lru_cache(maxsize=512)
def decompose(pieces: Pieces) -> tuple[Term, ...] | None:
    """Return the terms that add up to the function, or None where a part of it is none.

    >>> from depthlaw.theory.activations.piece import whole_line
    >>> terms = decompose(whole_line((1 + X) * sp.exp(2 * X)))
    >>> sp.expand(sum(term.formula() for term in terms) - (1 + X) * sp.exp(2 * X))
    0
    """
    return _piecewise(pieces) or _piecewise(_from_common_part(pieces))


def _from_common_part(pieces: Pieces) -> Pieces:
    """Write φ as its first formula on the whole line plus differences on the later intervals.

    Error functions and waves have rules on the whole line alone: a jump beside them is a difference
    without them.
    """
    first = pieces[0].expression
    rest = (Piece(p.lower, p.upper, p.expression - first) for p in pieces[1:])
    return (Piece(-sp.oo, sp.oo, first), *rest)


def _piecewise(pieces: Pieces) -> tuple[Term, ...] | None:
    terms: list[Term] = []
    for piece in pieces:
        for summand in sp.Add.make_args(_spread(piece.expression)):
            if summand == 0:
                continue
            term = _term(summand, piece)
            if term is None:
                return None
            terms.append(term)
    return tuple(terms)


def _spread(expression: sp.Expr) -> sp.Expr:
    """Write hyperbolic functions as exponentials, and multiply everything out."""
    rewritten = expression.replace(
        lambda e: isinstance(e, sp.sinh | sp.cosh) and e.has(X), lambda e: e.rewrite(sp.exp)
    )
    rewritten = rewritten.replace(
        lambda e: isinstance(e, sp.erfc) and e.has(X), lambda e: 1 - sp.erf(e.args[0])
    )
    return sp.expand(rewritten, power_exp=False, trig=False, complex=False)


def _term(summand: sp.Expr, piece: Piece) -> Term | None:
    coefficient, power, exponent = sp.Integer(1), 0, sp.Integer(0)
    special: sp.Expr | None = None
    for factor in sp.Mul.make_args(summand):
        if not factor.has(X):
            coefficient *= factor
        elif factor == X:
            power += 1
        elif factor.is_Pow and factor.base == X and factor.exp.is_Integer and factor.exp > 0:
            power += int(factor.exp)
        elif isinstance(factor, sp.exp):
            exponent += factor.args[0]
        elif isinstance(factor, sp.erf | sp.sin | sp.cos) and special is None:
            special = factor
        else:
            return None
    whole = bool(piece.lower.is_infinite and piece.upper.is_infinite)
    if special is None:
        quadratic = _polynomial(exponent, 2)
        if quadratic is None:
            return None
        c, t, s = quadratic
        # Balls need w = 1 + 2s > 0, which unbounded intervals have by square-integrability.
        if (1 + 2 * -s).is_positive is not True:
            return None
        return IntervalTerm(coefficient * sp.exp(c), power, -s, t, piece.lower, piece.upper)
    linear = _polynomial(special.args[0], 1)
    if linear is None or exponent != 0 or not whole:
        return None
    offset, slope = linear
    if isinstance(special, sp.erf):
        return ErrorFunctionTerm(coefficient, power, slope, offset)
    phase = offset if isinstance(special, sp.cos) else offset - sp.pi / 2
    return WaveTerm(coefficient, power, slope, phase)


def _polynomial(expression: sp.Expr, degree: int) -> tuple[sp.Expr, ...] | None:
    """Return the coefficients, constant first, of a polynomial of at most that degree."""
    if not expression.is_polynomial(X):
        return None
    polynomial = sp.Poly(expression, X)
    if polynomial.degree() > degree:
        return None
    return tuple(polynomial.coeff_monomial(X**k) for k in range(degree + 1))
