"""Square batches tend to isometry under orthogonal weights and batch norm, with a constant.

E φ(X_ℓ) ≤ φ(X_0) e^{−ℓ/k}, k = 2d(d+2)(1 + dφ(X_0)).

The paper has k = C d²(1 + dφ(X_0)) with some C.

Example: the start.

>>> CLAIM.bound(width=5, gap=1, depth=0).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    Argued,
    Check,
    Computed,
    Deferred,
    Domain,
    Identity,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.no_explosion import PAPER
from depthlaw.theory.claims.no_explosion import _step as step
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import d, ell

phi = sp.Symbol(r"\varphi_0", nonnegative=True)
GAP = Parameter("gap", phi, Domain.REAL, 0, "φ(X_0), or a rational above it")
K = 2 * d * (d + 2) * (1 + d * phi)
FORMULA = sp.exp(-ell / K)


def _ratio(width: int, larger: Fraction) -> Enclosure:
    gap = step.gap(width, larger)
    return Enclosure(1 + step.change(width, larger).ball / gap.ball)


def _check(width: int, larger: Fraction) -> Check:
    def parameters() -> dict[str, ParameterValue]:
        above = Fraction(step.gap(width, larger).upper).limit_denominator(10**6)
        return {"width": width, "gap": above + Fraction(1, 10**6), "depth": 1}

    return Check(
        f"d = {width}, λ₁ = {larger}, one layer",
        Deferred(parameters),
        Computed(_ratio, {"width": width, "larger": larger}),
    )


def _derivation() -> Steps:
    s = step.s
    yield Argued(
        "one layer",
        "corollary-4-sharp lowers φ by 2hΣ(λ_k − 1)²/(d(d+2)) or more, and φ is at most "
        "Σ(λ_k − 1)²(1 + dφ)/d, since no eigenvalue is below e^{−dφ}",
    )
    h = sp.Symbol("h", positive=True)
    yield Identity(
        "of φ that is, with h ≥ 1/(4d) for all d ≥ 2, a share of",
        sp.Subs(2 * h * s / (d * (d + 2)) / (s * (1 + d * phi) / d), h, 1 / (4 * d)),
        1 / K,
    )
    yield Argued("layer after layer", "1 − 1/k ≤ e^{−1/k}, and φ does not grow on average")


CLAIM = declare(
    __name__,
    "the isometry gap of square batches decays exponentially",
    upper(sp.Symbol(r"\mathbb E\,\varphi(X_\ell) / \varphi(X_0)"), FORMULA, trivial=sp.Integer(1)),
    source=PAPER.at("Theorem 1", "with an explicit constant, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(step.SIZE, GAP, DEPTH),
    assumes=step.MODEL,
    checks=(
        _check(2, Fraction(6, 5)),
        _check(2, Fraction(19, 10)),
        _check(5, Fraction(9, 2)),
        _check(20, Fraction(3)),
    ),
    derivation=_derivation,
    control=Fraction(1, 3),
    siblings=("no-explosion.linearised", "no-explosion.corollary-4-sharp"),
)
