"""What both forms of the bound without A₁ share: the average over layers, measured."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    LAYER,
    Budget,
    Check,
    Heading,
    Identity,
    Induction,
    Observed,
    Sign,
    Steps,
    TowerProperty,
)
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import gram
from depthlaw.theory.writing.symbols import ell, lyapunov, n

QUANTITY = sp.Function("E")(sp.Symbol(r"\frac1\ell\sum_k \hat{V}(H_k)(1/n - \hat{V}(H_k))"))


def _check(
    label: str,
    spectrum: Sequence[Fraction],
    *,
    width: int,
    depth: int,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    n = len(spectrum)

    def average(observed: Observed) -> setting.Array:
        values = observed["lyapunov"][:, :-1]
        mean: setting.Array = (values * (1 / n - values)).mean(axis=1)
        return mean

    return Check(
        label,
        {
            "batch": n,
            "width": width,
            "depth": depth,
            "lyapunov": Fraction(1, n) - min(spectrum),
        },
        setting.measured(
            spectrum,
            width=width,
            depth=depth,
            observables={"lyapunov": gram.lyapunov},
            per_replica=average,
            highest=1 / (4 * n**2),
        ),
        budget=budget,
        replicas=replicas,
    )


def checks() -> tuple[Check, ...]:
    """Return starts near rank one, where A₁ gives nothing."""
    return (
        _check(
            "near rank one, n = 2",
            setting.flat(2, Fraction(1, 10**6)),
            width=2_000,
            depth=60,
            replicas=200,
        ),
        _check(
            "near rank one, n = 3",
            setting.outlier(3, Fraction(1, 10**6)),
            width=10_000,
            depth=60,
            replicas=160,
        ),
        _check("isometry, n = 2", setting.flat(2), width=10_000, depth=20, replicas=500),
        _check(
            "geometric spectrum, n = 4, vacuous",
            setting.geometric(4, Fraction(1, 10)),
            width=2_000,
            depth=50,
            replicas=4,
        ),
        _check(
            "near rank one, n = 4",
            setting.outlier(4, Fraction(1, 10**6)),
            width=20_000,
            depth=100,
            replicas=16,
            budget=Budget.STANDARD,
        ),
    )


def telescoping(rate: sp.Expr, noise: sp.Expr, formula: sp.Expr) -> Steps:
    """From E[V̂ of the next | H] ≤ V̂ − c V̂ (1/n − V̂) + ν to the average over layers."""
    c, nu, g, x, start = sp.symbols("c nu g x y_0", nonnegative=True)
    yield TowerProperty(
        "in the mean over H_k",
        sp.Symbol(r"\hat{V}_{k+1}", nonnegative=True),
        lyapunov - rate * lyapunov * (1 / n - lyapunov) + noise,
        "<=",
    )
    yield Heading("All layers: y_k = E V̂_k + c times the sum of E V̂_j (1/n − V̂_j) over j < k")
    yield Identity(
        "the next, with x = y_k and g = E V̂_k (1/n − V̂_k): c g is added, and E V̂_k gains ν − c g "
        "at most",
        sp.Add(x + c * g, nu - c * g, evaluate=False),
        x + nu,
    )
    yield Induction("so y_k grows by ν a layer", "y_k", x + nu, x, start, start + LAYER * nu)
    yield Sign("of y_ℓ the part E V̂_ℓ = x is dropped", x)
    yield Identity(
        "divided by cℓ, with these c and ν and y_0 = V̂",
        sp.Subs((start + ell * nu) / (c * ell), (start, nu, c), (lyapunov, noise, rate)),
        formula,
    )
