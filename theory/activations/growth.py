"""How fast a function may grow: |φ(x)| ≤ A exp(B|x| + C x²) on the real line.

With C < 1/4 the function is square-integrable against the Gaussian weight, and what an integral
leaves out beyond |x| > R has an explicit bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.activations.piece import Piece, Pieces, X
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import Number, ball
from depthlaw.theory.rigorous.holomorphic import enclose

_BOUNDED = {sp.tanh: 1, sp.sin: 1, sp.cos: 1, sp.erf: 1, sp.erfc: 2, sp.atan: 2, sp.sign: 1}
_CERTAIN = "it is not square-integrable against the Gaussian weight"
_UNCERTAIN = (
    "no bound A exp(B|x| + C x²) with C < 1/4 was found for it, so that it is not known "
    "to be square-integrable against the Gaussian weight"
)


@dataclass(frozen=True)
class GrowthBound:
    """|φ(x)| ≤ `scale` · exp(`linear` |x| + `quadratic` x²) for all real x.

    >>> bound = growth_bound((Piece(-sp.oo, sp.oo, X * sp.exp(X)),))
    >>> bool(abs(5 * math.exp(5)) <= bound.scale * math.exp(5 * bound.linear))
    True
    """

    scale: float
    linear: float
    quadratic: float

    def square_beyond(self, radius: Number) -> arb:
        """Return an upper bound on E[φ(x)²; |x| > `radius`], x ~ N(0, 1).

        With w = 1 − 4C the bound is A² w^{−1/2} e^{2B²/w} erfc((R − 2B/w)√(w/2)), by completing the
        square.
        """
        A, B, C = ball(self.scale), ball(self.linear), ball(self.quadratic)
        w = 1 - 4 * C
        R = ball(radius)
        tail = A * A / w.sqrt() * (2 * B * B / w).exp() * ((R - 2 * B / w) * (w / 2).sqrt()).erfc()
        return tail.upper()

    def radius(self, bits: int) -> Fraction:
        """Return R with E[φ²; |x| > R] ≤ 4^{−`bits`}."""
        R = Fraction(max(1, math.ceil(2 * self.linear)))
        goal = arb(2) ** (-2 * bits)
        while not self.square_beyond(R) < goal:
            R += Fraction(1, 2)
        return R

    def times(self, factor: float) -> GrowthBound:
        """Return the bound of a multiple of φ."""
        return GrowthBound(_up(ball(self.scale) * abs(ball(factor))), self.linear, self.quadratic)


def _up(value: arb) -> float:
    upper = value.upper()
    try:
        number = float(upper)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ArgumentError("expression", "a formula with numbers above 10³⁰⁸", "scale it down")
    return number if arb(number) >= upper else math.nextafter(number, math.inf)


def _constant(expression: sp.Expr) -> float:
    return _up(abs(enclose(expression, X, arb(0))))


def growth_bound(pieces: Pieces) -> GrowthBound:
    """Return a growth bound of a piecewise function.

    Raises
    ------
    ArgumentError
        If it is not square-integrable against the Gaussian weight, or could not be shown to be.
    """
    bounds = [_of_piece(piece) for piece in pieces]
    return GrowthBound(
        max(bound.scale for bound in bounds),
        max(bound.linear for bound in bounds),
        max(bound.quadratic for bound in bounds),
    )


def _of_piece(piece: Piece) -> GrowthBound:
    if not piece.expression.has(X):
        return GrowthBound(_constant(piece.expression), 0.0, 0.0)
    reach = None
    if piece.lower.is_finite and piece.upper.is_finite:
        reach = max(_constant(piece.lower), _constant(piece.upper))
    bound = _bound(piece.expression, reach)
    if not bound.quadratic < 0.25:
        raise ArgumentError("expression", piece.expression, _CERTAIN)
    return GrowthBound(bound.scale, max(0.0, bound.linear), bound.quadratic)


def _bound(e: sp.Expr, reach: float | None) -> GrowthBound:
    """Bound `e` for real x, for |x| ≤ `reach` only where that is given."""
    if not e.has(X):
        return GrowthBound(_constant(e), 0.0, 0.0)
    if e == X:
        # |x| ≤ e^{|x|−1}
        return GrowthBound(reach if reach is not None else _up(arb(-1).exp()), *_slope(reach, 1.0))
    if e.is_Add:
        parts = [_bound(part, reach) for part in e.args]
        scale = _up(sum((ball(part.scale) for part in parts), start=arb(0)))
        return GrowthBound(
            scale, max(part.linear for part in parts), max(part.quadratic for part in parts)
        )
    if e.is_Mul:
        parts = [_bound(part, reach) for part in e.args]
        scale = arb(1)
        for part in parts:
            scale *= ball(part.scale)
        return GrowthBound(
            _up(scale),
            _up(sum((ball(part.linear) for part in parts), start=arb(0))),
            _up(sum((ball(part.quadratic) for part in parts), start=arb(0))),
        )
    if isinstance(e, sp.exp):
        return _exponential(e.args[0], reach)
    if e.is_Pow:
        return _power(e, reach)
    if e.func in _BOUNDED:
        return GrowthBound(float(_BOUNDED[e.func]), 0.0, 0.0)
    if isinstance(e, sp.sinh | sp.cosh):
        up, down = (_bound(sp.exp(sign * e.args[0]), reach) for sign in (1, -1))
        scale = _up((ball(up.scale) + ball(down.scale)) / 2)
        return GrowthBound(scale, max(up.linear, down.linear), max(up.quadratic, down.quadratic))
    if isinstance(e, sp.log):
        return _logarithm(e.args[0], reach)
    if isinstance(e, sp.asinh):
        return _bound(e.args[0], reach)
    raise ArgumentError("expression", e, _UNCERTAIN)


def _slope(reach: float | None, linear: float) -> tuple[float, float]:
    return (linear, 0.0) if reach is None else (0.0, 0.0)


def _exponential(u: sp.Expr, reach: float | None) -> GrowthBound:
    """Bound exp(u): the polynomial part of u exactly, the rest where it is bounded above."""
    scale, polynomial = arb(1), sp.Integer(0)
    for part in sp.Add.make_args(sp.expand(u)):
        if part.is_polynomial(X):
            polynomial += part
        elif not part.is_nonpositive:
            inner = _bound(part, reach)
            if inner.linear > 0 or inner.quadratic > 0:
                certain = isinstance(part, sp.exp)
                raise ArgumentError("expression", sp.exp(u), _CERTAIN if certain else _UNCERTAIN)
            scale *= ball(inner.scale).exp()
    if reach is not None:
        return GrowthBound(_up(scale * ball(_bound(polynomial, reach).scale).exp()), 0.0, 0.0)
    coefficients = [sp.Poly(polynomial, X).coeff_monomial(X**k) for k in range(3)]
    degree = sp.degree(polynomial, X) if polynomial.has(X) else 0
    if degree > 2:
        return GrowthBound(_up(scale * _decaying(sp.Poly(polynomial, X)).exp()), 0.0, 0.0)
    constant, linear, quadratic = (enclose(c, X, arb(0)) for c in coefficients)
    return GrowthBound(_up(scale * constant.exp()), _up(abs(linear)), _up(quadratic))


def _decaying(polynomial: sp.Poly) -> arb:
    """Return an upper bound of a polynomial that tends to −∞ on both sides.

    Beyond Cauchy's radius 1 + max|c_i/c_n| it has the sign of its leading term; inside, the sum of
    the terms that may be positive bounds it.
    """
    coefficients = [ball(_constant(c)) for c in polynomial.all_coeffs()]
    leading = polynomial.LC()
    if polynomial.degree() % 2 or not leading.is_negative:
        raise ArgumentError("expression", sp.exp(polynomial.as_expr()), _CERTAIN)
    radius = arb(1)
    for c in coefficients[1:]:
        radius = radius.max(1 + c / abs(enclose(leading, X, arb(0))))
    total = arb(0)
    for (power,), c in polynomial.terms():
        if power % 2 or not c.is_negative:
            total += ball(_constant(c)) * radius**power
    return total


def _power(e: sp.Expr, reach: float | None) -> GrowthBound:
    base, exponent = e.args
    if not exponent.is_Rational:
        raise ArgumentError("expression", e, _UNCERTAIN)
    p = Fraction(int(exponent.p), int(exponent.q))
    if p > 0:
        if p.denominator > 1 and _lower_bound(base) is None:
            raise ArgumentError(
                "expression", e, "a root needs an argument that is proved to stay above 0"
            )
        if base == X and reach is None:
            # |x|^m ≤ (m/(eδ))^m e^{δ|x|} for every δ > 0
            delta = max(1.0, math.sqrt(p))
            scale = (ball(p) / (ball(delta) * arb(1).exp())) ** int(p)
            return GrowthBound(_up(scale), delta, 0.0)
        inner = _bound(base, reach)
        return GrowthBound(
            _up(ball(inner.scale) ** ball(p)),
            _up(ball(inner.linear) * ball(p)),
            _up(ball(inner.quadratic) * ball(p)),
        )
    lowest = _lower_bound(base)
    if lowest is None:
        pole = base.is_polynomial(X) and bool(sp.real_roots(sp.Poly(base, X)))
        certain = pole and 2 * p <= -1
        raise ArgumentError("expression", e, _CERTAIN if certain else _UNCERTAIN)
    return GrowthBound(_up(lowest ** ball(p)), 0.0, 0.0)


def _lower_bound(e: sp.Expr) -> arb | None:
    """Return a positive lower bound of `e` over real x, or None where no rule gives one."""
    if not e.has(X):
        value = enclose(e, X, arb(0)).lower()
        return value if value > 0 else None
    if e.is_Add:
        found = arb(0)
        for part in e.args:
            lowest = _lower_bound(part)
            if lowest is not None:
                found += lowest
            elif not part.is_nonnegative:
                return None
        return found.lower() if found > 0 else None
    if isinstance(e, sp.cosh):
        return arb(1)
    if e.is_Pow and e.exp.is_Rational and e.exp > 0:
        lowest = _lower_bound(e.base)
        return None if lowest is None else (lowest ** ball(Fraction(e.exp.p, e.exp.q))).lower()
    return None


def _logarithm(u: sp.Expr, reach: float | None) -> GrowthBound:
    lowest = _lower_bound(u)
    if lowest is None:
        raise ArgumentError("expression", sp.log(u), "the logarithm needs an argument above 0")
    inner = _bound(u, reach)
    # log u lies between log(lowest) and log A + B|x| + Cx², and x² ≤ 2e^{|x|}.
    constant = abs(lowest.log()) + abs(ball(inner.scale).log())
    scale = constant + ball(max(0.0, inner.linear)) + 2 * ball(max(0.0, inner.quadratic))
    grows = inner.linear > 0 or inner.quadratic > 0
    return GrowthBound(_up(scale), *_slope(reach, 1.0 if grows else 0.0))
