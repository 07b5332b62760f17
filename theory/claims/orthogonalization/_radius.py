"""The coupling radius under A₁, measured."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.claim import Budget, Check, Observed
from depthlaw.theory.claims.orthogonalization._setting import (
    measured,
    outlier,
    smallest_stays_above,
)
from depthlaw.theory.network import gram

_COST = r"\|C_{\ell+1}^{1/2} - I/\sqrt{n}\|_F^2"
MEAN_COST = sp.Function("E")(sp.Symbol(_COST))
QUANTITY = sp.Function("E")(sp.Symbol(_COST + r";\, A_1"))
OBSERVABLES = {"cost": gram.bures_to_isotropy, "smallest": gram.smallest_eigenvalue}


def last_cost(observed: Observed) -> NDArray[np.float64]:
    """Return the coupling cost at the last layer of each trajectory."""
    return observed["cost"][:, -1]


def simulated(
    *,
    batch: int,
    width: int,
    depth: int,
    alpha: Fraction,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    """Return a check on the mean coupling cost at layer ℓ + 1 over the trajectories of A₁."""
    return Check(
        f"n = {batch}, d = {width}, α = {float(alpha):g}",
        {"batch": batch, "width": width, "depth": depth, "alpha": alpha},
        measured(
            outlier(batch, (alpha + Fraction(1, batch)) / 2),
            width=width,
            depth=depth + 1,
            observables=OBSERVABLES,
            per_replica=last_cost,
            highest=2 - 2 / batch**0.5,
            assumption=smallest_stays_above(alpha, depth),
        ),
        budget=budget,
        replicas=replicas,
    )
