"""Branches that are scaled by 1/√layer: the variance of the stream grows logarithmically.

E K_ℓ = K₀ + σ² (1 + 1/2 + … + 1/ℓ), where branch j is scaled by 1/√j.

Example: after 4 layers, from unit variance with unit branches.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=4, start_variance=1, deviation=1).contains(Fraction(37, 12))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
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
from depthlaw.theory.claims.residual._enumerated import mean_square
from depthlaw.theory.claims.residual._setting import K0, j, sigma
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

FORMULA = K0 + sigma**2 * sp.Sum(1 / j, (j, 1, ell))


def _mean(kind: str, law: str, begin: tuple[int, ...], square: Fraction, layers: int) -> Enclosure:
    return mean_square(kind, law, begin, tuple(square / j for j in range(1, layers + 1)))


def _check(kind: str, law: str, start: tuple[int, ...], deviation: Fraction, depth: int) -> Check:
    variance = Fraction(sum(x * x for x in start), len(start))
    square = deviation**2
    return Check(
        f"{kind}; {law}, width {len(start)}, σ = {deviation}, ℓ = {depth}",
        {"depth": depth, "start_variance": variance, "deviation": deviation},
        Computed(
            _mean,
            {"kind": kind, "law": law, "begin": start, "square": square, "layers": depth},
        ),
    )


def _derivation() -> Steps:
    yield from growth.one_layer()
    yield Identity(
        "ℓ layers, of which layer j adds σ²/j",
        K0 + sp.Sum(sigma**2 / j, (j, 1, ell)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "with branches scaled by 1/√layer the variance of the stream grows like a logarithm",
    equal(growth.QUANTITY, FORMULA, tested=sp.Rational(1, 10**9)),
    source=PAPER.ours("exact growth of the scaled network at initialisation"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.LAYERS, setting.START_VARIANCE, setting.BRANCH_DEVIATION),
    assumes=(*growth.MODEL, "the branch of layer j is multiplied by 1/√j"),
    checks=(
        _check("norm", "signs", (1, 2), Fraction(1), 2),
        _check("tanh, norm", "permutations", (1, 3), Fraction(2), 3),
        _check("norm", "permutations", (1, 2, 4), Fraction(1, 3), 2),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("residual.pre-norm-growth", "residual.curse-of-depth"),
)
