"""One Gaussian linear layer of finite width, started at an isometric batch.

H = W H_0 with H_0ᵀH_0 ∝ I has a Wishart Gram matrix with d degrees of freedom, and
det = Π χ²_{d−i}, i = 0, …, n − 1 (Bartlett). I is free of scale, hence independent of the trace, so
E I = E det^{1/n}/E(tr/n).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Check,
    Cited,
    Heading,
    Identity,
    Measured,
    Observed,
    Requires,
    Steps,
)
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Array, Linear, Network, gram
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.writing.symbols import d, n

QUANTITY = sp.Symbol(r"\mathbb{E}\, I(G_1)")
_i = sp.Symbol("i", integer=True)
MODEL = ("H_1 = W H_0 with Gaussian W ∈ R^{d×d}", "H_0ᵀH_0 is a multiple of I")
MORE_NEURONS = Requires(d > n, "more neurons than samples")
MOST_FACTORS = 20_000
"""More are not evaluated: they take seconds, and the last digits of the sum."""


def mean_isometry(batch: int, width: int) -> arb:
    """Return E I(G_1) = (2/d) Π_{i<n} Γ((d−i)/2 + 1/n)/Γ((d−i)/2), enclosed.

    >>> mean_isometry(1, 7).overlaps(arb(1))
    True
    """
    if batch > MOST_FACTORS:
        raise ArgumentError(
            "batch", batch, f"the product has a factor for each sample: take at most {MOST_FACTORS}"
        )
    logarithm = (ball(2) / width).log()
    for i in range(batch):
        half = ball(Fraction(width - i, 2))
        logarithm += (half + ball(Fraction(1, batch))).lgamma() - half.lgamma()
    return logarithm.exp()


def last_isometry(observed: Observed) -> Array:
    """Return I(G_1) for each trajectory."""
    return observed["isometry"][:, 1]


def check(batch: int, width: int, *, replicas: int) -> Check:
    """Return the check that simulates the layer."""
    return Check(
        f"n = {batch}, d = {width}",
        {"batch": batch, "width": width},
        Measured(
            Network(width, batch, (Linear(),)),
            np.eye(batch),
            1,
            {"isometry": gram.isometry},
            last_isometry,
            0.0,
            1.0,
        ),
        replicas=replicas,
    )


FORMULA = (
    2 / d * sp.Product(sp.gamma((d - _i) / 2 + 1 / n) / sp.gamma((d - _i) / 2), (_i, 0, n - 1))
)


def exact_steps() -> Steps:
    """Return the formula of `mean_isometry`."""
    k, s, x, c, determinant, trace = sp.symbols("k s x c D t", positive=True)
    density = x ** (k / 2 - 1) * sp.exp(-x / 2) / (2 ** (k / 2) * sp.gamma(k / 2))
    moment = 2**s * sp.gamma(k / 2 + s) / sp.gamma(k / 2)
    yield Heading("The determinant and the trace")
    yield Cited(
        "H_0 has orthogonal columns of one length, so G_1 is a multiple of a Wishart matrix of n "
        "columns and d degrees of freedom; its determinant is a product of independent χ²",
        "Bartlett; Muirhead, Aspects of Multivariate Statistical Theory, Theorem 3.2.15",
        r"\det G \sim \prod_{i<n} \chi^2_{d-i}, \quad \operatorname{tr} G \sim \chi^2_{dn}",
    )
    yield Identity("E (χ²_k)^s", sp.Integral(x**s * density, (x, 0, sp.oo)), moment)
    yield Identity("at s = 1, so that E tr G/n = d", sp.Subs(moment, s, 1), k)
    yield Heading("The isometry")
    yield Identity(
        "I is free of scale",
        (c**n * determinant) ** (1 / n) / (c * trace / n),
        determinant ** (1 / n) / (trace / n),
    )
    yield Cited(
        "so it depends on the direction of the Gaussian matrix alone, which its length does not "
        "tell: E det^{1/n} = E I · E tr G/n",
        "Muirhead, Aspects of Multivariate Statistical Theory, Theorem 1.5.6",
        r"\mathbb{E}\, I(G) = \frac{\mathbb{E} (\det G)^{1/n}}{\mathbb{E} \operatorname{tr} G / n}",
    )
    yield Identity(
        "at s = 1/n, over all factors k = d − i, and over d",
        sp.Product(moment.subs({k: d - _i, s: 1 / n}), (_i, 0, n - 1)) / d,
        FORMULA,
    )
