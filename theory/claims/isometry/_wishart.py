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

from depthlaw.theory import gram
from depthlaw.theory.claim import Argued, Check, Cited, Identity, Measured, Observed, Requires, Step
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Array, Linear, Network
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.symbols import d, n

QUANTITY = sp.Symbol(r"\mathbb{E}\, I(G_1)")
MODEL = ("H_1 = W H_0 with Gaussian W ∈ R^{d×d}", "H_0ᵀH_0 is a multiple of I")
MORE_NEURONS = Requires(d > n, "more neurons than samples")


MOST_FACTORS = 20_000
"""More are not evaluated: they take seconds, and the last digits of the sum."""


def mean_isometry(batch: int, width: int) -> arb:
    """Return E I(G_1) = (2/d) Π_{i<n} Γ((d−i)/2 + 1/n)/Γ((d−i)/2), enclosed.

    >>> one = mean_isometry(1, 7)
    >>> one.overlaps(arb(1))
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


def exact_steps() -> tuple[Step, ...]:
    """Return the formula of `mean_isometry`."""
    k, s, x = sp.symbols("k s x", positive=True)
    density = x ** (k / 2 - 1) * sp.exp(-x / 2) / (2 ** (k / 2) * sp.gamma(k / 2))
    return (
        Cited("Bartlett: det WᵀW = Π χ²_{d−i}, i < n", "Muirhead 1982, theorem 3.2.15"),
        Identity(
            "E (χ²_k)^s",
            sp.Integral(x**s * density, (x, 0, sp.oo)),
            2**s * sp.gamma(k / 2 + s) / sp.gamma(k / 2),
        ),
        Argued(
            "division by the trace",
            "W/‖W‖_F and ‖W‖_F are independent and I depends on the first alone, so "
            "E det^{1/n} = E I · E(tr/n), E(tr/n) = d",
        ),
    )
