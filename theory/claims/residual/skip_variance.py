"""A skip below 1: the variance of the stream settles.

E K_ℓ = K* + μ^{2ℓ}(K₀ − K*), K* = σ²/(1 − μ²), for z ← μ z + W b(z) with a norm in b.

It holds at every width where a norm ends the branch; σ² is the variance of the branch.

Example: a skip of weight 1/2 and unit branches settle at 4/3.

>>> from fractions import Fraction
>>> four_thirds = Fraction(4, 3)
>>> settled = {"depth": 5, "start_variance": four_thirds, "deviation": 1}
>>> CLAIM.bound(skip=Fraction(1, 2), **settled).contains(four_thirds)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    Check,
    Computed,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _growth as growth
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual import _skip as skip
from depthlaw.theory.claims.residual._enumerated import mean_square
from depthlaw.theory.claims.residual._setting import K0, sigma
from depthlaw.theory.claims.residual._skip import mu
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

SETTLED = sigma**2 / (1 - mu**2)
FORMULA = SETTLED + mu ** (2 * ell) * (K0 - SETTLED)


def _mean(
    kind: str, law: str, begin: tuple[int, ...], square: Fraction, layers: int, weight: Fraction
) -> Enclosure:
    return mean_square(kind, law, begin, (square,) * layers, weight)


def _check(
    kind: str, law: str, start: tuple[int, ...], deviation: Fraction, depth: int, weight: Fraction
) -> Check:
    variance = Fraction(sum(x * x for x in start), len(start))
    given = {"kind": kind, "law": law, "begin": start, "square": deviation**2, "layers": depth}
    return Check(
        f"{kind}; {law}, width {len(start)}, σ = {deviation}, μ = {weight}, ℓ = {depth}",
        {"depth": depth, "start_variance": variance, "deviation": deviation, "skip": weight},
        Computed(_mean, {**given, "weight": weight}),
    )


def _derivation() -> Steps:
    yield from growth.one_layer(mu)
    j, before = setting.j, sp.Symbol("K", positive=True)
    yield Identity(
        "its distance from K* shrinks by μ²",
        mu**2 * before + sigma**2 - SETTLED,
        mu**2 * (before - SETTLED),
    )
    yield Identity("ℓ layers", SETTLED + (K0 - SETTLED) * sp.Product(mu**2, (j, 1, ell)), FORMULA)


CLAIM = declare(
    __name__,
    "with a skip below 1 the variance of the stream settles",
    equal(growth.QUANTITY, FORMULA, tested=sp.Rational(1, 10**9)),
    source=PAPER.ours("a skip below 1"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START_VARIANCE, setting.BRANCH_DEVIATION, skip.SKIP),
    assumes=("z ← μ z + W b(z)", *growth.MODEL[1:], skip.BELOW_ONE),
    checks=(
        _check("norm", "signs", (1, 2), Fraction(1), 2, Fraction(1, 2)),
        _check("tanh, norm", "permutations", (1, 3), Fraction(2), 3, Fraction(9, 10)),
        _check("tanh, norm", "signs", (1, 2), Fraction(1, 2), 2, Fraction(1, 3)),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("residual.skip-slope", "residual.pre-norm-growth"),
)
