"""Hypotheses of a claim: words, relations between its parameters, conditions in code.

=============  ======================  ==========================================================
written as     what it is about        what happens with it
=============  ======================  ==========================================================
a string       the model               printed with the statement; who uses the claim sees to it
`Requires`     the parameters          printed, enforced, and used when a claim is solved
`Condition`    the parameters          the same, where no formula says it
=============  ======================  ==========================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import sympy as sp

from depthlaw.theory.claim.arithmetic import enclosed, exactly
from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.inline import in_line
from depthlaw.theory.claim.parameter import Assumption, Parameter, in_words
from depthlaw.theory.errors import ArgumentError, DepthlawError, function, instance, text
from depthlaw.theory.rigorous.balls import precision

_BITS = (128, 1024, 8192)


@dataclass(frozen=True)
class Requires:
    """A relation between parameters under which a claim is made.

    Parameters
    ----------
    relation
        A SymPy relation in the letters of the parameters, or several joined by And or Or.
    why
        What it says in words, and why it is needed; it stands behind the relation everywhere.
    argument
        Parameter to name when it fails; default: the first letter of the relation.

    Raises
    ------
    ArgumentError
        If the relation is decided whatever the parameters are, or is none.

    Examples
    --------
    >>> n, lam = sp.symbols("n lambda", positive=True)
    >>> Requires(lam <= 1 / n, "at most 1/batch, since the trace is 1").statement
    'λ ≤ 1/n (at most 1/batch, since the trace is 1)'
    """

    relation: sp.Basic
    why: str
    argument: str | None = None

    def __post_init__(self) -> None:
        kinds = (sp.Rel, sp.And, sp.Or)
        instance("relation", self.relation, kinds, "a SymPy relation that parameters decide")
        text("why", self.why)
        if self.argument is not None:
            text("argument", self.argument)

    @property
    def statement(self) -> str:
        """The relation and its reason, in one line."""
        return f"{in_line(self.relation)} ({self.why})" if self.why else in_line(self.relation)

    def of(self, parameters: tuple[Parameter, ...]) -> Assumption:
        """Return the assumption that this is on the parameters of a claim.

        Raises
        ------
        ArgumentError
            If a letter is no parameter's.
        """
        letters = {str(getattr(p.symbol, "name", p.symbol)): p.name for p in parameters}
        blamed = self.argument
        for symbol in _letters_in_order(self.relation):
            name = letters.get(symbol)
            if name is not None and blamed is None:
                blamed = name
        sizes = _sizes(self.relation)
        for symbol in self.relation.free_symbols:
            known = str(symbol) in letters or symbol in sizes or isinstance(symbol, sp.Indexed)
            if not known and not any(str(symbol).startswith(f"{name}[") for name in letters):
                raise ArgumentError(
                    "relation", in_line(self.relation), f"{symbol} is no parameter of the claim"
                )
        if blamed is None or blamed not in letters.values():
            raise ArgumentError(
                "argument", blamed or "missing", f"name a parameter: {', '.join(letters.values())}"
            )

        def advice(values: Mapping[str, ParameterValue]) -> str:
            said = f"it must satisfy {in_line(self.relation)}{_letters(self, parameters, blamed)}"
            said += _limit(self, parameters, values)
            return f"{said}: {self.why}" if self.why else said

        return Assumption(
            self.statement, blamed, lambda values: _holds(self.relation, parameters, values), advice
        )


@dataclass(frozen=True)
class Condition:
    """A condition on parameters that no formula says: that a table has such a row, for instance.

    Parameters
    ----------
    statement
        What is printed.
    argument
        Parameter to name when it fails.
    holds
        Takes the parameters by name.
    why
        What to do, in words; or a function of the parameters that says so.
    """

    statement: str
    argument: str
    holds: Callable[[Mapping[str, ParameterValue]], bool]
    why: str | Callable[[Mapping[str, ParameterValue]], str]

    def __post_init__(self) -> None:
        text("statement", self.statement)
        text("argument", self.argument)
        function("holds", self.holds, "a function of the parameters")
        if not callable(self.why):
            text("why", self.why)

    def of(self, parameters: tuple[Parameter, ...]) -> Assumption:
        """Return the assumption that this is on the parameters of a claim."""
        if self.argument not in {parameter.name for parameter in parameters}:
            raise ArgumentError("argument", self.argument, "it is no parameter of the claim")
        why = self.why
        advice = why if callable(why) else lambda values: why
        return Assumption(self.statement, self.argument, self.holds, advice)


Hypothesis = str | Requires | Condition | Assumption


def bound_to(
    hypotheses: Iterable[Hypothesis], parameters: tuple[Parameter, ...]
) -> tuple[Assumption, ...]:
    """Return hypotheses as assumptions on the parameters of a claim, in the same order."""
    return tuple(_bound_to(hypothesis, parameters) for hypothesis in hypotheses)


def _bound_to(hypothesis: Hypothesis, parameters: tuple[Parameter, ...]) -> Assumption:
    if isinstance(hypothesis, str):
        return in_words(hypothesis)
    if isinstance(hypothesis, Assumption):
        return hypothesis
    return hypothesis.of(parameters)


def _letters_in_order(relation: sp.Basic) -> list[str]:
    seen: list[str] = []
    for part in sp.preorder_traversal(relation):
        if isinstance(part, sp.Symbol) and part.name not in seen:
            seen.append(part.name)
    return seen


def _sizes(relation: sp.Basic) -> set[sp.Basic]:
    """Return the symbols that count the entries of a list, and those that number them."""
    found: set[sp.Basic] = set()
    for item in relation.atoms(sp.Sum, sp.Product):
        for index, *ends in item.limits:
            found |= {index, *(symbol for end in ends for symbol in end.free_symbols)}
    return found


def _holds(
    relation: sp.Basic,
    parameters: tuple[Parameter, ...],
    values: Mapping[str, ParameterValue],
) -> bool:
    if isinstance(relation, sp.And):
        return all(_holds(part, parameters, values) for part in relation.args)
    if isinstance(relation, sp.Or):
        return any(_holds(part, parameters, values) for part in relation.args)
    exact = exactly(relation, parameters, values)
    if exact is not None and exact in (sp.true, sp.false):
        return bool(exact)
    difference = relation.lhs - relation.rhs
    for bits in _BITS:
        with precision(bits):
            found = enclosed(difference, parameters, values)
        if not found.overlaps(0):
            return bool(relation.func(sp.Integer(1 if found > 0 else -1), 0))
    raise DepthlawError(f"whether {in_line(relation)} cannot be told at these parameters")


def _letters(requires: Requires, parameters: tuple[Parameter, ...], blamed: str | None) -> str:
    """Return which parameters the other letters are: "" or " (n is batch)"."""
    letters = {symbol.name for symbol in requires.relation.free_symbols if symbol.is_Symbol}
    others = [
        f"{in_line(parameter.symbol)} is {parameter.name}"
        for parameter in parameters
        if parameter.symbol.name in letters and parameter.name != blamed
    ]
    return f" ({', '.join(others)})" if others else ""


def _limit(
    requires: Requires, parameters: tuple[Parameter, ...], values: Mapping[str, ParameterValue]
) -> str:
    """Return ", here 1/8" where one letter is compared with what the other parameters make."""
    relation = requires.relation
    if not isinstance(relation, sp.Rel) or not relation.rhs.free_symbols:
        return ""
    exact = exactly(relation.rhs, parameters, values)
    if exact is None or not exact.is_Rational:
        return ""
    shown = str(exact) if exact.q < 10**6 and abs(exact.p) < 10**12 else f"{float(exact):.6g}"
    return f", here {in_line(relation.lhs)} {_sign(relation)} {shown}"


def _sign(relation: sp.Rel) -> str:
    return in_line(relation.func(sp.Symbol("a"), sp.Symbol("b"), evaluate=False))[2:-2]
