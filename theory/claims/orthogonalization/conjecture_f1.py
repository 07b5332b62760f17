"""Conjecture F.1 as printed: the stationary Gram matrix fluctuates by 1/√width, for any activation.

E‖QᵀQ − E_ν QᵀQ‖_F = O(d^{−1/2}) in stationarity, Q = H/‖H‖_F; read as the exponent −1/2.

Rank one is stationary. With φ(0) = 0 and φ(±√n) ≠ 0, a batch in which only sample i is not zero
stays one: Q^TQ = e_i e_iᵀ at every layer, whatever the weights. So ν = ½(δ at e_1e_1ᵀ + δ at
e_2e_2ᵀ) is stationary at every width, and its fluctuation is 1/√2, with exponent 0. Identity, tanh,
sin and x³ are such activations. Nor does a non-singular start help for every activation: with x³
and n = 4 isometry repels, and from orthogonal samples which of them survive is left to chance at
every width. What may hold is `orthogonalization.conjecture-f1-nonsingular`.

Example: four times the width is to halve the fluctuation.

>>> CLAIM.bound(batch=4).contains(-0.5)
True
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from depthlaw.theory.activations import Activation, X, activation
from depthlaw.theory.claim import (
    BATCH,
    Argued,
    Check,
    Cited,
    Computed,
    Heading,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _activations as activations
from depthlaw.theory.claims.orthogonalization import _fluctuation as fluctuation
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import n

WIDTHS = (64, 4096)
PLACES = (0, 1)


def next_gram(gram: sp.Matrix, rows: Sequence[sp.Matrix], phi: Activation) -> sp.Matrix:
    """Return the Gram matrix at trace 1 of the next layer, exactly, the rows of WH being `rows`.

    Each row is rescaled to mean square 1 and goes through φ.

    >>> unit = sp.diag(1, 0)
    >>> next_gram(unit, [sp.Matrix([[-3, 0]]), sp.Matrix([[1, 0]])], activation("tanh")) == unit
    True

    At mean square 1 the row (4, 2) is (2, 1)·√(2/5), which x + x³ takes to (26, 7) times √2/√125.

    >>> from depthlaw.theory.activations import polynomial
    >>> 725 * next_gram(unit, [sp.Matrix([[4, 2]])], polynomial(0, 1, 0, 1))
    Matrix([
    [676, 182],
    [182,  49]])
    """
    size = gram.rows
    total = sp.zeros(size, size)
    for row in rows:
        scale = sp.sqrt(size) / sp.sqrt(sum(entry**2 for entry in row))
        after = (scale * row).applyfunc(lambda entry: phi.expression.subs(X, entry))
        total += after.T * after
    return (total / total.trace()).applyfunc(sp.simplify)


def _one_sample(batch: int, place: int) -> sp.Matrix:
    return sp.diag(*(int(k == place) for k in range(batch)))


def _is_stationary(batch: int, place: int, phi: Activation) -> bool:
    """Whether every row that N(0, e_i e_iᵀ) can give, ±r e_i with r > 0, leads back to e_i e_iᵀ."""
    size, start = sp.Symbol("r", positive=True), _one_sample(batch, place)
    row = size * start[place, :]
    return all(next_gram(start, rows, phi) == start for rows in ([row], [-row], [row, -row]))


def _fluctuation(batch: int) -> sp.Expr:
    """E‖QᵀQ − E_ν QᵀQ‖_F under ν, which does not depend on the width.

    >>> _fluctuation(2), _fluctuation(3)
    (sqrt(2)/2, sqrt(2)/2)
    """
    states = [_one_sample(batch, place) for place in PLACES]
    mean = sum(states, start=sp.zeros(batch, batch)) / len(states)
    return sum((state - mean).norm() for state in states) / len(states)


def _exponent(batch: int, phi: Activation) -> Exact:
    if not all(_is_stationary(batch, place, phi) for place in PLACES):
        raise DepthlawError(f"{phi.name} does not keep a batch with one sample that is not zero")
    narrow, wide = (_fluctuation(batch) for _ in WIDTHS)
    return Exact(sp.log(wide / narrow) / sp.log(sp.Rational(WIDTHS[1], WIDTHS[0])))


def _quantity(name: str, batch: int) -> Value:
    return _exponent(batch, activation(name))


def _check(name: str, batch: int) -> Check:
    return Check(
        f"{name}, n = {batch}: half e₁e₁ᵀ, half e₂e₂ᵀ",
        {"batch": batch},
        Computed(_quantity, {"name": name, "batch": batch}),
    )


def _derivation() -> Steps:
    rows, others = sp.symbols("S m", positive=True)
    at_zero = sp.Symbol("b", nonnegative=True)
    t, s = sp.symbols("t s", positive=True)
    gaussian = sp.Symbol("g", real=True, nonzero=True)
    width = sp.Symbol("d", positive=True)
    half, spread, fluctuates = sp.Rational(1, 2), 2 * sp.sqrt(2) * s * t, 1 / sp.sqrt(2)

    def length(entry: sp.Expr) -> sp.Expr:
        """‖entry · (e₁e₁ᵀ − e₂e₂ᵀ)‖_F, kept as a root of a sum of squares."""
        return sp.sqrt(sp.Add(entry**2, entry**2, evaluate=False), evaluate=False)

    yield Heading("One sample that is not zero stays one")
    yield Identity(
        "let QᵀQ = e_i e_iᵀ: all columns of H but the i-th are 0, and so are those of WH. A row of "
        "WH is g e_i, g Gaussian and not 0 almost surely; rescaled to mean square 1 its entry is "
        "±√n, the square being",
        sp.Mul(gaussian**2, 1 / (gaussian**2 / n), evaluate=False),
        n,
    )
    yield Identity(
        "share of sample i in the trace of the next Gram matrix, S = Σ φ(±√n)² over the d rows and "
        "b = φ(0)² in each of the m entries of the others: with φ(0) = 0, and φ(±√n) ≠ 0 for "
        "S > 0, QᵀQ = e_i e_iᵀ again, whatever W and d",
        sp.Subs(rows / (rows + others * at_zero), at_zero, 0),
        sp.Integer(1),
    )
    yield Cited(
        "point masses at e_1e_1ᵀ and e_2e_2ᵀ are stationary for the chain of QᵀQ, and so is each "
        "mixture of them",
        "invariant measures are a convex set; Meyn and Tweedie, Markov Chains and Stochastic "
        "Stability, chapter 10",
        r"\nu = t\,\delta_{e_1 e_1^\top} + s\,\delta_{e_2 e_2^\top}, \quad s + t = 1",
    )
    yield Argued(
        "φ(0) ≠ 0",
        "equal samples, QᵀQ = 11ᵀ/n, are stationary whenever φ(1) and φ(−1) are not 0, "
        "since rows are then ±1 times ones. Mixed with a stationary law of another mean, "
        "like the one reached from a non-singular start, they refute just as well",
        carries=False,
    )
    yield Heading("A mixture fluctuates as much at every width")
    yield Identity(
        "its mean is t e₁e₁ᵀ + s e₂e₂ᵀ, so the states are s and t times e₁e₁ᵀ − e₂e₂ᵀ away from it",
        t * length(s) + s * length(t),
        spread,
    )
    yield Identity("at t = s = 1/2", sp.Subs(spread, (s, t), (half, half)), fluctuates)
    yield Limit(
        "so log E‖QᵀQ − E QᵀQ‖_F / log d, which was to tend to −1/2, tends to 0",
        sp.log(fluctuates) / sp.log(width),
        width,
        sp.oo,
        sp.Integer(0),
    )


CLAIM = declare(
    __name__,
    "stationary fluctuation against width, for any activation",
    rate(
        sp.Symbol(r"\log\|Q^\top Q - \mathbb{E}_\nu Q^\top Q\|_F / \log d"),
        -sp.Rational(1, 2),
        within=sp.Rational(1, 4),
    ),
    source=PAPER.at("Conjecture F.1"),
    status=Status.PUBLISHED,
    expected=Outcome.REFUTED,
    parameters=(BATCH,),
    assumes=(
        *setting.WITH_ACTIVATION,
        "stationarity",
    ),
    checks=(
        *(_check(name, 2) for name in ("identity", "tanh", "sin", "monomial(3)")),
        *(_check("identity", batch) for batch in (3, 8)),
        Check(
            "x³ from four orthogonal samples, widths 128 to 1024: a non-singular start",
            {"batch": 4},
            fluctuation.against_width(
                activations.CUBE, setting.flat(4), widths=(128, 1024), depth=30
            ),
            replicas=200,
        ),
    ),
    derivation=_derivation,
    errata=(
        "False as printed: rank-one states are stationary, and half e₁e₁ᵀ, half e₂e₂ᵀ fluctuates "
        "by 1/√2 at every width. A non-singular start is needed, and an activation under which the "
        "wide limit settles: from four orthogonal samples x³ does not.",
        "Figure 6 plots one activation's array under all four labels.",
    ),
    siblings=(
        "orthogonalization.conjecture-f1-nonsingular",
        "orthogonalization.conjecture-f2",
        "orthogonalization.stationary-gap",
    ),
)
