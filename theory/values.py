"""Numbers that say how they are known.

============  ==========================================================================
kind          what it promises
============  ==========================================================================
`Exact`       a SymPy expression: the number itself
`Enclosure`   a ball that contains the number, proved by ball arithmetic
`Asymptotic`  the leading term of an expansion, with the order of what is left out
`Numeric`     computed without a proof, with what two resolutions differ by
`Estimate`    a confidence interval: level, sample size and seed; wrong with probability
              at most `level`
============  ==========================================================================

Turning one kind into another is a call that can be seen (`Exact.enclose`, `Enclosure.of`); nothing
converts silently to `float`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from flint import arb, ctx

from depthlaw.theory.errors import instance
from depthlaw.theory.rigorous.balls import Number, ball, ball_text, float_bounds, precision
from depthlaw.theory.writing.markup import displayed, formula, paragraph, words

if TYPE_CHECKING:
    import sympy as sp


_FLOAT_BITS = 53
_MOST_BITS = 2048
_CLOSED_BITS = 256
"""Precision at which an integral without a name is enclosed."""
_SHORT = 60
"""Operations up to which an exact number is brought to one fraction."""


class Kind(StrEnum):
    """How a number is known."""

    EXACT = "exact"
    ENCLOSURE = "enclosure"
    ASYMPTOTIC = "asymptotic"
    COMPUTED = "computed"
    ESTIMATE = "estimate"


def as_data(value: Any) -> Any:
    """Return `value` in terms that JSON has.

    >>> as_data((Fraction(1, 8), {"ends": (0, -math.inf)})) == [0.125, {"ends": [0, "-inf"]}]
    True
    """
    if isinstance(value, Mapping):
        return {str(key): as_data(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [as_data(entry) for entry in value]
    if isinstance(value, Fraction):
        try:
            value = float(value)
        except OverflowError:
            return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def json_number(value: float) -> float | str:
    """Return a finite float as it is and an infinite one as ``"inf"`` or ``"-inf"``."""
    return value if math.isfinite(value) else str(value)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A real number known to lie in a ball.

    The float end points are rounded outwards, so they enclose it too.

    >>> from fractions import Fraction
    >>> third = Enclosure.of(Fraction(1, 3))
    >>> third.lower < 1 / 3 <= third.upper
    True
    """

    ball: arb
    kind: ClassVar[Kind] = Kind.ENCLOSURE

    @classmethod
    def of(cls, number: Number) -> Enclosure:
        """Enclose an int, `fractions.Fraction`, float (taken exactly) or ball."""
        return cls(ball(number))

    @classmethod
    def between(cls, lower: Number, upper: Number) -> Enclosure:
        """Enclose the interval [`lower`, `upper`]."""
        return cls(ball(lower).union(ball(upper)))

    def contains(self, number: Number) -> bool:
        """Return whether `number` lies in the ball, up to the ball that `number` itself needs."""
        return bool(self.ball.overlaps(ball(number)))

    @property
    def lower(self) -> float:
        """Largest float proved to be no larger than the number."""
        return float_bounds(self.ball)[0]

    @property
    def upper(self) -> float:
        """Smallest float proved to be no smaller than the number."""
        return float_bounds(self.ball)[1]

    def __str__(self) -> str:
        return ball_text(self.ball)

    def _repr_html_(self) -> str:
        return _shown(str(self), f"proved to lie in [{self.lower!r}, {self.upper!r}]")

    def _repr_latex_(self) -> str:
        return displayed(rf"[{_decimal(self.lower)},\ {_decimal(self.upper)}]")


@dataclass(frozen=True, slots=True)
class Exact:
    """A real number given by a closed SymPy expression.

    >>> import sympy as sp
    >>> root = Exact(sp.sqrt(2))
    >>> root.lower**2 < 2 < root.upper**2
    True
    """

    expression: sp.Expr
    kind: ClassVar[Kind] = Kind.EXACT

    def enclose(self) -> Enclosure:
        """Return a ball that contains the number, at the current working precision."""
        from depthlaw.theory.rigorous.evaluate import evaluate

        return Enclosure(evaluate(self.expression, {}))

    @property
    def ball(self) -> arb:
        """The ball of `enclose`."""
        return self.enclose().ball

    @property
    def lower(self) -> float:
        """Largest float proved to be no larger than the number."""
        return self._sharp().lower

    @property
    def upper(self) -> float:
        """Smallest float proved to be no smaller than the number."""
        return self._sharp().upper

    def contains(self, number: Number) -> bool:
        """Return whether `number` may be this one, up to the balls that both need."""
        return self.enclose().contains(number)

    def _sharp(self) -> Enclosure:
        """Return an enclosure in which cancellation leaves all bits of a float, if one is found."""
        bits = ctx.prec
        while True:
            with precision(bits):
                found = self.enclose()
            if found.ball.rel_accuracy_bits() >= _FLOAT_BITS or bits >= _MOST_BITS:
                return found
            bits *= 2

    @property
    def text(self) -> str | None:
        """The expression as text; None where its numbers have too many digits to be written."""
        try:
            return str(self.expression)
        except ValueError:  # Python writes at most some thousand digits
            return None

    def __str__(self) -> str:
        return self.text or str(self._sharp())

    def _repr_html_(self) -> str:
        return paragraph(formula(self._latex), words("(exact)"))

    def _repr_latex_(self) -> str:
        return displayed(self._latex)

    @property
    def _latex(self) -> str:
        # Imported here: numbers without expressions do without SymPy.
        from depthlaw.theory.writing.latex import latex

        return latex(self.expression)


