"""Without low Hermite coefficients correlations vanish doubly exponentially.

|ρ_ℓ| ≤ |ρ₀|^{m^ℓ} for φ = Σ_{k≥m} c_k h_k.

h_m itself attains it. Layer normalisation after an even φ leads here with m = 2: cosine, |x|.

Example: five layers of m = 2 raise to the power 32.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=5, start=Fraction(1, 2), order=2).contains(Fraction(1, 2**32))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    LAYER,
    Check,
    Domain,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import rho0
from depthlaw.theory.claims.fixed_points._termwise import DEGREE, Termwise, total
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

m = sp.Symbol("m", integer=True, positive=True)
ORDER = Parameter("order", m, Domain.INTEGER, 2, "degree of the first Hermite coefficient")
FORMULA = sp.Abs(rho0) ** (m**ell)
NONE = Fraction(0)


def _size(subject: setting.Subject, start: Fraction, depth: int) -> Enclosure:
    return Enclosure(abs(subject.after(start, depth)))


def _check(subject: setting.Subject, order: int, start: Fraction, depth: int) -> Check:
    return setting.instance(subject, start, depth, lambda: {"order": order}, _size)


def _derivation() -> Steps:
    s = powers.s
    yield powers.MEHLER
    yield Termwise(
        "one layer, |κ(ρ)| ≤ κ(s) with s = |ρ|: the degrees are m + k, and s^{m+k} ≤ s^m",
        s ** (m + DEGREE),
        (total(s**m),),
        (s,),
        unit=(s,),
    )
    yield from powers.layers(
        r"|\rho_k|",
        FORMULA,
        sp.Abs(rho0),
        m,
        step=powers.x**m,
        bound=powers.start ** (m**LAYER),
    )


CLAIM = declare(
    __name__,
    "correlations vanish doubly exponentially without low coefficients",
    upper(sp.Abs(setting.rho_ell), FORMULA, trivial=sp.Integer(1)),
    source=PAPER.at("Double exponential convergence"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, ORDER),
    assumes=(
        *setting.MODEL,
        "c_0 = … = c_{m−1} = 0 with m ≥ 2",
        setting.START_BELOW_ONE,
    ),
    checks=(
        *(
            _check(
                setting.weighted(NONE, NONE, Fraction(999, 1000), Fraction(1, 1000)),
                2,
                start,
                depth,
            )
            for start, depth in ((Fraction(9, 10), 1), (Fraction(1, 2), 3), (-Fraction(9, 10), 4))
        ),
        _check(
            setting.weighted(NONE, NONE, NONE, Fraction(1, 2), NONE, Fraction(1, 2)),
            3,
            -Fraction(4, 5),
            4,
        ),
        *(
            _check(setting.centred(name), 2, start, depth)
            for name in ("cos", "abs", "gaussian")
            for start, depth in ((Fraction(9, 10), 2), (-Fraction(1, 2), 3))
        ),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    decreasing=("depth",),
    siblings=("fixed-points.theorem-1-case-1",),
)
