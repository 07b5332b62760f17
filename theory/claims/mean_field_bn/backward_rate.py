"""By what batch normalisation multiplies squared gradients in a layer, degree by degree.

λ = Σ_k k(B−3+k)/(B−3) c_k a_k² / Σ_k c_k a_k², c_k = 1 − C_k(−1/(B−1))/C_k(1).

a_k² are the weights of φ in Gegenbauer polynomials of the parameter (B−3)/2, here to degree 3.

Example: without an activation λ = (B−2)/(B−3).

>>> CLAIM.bound(batch=6, first=1, second=0, third=0).contains(Fraction(4, 3))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Cited, Identity, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _polynomial as setting
from depthlaw.theory.writing.symbols import n


def _derivation() -> Steps:
    x, y, z = sp.symbols("r_1 r_2 r_3", positive=True)
    length = sp.sqrt(x**2 + y**2 + z**2)
    k = sp.Symbol("k", integer=True, positive=True)
    yield Identity(
        "the Jacobian of a direction is the projection to the tangent space over |r|, here an "
        "entry of it in three dimensions",
        sp.Derivative(x / length, y),
        -(x / length) * (y / length) / length,
    )
    yield Cited(
        "a Gaussian row of dimension B − 1 has a length that is independent of its direction, and "
        "E 1/χ²_{B−1} is",
        "Muirhead, Aspects of Multivariate Statistical Theory, 1982, Theorem 1.5.6",
        r"\mathbb E\,1/\chi^2_{B-1} = 1/(B-3)",
    )
    yield Cited(
        "polynomials of degree k are eigenfunctions of the sphere's Laplacian, to the eigenvalue "
        "k(k + B − 3), and E ∇f·∇g = −E f Δg",
        "Atkinson and Han, Spherical Harmonics, 2012, Theorem 3.11 and Proposition 3.1",
    )
    yield Cited(
        "two coordinates that meet at the cosine s have E φφ′ = Σ a_k² C_k(s)/C_k(1): behind a "
        "recentring gradients have no part along 1, and see the value at 1 less that at −1/(B−1)",
        "Atkinson and Han, Spherical Harmonics, 2012, Theorem 2.9 (addition theorem)",
    )
    first = k * (n - 3 + k) / (n - 3)
    yield Identity(
        "so degree k grows by its eigenvalue over B − 3, above the first degree by",
        first - first.subs(k, 1),
        (k - 1) * (k + n - 2) / (n - 3),
    )
    mean = sum((setting.factor(j) - setting.factor(1)) * term for j, term in setting.TERMS)
    yield Identity(
        "and all together by the mean with the weights c_k a_k²",
        setting.factor(1) + mean / setting.BOTTOM,
        setting.FORMULA,
    )


CLAIM = declare(
    __name__,
    "growth of squared gradients under batch normalisation",
    equal(setting.LAMBDA, setting.FORMULA),
    source=PAPER.at("Theorem 3.10 and Appendix on the backward pass", "Gegenbauer form"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=setting.PARAMETERS,
    assumes=(*setting.MODEL, setting.FOUR, setting.NOT_CONSTANT),
    checks=(
        setting.check("y", 4, 0, 1),
        setting.check("y²", 6, 0, 0, 1),
        setting.check("1 + 2y − y²", 9, 1, 2, -1),
        setting.check("y + y³/3", 6, 0, 1, 0, Fraction(1, 3)),
        setting.check("1/2 − y + 2y² + y³/3", 16, Fraction(1, 2), -1, 2, Fraction(1, 3)),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("mean-field-bn.explosion", "mean-field-bn.wide-batch"),
)
