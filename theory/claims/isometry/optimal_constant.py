"""The constant 1 in Theorem 1 is the best one for all n together.

c_n ≤ c(√n), where I(G̃) ≥ I(G) (1 + c_n cv²) is best possible for n samples and c(s) is what n − 1
norms 1 and one norm s allow; c(√n) → 1 as n → ∞, and c_n ≥ 1 by Theorem 1.

c_n is an infimum: c_2 = 2 is approached as the two norms come together, and for n ≥ 3 one outlier
is worst. It is enclosed to 10^{−4}; c_8 = 1.81, c_64 = 1.40.

Example: at n = 4 and s = 2, (7/4)/√2 − 1 over 12/25.

>>> from flint import arb
>>> CLAIM.bound(batch=4).ball.overlaps((arb(7) / 4 / arb(2).sqrt() - 1) * 25 / 3)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Argued,
    Check,
    Computed,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _spread as spread
from depthlaw.theory.claims.isometry._constant import best_constant
from depthlaw.theory.symbols import n


def at_outlier(s: sp.Expr) -> sp.Expr:
    """Return c(s)."""
    mean_square, mean = (n - 1 + s**2) / n, (n - 1 + s) / n
    variation = (n - 1) * (s - 1) ** 2 / (n**2 * mean**2)
    return (mean_square * s ** (-2 / n) - 1) / variation


def _derivation() -> Steps:
    s, r = sp.symbols("s r", positive=True)
    mean_square, mean = (n - 1 + s**2) / n, (n - 1 + s) / n
    formula = at_outlier(sp.sqrt(n))
    power = sp.exp(-2 * sp.log(r) / r**2)
    yield Identity(
        "the variance of n − 1 norms 1 and one norm s",
        mean_square - mean**2,
        (n - 1) * (s - 1) ** 2 / n**2,
    )
    yield from spread.steps()
    yield Argued(
        "the worst norms",
        "at fixed mean and cv the ratio (n⁻¹ Σ a²)/(Π a²)^{1/n} is smallest where Π a_i is "
        "largest: n − 1 equal norms and one larger, so c_n = inf_{s>1} c(s)",
    )
    yield Limit(
        "near equal norms c(s) tends to 2, whatever n; here n = 3",
        at_outlier(s).subs(n, 3),
        s,
        sp.S.One,
        sp.Integer(2),
    )
    yield Identity(
        "two samples: c(s) − 2 = (s − 1)²/(2s) ≥ 0, so that c_2 = 2",
        sp.Subs(at_outlier(s), n, 2) - 2,
        (s - 1) ** 2 / (2 * s),
    )
    yield Limit("n^{−1/n} → 1, with n = r²", power, r, sp.oo, sp.S.One)
    yield Limit(
        "and with it c(√n) → 1",
        ((2 - 1 / r**2) - 1) * (1 + (r - 1) / r**2) ** 2 * r**4 / ((r**2 - 1) * (r - 1) ** 2),
        r,
        sp.oo,
        sp.S.One,
    )
    limit_of = (power - 1) * (2 - 1 / r**2) * (1 + (r - 1) / r**2) ** 2 * r**4
    below = (r**2 - 1) * (r - 1) ** 2
    yield Identity(
        "where the last limit is c(√n) with 1 for n^{−1/n}",
        sp.Subs(formula, n, r**2) - limit_of / below,
        ((2 - 1 / r**2) - 1) * (1 + (r - 1) / r**2) ** 2 * r**4 / below,
    )


CLAIM = declare(
    __name__,
    "the constant 1 in Theorem 1 is optimal uniformly in n",
    upper(sp.Symbol("c_n"), at_outlier(sp.sqrt(n))),
    source=PAPER.at("Theorem 1", "optimality of the constant, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH,),
    assumes=("norms a_i > 0, not all equal; cv² = n⁻¹ Σ (a_i − ā)²/ā²",),
    checks=tuple(
        Check(f"n = {size}", {"batch": size}, Computed(best_constant, {"batch": size}))
        for size in (2, 3, 8, 64)
    ),
    derivation=_derivation,
    control=Fraction(95, 100),
    siblings=("isometry.theorem-1", "isometry.theorem-1-exact"),
)
