"""A formula within a line of text: ``λ ≤ 1/n``."""

from __future__ import annotations

import re

import sympy as sp
from sympy.printing.pretty.pretty_symbology import pretty_symbol
from sympy.printing.str import StrPrinter

_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "<", ">": ">"}
_STAR = "\uffff"
"""Stands for the star of a name while those of products are taken away."""
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class _Printer(StrPrinter):
    """SymPy's plain text, with the letters and signs of mathematics."""

    def _print_Symbol(self, expr: sp.Symbol) -> str:  # noqa: N802
        name = expr.name
        if re.search(r"[\\{}^|()/' ]", name):
            return _unicode(name)
        return "ℓ" if name == "ell" else str(pretty_symbol(name))

    def _print_Relational(self, expr: sp.Rel) -> str:  # noqa: N802
        return f"{self._print(expr.lhs)} {_SIGNS[expr.rel_op]} {self._print(expr.rhs)}"

    def _print_And(self, expr: sp.And) -> str:  # noqa: N802
        return " and ".join(self._print(part) for part in expr.args)

    def _print_Or(self, expr: sp.Or) -> str:  # noqa: N802
        return " or ".join(self._print(part) for part in expr.args)

    def _print_Abs(self, expr: sp.Abs) -> str:  # noqa: N802
        return f"|{self._print(expr.args[0])}|"

    def _print_Max(self, expr: sp.Max) -> str:  # noqa: N802
        return f"max({', '.join(self._print(part) for part in expr.args)})"

    def _print_Min(self, expr: sp.Min) -> str:  # noqa: N802
        return f"min({', '.join(self._print(part) for part in expr.args)})"

    def _print_Indexed(self, expr: sp.Indexed) -> str:  # noqa: N802
        return str(pretty_symbol(f"{expr.base.label}_{expr.indices[0]}"))

    def _print_Sum(self, expr: sp.Sum) -> str:  # noqa: N802
        return f"Σ {self._print(expr.function)}"

    def _print_Product(self, expr: sp.Product) -> str:  # noqa: N802
        return f"Π {self._print(expr.function)}"


def _unicode(name: str) -> str:
    """Return a name in LaTeX as plain text: hats, Greek letters, primes and stars."""
    text = re.sub(r"\\hat\{(\w)\}", "\\1\u0302", name)
    text = re.sub(r"\\([a-z]+)", lambda found: str(pretty_symbol(found.group(1))), text)
    return text.replace("'", "′").replace("^*", _STAR).replace("{", "").replace("}", "")


def in_line(expression: sp.Basic) -> str:
    """Return a formula as one line of text.

    >>> n, lam = sp.symbols("n lambda", positive=True)
    >>> in_line(lam <= 1 / n), in_line(n**2 <= 4 * lam)
    ('λ ≤ 1/n', 'n² ≤ 4 λ')
    """
    text = _Printer().doprint(expression)
    text = re.sub(
        r"\*\*(\d+)(?![\w.])", lambda found: found.group(1).translate(_SUPERSCRIPTS), text
    )
    text = text.replace("**", "^").replace("sqrt(", "√(").replace("*", " ").replace("pi", "π")
    return (
        text.replace(_STAR, "*").replace(" - ", " − ").replace("≥ -", "≥ −").replace("≤ -", "≤ −")
    )
