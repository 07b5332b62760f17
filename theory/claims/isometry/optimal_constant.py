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
    CauchySchwarz,
    Check,
    Computed,
    Heading,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _spread as spread
from depthlaw.theory.claims.isometry._constant import at_outlier, best_constant
from depthlaw.theory.writing.symbols import n

FORMULA = at_outlier(sp.sqrt(n))


def _derivation() -> Steps:
    s, b, r = sp.symbols("s b r", positive=True)
    square, mean, variance = sp.symbols("S m v", real=True)
    geometric = sp.Symbol("g", positive=True)
    root = sp.sqrt(n)
    sums = ((n - 1) * b + s, (n - 1) * b**2 + s**2)
    largest = spread.parabola(s, b, below=True)
    mean_square = (2 - 1 / r**2) * sp.exp(-2 * sp.log(r) / r**2)
    over_variation = (1 + (r - 1) / r**2) ** 2 * r**4 / ((r**2 - 1) * (r - 1) ** 2)
    yield Heading("No norms are worse than n − 1 equal ones b and a larger one s")
    yield CauchySchwarz(
        "the deviations d_j of the other norms from the mean m sum to −d_i, so that "
        "d_i² ≤ (n−1)(nv − d_i²), v the variance",
        sp.S.One,
        sp.Symbol("d_j", real=True),
    )
    yield Identity(
        "so d_i² ≤ (n−1)v, and no norm exceeds s = m + √((n−1)v): there the variance is",
        sp.Subs((s - mean) ** 2 / (n - 1), mean, sums[0] / n),
        (n - 1) * (s - b) ** 2 / n**2,
    )
    yield Identity(
        "Σ (a_i − b)(s − a_i), from the two sums; its terms cannot all be positive, so b > 0",
        sp.Subs(-square + (b + s) * mean - n * b * s, (mean, square), sums),
        sp.S.Zero,
    )
    yield largest
    yield spread.at_extreme(largest, s - b, (s - b) ** 2)
    yield Heading("With these, c(s), where b = 1")
    yield Identity(
        "two samples: c(s) − 2 = (s − 1)²/(2s) ≥ 0, so that c_2 = 2",
        sp.Subs(at_outlier(s), n, 2) - 2,
        (s - 1) ** 2 / (2 * s),
    )
    yield Identity(
        "c(√n), with n = r²",
        sp.Subs(FORMULA, n, r**2),
        (mean_square - 1) * over_variation,
    )
    yield Limit("tends to 1", (mean_square - 1) * over_variation, r, sp.oo, sp.S.One)
    yield Uses("the ratio of isometries", "isometry.theorem-1-exact")
    yield Identity(
        "so that c_n, an infimum, is at most (S/g² − 1)m²/v at n − 1 norms 1 and one norm √n",
        sp.Subs(
            (square / geometric**2 - 1) * mean**2 / variance,
            (square, geometric, mean, variance),
            (
                (n - 1 + root**2) / n,
                root ** (1 / n),
                (n - 1 + root) / n,
                (n - 1) * (root - 1) ** 2 / n**2,
            ),
        ),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "the constant 1 in Theorem 1 is optimal uniformly in n",
    upper(sp.Symbol("c_n"), FORMULA),
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
