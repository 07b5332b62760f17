"""Tables of isometry strengths: rows by number, each with its activation and printed formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from depthlaw.theory.activations import Activation, X
from depthlaw.theory.claim import (
    Domain,
    Identity,
    Parameter,
    ParameterValue,
    Requires,
    Step,
    number,
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


def row_parameter(rows: Sequence[Row]) -> Parameter:
    """Return the parameter that chooses a row."""
    listed = ", ".join(f"{k} {row.name}" for k, row in enumerate(rows, start=1))
    return Parameter("row", ROW_SYMBOL, Domain.INTEGER, 1, f"row of the table: {listed}")


def in_table(rows: Sequence[Row]) -> Requires:
    """Return the condition that the row exists."""
    return Requires(ROW_SYMBOL <= len(rows), "the table has no more rows")


def formula(rows: Sequence[Row]) -> sp.Expr:
    """Return the table as one expression in the row."""
    cases = [(row.printed, sp.Eq(ROW_SYMBOL, k)) for k, row in enumerate(rows, start=1)]
    return sp.Piecewise(*cases)


def strength(activation: Activation) -> Exact:
    """Return β from the Hermite coefficients, exactly, in exponentials."""
    return Exact(sp.cancel(isometry_strength(activation).rewrite(sp.exp)))


def chosen(rows: Sequence[Row], values: Mapping[str, ParameterValue]) -> Row:
    """Return the row that the parameters choose."""
    return rows[int(number(values, "row")) - 1]


def strength_steps(rows: Sequence[Row]) -> tuple[Step, ...]:
    """Return β = 2 − c_1²/Σ_{k≥1} c_k² for each row."""
    return tuple(
        Identity(f"{row.name}: β", 2 - row.first**2 / row.variance, row.printed) for row in rows
    )


def wave_steps(gain: sp.Expr, rows: Mapping[str, Row]) -> tuple[Step, ...]:
    """Return c_1 and Σ_{k≥1} c_k² of exp(αx) and sin(αx) from E e^{tx} = e^{t²/2}."""
    t, exponential, sine = sp.Symbol("t", real=True), rows["exp"], rows["sin"]
    generating, wave = sp.exp(t**2 / 2), sp.exp(-(t**2) / 2)
    return (
        Identity(
            "E e^{tx}, by completing the square",
            sp.expand(t * X - X**2 / 2),
            sp.expand(t**2 / 2 - (X - t) ** 2 / 2),
        ),
        Identity(
            "exp: c_1 = E x e^{αx} is its slope in t",
            sp.Subs(sp.Derivative(generating, t), t, gain),
            exponential.first,
        ),
        Identity(
            "exp: E e^{2αx} − (E e^{αx})²",
            sp.Subs(generating, t, 2 * gain) - sp.Subs(generating, t, gain) ** 2,
            exponential.variance,
        ),
        Identity(
            "sin: c_1 = E x sin(αx) = −d/dα E cos(αx), E cos(tx) = e^{−t²/2}",
            -sp.Subs(sp.Derivative(wave, t), t, gain),
            sine.first,
        ),
        Identity(
            "sin: E sin² = (1 − E cos(2αx))/2, and the mean is 0",
            (1 - sp.Subs(wave, t, 2 * gain)) / 2,
            sine.variance,
        ),
    )


def half_line(power: int) -> sp.Expr:
    """Return E[xᵏ; x > 0]."""
    density = sp.exp(-(X**2) / 2) / sp.sqrt(2 * sp.pi)
    return sp.integrate(X**power * density, (X, 0, sp.oo))


def relu_steps(gain: sp.Expr, row: Row) -> tuple[Step, ...]:
    """Return c_1 and Σ_{k≥1} c_k² of max(αx, 0)."""
    return (
        Identity("ReLU: c_1 = α E[x²; x > 0]", gain * half_line(2), row.first),
        Identity(
            "ReLU: α² E[x²; x > 0] − α² E[x; x > 0]²",
            gain**2 * (half_line(2) - half_line(1) ** 2),
            row.variance,
        ),
    )
