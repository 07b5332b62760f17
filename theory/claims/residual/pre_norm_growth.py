"""A stream of branches with norms grows linearly: no layer sees how large it is.

E K_ℓ = K₀ + ℓ σ², with K_ℓ the variance of the stream after ℓ layers.

It holds at every width, for every law of the weights with that mean and variance: the checks sum
over all matrices of small laws. Where ReLU stands between norm and weights it is exact for the
first layer of a symmetric start, and then in the wide limit: the branch is larger where more
neurons are positive, so that fewer are later, and the mean falls below by a share of order 1/width.

Example: unit start, unit branches.

>>> CLAIM.bound(depth=64, start_variance=1, deviation=1).expression
65
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
from depthlaw.theory.claims.residual._enumerated import mean_square
from depthlaw.theory.claims.residual._setting import K0, sigma
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

FORMULA = K0 + ell * sigma**2


def _mean(kind: str, law: str, begin: tuple[int, ...], square: Fraction, layers: int) -> Enclosure:
    return mean_square(kind, law, begin, (square,) * layers)


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
    yield Identity("ℓ layers", K0 + sp.Sum(sigma**2, (setting.j, 1, ell)), FORMULA)


CLAIM = declare(
    __name__,
    "with a norm in every branch the variance of the stream grows linearly",
    equal(growth.QUANTITY, FORMULA, tested=sp.Rational(1, 10**9)),
    source=PAPER.ours("exact growth at initialisation"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START_VARIANCE, setting.BRANCH_DEVIATION),
    assumes=growth.MODEL,
    checks=(
        _check("norm", "signs", (1, 2), Fraction(1), 2),
        _check("tanh, norm", "signs", (1, 2), Fraction(1, 2), 2),
        _check("norm", "permutations", (1, 2, 4), Fraction(1, 3), 2),
        _check("tanh, norm", "permutations", (1, 3), Fraction(2), 3),
        _check("tanh, norm", "permutations", (1, 2, 4), Fraction(1, 3), 2),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("residual.scaled-growth", "residual.curse-of-depth"),
)
