"""Steps that several proofs share: one layer of κ, term by term, and what follows for many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from depthlaw.theory.claim import LAYER, Cited, Heading, Identity, Induction, Limit, Sign, Steps
from depthlaw.theory.claims.fixed_points._setting import kappa0, slope0, slope1
from depthlaw.theory.claims.fixed_points._termwise import DEGREE, Termwise, at, slope, total
from depthlaw.theory.writing.symbols import ell

rho = sp.Symbol("rho", real=True)
s, b, x = sp.symbols("s b x", positive=True)
rate, start = sp.symbols("alpha x_0", nonnegative=True)
_unit = sp.Symbol("v", nonnegative=True)
_BOTH_SIGNS: dict[str, Any] = {"unit": (_unit,), "given": {rho: 1 - 2 * _unit}}
"""ρ runs through [−1, 1]."""

MEHLER = Cited(
    "κ is a power series with coefficients that are not negative",
    "Mehler 1866; κ(ρ) = Σ a_k ρᵏ with a_k = c_k², and κ(1) = E φ² = 1",
    r"\kappa(\rho) = \sum_k a_k \rho^k, \quad a_k \ge 0, \quad \sum_k a_k = 1",
)


def tangent() -> Steps:
    """1 − κ(ρ) ≤ κ′(1)(1 − ρ)."""
    yield MEHLER
    yield Termwise(
        "1 − κ(ρ) ≤ κ′(1)(1 − ρ) for every ρ in [−1, 1], since 1 − ρᵏ ≤ k(1 − ρ)",
        1 - rho**DEGREE,
        (slope(1 - rho, sp.Integer(1), slope1),),
        (rho**2,),
        stride=2,
        **_BOTH_SIGNS,
    )


def parabola() -> Steps:
    """1 − κ(ρ) ≤ δ − (1 − κ(0) − κ′(0))δ² where κ′(1) = 1, δ = 1 − ρ."""
    gap = 1 - rho
    yield MEHLER
    yield Termwise(
        "with κ′(1) = 1, for every ρ in [−1, 1]: 1 − ρᵏ ≤ k(1 − ρ) − (1 − ρ)² from k = 2 on",
        1 - rho**DEGREE,
        (
            slope(gap, sp.Integer(1), sp.Integer(1)),
            total(-(gap**2)),
            at(gap**2, 0, kappa0),
            at(gap**2, 1, slope0),
        ),
        (rho**2,),
        first=2,
        stride=2,
        **_BOTH_SIGNS,
    )


def quadratic(weight: sp.Expr = slope0) -> Iterator[Termwise]:
    """|f(ρ)| ≤ a₁s + (1 − a₁)s², s = |ρ|, for a map f with f(0) = 0."""
    bound = (total(s**2), at(s - s**2, 1, weight), at(1 - s**2, 0, sp.Integer(0)))
    for title, term in (
        ("two terms are enough, with a₀ = 0: for ρ = s ≥ 0, since sᵏ ≤ s² from k = 2 on", s),
        ("for ρ = −s, from above", -s),
    ):
        yield Termwise(title, term**DEGREE, bound, (s**2,), first=2, stride=2, unit=(s,))
    yield Termwise(
        "for ρ = −s, from below",
        -((-s) ** DEGREE),
        bound,
        (s**2,),
        first=2,
        stride=2,
        unit=(s,),
    )


def gauge() -> Steps:
    """X = s/(1 − s) shrinks by 1/(2 − a₁) under s ↦ a₁s + (1 − a₁)s²."""
    image = s * (1 - b + b * s)
    gained = x * b**2 / ((1 + b) * (1 + x + b * x))
    yield Identity("s/(1−s) grows with s", sp.Derivative(s / (1 - s), s), 1 / (1 - s) ** 2)
    yield Identity(
        "what αx exceeds the gauge of a₁s + (1−a₁)s² by: a₁ = 1 − b, α = 1/(1+b), s = x/(1+x)",
        x / (1 + b) - sp.Subs(image / (1 - image), s, x / (1 + x)),
        gained,
    )
    yield Sign("it is not negative: each layer gains α", gained)
    yield Limit(
        "and α is attained by the quadratic as s → 1",
        image / (1 - image) * (1 - s) / s,
        s,
        sp.Integer(1),
        1 / (1 + b),
    )


def majorant(weight: sp.Expr = slope0) -> Steps:
    """|ρ|/(1 − |ρ|) shrinks by 1/(2 − a₁) in each layer of a map f with f(0) = 0, f(1) = 1."""
    yield from quadratic(weight)
    yield from gauge()


def layers(
    sequence: str,
    formula: sp.Expr,
    at_start: sp.Expr,
    factor: sp.Expr,
    *,
    step: sp.Expr = rate * x,
    bound: sp.Expr = start * rate**LAYER,
    more: Mapping[sp.Symbol, sp.Expr] | None = None,
) -> Steps:
    """From x_{k+1} ≤ αx_k, or another step, to the formula of the claim."""
    places = {start: at_start, rate: factor, LAYER: ell, **(more or {})}
    yield Heading("ℓ layers")
    yield Induction("layer by layer", sequence, step, x, start, bound)
    yield Identity(
        "which is the claim", sp.Subs(bound, tuple(places), tuple(places.values())), formula
    )


SIZE = r"\frac{|\rho_k|}{1 - |\rho_k|}"
