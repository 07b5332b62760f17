"""Formulas as a terminal shows them: SymPy's own drawing, with the names that claims use.

Where a drawing is wider than its page, what occurs in it more than once gets a letter of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import sympy as sp
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_use_unicode
from sympy.printing.pretty.stringpict import prettyForm

from depthlaw.render.latex_text import unicode_name, unicode_words
from depthlaw.render.letters import fitting, has_mathematics
from depthlaw.theory.claim import Claim

WIDEST = 100
"""Columns that a drawing may take where nobody says how many there are."""
INDENT = 4
"""Columns by which a right side stands further in where it is below the left one."""
WORTH_A_LETTER = 5
"""Operations in what gets a letter of its own."""
_NAMES = {
    **{"acos": "arccos", "asin": "arcsin", "atan": "arctan", "acosh": "arcosh"},
    **{"Max": "max", "Min": "min", "Abs": "abs"},
}
"""Functions whose names in SymPy are not those of mathematics."""


class _Printer(PrettyPrinter):
    """SymPy's printer, which takes names apart at underscores; here they stand as they are."""

    def __init__(self, encoding: str) -> None:
        super().__init__({"wrap_line": False})
        self._encoding = encoding

    def _print_Mul(self, product: sp.Mul) -> prettyForm:  # noqa: N802
        # SymPy's own looks for physical units first, and loading those takes longer than the rest.
        if any(isinstance(factor, sp.Number) for factor in product.args[1:]):
            return super()._print_Mul(product)
        numerator, denominator = sp.fraction(product, exact=True)
        if denominator == 1:
            return self._printed_factors(numerator)
        return self._printed_factors(numerator) / self._printed_factors(denominator)

    def _printed_factors(self, product: sp.Expr) -> prettyForm:
        factors = product.as_ordered_factors() if product.is_Mul else [product]
        return prettyForm.__mul__(*(self._print(factor) for factor in factors))

    def _print_Symbol(self, e: sp.Symbol, bold_name: bool = False) -> prettyForm:  # noqa: N802
        return prettyForm(fitting(_symbol_name(e.name), self._encoding))

    _print_Dummy = _print_Symbol  # noqa: N815

    def _print_Indexed(self, expr: sp.Indexed) -> prettyForm:  # noqa: N802
        base = _symbol_name(str(expr.base))
        index = ",".join(_symbol_name(str(index)) for index in expr.indices)
        return prettyForm(fitting(unicode_name(f"{base}_{{{index}}}"), self._encoding))

    def _print_Function(self, e: sp.Function, **options: object) -> prettyForm:  # noqa: N802
        name = _NAMES.get(e.func.__name__)
        return super()._print_Function(e, **({"func_name": name} if name else {}), **options)

    def _print_Max(self, e: sp.Max) -> prettyForm:  # noqa: N802
        # Not a Function to SymPy, though it prints like one.
        form = self._helper_print_function(e.func, e.args, func_name=_NAMES[e.func.__name__])
        form.binding = prettyForm.ATOM  # a power stands behind it, not behind its name
        return form

    _print_Min = _print_Max  # noqa: N815

    def _print_polygamma(self, e: sp.Expr) -> prettyForm:
        order, argument = e.args
        name = {0: "ψ", 1: "ψ′"}.get(int(order), f"ψ^({order})") if order.is_Integer else "ψ"
        arguments = (argument,) if order.is_Integer else e.args
        name = fitting(name, self._encoding)
        return self._helper_print_function(e.func, arguments, func_name=name)


def unicode_formula(expression: sp.Expr, *, encoding: str = "utf-8") -> str:
    """Return an expression in Unicode, over as many lines as it takes.

    >>> n = sp.Symbol("n")
    >>> unicode_formula(n + 1) == "n + 1"
    True
    """
    with _drawing_for(encoding):
        return _trimmed(_form(expression, encoding))


def unicode_line(expression: sp.Expr) -> str:
    """Return a number or a short expression in one line.

    >>> unicode_line(9 * sp.pi**2 / 2) == "9·π²/2"
    True
    """
    text = sp.sstr(expression)
    text = re.sub(r"\*\*(\d+)", r"^\1", text).replace("**", "^")
    text = re.sub(r"sqrt(?:\((\d+)\)|(?=\())", lambda found: "√" + (found[1] or ""), text)
    text = re.sub(r"\bpi\b", "π", re.sub(r"\bE\b", "e", text))
    return unicode_words(text.replace("*", "·"))


