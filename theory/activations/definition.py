"""The type of an activation: a name, a formula on each interval, and a function of arrays."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

import sympy as sp
from flint import arb

from depthlaw.theory.activations.functions import AffineOf, FromPieces, SumOf, Vectorised
from depthlaw.theory.activations.growth import GrowthBound, growth_bound
from depthlaw.theory.activations.piece import (
    Piece,
    Pieces,
    X,
    breakpoints,
    is_resolved,
    joined,
    may_jump,
    refine,
    slope,
    to_expression,
)
from depthlaw.theory.activations.roots import vanishes_at_root
from depthlaw.theory.activations.slopes import SlopeOf
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import (
    ArgumentError,
    DepthlawError,
    finite,
    function,
    instance,
    items,
    takes,
    text,
)
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.holomorphic import enclose
from depthlaw.theory.rigorous.quotient import value_at
from depthlaw.theory.rigorous.zero import ball_of, sign_of
from depthlaw.theory.writing.latex import latex
from depthlaw.theory.writing.markup import displayed, formula, paragraph, strong

Scalar: TypeAlias = int | float | Fraction | sp.Expr


class Parity(StrEnum):
    """Whether φ(−x) is −φ(x), φ(x) or neither."""

    ODD = "odd"
    EVEN = "even"
    NEITHER = "neither"


def exact_number(argument: str, value: Scalar) -> sp.Expr:
    """Return a real number as an exact SymPy number; a float means the decimal that Python prints.

    >>> exact_number("gain", 0.1)
    1/10

    Raises
    ------
    ArgumentError
        If it is not a finite real number.
    """
    if isinstance(value, sp.Expr):
        if (
            not value.is_number
            or value.is_real is False
            or value.is_finite is False
            or value is sp.nan
        ):
            raise ArgumentError(argument, value, "it must be a finite real number")
        return value
    number = finite(argument, value)
    return sp.Rational(str(number)) if isinstance(number, float) else sp.Rational(number)


@dataclass(frozen=True)
class Activation:
    """A function φ: R → R, square-integrable against the Gaussian weight.

    Parameters
    ----------
    name
        What reports call it.
    pieces
        Its formula on each of finitely many intervals that cover the line, analytic up to the ends.
    function
        The same function for float arrays of any shape, stable for |x| ≤ 10³.

    Raises
    ------
    ArgumentError
        If φ is not square-integrable against the Gaussian weight, or no proof of it was found.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> swish = activation("sigmoid").gain(2)
    >>> swish.expression == 1 / (1 + sp.exp(-2 * X))
    True
    """

    name: str
    pieces: Pieces
    function: Vectorised = field(compare=False, repr=False)

    def __post_init__(self) -> None:
        text("name", self.name)
        pieces = items("pieces", self.pieces, "pieces")
        if not pieces:
            raise ArgumentError("pieces", "none", "give a formula on the whole line")
        for piece in pieces:
            instance("pieces", piece, Piece, "a list of Piece")
        object.__setattr__(self, "pieces", pieces)
        function("function", self.function, "a function of arrays")
        # Computed here, so that a function without a growth bound never becomes an activation.
        object.__setattr__(self, "_growth", growth_bound(self.pieces))

    @classmethod
    def of_pieces(cls, name: str, pieces: Pieces) -> Activation:
        """Return the activation whose function of arrays is compiled from its formulas."""
        return cls(name, pieces, FromPieces(pieces))

    @property
    def growth(self) -> GrowthBound:
        """A, B, C with |φ(x)| ≤ A exp(B|x| + Cx²) for all x."""
        bound: GrowthBound = self.__dict__["_growth"]
        return bound

    @property
    def is_resolved(self) -> bool:
        """Whether every kink is a breakpoint; if not, φ has more of them far out."""
        return all(is_resolved(piece.expression) for piece in self.pieces)

    @property
    def may_jump(self) -> bool:
        """Whether φ may have jumps beside those at its breakpoints."""
        return any(may_jump(piece.expression) for piece in self.pieces)

    @property
    def expression(self) -> sp.Expr:
        """The function as one SymPy expression in `X`."""
        return to_expression(self.pieces)

    @property
    def breakpoints(self) -> tuple[sp.Expr, ...]:
        """The points between the pieces, increasing."""
        return breakpoints(self.pieces)

    def _repr_latex_(self) -> str:
        return displayed(rf"\varphi(x) = {latex(self.expression)}")

    def _repr_html_(self) -> str:
        return paragraph(strong(self.name), formula(rf"\varphi(x) = {latex(self.expression)}"))

    def operation(self) -> Elementwise:
        """Return what a network applies: functions of arrays and a name, no formula.

        The derivative leaves out what φ jumps by: a jump has no gradient.
        """
        slope = SlopeOf(self.pieces)
        return Elementwise(self.function, self.name, self.is_homogeneous, slope)

    @cached_property
    def is_homogeneous(self) -> bool:
        """Whether φ(2x) = 2φ(x) was proved, as for ReLU, leaky ReLU and |x|."""
        return self.gain(2).pieces == self.multiple(2).pieces

    @cached_property
    def parity(self) -> Parity:
        """Odd, even or neither, proved; `NEITHER` also where no proof was found."""
        mirrored = self.gain(-1).pieces
        for parity, sign in ((Parity.ODD, 1), (Parity.EVEN, -1)):
            pairs = refine(self.pieces, mirrored)
            if all(_vanishes(p.expression[0] + sign * p.expression[1], p) for p in pairs):
                return parity
        return Parity.NEITHER

    @cached_property
    def has_constant_square(self) -> bool:
        """Whether φ(x)² + φ(−x)² was proved constant, as for sign: then E φ(√q z)² is, too."""
        pairs = refine(self.pieces, self.gain(-1).pieces)
        sums = [p.expression[0] ** 2 + p.expression[1] ** 2 for p in pairs]
        level = sums[0].subs(X, pairs[0].inside)
        return all(_vanishes(total - level, p) for total, p in zip(sums, pairs, strict=True))

    @cached_property
    def jumps(self) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
        """Breakpoints where φ is discontinuous, each with φ(b+) − φ(b−)."""
        found = []
        for left, right in zip(self.pieces, self.pieces[1:], strict=False):
            jump = _jump(left, right)
            if jump != 0:
                found.append((left.upper, jump))
        return tuple(found)

    def derivative(self) -> Activation:
        """Return φ′ where it exists; the point masses at `jumps` are not part of it."""
        pieces = [Piece(p.lower, p.upper, slope(p.expression)) for p in self.pieces]
        return Activation.of_pieces(f"({self.name})′", joined(pieces))

    def weighted(self) -> Activation:
        """Return x ↦ x φ(x), whose mean is c_1."""
        pieces = [Piece(p.lower, p.upper, X * p.expression) for p in self.pieces]
        return Activation.of_pieces(f"x·{self.name}", joined(pieces))

    def gain(self, gain: Scalar) -> Activation:
        """Return x ↦ φ(`gain` x).

        Raises
        ------
        ArgumentError
            If `gain` is 0 or not finite, or the result is not square-integrable.
        """
        a = exact_number("gain", gain)
        if a == 0:
            raise ArgumentError("gain", gain, "a gain of 0 leaves a constant: use a polynomial")
        pieces = [Piece(p.lower / a, p.upper / a, p.expression.subs(X, a * X)) for p in self.pieces]
        if a.is_negative:
            pieces = [Piece(p.upper, p.lower, p.expression) for p in reversed(pieces)]
        name = f"{self.name}∘{_written(gain)}x"
        return Activation(name, tuple(pieces), AffineOf(self.function, gain=float(a)))

    def shift(self, shift: Scalar) -> Activation:
        """Return x ↦ φ(x + `shift`)."""
        b = exact_number("shift", shift)
        pieces = [Piece(p.lower - b, p.upper - b, p.expression.subs(X, X + b)) for p in self.pieces]
        name = f"{self.name}∘(x+{_written(shift)})"
        return Activation(name, tuple(pieces), AffineOf(self.function, shift=float(b)))

    def affine(self, factor: sp.Expr, offset: sp.Expr, name: str) -> Activation:
        """Return x ↦ `factor` φ(x) + `offset`, under a name."""
        pieces = [Piece(p.lower, p.upper, factor * p.expression + offset) for p in self.pieces]
        function = AffineOf(self.function, factor=_float(factor), offset=_float(offset))
        return Activation(name, joined(pieces), function)

    def multiple(self, factor: Scalar) -> Activation:
        """Return x ↦ `factor` φ(x)."""
        c = exact_number("factor", factor)
        return self.affine(c, sp.Integer(0), f"{_written(factor)}·{self.name}")

    def __add__(self, other: Activation) -> Activation:
        """Return the sum of two activations."""
        instance("other", other, Activation, "an Activation")
        pieces = [
            Piece(p.lower, p.upper, p.expression[0] + p.expression[1])
            for p in refine(self.pieces, other.pieces)
        ]
        name = f"{self.name}+{other.name}"
        return Activation(name, joined(pieces), SumOf(self.function, other.function))


def _jump(left: Piece, right: Piece) -> sp.Expr:
    """Return φ(b+) − φ(b−), as 0 where that is proved."""
    place = left.upper
    difference = right.expression - left.expression
    jump = value_at(difference, X, place)
    if jump.has(sp.nan, sp.zoo, sp.oo):
        sides = (sp.limit(p.expression, X, place, d) for p, d in ((right, "+"), (left, "-")))
        jump = next(sides) - next(sides)
        if not jump.is_finite:
            raise DepthlawError(f"the jump at x = {sp.N(place, 6)} is not finite")
    with precision(192):
        if not ball_of(jump).contains(0):
            return jump
    if vanishes_at_root(difference, place) or sign_of(jump) == 0:
        return sp.Integer(0)
    raise DepthlawError(f"whether there is a jump at x = {sp.N(place, 6)} is not decided")


takes_activation = takes("activation", Activation, "an Activation, as activation(name) returns it")
"""Decorates a function of an activation; a name is not one yet."""


@takes_activation
def check_activation(activation: Activation) -> Activation:
    """Return `activation` if it is one."""
    return activation


def _written(number: Scalar) -> str:
    """Return a number as it was given: a float with its decimals, anything else exactly."""
    return str(number if isinstance(number, sp.Expr) else finite("number", number))


def _float(number: sp.Expr) -> float:
    with precision(2 * sys.float_info.mant_dig):  # so that the midpoint rounds to the nearest float
        return float(enclose(number, X, arb(0)).mid())


def _vanishes(expression: sp.Expr, piece: Piece) -> bool:
    """Whether a formula is zero on an interval: balls refute it, else algebra proves it."""
    if expression == 0:
        return True
    for offset in (sp.Rational(1, 3), sp.Rational(1, 7), sp.Rational(2, 5)):
        value = enclose(expression, X, enclose(piece.inside + offset / 100, X, arb(0)))
        if not value.contains(0):
            return False
    return bool(sp.simplify(expression) == 0)
