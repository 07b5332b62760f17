"""The named parameters of a claim: what they mean, where they may lie, how text becomes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim.check import ParameterValue, Scalar
from depthlaw.theory.errors import (
    ArgumentError,
    at_ends,
    finite,
    flag,
    function,
    instance,
    integer,
    items,
    member,
    text,
)
from depthlaw.theory.writing import symbols


class Domain(StrEnum):
    """The kind of number that a parameter is."""

    INTEGER = "whole number"
    REAL = "real number"
    SPECTRUM = "list of eigenvalues"


@dataclass(frozen=True)
class Parameter:
    """A parameter of a claim.

    Parameters
    ----------
    name
        The word used in calls and on the command line.
    symbol
        The paper's letter.
    domain
        Kind of number.
    least
        Smallest value allowed (for spectra: of each eigenvalue).
    description
        What it is, in a few words.
    above
        Whether `least` itself is excluded.
    """

    name: str
    symbol: sp.Symbol
    domain: Domain
    least: int
    description: str
    above: bool = False

    def __post_init__(self) -> None:
        text("name", self.name)
        instance("symbol", self.symbol, sp.Symbol, "a SymPy symbol")
        object.__setattr__(self, "domain", member("domain", self.domain, Domain))
        object.__setattr__(self, "least", integer("least", self.least, at_least=-(10**9)))
        text("description", self.description)
        object.__setattr__(self, "above", flag("above", self.above))

    @property
    def range(self) -> str:
        """Its kind and where it may lie, in words.

        >>> BATCH.range, ALPHA.range
        ('whole number ≥ 2', 'real number > 0')
        """
        return f"{self.domain} {'>' if self.above else '≥'} {self.least}"

    def accept(self, value: object) -> ParameterValue:
        """Return `value` as an exact number of the right kind.

        Raises
        ------
        ArgumentError
            If it is not finite, of the wrong kind or out of range.
        """
        if self.domain is Domain.SPECTRUM:
            entries = tuple(self._number(entry) for entry in items(self.name, value, "eigenvalues"))
            if sum(entries) <= 0:
                shown = ",".join(_plain(entry) for entry in entries)
                raise ArgumentError(self.name, shown, "one eigenvalue must be above 0")
            return entries
        return self._number(value)

    def _number(self, value: object) -> Scalar:
        try:
            number = finite(self.name, value)
        except ArgumentError as error:
            if error.advice == "it must be finite":
                raise
            raise ArgumentError(self.name, value, f"it must be a {self._kind}") from None
        if self.domain is Domain.INTEGER:
            if number != int(number):
                raise ArgumentError(self.name, _plain(number), "it must be a whole number")
            number = int(number)
        elif not self.above and number < self.least:
            number = at_ends(number, self.least, of=value)
        if isinstance(number, float):
            number = Fraction(number)
        if number < self.least or (self.above and number == self.least):
            relation = "above" if self.above else "at least"
            raise ArgumentError(self.name, _plain(number), f"it must be {relation} {self.least}")
        return number

    def parse(self, text: str) -> ParameterValue:
        """Return the value written as `text`: ``8``, ``1e6``, ``0.1`` or ``1/8``, taken exactly.

        A list of eigenvalues is written with commas.

        >>> ALPHA.parse("0.1") == Fraction(1, 10)
        True
        """
        if self.domain is Domain.SPECTRUM:
            return self.accept([self._read(part) for part in text.split(",")])
        return self.accept(self._read(text))

    def _read(self, text: str) -> Scalar:
        try:
            if "e" in text.lower() and abs(int(text.lower().partition("e")[2])) > 1000:
                raise ArgumentError(self.name, text, "its exponent must be between -1000 and 1000")
            return Fraction(text.strip())
        except (ValueError, ZeroDivisionError):
            raise ArgumentError(
                self.name, text, f"it must be a finite {self._kind}, like {self._sample}"
            ) from None

    @property
    def _kind(self) -> str:
        return "real number" if self.domain is Domain.SPECTRUM else str(self.domain)

    @property
    def _sample(self) -> str:
        samples = {Domain.INTEGER: "8 or 1e6", Domain.REAL: "0.1 or 1/8"}
        return samples.get(self.domain, "0.5,0.3,0.2")


def _plain(value: Scalar) -> str:
    """Return a number as a person would type it."""
    if not isinstance(value, int) and value != int(value):
        try:
            return f"{float(value):.12g}"
        except OverflowError:
            return str(value)
    return str(int(value))


@dataclass(frozen=True)
class Assumption:
    """A condition on the parameters, checked before a bound is evaluated.

    `holds` takes all parameters by name. `argument` is the parameter to name when it fails, and
    `advice` says what to do, with the limits filled in from the parameters.
    """

    statement: str
    argument: str
    holds: Callable[[Mapping[str, ParameterValue]], bool]
    advice: Callable[[Mapping[str, ParameterValue]], str]

    def __post_init__(self) -> None:
        text("statement", self.statement)
        text("argument", self.argument)
        function("holds", self.holds, "a function of the parameters")
        function("advice", self.advice, "a function of the parameters")

    def require(self, parameters: Mapping[str, ParameterValue]) -> None:
        """Raise an ArgumentError if the condition does not hold."""
        if not self.holds(parameters):
            value = parameters[self.argument]
            shown = str(value) if isinstance(value, tuple) else _plain(value)
            raise ArgumentError(self.argument, shown, self.advice(parameters))


def in_words(statement: str) -> Assumption:
    """Return a hypothesis on the network, its start or its activation: no parameter shows it fail.

    It is printed with the other assumptions; whoever uses the claim has to see to it.

    >>> in_words("non-singular start").require({})
    """
    return Assumption(statement, "", lambda _: True, lambda _: "")


def number(values: Mapping[str, ParameterValue], name: str) -> Fraction:
    """Return the scalar parameter `name` as a fraction."""
    value = values[name]
    if isinstance(value, tuple):
        raise ArgumentError(name, value, "one number is needed, not a list")
    return Fraction(value)


def numbers(values: Mapping[str, ParameterValue], name: str) -> tuple[Fraction, ...]:
    """Return the list parameter `name` as fractions."""
    value = values[name]
    return tuple(Fraction(entry) for entry in (value if isinstance(value, tuple) else (value,)))


BATCH = Parameter("batch", symbols.n, Domain.INTEGER, 2, "samples in the batch")
WIDTH = Parameter("width", symbols.d, Domain.INTEGER, 1, "neurons in a layer")
DEPTH = Parameter("depth", symbols.ell, Domain.INTEGER, 0, "layers")
ALPHA = Parameter(
    "alpha", symbols.alpha, Domain.REAL, 0, "lower bound of assumption A₁", above=True
)
LAYERS = Parameter("depth", symbols.ell, Domain.INTEGER, 1, "layers averaged over")
