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
    Sign,
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
from depthlaw.theory.mean_field_gram import isometry_gap
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.symbols import n
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
    s, r, t, w = sp.symbols("s r t w", positive=True)
    e = sp.Symbol("e", real=True, nonzero=True)
    first = sp.Symbol("a_1", nonnegative=True)
    x, m = sp.Symbol("x"), sp.Symbol("m", nonnegative=True)
    excess = sp.expand(1 - (2 - x) * x**2)
    most = first + (1 - first) * r
    least = first - (1 - first) * r
    size = (n - 1) * r
    yield Heading("The gap and the correlations, where ε = (n − 1)r < 1 for r = max |ρ_ij|")
    yield lemma.gershgorin()
    yield Identity(
        "an eigenvalue 1 + e, |e| ≤ ε, adds e − log(1 + e) to −log det G, since Σ e_i = 0; over e²",
        sp.Integral(t / (1 + t * e), (t, 0, 1)),
        (e - sp.log(1 + e)) / e**2,
    )
    yield Sign(
        "the integrand falls with 1 + te = w, which lies between 1 − ε and 1 + ε: by",
        t * s / (w * (w + s)),
    )
    yield Identity(
        "so that the gap lies between Σ e_i²/(2n(1 + ε)) and Σ e_i²/(2n(1 − ε)), where Σ e_i² is "
        "‖G − I‖_F² = Σ_{i≠j} ρ_ij²",
        sp.Integral(t / w, (t, 0, 1)),
        1 / (2 * w),
    )
    yield Heading("One layer")
    yield from steps.series()
    yield from powers.quadratic(first)
    for title, term in (("|f(ρ)| ≥ a₁s − (1 − a₁)s²: for ρ = s", s), ("and for ρ = −s", -s)):
        yield Termwise(
            title,
            -(term**DEGREE) if term == s else term**DEGREE,
            (total(s**2), at(-s - s**2, 1, first), at(1 - s**2, 0, sp.Integer(0))),
            (s**2,),
            first=2,
            stride=2,
            unit=(s,),
        )
    yield Identity(
        "so f(ρ)²/ρ² is at most (a_1 + (1 − a_1)r)² and, where that is positive, at least the "
        "square of a_1 − (1 − a_1)r: what they have in the place of a_1 s ± (1 − a_1)s², over s",
        sp.Subs((first * s + (1 - first) * s**2) / s, s, r),
        most,
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
        "against the paper's 1/β, with x = 2 − β in [0, 1]: 1 − β(2 − β)²",
        excess,
        (1 - x) * (1 + x - x**2),
    )
    yield Sign("is not negative, with x = 1/(1 + m)", sp.factor(excess.subs(x, 1 / (1 + m))))
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
