"""Conjecture F.2: Theorem 1 for odd activations.

Statement
---------
E V(H_{ℓ+1}) ≤ 2 (1 − 2α/3)^ℓ + 3n/(α √d) for H_{ℓ+1} = φ(BN(W_ℓ H_ℓ)) with φ odd.

Assumptions
-----------
λ_min(H_k) ≥ α for k = 1, …, ℓ at trace 1 (α bounds σ_min², as in the corrected theorem); Gaussian
weights; d ≥ n.

Source
------
daneshmand2021, Conjecture F.2, NeurIPS 2021, arXiv:2106.03970.

Parameters
----------
batch n ≥ 2, width d ≥ n, depth ℓ ≥ 0, alpha in (0, 1/n].

Returns
-------
An enclosure; its upper end is what is conjectured at most.

Raises
------
ArgumentError outside those ranges.

Example: the formula of Theorem 1.

>>> from fractions import Fraction
>>> from depthlaw.theory.claim.registry import claim
>>> at = {"batch": 4, "width": 10**6, "depth": 9, "alpha": Fraction(1, 5)}
>>> CLAIM.bound(**at).ball.overlaps(
...     claim("orthogonalization.theorem-1-corrected").bound(**at).ball)
True
"""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.claim.check import Check
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Argued, Derivation
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import ALPHA, BATCH, DEPTH, WIDTH
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claims.orthogonalization import _activations as activations
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _theorem_1 as theorem
from depthlaw.theory.network import Activate


def _check(
    activation: Activate, batch: int, *, width: int, alpha: Fraction, replicas: int
) -> Check:
    depth = 20
    return Check(
        f"{activation.name}, n = {batch}, d = {width}",
        {"batch": batch, "width": width, "depth": depth, "alpha": alpha},
        activations.activated(
            setting.outlier(batch, (alpha + Fraction(1, batch)) / 2),
            activation,
            width=width,
            depth=depth + 1,
            observables=dict(setting.GAP_AND_SMALLEST),
            per_replica=setting.last_gap,
            highest=(1 - 1 / batch) ** 0.5,
            assumption=setting.smallest_stays_above(
                alpha, f"A₁: λ_min(H_k) ≥ α for k = 1..{depth}"
            ),
        ),
        replicas=replicas,
    )


def _derivation() -> Derivation:
    return Derivation(
        (
            *theorem.recursion_steps(),
            Argued(
                "for an activation",
                "the recursion above is that of the linear network; for odd activations the "
                "conjecture is that the same numbers hold, which is not proved",
            ),
        )
    )


CLAIM = Claim(
    id="orthogonalization.conjecture-f2",
    title="Theorem 1 for odd activations",
    quantity=theorem.QUANTITY,
    sense=Sense.UPPER,
    formula=theorem.FORMULA,
    source=setting.source("Conjecture F.2"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumptions=(
        setting.WIDTH_AT_LEAST_BATCH,
        setting.at_most_one_over_batch("alpha"),
        setting.A1,
    ),
    trivial=setting.HIGHEST_GAP,
    checks=(
        _check(activations.TANH, 2, width=2_000, alpha=Fraction(2, 5), replicas=256),
        _check(activations.SIN, 2, width=2_000, alpha=Fraction(2, 5), replicas=256),
        _check(activations.TANH, 4, width=20_000, alpha=Fraction(1, 5), replicas=64),
        _check(activations.SIN, 4, width=20_000, alpha=Fraction(1, 5), replicas=64),
    ),
    derivation=_derivation,
    decreasing=("width", "depth"),
    control=Fraction(1, 50),
    siblings=("orthogonalization.theorem-1-corrected", "orthogonalization.conjecture-f1"),
)
