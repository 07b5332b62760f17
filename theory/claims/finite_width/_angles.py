"""The rate at which small angles shrink in a ReLU layer of n neurons, enclosed."""

from __future__ import annotations

from math import comb

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Check, Computed, Domain, Parameter
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import d

NEURONS = Parameter("width", d, Domain.INTEGER, 2, "neurons in a layer")
RATE = sp.Symbol("rho_0", positive=True)
MODEL = (
    "ReLU behind Gaussian weights, no bias, n neurons in every layer",
    "two samples at an angle that tends to 0, given that at least two neurons are active: "
    "else ln sin² is −∞, so that without this its mean is −∞ at every width",
)


def rate(width: int) -> Enclosure:
    """Return E[ψ(m/2) − ψ((m−1)/2) | m ≥ 2], m ~ Bin(n, 1/2).

    sin²θ′/sin²θ given m is χ²_{m−1}/χ²_m with independent chi-squares, and E log χ²_m = ψ(m/2) +
    log 2.
    """
    total, mass = arb(0), 0
    for m in range(2, width + 1):
        count = comb(width, m)
        total += count * ((ball(m) / 2).digamma() - (ball(m - 1) / 2).digamma())
        mass += count
    return Enclosure(total / mass)


def check(width: int) -> Check:
    """Return the check at a width."""
    return Check(f"width {width}", {"width": width}, Computed(rate, {"width": width}))