@dataclass(frozen=True, slots=True)
class Asymptotic:
    """The leading term of an asymptotic expansion: close to the number, not a bound on it.

    `remainder` names the order of the relative error, for instance ``"O(1/width)"``.
    """

    leading: Enclosure
    remainder: str
    kind: ClassVar[Kind] = Kind.ASYMPTOTIC

    @property
    def ball(self) -> arb:
        """The ball of the leading term."""
        return self.leading.ball

    @property
    def lower(self) -> float:
        """Lower end point of the leading term."""
        return self.leading.lower

    @property
    def upper(self) -> float:
        """Upper end point of the leading term."""
        return self.leading.upper

    def __str__(self) -> str:
        return f"{ball_text(self.leading.ball, 6)} × (1 + {self.remainder})"

    def _repr_html_(self) -> str:
        return _shown(
            str(self),
            f"leading term, proved to lie in [{self.lower!r}, {self.upper!r}]; relative error "
            f"{self.remainder}: not a bound",
        )


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number computed in floats; `error` says how two resolutions differ and is no bound.

    >>> half = Numeric(0.5, 0.25)
    >>> half.lower, half.upper
    (0.25, 0.75)
    """

    number: float
    error: float
    kind: ClassVar[Kind] = Kind.COMPUTED

    @property
    def ball(self) -> arb:
        """The number with its error as a ball."""
        return arb(self.number, self.error)

    @property
    def lower(self) -> float:
        """Number − error."""
        return self.number - self.error

    @property
    def upper(self) -> float:
        """Number + error."""
        return self.number + self.error

    def __str__(self) -> str:
        return f"{self.number:.8g} ± {self.error:.2g}"

    def _repr_html_(self) -> str:
        return _shown(str(self), "computed without a proof")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean known from samples.

    [`lower`, `upper`] fails to contain it with probability at most `level`, whatever the
    sample size at which sampling stopped.
    """

    mean: float
    lower: float
    upper: float
    level: float
    samples: int
    seed: int
    kind: ClassVar[Kind] = Kind.ESTIMATE

    @property
    def ball(self) -> arb:
        """The confidence interval as a ball."""
        return arb(self.lower).union(arb(self.upper))

    def __str__(self) -> str:
        return f"{self.mean:.4g} in [{self.lower:.4g}, {self.upper:.4g}]"

    def _repr_html_(self) -> str:
        return _shown(
            f"{self.mean:.6g}",
            f"estimated; confidence interval [{self.lower!r}, {self.upper!r}], wrong with "
            f"probability at most {self.level:.3g}; {self.samples} samples, seed {self.seed}",
        )


Value = Exact | Enclosure | Asymptotic | Numeric | Estimate


def as_value(number: sp.Expr) -> Exact | Enclosure:
    """Return an exact number as `Exact`, or enclosed where its formula holds an unnamed integral.

    Infinity comes out as an infinite enclosure.

    Raises
    ------
    ArgumentError
        If it is not a SymPy number.

    Examples
    --------
    >>> import sympy as sp
    >>> as_value(sp.sqrt(2) * sp.sqrt(3)) == Exact(sp.sqrt(6))
    True
    """
    # Imported here: numbers without expressions do without SymPy.
    import sympy as sp

    from depthlaw.theory.rigorous.number import BallNumber
    from depthlaw.theory.rigorous.zero import ball_of

    instance("number", number, sp.Expr, "a SymPy number")
    if number is sp.oo:
        return Enclosure(arb.pos_inf())
    closed = number.doit()
    if closed.has(BallNumber):
        with precision(_CLOSED_BITS):
            return Enclosure(ball_of(number))
    return Exact(sp.together(closed) if sp.count_ops(closed) < _SHORT else closed)


def _shown(number: str, how_known: str) -> str:
    return paragraph(words(number), words(f"({how_known})"))


def _decimal(number: float) -> str:
    """Return a float in LaTeX, with all its digits."""
    if not math.isfinite(number):
        return r"\infty" if number > 0 else r"-\infty"
    digits, _, power = repr(number).partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits


def as_json(value: Value) -> dict[str, Any]:
    """Return the one rendering of a number that other programs read.

    Always ``{"lower", "upper", "kind", "exact"}``; an estimate adds its mean, level, samples and
    seed. Infinities become the strings ``"inf"`` and ``"-inf"``, which JSON lacks.

    >>> import sympy as sp
    >>> as_json(Exact(sp.Rational(1, 4)))
    {'lower': 0.25, 'upper': 0.25, 'kind': 'exact', 'exact': '1/4'}
    """
    shown: dict[str, Any] = {
        "lower": json_number(value.lower),
        "upper": json_number(value.upper),
        "kind": str(value.kind),
        "exact": value.text if isinstance(value, Exact) else None,
    }
    if isinstance(value, Estimate):
        shown |= {
            "mean": value.mean,
            "level": value.level,
            "samples": value.samples,
            "seed": value.seed,
        }
    return shown


def certainly_at_most(left: Value, right: Value) -> bool | None:
    """Return whether `left` ≤ `right`, or None where what is known does not decide it.

    Balls decide when they are apart. Two exact numbers whose balls overlap are compared
    symbolically, so that equality is decided too.

    >>> import sympy as sp
    >>> certainly_at_most(Exact(sp.sqrt(8)), Exact(2 * sp.sqrt(2)))
    True
    >>> certainly_at_most(Enclosure.between(0, 1), Enclosure.between(0, 1)) is None
    True
    """
    a, b = left.ball, right.ball
    if a <= b:
        return True
    if a > b:
        return False
    if isinstance(left, Exact) and isinstance(right, Exact):
        difference = left.expression - right.expression
        if difference == 0 or difference.equals(0):
            return True
    return None
