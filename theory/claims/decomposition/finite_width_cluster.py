"""At finite width the cluster is where the mean field puts it.

E(mean cosine within the cluster at layer 200) = κ(cos θ) of the odd-point state, within a tenth.

Example: the mean-field value is that of the state that attracts.

>>> CLAIM.bound(batch=16, width=100).contains(setting.odd_state(16).cluster_cosine.ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import WIDTH, Budget, Check, Outcome, Status, declare, equal
from depthlaw.theory.claims.decomposition import PAPER, odd_point_forms
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _simulated as simulated


def _check(batch: int, width: int, replicas: int, budget: Budget = Budget.QUICK) -> Check:
    quantity = simulated.measured(batch, width, simulated.WITHOUT_RESCALING, "cluster_cosine", 200)
    return Check(
        f"n = {batch}, d = {width}",
        {"batch": batch, "width": width},
        quantity,
        budget=budget,
        replicas=replicas,
    )


CLAIM = declare(
    __name__,
    "cluster cosine at finite width",
    equal(
        sp.Function("E")(sp.Symbol(r"\cos_{\text{cluster}}")),
        sp.Symbol(r"\kappa(\cos\theta)"),
        by=lambda values: setting.odd_state(setting.whole(values, "batch")).cluster_cosine,
        within=sp.Rational(1, 10),
    ),
    source=PAPER.ours("mean field against finite width"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(setting.CLUSTERED, WIDTH),
    assumes=(
        *setting.FINITE,
        odd_point_forms.LARGE_BATCH,
        odd_point_forms.SMALL_BATCH,
        odd_point_forms.IN_RANGE,
        odd_point_forms.ORTHONORMAL,
    ),
    checks=(_check(16, 100, 512), _check(32, 200, 100, Budget.STANDARD)),
    derivation=odd_point_forms.CLAIM.derivation,
    control=Fraction(4, 5),
    siblings=("decomposition.odd-point-forms", "decomposition.rescaling-destroys"),
)
