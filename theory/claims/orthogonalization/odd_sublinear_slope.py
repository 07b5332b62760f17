"""Odd activations with φ(x)/x falling contract the samples' norms at least as fast as none.

n E[φ² (s² − 1)]/(2(n−1) E φ²) ≤ n/(n + 2), s a coordinate of the sphere of radius √n: the factor
per layer, near isometry and in the wide limit, on differences between the samples' norms.

n/(n + 2) is the factor of the linear network, always below the 1 − 2/(3n) that the conjecture
allows. Off the diagonal there is no such rule: x/(1 + x²) fails there at n = 2
(`orthogonalization.odd-isometry-slope`).

Example: two samples, and a weak tanh.

>>> from depthlaw.theory.activations import activation
>>> from depthlaw.theory.orthogonalization.isometry_slope import isometry_slope
>>> weak = isometry_slope(activation("tanh").gain(0.01), 2).diagonal
>>> bool(weak < CLAIM.bound(batch=2).ball < weak + 1e-4)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.activations import Activation, activation, from_text
from depthlaw.theory.claim import (
    BATCH,
    Check,
    Cited,
    Computed,
    Heading,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _odd_slope as slope
from depthlaw.theory.orthogonalization.isometry_slope import isometry_slope
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import n

FORMULA = n / (n + 2)


def _quantity(phi: Activation, batch: int) -> Value:
    return Enclosure(isometry_slope(phi, batch).diagonal)


def _check(phi: Activation, batch: int) -> Check:
    return Check(
        f"{phi.name}, n = {batch}",
        {"batch": batch},
        Computed(_quantity, {"phi": phi, "batch": batch}),
    )


def _checks() -> tuple[Check, ...]:
    weak = activation("tanh").gain(Fraction(1, 10))
    named = (activation(name) for name in ("tanh", "sin", "erf", "hard_tanh", "sign"))
    cut = from_text("x*(1+sign(1.2-abs(x)))/2")
    return (
        *(_check(weak, batch) for batch in (2, 3, 8, 64)),
        *(_check(phi, 2) for phi in (*named, from_text("x/(1+x**2)"), cut)),
        _check(activation("tanh"), 16),
        _check(activation("hard_tanh"), 5),
    )


def _derivation() -> Steps:
    f, g, f2, g2 = sp.symbols("f g f_2 g_2", real=True)
    left = 4 * (n - 1) / (3 * n * (n + 2))
    yield from slope.linearised()
    yield Heading("The moment m is largest without activation")
    yield Identity(
        "under the weight s²: φ² = f s² with f = (φ/s)² not increasing in |s|, and g = s² "
        "increasing. For two independent copies under the law of density s²/E s², the product of "
        "differences, which is never positive",
        (f - f2) * (g - g2),
        f * g + f2 * g2 - f * g2 - f2 * g,
    )
    yield Cited(
        "its mean is 2(E fg − E f E g) ≤ 0 under that law, where m = E fg/E f",
        "Chebyshev's inequality for a falling and a rising function; Hardy, Littlewood and Pólya, "
        "Inequalities, Theorem 43 and section 6.13",
        r"m = \frac{\mathbb E[\varphi^2 s^2]}{\mathbb E\,\varphi^2} \le "
        r"\frac{\mathbb E\,s^4}{\mathbb E\,s^2}",
    )
    yield from slope.moment_step(sp.Integer(1), 3 * n / (n + 2))
    yield Heading("The factor on the diagonal rises with m")
    yield Identity("room to what F.2 allows as α → 1/n", slope.ALLOWED - FORMULA, left)
    yield Sign("which is not negative", left)
    yield Identity("the factor there", slope.diagonal_factor(3 * n / (n + 2)), FORMULA)


CLAIM = declare(
    __name__,
    "norms contract at least as under no activation, φ odd with φ(x)/x falling",
    upper(
        sp.Symbol(
            r"\frac{n\,\mathbb{E}[\varphi(s)^2 (s^2 - 1)]}{2(n-1)\,\mathbb{E}\,\varphi(s)^2}"
        ),
        FORMULA,
    ),
    source=PAPER.at("Conjecture F.2", "ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH,),
    assumes=(
        "φ is odd, |φ(x)|/x does not increase on (0, √n), φ is not 0 there",
        "infinite width",
        "rows rescaled to mean square 1 before φ",
    ),
    checks=_checks(),
    derivation=_derivation,
    control=Fraction(99, 100),
    siblings=("orthogonalization.conjecture-f2", "orthogonalization.odd-isometry-slope"),
)
