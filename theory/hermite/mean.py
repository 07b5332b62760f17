"""E φ and E φ² as exact numbers: closed where the rule table has them, else named integrals."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import sympy as sp
from flint import arb, ctx

from depthlaw.theory.activations.definition import Activation, Parity, takes_activation
from depthlaw.theory.activations.edges import edge
from depthlaw.theory.activations.growth import growth_bound
from depthlaw.theory.activations.piece import (
    Piece,
    Pieces,
    X,
    refine,
    to_expression,
)
from depthlaw.theory.activations.sign_changes import position
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.gaussian import Segment
from depthlaw.theory.rigorous.holomorphic import compile_holomorphic
from depthlaw.theory.rigorous.number import BallNumber
from depthlaw.theory.rigorous.panels import hermite_integrals, working_bits
from depthlaw.theory.rigorous.ranges import real_range
from depthlaw.theory.rigorous.zero import ball_of, sign_of
from depthlaw.theory.terms.closed_kernel import closed_kernel
from depthlaw.theory.terms.rule_table import decompose

# Bound by the integral; not `X`, so that SymPy never takes the number for a function of x.
_BOUND = sp.Symbol("z", real=True)


class GaussianMean(BallNumber):
    """The number E ψ(x)^p, x ~ N(0, 1), p = 1 or 2, of a piecewise formula without a closed form.

    It behaves as a constant in SymPy, and a ball around it is computed at whatever precision is in
    force.

    >>> from depthlaw.theory.activations.piece import whole_line
    >>> GaussianMean.of(whole_line(sp.tanh(X)), 1).as_ball().contains(0)
    True
    """

    @classmethod
    def of(cls, pieces: Pieces, power: int) -> GaussianMean:
        """Return the mean of the `power`-th power of a piecewise formula."""
        formulas = (
            sp.Tuple(p.lower, p.upper, sp.Lambda(_BOUND, p.expression.xreplace({X: _BOUND})))
            for p in pieces
        )
        return cls(sp.Integer(power), *formulas)

    def pieces(self) -> Pieces:
        """Return the formula ψ."""
        return tuple(
            Piece(lower, upper, formula.expr.xreplace({formula.variables[0]: X}))
            for lower, upper, formula in self.args[1:]
        )

    def as_ball(self) -> arb:
        """Return a ball that contains the number, at the working precision."""
        # A few precisions only, so that callers with slightly different ones share the integral.
        bits = next(size for size in _PRECISIONS if size >= ctx.prec or size == _PRECISIONS[-1])
        return +_integrate(self, bits)

    def _shown(self, printer: Any) -> str:
        return str(printer.doprint(to_expression(self.pieces()) ** self.args[0]))

    def _sympystr(self, printer: Any) -> str:
        return f"E[{self._shown(printer)}]"

    def _latex(self, printer: Any) -> str:
        return rf"\mathbb{{E}}\left[{self._shown(printer)}\right]"


_PRECISIONS = (64, 128, 256, 512, 1024, 2048)


@lru_cache(maxsize=1024)
def _integrate(number: GaussianMean, bits: int) -> arb:
    """Enclose the integral; the tail is E[ψ²; |x| > R], or its root by Cauchy and Schwarz."""
    pieces, power = number.pieces(), int(number.args[0])
    growth = growth_bound(pieces)
    radius = growth.radius(bits)
    with precision(working_bits(float(radius), 0, bits)):
        parts = segments(pieces, ball(radius), power)
    tail = growth.square_beyond(radius)
    (value,) = hermite_integrals(parts, 0, bits)
    with precision(bits):
        return value + arb(0, (tail if power == 2 else tail.sqrt()).abs_upper())


def segments(pieces: Pieces, radius: arb, power: int = 1) -> list[Segment]:
    """Return the pieces of ψ^`power` clipped to [−R, R], as functions of complex balls."""
    found = []
    for piece in pieces:
        lower = -radius if piece.lower.is_infinite else ball_of(piece.lower).max(-radius)
        upper = radius if piece.upper.is_infinite else ball_of(piece.upper).min(radius)
        if piece.expression != 0 and lower < upper:
            formula = piece.expression**power
            mass = partial(_mass, Piece(piece.lower, piece.upper, formula))
            found.append(Segment(lower, upper, compile_holomorphic(formula, X), mass))
    return found


def _mass(piece: Piece, lower: arb, upper: arb) -> arb:
    """Bound ∫|ψ| over an interval, also next to an end of the piece where ψ is not bounded."""
    span, width = lower.union(upper), (upper - lower).abs_upper()
    values = real_range(piece.expression, X, span)
    if values.is_finite():
        return (abs(values) * width).upper()
    for end in (piece.lower, piece.upper):
        if end.is_finite and span.overlaps(ball_of(end)) and width < 1:
            found = edge(piece.expression, end, span)
            if found is not None:
                return found.mass(width).upper()
    return arb.pos_inf()


@takes_activation
@lru_cache(maxsize=512)
def mean(activation: Activation) -> sp.Expr:
    """Return E φ(x), x ~ N(0, 1), as an exact number.

    >>> from depthlaw.theory.activations import activation
    >>> mean(activation("relu")) == 1 / sp.sqrt(2 * sp.pi)
    True
    """
    if activation.parity is Parity.ODD:
        return sp.Integer(0)
    closed = _closed_mean(activation.pieces)
    if closed is not None:
        with precision(64):
            near_zero = ball_of(closed).contains(0)
        return sp.Integer(0) if near_zero and sign_of(closed) == 0 else closed
    return _folded_mean(activation)


def _folded_mean(activation: Activation) -> sp.Expr:
    """Return E φ as E[φ(x) + φ(−x); x > 0]: what is odd drops out, what is closed stays exact."""
    both = refine(activation.pieces, activation.gain(-1).pieces)
    total, left = sp.Integer(0), []
    for part in both:
        if position(part.upper) <= 0:
            continue
        lower = sp.Max(part.lower, 0) if part.lower.is_infinite else part.lower
        lower = sp.Integer(0) if position(lower) < 0 else lower
        for summand in sp.Add.make_args(sp.expand(sum(part.expression, start=sp.Integer(0)))):
            piece = Piece(lower, part.upper, summand)
            closed = _closed_mean(_padded(piece))
            if closed is None:
                left.append(piece)
            else:
                total += closed
    if not left:
        return sp.Integer(0) if sign_of(total) == 0 else sp.expand(total)
    factor, offset, core = _core(activation.pieces)
    return factor * GaussianMean.of(core, 1) + offset


def _padded(piece: Piece) -> Pieces:
    """Return a piece with 0 on both sides of it, as a function on the whole line."""
    zero = sp.Integer(0)
    around = [Piece(-sp.oo, piece.lower, zero), piece, Piece(piece.upper, sp.oo, zero)]
    return tuple(p for p in around if p.lower != p.upper)


@takes_activation
@lru_cache(maxsize=512)
def second_moment(activation: Activation) -> sp.Expr:
    """Return E φ(x)², x ~ N(0, 1), as an exact number.

    >>> from depthlaw.theory.activations import activation
    >>> second_moment(activation("relu"))
    1/2
    """
    squares = tuple(Piece(p.lower, p.upper, p.expression**2) for p in activation.pieces)
    closed = _closed_mean(squares)
    if closed is not None:
        return closed
    kernel = closed_kernel(activation)
    if kernel is not None:
        return kernel.at(1, 1, 1)
    factor, offset, core = _core(activation.pieces)
    if offset != 0:
        factor, core = sp.Integer(1), activation.pieces
    return factor**2 * GaussianMean.of(core, 2)


def _closed_mean(pieces: Pieces) -> sp.Expr | None:
    terms = decompose(pieces)
    if terms is None:
        return None
    return sp.expand(sum((term.moments(0)[0] for term in terms), start=sp.Integer(0)))


def _core(pieces: Pieces) -> tuple[sp.Expr, sp.Expr, Pieces]:
    """Return c, b and ψ with φ = c ψ + b: multiples and centred copies share one integral."""
    if len(pieces) > 1:
        curved = next(p.expression for p in pieces if p.expression.has(X))
        factor, _ = curved.as_independent(X, as_Add=False)
        core = tuple(Piece(p.lower, p.upper, p.expression / factor) for p in pieces)
        return factor, sp.Integer(0), core
    offset, rest = pieces[0].expression.as_independent(X, as_Add=True)
    factor, core = rest.as_independent(X, as_Add=False)
    return factor, offset, (Piece(pieces[0].lower, pieces[0].upper, core),)
