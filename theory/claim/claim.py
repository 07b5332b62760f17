"""A claim: a statement as data, with everything needed to print, evaluate, check and doubt it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp

from depthlaw.theory.claim.arithmetic import enclosed, exactly, is_short
from depthlaw.theory.claim.check import Check, ParameterValue
from depthlaw.theory.claim.consistency import require_consistent
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.ends import at_end
from depthlaw.theory.claim.hypothesis import Condition, Hypothesis, Requires, bound_to
from depthlaw.theory.claim.ids import halves
from depthlaw.theory.claim.outcome import Outcome, Proof, Status
from depthlaw.theory.claim.parameter import Assumption, Parameter
from depthlaw.theory.claim.sense import Comparison, Sense
from depthlaw.theory.claim.source import Source
from depthlaw.theory.claim.statement import Statement
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
from depthlaw.theory.rigorous.balls import ball, float_bounds, precision
from depthlaw.theory.values import Asymptotic, Enclosure, Exact, Value
from depthlaw.theory.writing.markup import displayed, formula, paragraph, strong, words

WORKING_BITS = 128
"""Precision of bounds; a deterministic comparison that stays undecided asks for more."""
MOST_BITS = 4096
"""What is undecided at this precision cannot be told."""
_ENOUGH = 20


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
    """A statement about deep random networks, ready to be checked; `declare` makes one.

    Parameters
    ----------
    id
        ``paper.statement``, for instance ``orthogonalization.theorem-1``.
    title
        What it says, in one line of words.
    statement
        Quantity, relation and formula, as `upper`, `lower`, `equal` or `rate` make it.
    source, status, expected
        Where it comes from, and the verdict it should get. A statement printed wrong is expected
        to be REFUTED, beside its corrected sibling.
    parameters
        What the formula depends on.
    assumes
        Every hypothesis, of the model too: words, `Requires`, `Condition`.
    checks
        The instances on which it is tried.
    derivation
        Makes the steps of the proof (for a refuted claim: of the refutation).
    control
        Factor on the bound that makes the claim false on its own checks: a negative control, which
        a verification must refute. None where the claim itself is expected to be refuted.
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
        of the claim or not those of the network it simulates, a hypothesis on a letter that is no
        parameter, or a `per_replica` that does not give one number for each trajectory.
    """

    id: str
    title: str
    statement: Statement
    source: Source
    status: Status
    expected: Outcome
    parameters: tuple[Parameter, ...]
    checks: tuple[Check, ...]
    derivation: Callable[[], Derivation]
    control: Fraction | None
    assumes: tuple[Hypothesis, ...] = ()
    decreasing: tuple[str, ...] = ()
    errata: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    negative_control: bool = False
    assumptions: tuple[Assumption, ...] = field(init=False, default=())
    """The hypotheses as they are printed and enforced."""

    def __post_init__(self) -> None:
        for name in ("id", "title"):
            text(name, getattr(self, name))
        instance("statement", self.statement, Statement, "a Statement, as upper(…) makes it")
        instance("source", self.source, Source, "a Source, as Paper.at(…) makes it")
        function("derivation", self.derivation, "a function that returns a Derivation")
        values: dict[str, object] = {
            "status": member("status", self.status, Status),
            "expected": member("expected", self.expected, Outcome),
            "negative_control": flag("negative_control", self.negative_control),
            "control": None if self.control is None else Fraction(finite("control", self.control)),
        }
        for name, kind in _ITEMS.items():
            what = "hypotheses in words, Requires or Condition" if name == "assumes" else None
            what = what or f"{kind.__name__} objects"
            values[name] = tuple(
                instance(name, entry, kind, f"a list of {what}")
                for entry in items(name, getattr(self, name), what)
            )
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", self.id):
            raise ArgumentError("id", self.id, "write it as paper.statement, like rank.lemma-1")
        object.__setattr__(self, "assumptions", bound_to(self.assumes, self.parameters))
        labels = [check.label for check in self.checks]
        for label in labels:
            if labels.count(label) > 1:
                raise ArgumentError("checks", label, "every check needs a label of its own")
        require_consistent(self.parameters, self.checks)

    def __repr__(self) -> str:
        return f"Claim({self.id!r}, {self.title!r})"

    @property
    def paper(self) -> str:
        """The first half of its id."""
        return halves(self.id)[0]

    @property
    def name(self) -> str:
        """The second half of its id: what it is called among those of its paper."""
        return halves(self.id)[1]

    @property
    def quantity(self) -> sp.Expr:
        """The left side of the statement."""
        return self.statement.quantity

    @property
    def sense(self) -> Sense:
        """The relation of its two sides."""
        return self.statement.sense

    @property
    def formula(self) -> sp.Expr:
        """Its right side."""
        return self.statement.formula

    @property
    def trivial(self) -> sp.Expr | None:
        """What holds without any theory."""
        return self.statement.trivial

    @property
    def remainder(self) -> str | None:
        """Order of the relative error, where the formula is only the leading term."""
        return self.statement.leading

    @cached_property
    def proof(self) -> Proof:
        """How far the derivation proves the statement (or, if it is false, that it is)."""
        return self._proves(checked=True)

    @cached_property
    def outline(self) -> Proof:
        """What `proof` is if every step of the derivation holds, which is not tried."""
        return self._proves(checked=False)

    def _proves(self, *, checked: bool) -> Proof:
        if self.status is Status.CONJECTURE:
            return Proof.NONE
        refuted = self.expected is Outcome.REFUTED
        return self.derivation().proves(self.statement, refuted=refuted, checked=checked)

    def latex(self) -> str:
        """Return the statement in LaTeX."""
        return self.statement.latex()

    def _repr_latex_(self) -> str:
        return displayed(self.latex())

    def _repr_html_(self) -> str:
        order = self.statement.qualification
        return "".join(
            (
                paragraph(strong(self.id), words(self.title)),
                paragraph(formula(self.latex()), words(f"({order})") if order else ""),
                paragraph(words(f"{self.source}. {self.status}, expected {self.expected}.")),
            )
        )

    def compare(self, value: Value, bound: Value, resolution: Fraction | None) -> Comparison:
        """Return whether a value stands to the bound as the statement says; see `Sense.compare`."""
        approximate = self.statement.within is not None
        return self.sense.compare(value, bound, resolution, approximate=approximate)

    def resolution(self, check: Check) -> Fraction | None:
        """Return the relative error up to which a check of an equality compares, None if exactly.

        It is the check's own, which is never wider than the one that the statement prints.
        """
        if check.resolution is not None:
            return check.resolution
        error = self.statement.resolution
        if error is None:
            return None
        with precision(WORKING_BITS):
            found = enclosed(error, self.parameters, self.accept(check.parameters))
        return Fraction(float_bounds(found)[0])

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
        given = accepted
        for assumption in self.assumptions:
            # In order: a later one may rest on what an earlier one grants.
            if not assumption.holds(accepted):
                accepted = at_end(assumption, accepted, parameters)
                assumption.require(accepted)
        if accepted is not given:
            # What was moved for one of them must not break another.
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
        if self.statement.by is not None and not isinstance(bound, Exact):
            return False
        printed = bound.expression if isinstance(bound, Exact) else self.formula
        difference = exactly(printed - self.trivial, self.parameters, accepted)
        return difference is not None and bool(difference == 0 or difference.equals(0))

    def bound_at(self, accepted: Mapping[str, ParameterValue]) -> Value:
        """Return the bound at parameters that `accept` has passed, at the precision in force.

        It is exact where exact arithmetic is quick and the number short; an equality that is meant
        exactly is exact whatever its length.
        """
        if self.statement.by is not None:
            return self.statement.by(accepted)
        if self.remainder is None:
            number = exactly(self.formula, self.parameters, accepted)
            whole = self.sense in (Sense.EQUAL, Sense.RATE) and self.statement.within is None
            if number is not None and number.is_finite and (whole or is_short(number)):
                return Exact(number)
        enclosure = Enclosure(enclosed(self.formula, self.parameters, accepted))
        return Asymptotic(enclosure, self.remainder) if self.remainder else enclosure

    def exact_bound(self, accepted: Mapping[str, ParameterValue]) -> Exact | None:
        """Return the bound as an exact number of any length, or None where none is quick."""
        if self.statement.by is not None or self.remainder is not None:
            return None
        number = exactly(self.formula, self.parameters, accepted)
        return Exact(number) if number is not None and number.is_finite else None

    def trivial_at(self, accepted: Mapping[str, ParameterValue]) -> Value | None:
        """Return what holds without any theory, or None where nothing does."""
        if self.trivial is None:
            return None
        return Enclosure(enclosed(self.trivial, self.parameters, accepted))

    def vacuous(self, **parameters: ParameterValue) -> bool | None:
        """Return whether the bound says nothing there; None where that cannot be told."""
        return self.sides(self.accept(parameters)).vacuous

    def perturbed(self, factor: Fraction) -> Claim:
        """Return the claim with its bound multiplied by `factor`: a negative control."""
        moved = self.statement.scaled(factor)
        if self.statement.by is not None:

            def scaled(accepted: Mapping[str, ParameterValue]) -> Value:
                enclosure = Enclosure(self.bound_at(accepted).ball * ball(factor))
                return Asymptotic(enclosure, self.remainder) if self.remainder else enclosure

            moved = replace(moved, by=scaled)
        return replace(
            self,
            statement=moved,
            status=Status.CONJECTURE,
            expected=Outcome.REFUTED,
            control=None,
            negative_control=True,
        )


_ITEMS: dict[str, Any] = {
    "parameters": Parameter,
    "checks": Check,
    "assumes": (str, Requires, Condition, Assumption),
    "decreasing": str,
    "errata": str,
    "siblings": str,
}
