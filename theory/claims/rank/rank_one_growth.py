"""Next to rank one the second eigenvalue grows, at a rate that depends on its direction.

lim_{γ→0} E[log λ₂⁺ − log λ₂]/γ² = 4d − 4 − 2d ‖v‖₄⁴, for M near ssᵀ, s ∈ {±1}^d, with second
eigenvector v ⟂ s, ‖v‖ = 1.

Example: a flat direction, which takes an even number of neurons, grows fastest, 4d − 6.

>>> CLAIM.bound(width=6, quartic=Fraction(1, 6)).expression == 4 * 6 - 6
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from depthlaw.theory.claim import (
    Check,
    Condition,
    Outcome,
    ParameterValue,
    Status,
    declare,
    equal,
    number,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _near_rank_one as near
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank.weights import RADEMACHER, SKEWED, THREE_VALUED


def quartic_range(width: int) -> tuple[Fraction, Fraction]:
    """Return the least and the largest ‖v‖₄⁴ of v ⟂ s with ‖v‖ = 1: kurtosis bounds of d numbers.

    For odd d the entries cannot all have one size; the spike (d−1, −1, …, −1) has the largest.

    >>> quartic_range(2), quartic_range(3)
    ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 2)))
    """
    d = width
    least = Fraction(d * d + 3, d * (d * d - 1)) if d % 2 else Fraction(1, d)
    return least, Fraction(d * d - 3 * d + 3, d * (d - 1))


def _quartic_possible(values: Mapping[str, ParameterValue]) -> bool:
    least, largest = quartic_range(setting.whole(values, "width"))
    return least <= number(values, "quartic") <= largest


def _quartic_advice(values: Mapping[str, ParameterValue]) -> str:
    least, largest = quartic_range(setting.whole(values, "width"))
    return f"v ⟂ s of norm 1 has it between {least} and {largest} at width {values['width']}"


QUARTIC_POSSIBLE = Condition(
    "‖v‖₄⁴ is that of some v ⟂ s", "quartic", _quartic_possible, _quartic_advice
)


def _check(label: str, v: near.Direction, law: WeightLaw | None = None) -> Check:
    return near.growth_check(label, v, law, quartic=v.quartic)


CLAIM = declare(
    __name__,
    "growth of the second eigenvalue next to rank one, per γ²",
    equal(
        near.QUANTITY,
        near.GROWTH,
    ),
    source=PAPER.ours("rank one repels"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.PAIR_OF_NEURONS, near.QUARTIC),
    assumes=(
        *setting.UNIT_DIAGONAL,
        "the limit λ₂ → 0 is taken first (the linearised layer)",
        QUARTIC_POSSIBLE,
    ),
    checks=(
        _check("d = 2", near.direction([1, 1], [1, -1]), THREE_VALUED),
        _check("d = 2, opposite signs", near.direction([1, -1], [1, 1]), SKEWED),
        _check("spike, d = 3", near.spike(3), RADEMACHER),
        _check("two neurons apart, d = 3", near.direction([1, -1, 1], [1, 1, 0]), RADEMACHER),
        _check("flat, d = 6", near.direction([1] * 6, [1, 1, 1, -1, -1, -1])),
        _check("two neurons apart, d = 6", near.direction([1] * 6, [1, -1, 0, 0, 0, 0])),
        _check("spike, d = 7", near.spike(7)),
        _check("uneven, d = 5", near.direction([1, 1, -1, -1, 1], [3, 1, 2, 5, 3])),
    ),
    derivation=near.growth_steps,
    control=Fraction(101, 100),
    siblings=("rank.rank-one-repels", "rank.log-pdet-drift"),
)
