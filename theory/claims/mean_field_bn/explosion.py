"""No batch normalisation without an explosion of gradients: linear layers have the least.

λ ≥ (B−2)/(B−3) > 1 for every φ that is not constant.

Example: eight samples.

>>> CLAIM.bound(batch=8, first=0, second=1, third=0).contains(Fraction(6, 5))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Cited,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _polynomial as setting
from depthlaw.theory.writing.symbols import n

FORMULA = (n - 2) / (n - 3)


def _derivation() -> Steps:
    m = sp.Symbol("m", integer=True, nonnegative=True)
    yield Uses(
        "λ is a mean of what each degree gives", "mean-field-bn.backward-rate", known=setting.KNOWN
    )
    yield Cited(
        "with weights c_k a_k² ≥ 0 in every degree, since a Gegenbauer polynomial is largest at 1",
        "Szegő, Orthogonal Polynomials, Theorem 7.33.1",
        r"|C_k(s)| \le C_k(1)",
    )
    above = sum((k - 1) * (k + n - 2) / (n - 3) * term for k, term in setting.TERMS)
    for k in (1, 2, 3):
        yield Sign(
            f"where c_{k} is not negative from four samples on, n = m + 4",
            sp.factor(setting.share(k).subs(n, m + 4)),
        )
        yield Sign(
            f"nor is what it is multiplied by below, {k - 1} times",
            ((k + n - 2) / (n - 3)).subs(n, m + 4),
        )
    yield Identity(
        "so that what the first degree gives is λ less a number that is not negative",
        setting.FORMULA - above / setting.BOTTOM,
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "every batch-normalised network without skips explodes, the linear one least",
    lower(setting.LAMBDA, FORMULA, trivial=sp.Integer(0)),
    source=PAPER.at("Theorem 3.10 and the discussion after it"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=setting.PARAMETERS,
    assumes=(*setting.MODEL, setting.FOUR, setting.NOT_CONSTANT),
    checks=(
        setting.check("y", 4, 0, 1),
        setting.check("y", 100, 0, 1),
        setting.check("y + y²/10", 8, 0, 1, Fraction(1, 10)),
        setting.check("y²", 5, 0, 0, 1),
        setting.check("y − y³/6", 6, 0, 1, 0, Fraction(-1, 6)),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("mean-field-bn.backward-rate",),
)
