"""Read a formula in x from text, through a whitelist.

The text is parsed into a syntax tree and only listed nodes are translated; nothing is evaluated as
Python, and SymPy never sees the text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from fractions import Fraction

import sympy as sp

from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.writing.variable import X

LONGEST = 500
"""Characters in a formula."""
LARGEST_POWER = 60
"""Largest exponent; larger ones would build numbers without end."""

Function = Callable[..., sp.Expr]


def _normal_cdf(u: sp.Expr) -> sp.Expr:
    return (1 + sp.erf(u / sp.sqrt(2))) / 2


def _sigmoid(u: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-u))


def _softplus(u: sp.Expr) -> sp.Expr:
    return sp.log(1 + sp.exp(u))


FUNCTIONS: dict[str, tuple[int | None, Function]] = {
    "exp": (1, sp.exp),
    "log": (1, sp.log),
    "sqrt": (1, sp.sqrt),
    "sin": (1, sp.sin),
    "cos": (1, sp.cos),
    "sinh": (1, sp.sinh),
    "cosh": (1, sp.cosh),
    "tanh": (1, sp.tanh),
    "atan": (1, sp.atan),
    "asinh": (1, sp.asinh),
    "erf": (1, sp.erf),
    "erfc": (1, sp.erfc),
    "abs": (1, sp.Abs),
    "sign": (1, sp.sign),
    "step": (1, lambda u: (1 + sp.sign(u)) / 2),
    "max": (None, sp.Max),
    "min": (None, sp.Min),
    "relu": (1, lambda u: sp.Max(u, 0)),
    "normal_cdf": (1, _normal_cdf),
    "sigmoid": (1, _sigmoid),
    "softplus": (1, _softplus),
    "silu": (1, lambda u: u * _sigmoid(u)),
    "gelu": (1, lambda u: u * _normal_cdf(u)),
    "mish": (1, lambda u: u * sp.tanh(_softplus(u))),
}
"""Function names, each with its number of arguments (None: two or more) and its meaning."""

CONSTANTS: dict[str, sp.Expr] = {"x": X, "pi": sp.pi, "e": sp.E}


def parse_expression(text: str) -> sp.Expr:
    """Return the formula written in `text` as a SymPy expression in x.

    Parameters
    ----------
    text
        Numbers, ``x``, ``pi``, ``e``, ``+ - * / **``, parentheses and the functions in `FUNCTIONS`.
        Decimals are read exactly: ``0.1`` is 1/10.

    Raises
    ------
    ArgumentError
        With the position of the first thing that is not allowed.
    UnknownNameError
        If a function or constant does not exist, with the nearest names.

    Examples
    --------
    >>> parse_expression("tanh(0.5*x)") == sp.tanh(X / 2)
    True
    """
    if not isinstance(text, str) or not text.strip():
        raise ArgumentError("expression", repr(text), "write a formula in x, such as tanh(2*x)")
    if len(text) > LONGEST:
        raise ArgumentError(
            "expression", f"{text[:20]}…", f"it may have at most {LONGEST} characters"
        )
    stripped = text.strip()
    try:
        tree = ast.parse(stripped, mode="eval")
    except SyntaxError as error:
        column = min(max(1, error.offset or 1), len(stripped))
        raise _problem(stripped, column, "it cannot be read") from None
    except (ValueError, MemoryError, RecursionError):
        raise _problem(stripped, 1, "it cannot be read") from None
    value = _Translator(stripped).translate(tree.body)
    if value.has(sp.zoo, sp.nan, sp.oo, sp.I):
        raise ArgumentError("expression", stripped, "it is not finite and real for all x")
    return value


def parse_number(text: str) -> sp.Expr:
    """Return a number written as ``3``, ``0.25`` or ``1/3``, exactly.

    Raises
    ------
    ArgumentError
        If it is something else.
    """
    if not re.fullmatch(r"\s*[+-]?\d{1,30}(\.\d{0,30}|/0*[1-9]\d{0,29})?\s*", text, re.ASCII):
        raise ArgumentError("number", text, "write a number such as 3, 0.25 or 1/3")
    value = Fraction(text.strip())
    return sp.Rational(value.numerator, value.denominator)


def parse_constant(text: str) -> sp.Expr:
    """Return a real number written as a formula without x, exactly.

    >>> parse_constant("sqrt(2)/2") ** 2
    1/2

    Raises
    ------
    ArgumentError
        If it is none.
    UnknownNameError
        If a function or constant does not exist.
    """
    number = parse_expression(text)
    if number.free_symbols or not (number.is_real and number.is_finite):
        raise ArgumentError("number", text, "write a number such as 3, 0.25, 1/3 or sqrt(2)")
    return number


def _problem(text: str, column: int, why: str) -> ArgumentError:
    return ArgumentError("expression", text, f"{why} at character {column} ({text[column - 1]!r})")


class _Translator:
    """Turns the syntax tree of one text into SymPy, node by listed node."""

    def __init__(self, text: str) -> None:
        self.text = text

    def fail(self, node: ast.expr, why: str) -> ArgumentError:
        # Offsets of the syntax tree count bytes, the reader counts characters.
        line = self.text.splitlines()[node.lineno - 1]
        before = self.text.splitlines()[: node.lineno - 1]
        column = len(line.encode()[: node.col_offset].decode(errors="ignore"))
        column += sum(len(part) + 1 for part in before)
        return _problem(self.text, min(column + 1, len(self.text)), why)

    def translate(self, node: ast.expr) -> sp.Expr:
        if isinstance(node, ast.Constant):
            return self._number(node)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            value = self.translate(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        raise self.fail(
            node, "only numbers, x, + - * / ** and listed functions are allowed, not this"
        )

    def _number(self, node: ast.Constant) -> sp.Expr:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.fail(node, "this is not a real number")
        source = ast.get_source_segment(self.text, node) or ""
        if re.fullmatch(r"(\d{1,40}(\.\d{0,40})?|\.\d{1,40})(e[+-]?\d{1,2})?", source, re.I | re.A):
            value = Fraction(source)
            return sp.Rational(value.numerator, value.denominator)
        raise self.fail(node, "write numbers as decimals of at most 40 digits")

    def _name(self, node: ast.Name) -> sp.Expr:
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        if node.id in FUNCTIONS:
            raise self.fail(node, f"{node.id} needs an argument in parentheses")
        raise UnknownNameError("symbol", node.id, CONSTANTS)

    def _operation(self, node: ast.BinOp) -> sp.Expr:
        left, right = self.translate(node.left), self.translate(node.right)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            if right == 0:
                raise self.fail(node.right, "this divides by zero")
            return left / right
        if isinstance(node.op, ast.Pow):
            return self._power(node, left, right)
        if isinstance(node.op, ast.BitXor):
            raise self.fail(node, "write powers with **")
        raise self.fail(node, "only + - * / ** are allowed")

    def _power(self, node: ast.BinOp, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        if not exponent.has(X):
            if not exponent.is_Rational or abs(exponent) > LARGEST_POWER:
                raise self.fail(
                    node.right,
                    f"an exponent is a number between −{LARGEST_POWER} and {LARGEST_POWER}",
                )
            if base == 0 and exponent <= 0:
                raise self.fail(node, "this divides by zero")
            if base.is_Rational and max(abs(base.p), base.q).bit_length() * abs(exponent) > 4000:
                raise self.fail(node, "this number is too long")
            return base**exponent
        if not base.is_positive or base.has(X):
            raise self.fail(
                node.left, "a power with x in its exponent needs a positive number below"
            )
        return sp.exp(exponent * sp.log(base))

    def _call(self, node: ast.Call) -> sp.Expr:
        if not isinstance(node.func, ast.Name):
            raise self.fail(node, "only functions from the list may be called")
        name = node.func.id
        if name not in FUNCTIONS:
            raise UnknownNameError("function", name, FUNCTIONS)
        count, function = FUNCTIONS[name]
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        if node.keywords or starred or (len(node.args) != count if count else len(node.args) < 2):
            wanted = "one argument" if count else "two or more arguments"
            raise self.fail(node, f"{name} takes {wanted}")
        values = [self.translate(argument) for argument in node.args]
        if any(value.is_number and not value.is_real for value in values):
            raise self.fail(node, f"{name} is given what is not a real number")
        return function(*values)
