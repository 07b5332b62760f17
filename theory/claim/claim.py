"""A claim: a statement as data, with everything needed to print, evaluate, check and doubt it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim.check import Check, ParameterValue
from depthlaw.theory.claim.consistency import require_consistent
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.ends import at_end
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import Assumption, Parameter
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.errors import (
    ArgumentError,
    finite,
    flag,
    function,
    instance,
    items,
    known_name,
    mapping,
    member,
    text,
)
from depthlaw.theory.latex import latex
from depthlaw.theory.markup import displayed, formula, paragraph, strong, words
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Asymptotic, Enclosure, Exact, Value

WORKING_BITS = 128
"""Precision of bounds; a deterministic comparison that stays undecided asks for more."""
MOST_BITS = 4096
"""What is undecided at this precision cannot be told."""
_ENOUGH = 20
_LARGEST_POWER = 64
_LIGHT = (sp.Add, sp.Mul, sp.Number, sp.Symbol, sp.Abs, sp.Max, sp.Min)

BoundFunction = Callable[[Mapping[str, ParameterValue]], Value]


@dataclass(frozen=True)
class Source:
    """Where a statement is printed: bibliography key, place in the paper, version read."""

    key: str
    place: str
    version: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("key", "place", "version", "note"):
            text(name, getattr(self, name))

    def __str__(self) -> str:
        parts = [self.key, self.place, self.version, self.note]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Sides:
    """What a claim gives at one set of parameters.

    Attributes
    ----------
    bound, trivial
        The right side, and what holds without any theory (None where nothing does).
    vacuous
        Whether the bound says no more than `trivial`; None where `MOST_BITS` bits, or what the
        bound is computed from, leave that open.
    """

    bound: Value
    trivial: Value | None
    vacuous: bool | None


@dataclass(frozen=True)
class Claim:
    """A statement about deep random networks, ready to be checked.

    Parameters
    ----------
    id
        ``paper.statement``, for instance ``orthogonalization.theorem-1``.
    title
        What it says, in one line of words.
    quantity, sense, formula
        The statement: `quantity` (a SymPy expression, for printing) stands in the relation `sense`
        to `formula` (the expression that is also evaluated).
    source, status, expected
        Where it comes from, and the verdict it should get. A statement printed wrong is expected
        to be REFUTED, beside its corrected sibling.
    parameters, assumptions
        What the formula depends on, and the conditions under which it is claimed.
    checks
        The instances on which it is tried.
    derivation
        Builds the steps of the proof (for a refuted claim: of the refutation).
    control
        Factor on the bound that makes the claim false on its own checks: a negative control, which
        a verification must refute. None where the claim itself is expected to be refuted.
    trivial
        Expression in the parameters that the quantity never exceeds (for lower bounds: never
        falls below), whatever the theory.
    bound_function
        Evaluates the bound where it is no closed formula in scalars; default: `formula`.
    remainder
        Order of the relative error if the formula is only the leading term.
    decreasing
        Parameters with which the bound falls, for which it can be solved.
    errata
        Misprints and gaps found in the source, each with the reason.
    siblings
        Ids of claims to compare with.
    negative_control
        Whether this is a claim with its bound moved, as `perturbed` makes it: it keeps the id, and
        with it the trajectories.

    Raises
    ------
    ArgumentError, UnknownNameError
        For an id of another form, two checks with one label, a check whose parameters are not those
        of the claim or not those of the network it simulates, or a `per_replica` that does not give
        one number for each trajectory.
    """

    id: str
    title: str
    quantity: sp.Expr
    sense: Sense
    formula: sp.Expr
    source: Source
    status: Status
    expected: Outcome
    parameters: tuple[Parameter, ...]
    checks: tuple[Check, ...]
    derivation: Callable[[], Derivation]
    control: Fraction | None
    assumptions: tuple[Assumption, ...] = ()
    trivial: sp.Expr | None = None
    bound_function: BoundFunction | None = None
    remainder: str | None = None
    decreasing: tuple[str, ...] = ()
    errata: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    negative_control: bool = False

    def __post_init__(self) -> None:
        for name in ("id", "title"):
            text(name, getattr(self, name))
        for name in ("quantity", "formula"):
            instance(name, getattr(self, name), sp.Basic, "a SymPy expression")
        if self.trivial is not None:
            instance("trivial", self.trivial, sp.Basic, "a SymPy expression or None")
        instance("source", self.source, Source, "a Source")
        function("derivation", self.derivation, "a function that returns a Derivation")
        if self.bound_function is not None:
            function("bound_function", self.bound_function, "a function of the parameters or None")
        if self.remainder is not None:
            text("remainder", self.remainder)
        values: dict[str, object] = {
            "sense": member("sense", self.sense, Sense),
            "status": member("status", self.status, Status),
            "expected": member("expected", self.expected, Outcome),
            "negative_control": flag("negative_control", self.negative_control),
            "control": None if self.control is None else Fraction(finite("control", self.control)),
        }
        for name, kind in (
            ("parameters", Parameter),
            ("checks", Check),
            ("assumptions", Assumption),
            ("decreasing", str),
            ("errata", str),
            ("siblings", str),
        ):
            entries = items(name, getattr(self, name), f"{kind.__name__} objects")
            values[name] = tuple(
                instance(name, entry, kind, f"a list of {kind.__name__} objects")
                for entry in entries
            )
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", self.id):
            raise ArgumentError("id", self.id, "write it as paper.statement, like rank.lemma-1")
        labels = [check.label for check in self.checks]
        for label in labels:
            if labels.count(label) > 1:
                raise ArgumentError("checks", label, "every check needs a label of its own")
        require_consistent(self.parameters, self.checks)

    @property
    def statement(self) -> sp.Basic:
        """The statement as a SymPy relation (for a rate: as an equation with the limit)."""
        relations = {Sense.UPPER: sp.Le, Sense.LOWER: sp.Ge}
        relation = relations.get(self.sense, sp.Eq)
        return relation(self.quantity, self.formula, evaluate=False)

    def latex(self) -> str:
        """Return the statement in LaTeX."""
        sign = {"upper": r"\le", "lower": r"\ge", "equal": "=", "rate": r"\to"}[self.sense.value]
        if self.remainder:
            sign = r"\sim"
        return f"{latex(self.quantity)} {sign} {latex(self.formula)}"

    def _repr_latex_(self) -> str:
        return displayed(self.latex())

    def _repr_html_(self) -> str:
        order = f"leading term, relative error {self.remainder}" if self.remainder else ""
        return "".join(
            (
                paragraph(strong(self.id), words(self.title)),
                paragraph(formula(self.latex()), words(f"({order})") if order else ""),
                paragraph(words(f"{self.source}. {self.status}, expected {self.expected}.")),
            )
        )

    def accept(self, parameters: Mapping[str, object]) -> dict[str, ParameterValue]:
        """Return the parameters as exact numbers, having checked that each is known and possible.

        Raises
        ------
        UnknownNameError
            For a parameter that the claim does not have.
        ArgumentError
            For one that is missing, of the wrong kind, or outside the assumptions. A float that
            leaves their range by a few roundings only is the end of the range: 1/49 is at most
            one over 49 however it was computed.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in mapping("parameters", parameters, "values"):
            known_name("parameter", name, known)
        accepted: dict[str, ParameterValue] = {}
        for name, parameter in known.items():
            if name not in parameters:
                raise ArgumentError(
                    name, "missing", f"{self.id} needs it ({parameter.description}): give {name}=…"
                )
            accepted[name] = parameter.accept(parameters[name])
        for assumption in self.assumptions:
            # In order: a later one may rest on what an earlier one grants.
            if not assumption.holds(accepted):
                accepted = at_end(assumption, accepted, parameters)
                assumption.require(accepted)
        for assumption in self.assumptions:
            assumption.require(accepted)
        return accepted

    def bound(self, **parameters: ParameterValue) -> Value:
        """Return the bound at the given parameters, enclosed.

        >>> from depthlaw.theory.claim.registry import claim
        >>> lemma = claim("orthogonalization.lemma-4")
        >>> lemma.bound(batch=4, lyapunov=Fraction(1, 8)).expression
        1
        """
        return self.sides(self.accept(parameters)).bound

    def sides(self, accepted: Mapping[str, ParameterValue]) -> Sides:
        """Return all that is known at parameters that `accept` has passed.

        The precision is raised until the bound is finite, known to a few digits where it is not
        near 0, and told from what is trivially true; or until `MOST_BITS`.

        >>> from depthlaw.theory.claim.registry import claim
        >>> theorem = claim("orthogonalization.theorem-1-corrected")
        >>> deep = {"width": 10, "batch": 4, "depth": 10**300, "alpha": Fraction(1, 10**300)}
        >>> theorem.sides(theorem.accept(deep)).vacuous
        True
        """
        bits, before = WORKING_BITS, None
        while True:
            with precision(bits):
                bound, trivial = self.bound_at(accepted), self.trivial_at(accepted)
                vacuous = self.sense.vacuous(bound, trivial)
                known = bound.ball
                sharp = known.is_finite() and (
                    known.overlaps(ball(0)) or known.rel_accuracy_bits() >= _ENOUGH
                )
                # What no precision sharpens comes from a function of limits of its own.
                stuck = before is not None and known.is_finite() and 2 * known.rad() > before
                before = known.rad() if known.is_finite() else None
            if (sharp and vacuous is not None) or stuck or bits >= MOST_BITS:
                break
            bits *= 2
        if vacuous is None and self._ties(accepted, bound):
            vacuous = True
        return Sides(bound, trivial, vacuous)

    def _ties(self, accepted: Mapping[str, ParameterValue], bound: Value) -> bool:
        """Return whether the bound is exactly what is trivially true, which no precision shows."""
        if self.trivial is None or self.sense not in (Sense.UPPER, Sense.LOWER):
            return False
        if self.bound_function is not None and not isinstance(bound, Exact):
            return False
        values = {
            parameter.symbol: sp.Rational(value)
            for parameter in self.parameters
            if not isinstance(value := accepted[parameter.name], tuple)
        }
        printed = bound.expression if isinstance(bound, Exact) else self.formula
        if not all(_is_light(side, values) for side in (printed, self.trivial)):
            return False
        difference = (printed - self.trivial).subs(values)
        return bool(difference == 0 or difference.equals(0))

    def bound_at(self, accepted: Mapping[str, ParameterValue]) -> Value:
        """Return the bound at parameters that `accept` has passed, at the precision in force."""
        if self.bound_function is not None:
            return self.bound_function(accepted)
        enclosure = Enclosure(evaluate(self.formula, self._balls(accepted)))
        return Asymptotic(enclosure, self.remainder) if self.remainder else enclosure

    def trivial_at(self, accepted: Mapping[str, ParameterValue]) -> Value | None:
        """Return what holds without any theory, or None where nothing does."""
        if self.trivial is None:
            return None
        return Enclosure(evaluate(self.trivial, self._balls(accepted)))

    def vacuous(self, **parameters: ParameterValue) -> bool | None:
        """Return whether the bound says nothing there; None where that cannot be told."""
        return self.sides(self.accept(parameters)).vacuous

    def perturbed(self, factor: Fraction) -> Claim:
        """Return the claim with its bound multiplied by `factor`: a negative control."""

        def scaled(accepted: Mapping[str, ParameterValue]) -> Value:
            original = self.bound_at(accepted)
            enclosure = Enclosure(original.ball * ball(factor))
            return Asymptotic(enclosure, self.remainder) if self.remainder else enclosure

        return replace(
            self,
            formula=sp.Rational(factor.numerator, factor.denominator) * self.formula,
            bound_function=scaled,
            status=Status.CONJECTURE,
            expected=Outcome.REFUTED,
            control=None,
            negative_control=True,
        )

    def _balls(self, accepted: Mapping[str, ParameterValue]) -> dict[sp.Symbol, Value]:
        return {
            parameter.symbol: ball(value)
            for parameter in self.parameters
            if not isinstance(value := accepted[parameter.name], tuple)
        }


def _is_light(expression: sp.Expr, values: Mapping[sp.Symbol, sp.Rational]) -> bool:
    """Return whether exact arithmetic is quick: sums, products and small powers of numbers."""
    for part in sp.preorder_traversal(expression):
        if isinstance(part, sp.Pow):
            exponent = part.exp.subs(values)
            if not exponent.is_Rational or abs(exponent) > _LARGEST_POWER:
                return False
        elif not isinstance(part, _LIGHT):
            return False
    return True
