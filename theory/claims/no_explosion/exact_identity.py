"""What one layer does to the isometry gap of two samples, exactly.

E φ(X′) − φ(X) = 2 log((√λ₁ + √λ₂)/2) for n = d = 2, λ₁ + λ₂ = 2.

For orthogonal W the change is E log wᵀXXᵀw with a uniform direction w: the rows of WX are divided
by their lengths, and det and trace do not see W.

Example: at isometry nothing changes.

>>> CLAIM.bound(larger=1).contains(0)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.no_explosion import PAPER
from depthlaw.theory.claims.no_explosion._step import change

lam = sp.Symbol("lambda_1", positive=True)
LARGER = Parameter("larger", lam, Domain.REAL, 1, "λ₁ ≥ 1, the larger eigenvalue of XXᵀ")
FORMULA = 2 * sp.log((sp.sqrt(lam) + sp.sqrt(2 - lam)) / 2)


def _check(larger: Fraction) -> Check:
    return Check(
        f"λ₁ = {larger}", {"larger": larger}, Computed(change, {"width": 2, "larger": larger})
    )


def _derivation() -> Steps:
    a, b = sp.symbols("a b", positive=True)
    yield Cited(
        "rows of WX are wᵀX with uniform w; divided by their lengths they have det XᵀWᵀWX/Π|wᵀX|² "
        "and trace d: E φ(X′) = φ(X) + E log wᵀXXᵀw, where tr XXᵀ = d",
        "Muirhead, Aspects of Multivariate Statistical Theory, 1982, section 2.1",
    )
    yield Identity(
        "in the plane the mean of log(a² cos² + b² sin²) grows with a by",
        sp.Derivative(2 * sp.log((a + b) / 2), a),
        2 / (a + b),
    )
    yield Cited(
        "which is that of the integral, and both vanish at a = b = 1",
        "Gradshteyn and Ryzhik, 4.399.1 (mean of log(a² cos² x + b² sin² x))",
        r"\tfrac{2}{\pi}\int_0^{\pi/2} \log(a^2\cos^2 t + b^2 \sin^2 t)\, dt = 2\log\tfrac{a+b}{2}",
    )
    yield Identity(
        "with a² = λ₁, b² = 2 − λ₁",
        sp.Subs(2 * sp.log((a + b) / 2), (a, b), (sp.sqrt(lam), sp.sqrt(2 - lam))),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "change of the isometry gap in one layer of orthogonal weights and batch norm",
    equal(sp.Symbol(r"\mathbb E\,\varphi(X') - \varphi(X)"), FORMULA, tested=sp.Rational(1, 10**9)),
    source=PAPER.ours("exact form of the step in the proof of Theorem 3"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(LARGER,),
    assumes=(
        "X′ = BN(WX), BN dividing rows by their lengths; W uniform orthogonal",
        "n = d = 2, tr XXᵀ = 2",
        Requires(lam < 2, "X is not singular"),
    ),
    checks=tuple(_check(Fraction(k, 10)) for k in (11, 12, 15, 19)),
    derivation=_derivation,
    control=Fraction(11, 10),
    errata=(
        "The eigenvalues of XXᵀ are said to lie in (0, 1]; they lie in (0, d], with the sum d.",
    ),
    siblings=("no-explosion.square-batch",),
)
