"""Two or more odd points do not stay together.

The fixed state of n − k cluster points and k odd points has exactly k − 1 unstable directions.

Example: so exactly one odd point is what is seen.

>>> CLAIM.bound(batch=16, odd=1).ball == 0
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Budget,
    Check,
    Computed,
    Condition,
    Outcome,
    ParameterValue,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _jacobian as jacobian
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms, two_groups
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import n


def unstable(batch: int, odd: int) -> Exact:
    """Return how many directions grow, certified one by one."""
    return Exact(sp.Integer(two_groups(batch - odd, odd).unstable_directions()))


def _quantity(batch: int, odd: int) -> Value:
    return unstable(batch, odd)


def _check(batch: int, odd: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"n = {batch}, k = {odd}",
        {"batch": batch, "odd": odd},
        Computed(_quantity, {"batch": batch, "odd": odd}),
        budget=budget,
    )


def _derivation() -> Steps:
    yield from jacobian.steps(8, 2)
    yield Argued(
        "which directions grow",
        "one of the two multipliers of the pattern in which odd points leave each other "
        "exceeds 1, with k − 1 copies; all others are below 1",
    )


def _exists(values: Mapping[str, ParameterValue]) -> bool:
    batch, odd = setting.whole(values, "batch"), setting.whole(values, "odd")
    try:
        two_groups(batch - odd, odd)
    except DepthlawError:
        return False
    return True


LARGEST_BATCH = 100_000
BATCH_LOOKED_AT = Requires(n <= LARGEST_BATCH, "no larger batch was looked at")
STATE_EXISTS = Condition(
    "the state exists",
    "odd",
    _exists,
    lambda values: (
        f"no fixed state with so many odd points was found among {values['batch']}: take fewer, or "
        "a larger batch"
    ),
)
CLAIM = declare(
    __name__,
    "k odd points have k − 1 unstable directions",
    equal(
        sp.Symbol(r"\#\{|\lambda| > 1\}"),
        closed_forms.k - 1,
    ),
    source=PAPER.ours("stability with more odd points"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED, setting.ODD),
    assumes=(*setting.MEAN_FIELD, setting.ODD_BELOW_BATCH, BATCH_LOOKED_AT, STATE_EXISTS),
    checks=(
        _check(10, 2),
        _check(16, 1),
        _check(16, 2),
        _check(16, 3),
        _check(16, 4),
        _check(32, 2),
        _check(32, 8),
        _check(100, 10),
        *(_check(n, k, Budget.STANDARD) for n in (24, 48, 64, 200) for k in (2, 3, 5)),
    ),
    derivation=_derivation,
    control=Fraction(1, 2),
    siblings=("decomposition.odd-point-attracts",),
)
