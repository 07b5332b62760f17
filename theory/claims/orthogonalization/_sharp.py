"""What the two sharper bounds on E V² share: the measured quantity and its instances."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Budget, Check
from depthlaw.theory.claims.orthogonalization._setting import (
    GAP_AND_SMALLEST,
    last_square_gap,
    measured,
    outlier,
    smallest_stays_above,
)

QUANTITY = sp.Function("E")(sp.Symbol(r"V(H_{\ell+1})^2;\, A_1"))


def simulated(
    *,
    batch: int,
    width: int,
    depth: int,
    alpha: Fraction,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    """Return a check of a bound on E[V(H_{ℓ+1})²; λ_min(H_k) ≥ α for k = 1..ℓ].

    The batch starts halfway between the threshold and isometry.
    """
    start = (alpha + Fraction(1, batch)) / 2
    return Check(
        f"n = {batch}, d = {width}, α = {float(alpha):g}",
        {"batch": batch, "width": width, "depth": depth, "alpha": alpha},
        measured(
            outlier(batch, start),
            width=width,
            depth=depth + 1,
            observables=GAP_AND_SMALLEST,
            per_replica=last_square_gap,
            highest=1 - 1 / batch,
            assumption=smallest_stays_above(alpha, depth),
        ),
        budget=budget,
        replicas=replicas,
    )
