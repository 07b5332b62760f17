"""The kinds of step of a derivation; each says on what ground it stands.

=================  ===================================================================
ground             what `check` does
=================  ===================================================================
machine-checked    proves the step again: a symbolic identity, a sign that SymPy derives
                   from the assumptions on the symbols, an inequality certified by ball
                   arithmetic over a box, or two independent computations enclosed apart
                   from each other only by proved errors
by a rule          checks the hypotheses of a named standard fact (`depthlaw.theory.claim.rules`)
by another claim   asks whether that claim is proved and its hypotheses hold (`Uses`)
cited              nothing: the step is somebody's theorem, and the source is named
argued             nothing: the step is an argument in words, for the reader to judge
=================  ===================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol

import sympy as sp
from flint import arb

from depthlaw.theory.claim.approach import approaches
from depthlaw.theory.claim.fields import check_fields
from depthlaw.theory.rigorous.balls import ball_text, precision
from depthlaw.theory.rigorous.boxes import Interval, positive_on
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.writing.latex import latex


class Ground(StrEnum):
    """On what a step stands."""

    MACHINE = "machine-checked"
    RULE = "by a rule"
    CLAIM = "by another claim"
    CITED = "cited"
    ARGUED = "argued"


CHECKED = (Ground.MACHINE, Ground.RULE, Ground.CLAIM)
"""What `check` does something for."""


@dataclass(frozen=True)
class StepResult:
    """What checking a step found. `holds` is true for cited and argued steps: nothing was tried.

    `carries` says whether the proof rests on the words of an argued step.
    """

    title: str
    ground: Ground
    holds: bool
    detail: str
    carries: bool = False


class Step(Protocol):
    """One step of a derivation."""

    ground: ClassVar[Ground]

    @property
    def title(self) -> str:
        """What the step says, in words."""

    def check(self) -> StepResult:
        """Prove the step again, where a machine can."""

    def latex(self) -> str:
        """Return the formula of the step, empty for a step in words."""


@dataclass(frozen=True)
class Identity:
    """`left` equals `right`, by symbolic simplification of the difference.

    >>> x = sp.Symbol("x")
    >>> Identity("binomial", (1 + x)**2, 1 + 2*x + x**2).check().holds
    True
    >>> Identity("misprint", (1 + x)**2, 1 + x + x**2).check().holds
    False
    """

    title: str
    left: sp.Expr
    right: sp.Expr
    ground: ClassVar[Ground] = Ground.MACHINE

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> StepResult:
        """Simplify the difference of both sides to zero."""
        difference = (self.left - self.right).doit()
        difference = sp.Integer(0) if cancels(difference) else sp.simplify(difference)
        if difference != 0 and difference.has(sp.gamma):
            difference = sp.gammasimp(sp.expand_func(difference))
        holds = difference == 0
        detail = "simplifies to 0" if holds else f"differs by {difference}"
        return StepResult(self.title, self.ground, bool(holds), detail)

    def latex(self) -> str:
        """Return ``left = right``."""
        return f"{latex(self.left)} = {latex(self.right)}"


def cancels(expression: sp.Expr) -> bool:
    """Return whether a formula is 0 once it is written as one fraction and multiplied out.

    So are most differences of two sides that are equal: with values of Γ that differ by a whole
    number reduced to one, and angles and powers written as exponentials. It takes a tenth of the
    time of SymPy's `simplify`, which tries much else before.

    >>> x, y = sp.symbols("x y")
    >>> cancels(1 / x - 1 / y - (y - x) / (x * y)), cancels(sp.sin(x)**2 + sp.cos(x)**2 - 1)
    (True, True)
    >>> cancels(sp.gamma(x + 1) - x * sp.gamma(x)), cancels(sp.gamma(x + 1) - sp.gamma(x))
    (True, False)
    """
    if expression == 0 or sp.expand(expression) == 0 or _numerator(expression) == 0:
        return True
    if expression.has(sp.gamma):
        return bool(_numerator(sp.gammasimp(sp.expand_func(expression))) == 0)
    return expression.has(*_EXPONENTIAL) and bool(_numerator(expression.rewrite(sp.exp)) == 0)


_EXPONENTIAL = (
    sp.functions.elementary.trigonometric.TrigonometricFunction,
    sp.functions.elementary.hyperbolic.HyperbolicFunction,
    sp.Pow,
)


def _numerator(expression: sp.Expr) -> sp.Expr:
    return sp.expand(sp.fraction(sp.together(expression))[0])


@dataclass(frozen=True)
class Limit:
    """`expression` tends to `value` as `symbol` tends to `point`, by SymPy's limit.

    >>> x = sp.Symbol("x", positive=True)
    >>> Limit("decay", 1 / x, x, sp.oo, sp.Integer(0)).check().holds
    True
    """

    title: str
    expression: sp.Expr
    symbol: sp.Symbol
    point: sp.Expr
    value: sp.Expr
    ground: ClassVar[Ground] = Ground.MACHINE

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> StepResult:
        """Take the limit and compare; SymPy errs at times, so a finite one is looked at, too."""
        found = sp.limit(self.expression, self.symbol, self.point)
        holds = sp.simplify(found - self.value) == 0
        if holds and self.value.is_finite:
            holds = approaches(self.expression, self.symbol, self.point, self.value)
        return StepResult(self.title, self.ground, bool(holds), f"limit {found}")

    def latex(self) -> str:
        """Return the limit as a formula."""
        limit = sp.Limit(self.expression, self.symbol, self.point)
        return f"{latex(limit)} = {latex(self.value)}"


@dataclass(frozen=True)
class Sign:
    """`expression` is ≥ 0 (or > 0 if `strict`), derived from the assumptions on its symbols.

    >>> x = sp.Symbol("x", real=True)
    >>> Sign("square", 1 + x**2, strict=True).check().holds
    True
    >>> Sign("not a square", 1 + x).check().holds
    False
    """

    title: str
    expression: sp.Expr
    strict: bool = False
    ground: ClassVar[Ground] = Ground.MACHINE

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> StepResult:
        """Ask SymPy for the sign; undecided counts as not proved."""
        answer = self.expression.is_positive if self.strict else self.expression.is_nonnegative
        detail = "follows from the assumptions on the symbols" if answer else f"SymPy says {answer}"
        return StepResult(self.title, self.ground, answer is True, detail)

    def latex(self) -> str:
        """Return ``expression ≥ 0`` or ``> 0``."""
        relation = ">" if self.strict else r"\ge"
        return f"{latex(self.expression)} {relation} 0"


@dataclass(frozen=True)
class PositiveOnBox:
    """`expression` > 0 for all values of its symbols in a box, by ball arithmetic and subdivision.

    >>> from fractions import Fraction
    >>> x = sp.Symbol("x")
    >>> PositiveOnBox("e^x > 1 + x/2 away from 0", sp.exp(x) - 1 - x/2,
    ...               {x: (Fraction(1, 10), Fraction(2))}).check().holds
    True
    """

    title: str
    expression: sp.Expr
    box: dict[sp.Symbol, Interval]
    ground: ClassVar[Ground] = Ground.MACHINE

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> StepResult:
        """Subdivide until every piece is certified."""
        symbols = list(self.box)

        def value(*balls: arb) -> arb:
            return evaluate(self.expression, dict(zip(symbols, balls, strict=True)))

        proof = positive_on(value, list(self.box.values()))
        detail = f"{proof.pieces} pieces"
        if not proof.proved:
            detail += f"; stopped at {proof.counterexample or proof.undecided}"
        return StepResult(self.title, self.ground, proof.proved, detail)

    def latex(self) -> str:
        """Return the inequality with its box."""
        sides = ", ".join(
            rf"{latex(symbol)} \in [{latex(sp.Rational(low))}, {latex(sp.Rational(high))}]"
            for symbol, (low, high) in self.box.items()
        )
        return rf"{latex(self.expression)} > 0, \quad {sides}"


@dataclass(frozen=True)
class Agreement:
    """Two independent computations of the same numbers give overlapping balls.

    Each of `first` and `second` returns a sequence of balls at the precision in force. Agreement is
    refused unless every ball is narrower than 2^{-`accuracy_bits`} relative to itself, so that wide
    balls cannot agree by accident.
    """

    title: str
    formula: str
    first: Callable[[], Sequence[arb]]
    second: Callable[[], Sequence[arb]]
    bits: int = 128
    accuracy_bits: int = 40
    ground: ClassVar[Ground] = Ground.MACHINE

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> StepResult:
        """Compute both and compare."""
        with precision(self.bits):
            pairs = list(zip(self.first(), self.second(), strict=True))
            sharp = all(
                ball.is_exact() or ball.rel_accuracy_bits() >= self.accuracy_bits
                for pair in pairs
                for ball in pair
            )
            holds = sharp and all(a.overlaps(b) for a, b in pairs)
        detail = f"{len(pairs)} numbers to {self.accuracy_bits} bits"
        return StepResult(self.title, self.ground, holds, detail)

    def latex(self) -> str:
        """Return the formula that both sides compute."""
        return self.formula


@dataclass(frozen=True)
class Order:
    """One computed number is certainly smaller than another.

    >>> Order("π² < 10", "π² < 10", lambda: arb.pi() ** 2, lambda: arb(10)).check().holds
    True
    """

    title: str
    formula: str
    smaller: Callable[[], arb]
    larger: Callable[[], arb]
    bits: int = 128
    ground: ClassVar[Ground] = Ground.MACHINE

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> StepResult:
        """Enclose both and compare."""
        with precision(self.bits):
            low, high = self.smaller(), self.larger()
            detail = f"{ball_text(low, 10)} < {ball_text(high, 10)}"
            return StepResult(self.title, self.ground, bool(low < high), detail)

    def latex(self) -> str:
        """Return the formula that is compared."""
        return self.formula


@dataclass(frozen=True)
class Cited:
    """A step that is somebody's theorem."""

    title: str
    source: str
    formula: str = ""
    ground: ClassVar[Ground] = Ground.CITED

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> StepResult:
        """Report the source; nothing is tried."""
        return StepResult(self.title, self.ground, True, self.source)

    def latex(self) -> str:
        """Return the formula."""
        return self.formula


@dataclass(frozen=True)
class Argued:
    """A step in words.

    Parameters
    ----------
    title, text
        What it says, and the argument.
    formula
        What it states, in LaTeX; from `relation` where that is given.
    carries
        Whether the proof rests on it, or it only explains.
    relation, ranges
        What it states as a SymPy relation, and the range of each of its symbols: it is tried on
        random instances before it is believed.
    """

    title: str
    text: str
    formula: str = ""
    carries: bool = True
    relation: sp.Rel | None = None
    ranges: Mapping[sp.Symbol, Interval] = field(default_factory=dict)
    ground: ClassVar[Ground] = Ground.ARGUED

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> StepResult:
        """Report the argument; nothing is tried."""
        return StepResult(self.title, self.ground, True, self.text, self.carries)

    def latex(self) -> str:
        """Return the formula."""
        return self.formula or ("" if self.relation is None else latex(self.relation))
