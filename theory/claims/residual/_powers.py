"""Correlations on a stream whose branches have κ(0) = 0: the kernels, and what bounds them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Heading,
    Identity,
    Induction,
    Steps,
    Tangent,
)
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.fixed_points._termwise import DEGREE, Termwise, at
from depthlaw.theory.claims.residual._setting import slope0
from depthlaw.theory.residual import correlation
from depthlaw.theory.values import Enclosure

CENTRED = "κ(0) = 0: φ has mean 0, or layer normalisation follows it"
K, v, r, s = sp.symbols("K v rho s", positive=True)
BEFORE_ONE = sp.Symbol("u", nonnegative=True)
"""κ′(0) = u/(1 + u) is any number in [0, 1)."""


def after(subject: kernels.Subject, start: Fraction, shares: Iterable[Fraction]) -> Enclosure:
    """Return the last correlation on the stream."""
    return Enclosure(correlation(subject.map, start, shares))


def floor_steps() -> Steps:
    """Yield ρ_ℓ K_ℓᵇ ≥ ρ₀ K₀ᵇ, b = 1 − κ′(0)."""
    eps, x = sp.symbols("epsilon x", positive=True)
    inside = BEFORE_ONE / (1 + BEFORE_ONE)
    b = 1 - inside
    yield powers.MEHLER
    yield Termwise(
        "κ(ρ) ≥ κ′(0)ρ for ρ ≥ 0: no other term is negative",
        -(r**DEGREE),
        (at(-r, 1, slope0),),
        (),
        first=2,
        unit=(r,),
    )
    yield Identity(
        "so a layer with share ε keeps at least this part of ρ",
        ((1 - eps) * r + eps * slope0 * r) / r,
        1 - eps * (1 - slope0),
    )
    yield Tangent(
        "which is at least (1 − ε)ᵇ, b = 1 − κ′(0) = 1/(1 + u) ≤ 1: with x = 1 − ε, "
        "xᵇ ≤ 1 + b(x − 1)",
        x ** sp.together(b),
        x,
        sp.Integer(1),
        concave=True,
    )
    yield Identity(
        "1 − ε is the ratio of the variances, before and after", 1 - v / (K + v), K / (K + v)
    )
    power = sp.Symbol("b", positive=True)
    yield Heading("so ρ Kᵇ does not fall")
    yield Identity("one layer", r * (K / (K + v)) ** power * (K + v) ** power, r * K**power)
    yield Induction("layer by layer", r"-\rho_k K_k^b", r, r, -s, -s)
