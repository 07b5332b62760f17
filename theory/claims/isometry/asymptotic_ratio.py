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
    Check,
    Computed,
    Deferred,
    Heading,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    rate,
)
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points._termwise import DEGREE, Termwise, at, total
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _lemma_a4 as lemma
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.kernels.gram_flow import isometry_gap
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Enclosure

FORMULA = (2 - setting.BETA) ** 2


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
    s = sp.Symbol("s", positive=True)
    first = sp.Symbol("a_1", nonnegative=True)
    r, size = lemma.M, lemma.RADIUS
    most, least = first + (1 - first) * r, first - (1 - first) * r
    yield Heading("The gap and the correlations, where ε = (n − 1)m < 1 for m = max |ρ_ij|")
    yield lemma.gershgorin()
    yield from steps.one_eigenvalue(
        "so that the gap lies between Σ e_i²/(2n(1 + ε)) and Σ e_i²/(2n(1 − ε)), where Σ e_i² is "
        "‖G − I‖_F² = Σ_{i≠j} ρ_ij²"
    )
    yield from steps.series()
    yield Heading("One layer, for s = |ρ|")
    upper = tuple(powers.quadratic(first))
    yield from upper
    lower = tuple(
        Termwise(
            title,
            -(term**DEGREE) if term == s else term**DEGREE,
            (total(s**2), at(-s - s**2, 1, first), at(1 - s**2, 0, sp.Integer(0))),
            (s**2,),
            first=2,
            stride=2,
            unit=(s,),
        )
        for title, term in (("|f(ρ)| ≥ a₁s − (1 − a₁)s²: for ρ = s", s), ("and for ρ = −s", -s))
    )
    yield from lower
    yield Identity("so |f(ρ)/ρ| is at most, at s = m", sp.Subs(upper[-1].right / s, s, r), most)
    yield Identity(
        "and at least, if that is positive; for a_1 = 0 the ratio of the gaps is not negative",
        sp.Subs(-lower[-1].right / s, s, r),
        least,
    )
    yield Heading("Many layers")
    yield Uses(
        "for β > 1 the correlations vanish (for β = 1 nothing changes, and the ratio is 1)",
        "isometry.corollary-a3",
        known=steps.KNOWN,
    )
    yield Limit(
        "Σ f(ρ_ij)²/Σ ρ_ij² is a mean of f(ρ)²/ρ², and ε does not grow: the ratio of the gaps is "
        "at most",
        (1 + size) / (1 - size) * most**2,
        r,
        sp.S.Zero,
        first**2,
    )
    yield Limit("and at least", (1 - size) / (1 + size) * least**2, r, sp.S.Zero, first**2)
    yield Identity(
        "the ratio itself tends to a_1², a_1 = 2 − β",
        sp.Subs(first**2, first, 2 - setting.BETA),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "ratio of successive isometry gaps",
    rate(
        sp.Symbol(r"\log I(G^{\ell+1}) / \log I(G^\ell)"),
        FORMULA,
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
