"""ReLU on a stream of branches with norms: correlations reach 1 at least as a squared logarithm.

1 − ρ_ℓ ≤ (9π²/2)/(3π/√(2(1−ρ₀)) + Σ_{j≤ℓ} 1/(k₀+j))², k₀ = K₀/σ².

The sum is log ℓ and a constant, ψ(k₀+ℓ+1) − ψ(k₀+1) exactly.

Example: no layer.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=0, start=Fraction(1, 2), ratio=1).contains(Fraction(1, 2))
True
"""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.claim import (
    DEPTH,
    Budget,
    Check,
    Computed,
    Outcome,
    ParameterValue,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _relu as relu
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.residual import equal_branches, relu_gap
from depthlaw.theory.values import Enclosure

FORMULA = relu.gap(relu.PRE_NORM)


def gap_after(start: Fraction, ratio: Fraction, depth: int) -> Enclosure:
    """Return 1 − ρ after `depth` layers, by their recursion."""
    return Enclosure(relu_gap(1 - start, equal_branches(ratio, depth)))


def check(start: Fraction, ratio: Fraction, depth: int, budget: Budget = Budget.QUICK) -> Check:
    """Return the check of one start and ratio at one depth."""
    given: dict[str, ParameterValue] = {"start": start, "ratio": ratio, "depth": depth}
    label = f"ρ₀ = {float(start):g}, K₀/σ² = {ratio}, ℓ = {depth}"
    return Check(label, given, Computed(gap_after, given), budget=budget)


def _derivation() -> Steps:
    yield from relu.at_least()
    yield from relu.pre_norm(FORMULA)


HALF = Fraction(1, 2)
CLAIM = declare(
    __name__,
    "ReLU with a norm before it: 1 − ρ falls at least as fast as 1/log² of the depth",
    upper(1 - setting.rho_ell, FORMULA, trivial=1 - setting.rho0),
    source=PAPER.ours("correlations in pre-norm networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.RATIO),
    assumes=(*setting.PRE_NORM, relu.RELU, setting.BELOW_ONE),
    checks=(
        check(HALF, Fraction(1), 1),
        check(HALF, Fraction(1), 64),
        check(HALF, Fraction(1), 20_000),
        check(-Fraction(9, 10), Fraction(1, 10), 1000),
        check(Fraction(99, 100), Fraction(10), 1000),
        check(HALF, Fraction(1), 500_000, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(19, 20),
    decreasing=("depth",),
    siblings=("residual.relu-logarithmic", "residual.relu-leading-law"),
)
