"""Tables of isometry strengths: rows by number, each with its activation and printed formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import sympy as sp

from depthlaw.theory.activations import Activation, X
from depthlaw.theory.claim import (
    Cited,
    Domain,
    Heading,
    Identity,
    Parameter,
    Requires,
    Steps,
)
from depthlaw.theory.kernels import isometry_strength
from depthlaw.theory.values import Exact

ROW_SYMBOL = sp.Symbol("r", integer=True, positive=True)
GAIN = sp.Symbol("alpha", positive=True)
QUANTITY = sp.Symbol("beta_sigma")


@dataclass(frozen=True)
class Row:
    """One row: the activation, what the paper prints, and c_1, Σ_{k≥1} c_k² with gain α."""

    name: str
    function: Activation
    printed: sp.Expr
    first: sp.Expr
    variance: sp.Expr


def _numbered(rows: Sequence[Row]) -> Iterable[tuple[int, Row]]:
    return enumerate(rows, start=1)


def row_parameter(rows: Sequence[Row]) -> Parameter:
    """Return the parameter that chooses a row."""
    listed = ", ".join(f"{k} {row.name}" for k, row in _numbered(rows))
    return Parameter("row", ROW_SYMBOL, Domain.INTEGER, 1, f"row of the table: {listed}")


def in_table(rows: Sequence[Row]) -> Requires:
    """Return the condition that the row exists."""
    return Requires(ROW_SYMBOL <= len(rows), "the table has no more rows")


def formula(rows: Sequence[Row]) -> sp.Expr:
    """Return the table as one expression in the row."""
    cases = [(row.printed, sp.Eq(ROW_SYMBOL, k)) for k, row in _numbered(rows)]
    return sp.Piecewise(*cases)


def strength(activation: Activation) -> Exact:
    """Return β from the Hermite coefficients, exactly, in exponentials."""
    return Exact(sp.cancel(isometry_strength(activation).rewrite(sp.exp)))


def _mean(row: Row, gain: sp.Expr, integrand: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """Return E integrand(σ(αX)) as an integral over each piece of σ that is not 0, α = `gain`."""
    density = sp.exp(-(X**2) / 2) / sp.sqrt(2 * sp.pi)
    whole = sp.Add(
        *(
            sp.Integral(
                integrand(piece.expression.subs(X, GAIN * X)) * density,
                (X, piece.lower, piece.upper),
            )
            for piece in row.function.pieces
            if piece.expression != 0
        )
    )
    return whole if gain == GAIN else sp.Subs(whole, GAIN, gain)


def strength_steps(rows: Sequence[Row], gain: sp.Expr) -> Steps:
    """Return β = 2 − c_1²/Σ_{k≥1} c_k² for each row, at the gain α."""
    yield Cited(
        "c_1 = E Xσ(αX), and the squares of all coefficients but c_0 = E σ sum to the variance",
        "Parseval's equality for the Hermite polynomials, a basis; Szegő, Orthogonal Polynomials, "
        "Theorem 5.7.1",
        r"\sum_{k \ge 1} c_k^2 = \operatorname{Var} \sigma(\alpha X)",
    )
    for row in rows:
        yield Heading(row.name)
        yield Identity("c_1", _mean(row, gain, lambda value: X * value), row.first)
        yield Identity(
            "the variance",
            _mean(row, gain, lambda value: value**2) - _mean(row, gain, lambda value: value) ** 2,
            row.variance,
        )
    yield Heading("The table")
    cases = ((2 - row.first**2 / row.variance, sp.Eq(ROW_SYMBOL, k)) for k, row in _numbered(rows))
    yield Identity("β = 2 − c_1²/Σ c_k² in every row", sp.Piecewise(*cases), formula(rows))
