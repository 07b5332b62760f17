"""In the end the isometry gap falls by (2 − β)² per layer.

log I(G^{ℓ+1})/log I(G^ℓ) → (2 − β)² as ℓ → ∞.

Example: an affine activation keeps the gap.

>>> CLAIM.bound(strength=1).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Check,
    Computed,
    Deferred,
    Identity,
    Limit,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.mean_field_gram import isometry_gap
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Enclosure


def _ratio(start: RationalMatrix, name: str, depth: int) -> Enclosure:
    now, after = (isometry_gap(recursion.layer(name, start, layer)) for layer in (depth, depth + 1))
    return Enclosure(after / now)


def _check(label: str, start: RationalMatrix, name: str, depth: int) -> Check:
    return Check(
        f"{label}, {name}, layer {depth}",
        Deferred(lambda: {"strength": setting.strength_above(name)}),
        Computed(_ratio, {"start": start, "name": name, "depth": depth}),
    )


def _derivation() -> Steps:
    rho, b = sp.symbols("rho b", positive=True)
    x = sp.Symbol("x")
    m = sp.Symbol("m", nonnegative=True)
    gap = -sp.log(1 - rho**2) / 2
    image = b * rho + (1 - b) * rho**2
    excess = sp.expand(1 - (2 - x) * x**2)
    yield Limit(
        "two samples: the gap is ρ²/2 to leading order",
        gap / rho**2,
        rho,
        sp.S.Zero,
        sp.S.Half,
    )
    yield Limit(
        "one layer with a_1 = b, the rest in a_2, multiplies it by b² = (2 − β)²",
        gap.subs(rho, image) / gap,
        rho,
        sp.S.Zero,
        b**2,
    )
    yield Argued(
        "all pairs",
        "−log I = (1/2n) Σ_{i≠j} ρ_ij² (1 + o(1)) once all ρ are small (Corollary A.3), "
        "and each ρ_ij is multiplied by f′(0) + O(ρ_ij), f′(0) = a_1 = 2 − β",
    )
    yield Identity(
        "against the paper's 1/β, with x = 2 − β in [0, 1]: 1 − β(2 − β)²",
        excess,
        (1 - x) * (1 + x - x**2),
    )
    yield Sign("is not negative, with x = 1/(1 + m)", sp.factor(excess.subs(x, 1 / (1 + m))))


CLAIM = declare(
    __name__,
    "ratio of successive isometry gaps",
    rate(
        sp.Symbol(r"\log I(G^{\ell+1}) / \log I(G^\ell)"),
        (2 - setting.BETA) ** 2,
        within=sp.Rational(1, 1000),
    ),
    source=PAPER.at("Theorem 4", "true rate, ours; the paper's is 1/β"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.STRENGTH,),
    assumes=(
        *setting.RECURSION,
        setting.STRENGTH_AT_MOST_TWO,
        "no two samples of G⁰ are equal or opposite",
        "G^ℓ ≠ I for every ℓ: where f(ρ) = 0 for all ρ of a layer both gaps are 0",
    ),
    checks=(
        _check("two samples at ρ = 1/2", setting.PAIR, "relu", 40),
        _check("two samples at ρ = 1/2", setting.PAIR, "tanh", 120),
        _check("equicorrelated at 1/4, n = 32", setting.BATCH_32, "step", 30),
        _check("spread on a sphere, n = 5", setting.SPREAD, "gelu", 35),
        _check("near-duplicates, n = 4", setting.DUPLICATES, "sin", 90),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("isometry.sharp-decay", "isometry.theorem-4"),
)
