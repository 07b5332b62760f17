"""What both forms of the bound without A₁ share: the average over layers, measured."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory import gram
from depthlaw.theory.claim import Argued, Budget, Check, Identity, Observed, Step
from depthlaw.theory.claims.orthogonalization import _setting as setting

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


def telescoping() -> tuple[Step, ...]:
    """Sum one step over the layers and divide."""
    rate, noise, start, last, ell = sp.symbols("c nu V_0 V_ell ell", positive=True)
    return (
        Argued(
            "one step, rearranged and summed over k = 0, …, ℓ − 1",
            "E V̂_{k+1} ≤ E V̂_k − c E[V̂_k (1/n − V̂_k)] + ν telescopes to c T ≤ E V̂_0 − E V̂_ℓ + ℓ ν, "
            "T the sum of the means, and V̂_ℓ ≥ 0 is dropped",
        ),
        Identity(
            "divided by cℓ",
            (start - last + ell * noise) / (rate * ell),
            start / (rate * ell) - last / (rate * ell) + noise / rate,
        ),
    )