def unicode_statement(claim: Claim, *, width: int = WIDEST, encoding: str = "utf-8") -> str:
    """Return what a claim says, both sides around its sign, in at most `width` columns.

    >>> from depthlaw.theory.claim.registry import claim
    >>> " ≤ " in unicode_statement(claim("orthogonalization.lemma-4"))
    True
    """
    with _drawing_for(encoding):
        left, between = claim.quantity, sign(claim)
        formula, parts = _in_parts(claim.formula, width - INDENT, encoding)
        first = _equation(left, between, formula, width, encoding)
        rest = (_equation(name, "=", part, width, encoding) for name, part in parts)
        return "\n\n".join([first, "where", *rest] if parts else [first])


def sign(claim: Claim) -> str:
    """Return the sign between the two sides of a claim; ``∼`` before a leading term."""
    return "∼" if claim.remainder else claim.sense.relation


@contextmanager
def _drawing_for(encoding: str) -> Iterator[None]:
    """Let SymPy draw with the signs that an encoding has, whatever it found stdout to be."""
    before = pretty_use_unicode(has_mathematics(encoding))
    try:
        yield
    finally:
        pretty_use_unicode(before)


def _equation(left: sp.Expr, between: str, right: sp.Expr, width: int, encoding: str) -> str:
    """Return an equation, on one line of the page or, where that is too narrow, on two."""
    first = prettyForm(*_form(left, encoding).right(f" {fitting(between, encoding)} "))
    second = _form(right, encoding)
    whole = prettyForm(*first.right(second))
    if whole.width() <= width:
        return _trimmed(whole)
    below = (" " * INDENT + line for line in _trimmed(second).splitlines())
    return "\n".join([_trimmed(first), *below])


Parts = list[tuple[sp.Symbol, sp.Expr]]


def _in_parts(expression: sp.Expr, width: int, encoding: str) -> tuple[sp.Expr, Parts]:
    """Return an expression that fits a width, and what the letters in it stand for.

    What occurs more than once gets a letter; then the largest sums do, until the rest fits.
    """

    def fits(part: sp.Expr) -> bool:
        return bool(_form(part, encoding).width() <= width)

    if fits(expression):
        return expression, []
    taken = {symbol.name for symbol in expression.atoms(sp.Symbol)}
    # Not e, which is a number, nor o and l, which look like some.
    letters = iter([sp.Symbol(name) for name in "abcfghpqrstuvwxyz" if name not in taken])
    found, (whole,) = sp.cse(expression, symbols=sp.numbered_symbols("_"))
    named: dict[sp.Symbol, sp.Expr] = {}
    parts: Parts = []
    for name, part in found:
        shown = part.xreplace(named)
        letter = next(letters, None) if shown.count_ops() >= WORTH_A_LETTER else None
        named[name] = letter or shown
        parts += [(letter, shown)] if letter else []
    whole = whole.xreplace(named)
    while not fits(whole) and (letter := next(letters, None)):
        sums = sorted(whole.atoms(sp.Add) - {whole}, key=lambda s: (-s.count_ops(), str(s)))
        large = next((part for part in sums if fits(part)), None)
        if large is None:
            break
        whole = whole.xreplace({large: letter})
        parts.append((letter, large))
    return whole, parts


def _trimmed(drawing: object) -> str:
    return "\n".join(line.rstrip() for line in str(drawing).splitlines())


def _form(expression: sp.Expr, encoding: str) -> prettyForm:
    return _Printer(encoding)._print(expression)


def _symbol_name(name: str) -> str:
    """Return the name of a symbol; one that is not LaTeX is SymPy's way to write it."""
    if not name.isidentifier():
        return unicode_name(name)
    head, *indices = name.split("_")
    return unicode_name(_command(head) + "".join(f"_{{{_command(i)}}}" for i in indices))


def _command(word: str) -> str:
    return f"\\{word}" if word == "ell" or (len(word) > 1 and word.isalpha()) else word
