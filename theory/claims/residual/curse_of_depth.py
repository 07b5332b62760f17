"""The upper end of the published growth of the variance says nothing at initialisation.

E K_ℓ ≤ K₀ exp(ℓσ²/K₀).

The abstract has the variance of the stream between Θ(L) and Θ(exp L). At initialisation the lower
end is attained, K₀ + ℓσ² exactly (`residual.pre-norm-growth`), and no exponential is approached:
the variance grows exponentially only if branches grow with the stream, which a norm prevents.

Example: at 32 layers of unit branches it allows e³², and 33 is so.

>>> CLAIM.vacuous(depth=32, start_variance=1, deviation=1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Heading,
    Identity,
    Outcome,
    Status,
    Steps,
    Tangent,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.residual import PAPER, pre_norm_growth
from depthlaw.theory.claims.residual import _growth as growth
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual._enumerated import mean_square
from depthlaw.theory.claims.residual._setting import K0, sigma
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

FORMULA = K0 * sp.exp(ell * sigma**2 / K0)


def _mean(kind: str, law: str, begin: tuple[int, ...], square: Fraction, layers: int) -> Enclosure:
    return mean_square(kind, law, begin, (square,) * layers)


def _check(kind: str, law: str, start: tuple[int, ...], deviation: Fraction, depth: int) -> Check:
    variance = Fraction(sum(x * x for x in start), len(start))
    given = {"kind": kind, "law": law, "begin": start, "square": deviation**2, "layers": depth}
    return Check(
        f"{kind}; {law}, width {len(start)}, σ = {deviation}, ℓ = {depth}",
        {"depth": depth, "start_variance": variance, "deviation": deviation},
        Computed(_mean, given),
    )


def _derivation() -> Steps:
    x, y = sp.Symbol("x", real=True), sp.Symbol("y", positive=True)
    yield Uses("the variance, exactly", "residual.pre-norm-growth")
    yield Identity("relative to K₀", pre_norm_growth.FORMULA / K0, 1 + ell * sigma**2 / K0)
    yield Tangent("1 + x ≤ eˣ", sp.exp(x), x, sp.Integer(0))
    yield Heading("so that what is known exactly is the smaller side, at every depth")
    yield Identity("times K₀", sp.Subs(K0 * sp.exp(y), y, ell * sigma**2 / K0), FORMULA)


CLAIM = declare(
    __name__,
    "the variance of a pre-norm stream is at most exponential in the depth, which says nothing",
    upper(growth.QUANTITY, FORMULA, trivial=pre_norm_growth.FORMULA),
    source=PAPER.at("abstract", "with constants of ours: 1 + x ≤ eˣ in every layer"),
    status=Status.PUBLISHED,
    expected=Outcome.VACUOUS,
    parameters=(setting.LAYERS, setting.START_VARIANCE, setting.BRANCH_DEVIATION),
    assumes=(
        *growth.MODEL,
        "initialisation: after training the branches are no longer independent",
    ),
    checks=(
        _check("norm", "signs", (1, 2), Fraction(1), 2),
        _check("tanh, norm", "permutations", (1, 3), Fraction(1, 2), 3),
        _check("tanh, norm", "permutations", (1, 3), Fraction(1, 10), 1),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    errata=(
        "Growth between Θ(L) and Θ(exp L): at initialisation it is linear, exactly, with a norm in "
        "every branch; an upper end that is exponential is vacuous there.",
    ),
    siblings=("residual.pre-norm-growth", "residual.scaled-growth"),
)
