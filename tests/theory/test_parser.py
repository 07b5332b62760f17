"""The whitelist parser: what it reads, and the sentence with which it refuses everything else."""

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.activations.piece import X
from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.writing.parse import FUNCTIONS, LONGEST, parse_expression, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", X),
        (" tanh(2*x) ", sp.tanh(2 * X)),
        ("-x**2/2 + 3", 3 - X**2 / 2),
        ("0.1*x", X / 10),
        ("1e-3*x", X / 1000),
        (".5*x", X / 2),
        ("2**x", sp.exp(X * sp.log(2))),
        ("e**x", sp.exp(X)),
        ("sqrt(1 + x**2)", sp.sqrt(1 + X**2)),
        ("x**0.5 * x**0.5", X),
        ("pi*sin(x/pi)", sp.pi * sp.sin(X / sp.pi)),
        ("(x +\n1)", X + 1),
        ("max(x, 0, 1)", sp.Max(X, 0, 1)),
        ("+x - -x", 2 * X),
    ],
)
def test_formulas(text: str, value: sp.Expr) -> None:
    assert sp.simplify(parse_expression(text) - value) == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_read(name: str) -> None:
    count, meaning = FUNCTIONS[name]
    arguments = ["x"] if count else ["x", "1"]
    symbols = [X] if count else [X, sp.Integer(1)]
    assert parse_expression(f"{name}({', '.join(arguments)})") == meaning(*symbols)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("tanh(x) + [1]", "character 11"),
        ("x +* 2", "character 4"),
        ("x.real", "character 1"),
        ("x if x else 1", "character 1"),
        ("x + lambda: 1", "character 5"),
        ("x ^ 2", r"\*\*"),
        ("x + 'a'", "character 5"),
        ("x and x", "character 1"),
        ("x < 1", "character 1"),
        ("x // 2", "character 1"),
        ("x @ x", "character 1"),
        ("(x := 3)", "character 2"),
        ("tanh", "parentheses"),
        ("tanh(x, x)", "one argument"),
        ("max(x)", "two or more"),
        ("tanh(x=1)", "one argument"),
        ("max(*x)", "two or more"),
        ("x(1)(2)", "functions from the list"),
        ("2j*x", "real number"),
        ("True*x", "real number"),
        ("x/0", "divides by zero"),
        ("0**-1", "divides by zero"),
        ("x**61", "exponent"),
        ("9**9**9", "exponent"),
        ("2**200**2", "exponent"),
        ("x**x", "positive number"),
        ("(-2)**x", "positive number"),
        ("0x10 * x", "decimals"),
        ("1_000*x", "decimals"),
        ("log(0)*x", "finite"),
        ("sqrt(-1)*x", "real"),
        ("", "write a formula"),
        ("   ", "write a formula"),
        ("x" + "+x" * LONGEST, "at most"),
        ("x\x00", "cannot be read"),
        ("ψ + x +* 1", "character 8"),
    ],
)
def test_everything_else_is_refused_with_a_position(text: str, position: str) -> None:
    with pytest.raises(ArgumentError, match=position):
        parse_expression(text)


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "eval('1')", "open('f')", "x.__class__", "exec(x)", "globals()",
     "[x for x in y]", "sympify('1')", "lambda x: x", "f'{x}'"],
)  # fmt: skip
def test_nothing_is_evaluated(text: str) -> None:
    with pytest.raises(DepthlawError):
        parse_expression(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [("tahn(x)", "tanh"), ("y + x", "x"), ("sigmod(x)", "sigmoid"), ("x()", "exp")],
)
def test_unknown_names_suggest_near_ones(text: str, near: str) -> None:
    with pytest.raises(UnknownNameError, match=near):
        parse_expression(text)


@pytest.mark.parametrize("depth", [50, 150, 240])
def test_deep_nesting_gives_a_formula_or_a_sentence(depth: int) -> None:
    for text in ("(" * depth + "x" + ")" * depth, "-" * 2 * depth + "x"):
        try:
            value = parse_expression(text)
        except ArgumentError:
            continue
        assert value == X


@given(st.text(max_size=40))
def test_any_text_gives_a_formula_or_a_sentence(text: str) -> None:
    try:
        value = parse_expression(text)
    except DepthlawError:
        return
    assert value.free_symbols <= {X}


def test_numbers_are_exact() -> None:
    assert parse_number("0.1") == sp.Rational(1, 10)
    assert parse_number(" -3/7 ") == sp.Rational(-3, 7)
    for text in ("1/0", "1e3", "x", "1//2", "inf", "", "²"):
        with pytest.raises(ArgumentError):
            parse_number(text)
