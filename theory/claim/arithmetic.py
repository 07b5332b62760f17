"""A formula at given parameters: exactly where that is quick, else in ball arithmetic.

Lists of numbers (eigenvalues, norms) are the entries of an `sympy.Indexed` of the same letter, and
how many there are is the upper end of the sums and products over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sympy as sp
from flint import arb

from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.parameter import Parameter
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate

_LARGEST_ROOT = 64
"""Denominator of an exponent up to which a power is written exactly."""
_LARGEST_POWER = 64
_SHORT = 50
"""Bits of all numerators and denominators together, from which on a decimal says more."""
_LIGHT = (
    *(sp.Add, sp.Mul, sp.Number, sp.NumberSymbol, sp.Symbol, sp.Abs, sp.Max, sp.Min),
    *(sp.KroneckerDelta, sp.Piecewise, sp.Rel, sp.logic.boolalg.BooleanFunction),
    *(sp.exp, sp.log, sp.sin, sp.cos, sp.acos, sp.asin, sp.atan, sp.factorial),
    *(
        sp.logic.boolalg.BooleanAtom,
        sp.functions.elementary.piecewise.ExprCondPair,
        sp.floor,
        sp.Mod,
    ),
)


def written_out(
    expression: sp.Basic, parameters: Iterable[Parameter], accepted: Mapping[str, ParameterValue]
) -> sp.Basic:
    """Return a formula with sums and products over lists and known sizes written out.

    Cases (`sympy.Piecewise`, `sympy.KroneckerDelta`) are decided.
    """
    expression = _decided(expression, parameters, accepted)
    lists = {
        parameter.symbol.name: value
        for parameter in parameters
        if isinstance(value := accepted[parameter.name], tuple)
    }
    ranges = expression.atoms(sp.Sum, sp.Product)
    if not lists and not ranges:
        return expression
    known = {parameter.symbol: parameter.name for parameter in parameters}
    sizes: dict[sp.Basic, sp.Integer] = {}
    for item in ranges:
        for end in (end for limit in item.limits for end in limit[1:]):
            for symbol in end.free_symbols:
                if symbol in known:
                    sizes[symbol] = sp.Integer(int(_scalar(accepted[known[symbol]])))
                elif lists:
                    sizes[symbol] = sp.Integer(len(next(iter(lists.values()))))
    entries = {
        sp.IndexedBase(name)[place]: sp.Rational(value)
        for name, values in lists.items()
        for place, value in enumerate(values, start=1)
    }
    return _summed(expression.subs(sizes)).xreplace(entries)


def _decided(
    expression: sp.Basic, parameters: Iterable[Parameter], accepted: Mapping[str, ParameterValue]
) -> sp.Basic:
    cases = expression.atoms(sp.Piecewise, sp.KroneckerDelta)
    if not cases:
        return expression
    values = {p.symbol: accepted[p.name] for p in parameters}
    chosen = {}
    for case in cases:
        conditions = (
            [condition for _, condition in case.args] if isinstance(case, sp.Piecewise) else [case]
        )
        deciding = set().union(*(condition.free_symbols for condition in conditions))
        at = {s: sp.Rational(v) for s, v in values.items() if s in deciding}
        chosen[case] = case.subs(at)
    return expression.xreplace(chosen)


def _summed(expression: sp.Basic) -> sp.Basic:
    # Only sums and products: an integral stays what it is.
    while found := expression.atoms(sp.Sum, sp.Product):
        innermost = [item for item in found if not item.function.has(sp.Sum, sp.Product)]
        expression = expression.xreplace({item: item.doit(deep=False) for item in innermost})
    return expression


def exactly(
    expression: sp.Basic, parameters: Iterable[Parameter], accepted: Mapping[str, ParameterValue]
) -> sp.Basic | None:
    """Return a formula at exact parameters, or None where that would take long.

    >>> from depthlaw.theory.claim.parameter import BATCH
    >>> exactly(sp.sqrt(BATCH.symbol) / 2, (BATCH,), {"batch": 9})
    3/2
    """
    parameters = tuple(parameters)
    values = {
        parameter.symbol: sp.Rational(value)
        for parameter in parameters
        if not isinstance(value := accepted[parameter.name], tuple)
    }
    plain = written_out(expression, parameters, accepted)
    # All letters at once: one at a time, SymPy asks for the sign of what is left, at length.
    return plain.xreplace(values) if _is_light(plain, values) else None


def enclosed(
    expression: sp.Expr, parameters: Iterable[Parameter], accepted: Mapping[str, ParameterValue]
) -> arb:
    """Return a ball around a formula at exact parameters, at the precision in force."""
    parameters = tuple(parameters)
    balls = {
        parameter.symbol: ball(value)
        for parameter in parameters
        if not isinstance(value := accepted[parameter.name], tuple)
    }
    return evaluate(written_out(expression, parameters, accepted), balls)


def is_short(number: sp.Basic) -> bool:
    """Return whether an exact number is algebraic, up to π, and written in a few characters."""
    if number.has(sp.Function):
        return False
    digits = sum(
        int(part.p).bit_length() + int(part.q).bit_length() for part in number.atoms(sp.Rational)
    )
    return digits <= _SHORT


def _scalar(value: ParameterValue) -> sp.Rational:
    assert not isinstance(value, tuple)
    return sp.Rational(value)


def _is_light(expression: sp.Basic, values: Mapping[sp.Symbol, sp.Rational]) -> bool:
    """Return whether exact arithmetic is quick: sums, products and small powers of numbers."""
    parts = sp.preorder_traversal(expression)
    for part in parts:
        if not part.free_symbols:
            parts.skip()  # a number that stands in the formula is written as it stands
        elif isinstance(part, sp.Pow):
            if not _is_light(part.exp, values):  # a tower
                return False
            exponent = part.exp.subs(values)
            if not exponent.is_Rational or abs(exponent) > _LARGEST_POWER:
                return False
            # SymPy raises numerator and denominator to powers of the size of the exponent's own.
            if exponent.q > _LARGEST_ROOT:
                return False
        elif isinstance(part, sp.factorial):
            if not part.args[0].subs(values) <= _LARGEST_POWER:
                return False
        # SymPy turns e^{k log x} into the power x^k, however large k is.
        elif not isinstance(part, _LIGHT) or (isinstance(part, sp.exp) and part.has(sp.log)):
            return False
    return True
