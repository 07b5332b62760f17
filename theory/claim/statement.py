"""What a claim states: a quantity, a relation, a formula, and how closely an equality is meant.

In the words of claims::

    upper(E_gap, 1/sqrt(d), trivial=1)      the quantity is at most the formula
    lower(rank, sqrt(d)/2)                  it is at least the formula
    equal(cosine, 1/pi, within=1/10)        it is the formula, to within a tenth of it
    rate(exponent, -1/2, tested=1/4)        it tends to the formula, compared like an equality
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.inline import in_line
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.errors import ArgumentError, finite, function, instance, member, text
from depthlaw.theory.values import Value
from depthlaw.theory.writing.latex import latex

BoundFunction = Callable[[Mapping[str, ParameterValue]], Value]
_PERCENT = Fraction(1, 10_000)
"""Tolerances from here on are written in per cent."""


@dataclass(frozen=True)
class Statement:
    """A quantity in relation to a formula.

    Parameters
    ----------
    quantity, sense, formula
        The left side (a SymPy expression, for printing), the relation, the right side, which is
        printed and evaluated.
    trivial
        Expression in the parameters that the quantity never exceeds (for lower bounds: never falls
        below), whatever the theory.
    within
        For equalities: the relative error up to which it is meant, a number or an expression in
        the parameters. None for one that is exact.
    tested
        For exact equalities: the relative error up to which checks tell it from others.
    leading
        Order of the relative error if the formula is only the leading term.
    by
        Evaluates the right side from the parameters where its formula is no closed one.

    Raises
    ------
    ArgumentError
        For arguments of the wrong kind, or a tolerance of an inequality.
    """

    quantity: sp.Expr
    sense: Sense
    formula: sp.Expr
    trivial: sp.Expr | None = None
    within: sp.Expr | None = None
    leading: str | None = None
    by: BoundFunction | None = None
    tested: sp.Expr | None = None

    def __post_init__(self) -> None:
        instance("quantity", self.quantity, sp.Basic, "a SymPy expression")
        object.__setattr__(self, "formula", _expression("formula", self.formula))
        object.__setattr__(self, "sense", member("sense", self.sense, Sense))
        for name in ("trivial", "within", "tested"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _expression(name, value))
        if self.leading is not None:
            text("leading", self.leading)
        if self.by is not None:
            function("by", self.by, "a function of the parameters or None")
        for name in ("within", "tested"):
            error = getattr(self, name)
            if error is not None and self.sense in (Sense.UPPER, Sense.LOWER):
                raise ArgumentError(name, in_line(error), "an inequality has none: leave it out")
            if error is not None and error.is_number and not error > 0:
                raise ArgumentError(name, in_line(error), "it must be above 0")
        if self.within is not None and self.tested is not None:
            raise ArgumentError(
                "tested", in_line(self.tested), "what is meant within an error is tested to it"
            )

    @property
    def relation(self) -> sp.Basic:
        """The statement as a SymPy relation (for a rate: as an equation with the limit)."""
        relations = {Sense.UPPER: sp.Le, Sense.LOWER: sp.Ge}
        return relations.get(self.sense, sp.Eq)(self.quantity, self.formula, evaluate=False)

    @property
    def tolerance(self) -> str:
        """How closely an equality is meant, in words: ``"within 10 %"``; empty if it is exact.

        >>> x = sp.Symbol("x")
        >>> equal(x, x, within=Fraction(1, 10)).tolerance
        'within 10 %'
        """
        if self.tested is not None:
            return f"exactly, tested to {_relative(self.tested)}"
        return "" if self.within is None else f"within {_relative(self.within)}"

    @property
    def resolution(self) -> sp.Expr | None:
        """The relative error up to which checks compare; None for one that is exact."""
        return self.tested if self.within is None else self.within

    @property
    def qualification(self) -> str:
        """What stands behind the formula: leading term and tolerance; empty where neither is."""
        parts = [f"leading term, relative error {self.leading}" if self.leading else ""]
        parts.append(f"held {self.tolerance}" if self.leading and self.within else self.tolerance)
        return "; ".join(part for part in parts if part)

    def latex(self) -> str:
        """Return the statement in LaTeX."""
        sign = {"upper": r"\le", "lower": r"\ge", "equal": "=", "rate": r"\to"}[self.sense.value]
        if self.leading:
            sign = r"\sim"
        return f"{latex(self.quantity)} {sign} {latex(self.formula)}"

    def scaled(self, factor: Fraction) -> Statement:
        """Return the statement with its right side multiplied by `factor`, to be evaluated so."""
        return replace(self, formula=sp.Rational(factor) * self.formula, by=None)


def _relative(error: sp.Expr) -> str:
    if error.is_Rational and error >= _PERCENT:
        return f"{float(100 * error):.3g} %"
    return f"{float(error):.2g} of it" if error.is_Rational else f"{in_line(error)} of it"


def upper(
    quantity: sp.Expr,
    formula: sp.Expr | float | Fraction,
    *,
    trivial: sp.Expr | float | Fraction | None = None,
    by: BoundFunction | None = None,
) -> Statement:
    """Return the statement that a quantity is at most a formula; see `Statement`."""
    return Statement(quantity, Sense.UPPER, formula, trivial, by=by)


def lower(
    quantity: sp.Expr,
    formula: sp.Expr | float | Fraction,
    *,
    trivial: sp.Expr | float | Fraction | None = None,
    by: BoundFunction | None = None,
) -> Statement:
    """Return the statement that a quantity is at least a formula; see `Statement`."""
    return Statement(quantity, Sense.LOWER, formula, trivial, by=by)


def equal(
    quantity: sp.Expr,
    formula: sp.Expr | float | Fraction,
    *,
    trivial: sp.Expr | float | Fraction | None = None,
    within: sp.Expr | float | Fraction | None = None,
    tested: sp.Expr | float | Fraction | None = None,
    leading: str | None = None,
    by: BoundFunction | None = None,
) -> Statement:
    """Return the statement that a quantity is a formula; see `Statement`."""
    return Statement(quantity, Sense.EQUAL, formula, trivial, within, leading, by, tested)


def rate(
    quantity: sp.Expr,
    formula: sp.Expr | float | Fraction,
    *,
    trivial: sp.Expr | float | Fraction | None = None,
    within: sp.Expr | float | Fraction | None = None,
    tested: sp.Expr | float | Fraction | None = None,
    leading: str | None = None,
    by: BoundFunction | None = None,
) -> Statement:
    """Return the statement that a factor per layer, or an exponent, tends to a formula."""
    return Statement(quantity, Sense.RATE, formula, trivial, within, leading, by, tested)


def _expression(name: str, value: object) -> sp.Expr:
    """Return a SymPy expression as it is and a number as one, exactly; nothing else is taken."""
    if isinstance(value, sp.Basic):
        return value
    try:
        return sp.Rational(Fraction(finite(name, value)))
    except ArgumentError:
        raise ArgumentError(name, value, "give a SymPy expression or a number") from None
