"""What a step is built from is checked by its annotations, once for all kinds of step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import sympy as sp

from depthlaw.theory.errors import (
    ArgumentError,
    flag,
    function,
    instance,
    integer,
    items,
    mapping,
    text,
)


def _expression(name: str, value: object) -> object:
    return instance(name, value, sp.Basic, "a SymPy expression")


def _symbol(name: str, value: object) -> object:
    return instance(name, value, sp.Symbol, "a SymPy symbol")


def _relations(name: str, value: object) -> object:
    return tuple(_expression(name, each) for each in items(name, value, "SymPy relations"))


def _symbols(name: str, value: object) -> object:
    return tuple(_symbol(name, each) for each in items(name, value, "SymPy symbols"))


def _box(name: str, value: object) -> object:
    for symbol, ends in mapping(name, value, "ranges of symbols").items():
        _symbol(name, symbol)
        if len(items(name, ends, "two ends")) != 2:
            raise ArgumentError(name, ends, "a range has two ends")
    return value


def _places(name: str, value: object) -> object:
    for symbol, expression in mapping(name, value, "expressions by symbol").items():
        _symbol(name, symbol)
        _expression(name, expression)
    return value


def _relation_sign(name: str, value: object) -> object:
    if not isinstance(value, str) or value not in ("<=", ">=", "=="):
        raise ArgumentError(name, value, "write <=, >= or ==")
    return value


def _callable(name: str, value: object) -> object:
    return function(name, value, "a function")


_KINDS: Mapping[str, Callable[[str, object], object]] = {
    "str": text,
    "bool": flag,
    "int": lambda name, value: integer(name, value, at_least=0),
    "sp.Expr": _expression,
    "sp.Basic": _expression,
    "sp.Rel": _expression,
    "sp.Symbol": _symbol,
    "tuple[sp.Basic, ...]": _relations,
    "Sequence[sp.Symbol]": _symbols,
    "dict[sp.Symbol, Interval]": _box,
    "Mapping[sp.Symbol, Interval]": _box,
    "Mapping[sp.Symbol, sp.Expr]": _places,
    "Box": _box,
}


def check_fields(step: Any) -> None:
    """Replace the fields of a frozen dataclass by their accepted values, by their annotations.

    Raises
    ------
    ArgumentError
        For a value of another kind.
    """
    for field in fields(step):
        kind = str(field.type)
        value = getattr(step, field.name)
        if kind.endswith(" | None"):
            if value is None:
                continue
            kind = kind.removesuffix(" | None")
        if field.name == "relation" and kind == "str":
            accepted = _relation_sign(field.name, value)
        elif kind.startswith("Callable") or kind.endswith("UndefinedFunction"):
            accepted = _callable(field.name, value)
        else:
            accepted = _KINDS[kind](field.name, value)
        object.__setattr__(step, field.name, accepted)
