"""Your own activations, from a SymPy expression or from text."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.activations.domain import must_be_real, settled
from depthlaw.theory.activations.piece import from_expression as split_into_pieces
from depthlaw.theory.activations.piece import joined
from depthlaw.theory.errors import ArgumentError, DepthlawError, instance
from depthlaw.theory.errors import text as checked
from depthlaw.theory.rigorous.holomorphic import compile_holomorphic
from depthlaw.theory.writing.parse import parse_expression
from depthlaw.theory.writing.variable import X


def from_expression(expression: sp.Expr, name: str | None = None) -> Activation:
    """Return your own activation from a SymPy expression in one symbol.

    Parameters
    ----------
    expression
        Sums, products, powers, elementary functions, abs, sign, Max, Min, Heaviside, Piecewise.
    name
        What reports call it; the expression itself if left out.

    Raises
    ------
    ArgumentError
        If it has more than one symbol, a function that is not known here, kinks that cannot be
        found, or is not square-integrable against the Gaussian weight.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> t = sp.Symbol("t")
    >>> from_expression(sp.Max(t, 0)).pieces == activation("relu").pieces
    True
    """
    instance("expression", expression, sp.Expr, "a SymPy expression")
    if name is not None:
        checked("name", name)
    symbols = expression.free_symbols
    if len(symbols) > 1:
        shown = ", ".join(sorted(str(symbol) for symbol in symbols))
        raise ArgumentError("expression", expression, f"it has the symbols {shown}: one is allowed")
    formula = expression.subs(dict.fromkeys(symbols, X))
    shown = str(formula) if name is None else name
    try:
        if not formula.has(sp.Piecewise):
            for node in sp.preorder_traversal(formula):
                compile_holomorphic(node, X)
        parts = [must_be_real(part, formula) for part in split_into_pieces(formula)]
        for part in parts:
            compile_holomorphic(part.expression, X)
        pieces = joined(settled(part) for part in parts)
        return Activation.of_pieces(shown, pieces)
    except ArgumentError as error:
        # What stays refused is what the user wrote, and why; the part of it is named as well.
        about = "" if str(error.value) == str(formula) else f"in {error.value}, "
        raise ArgumentError("expression", shown, f"{about}{error.advice}") from None
    except DepthlawError as error:
        raise ArgumentError("expression", shown, str(error)) from None


def from_text(text: str) -> Activation:
    """Return your own activation from text such as ``"tanh(2*x)"``, read through a whitelist.

    Raises
    ------
    ArgumentError
        If the text cannot be read (with the position), or as `from_expression`.
    UnknownNameError
        If it uses a function or symbol that does not exist.

    Examples
    --------
    >>> from_text("max(x, 0) - max(-x, 0)").expression == X
    True
    """
    return _from_text(checked("text", text))


@lru_cache(maxsize=64)
def _from_text(text: str) -> Activation:
    return from_expression(parse_expression(text), name=text.strip())
