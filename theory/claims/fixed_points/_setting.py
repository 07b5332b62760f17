"""The setting of joudaki2025, shared by its claims.

A wide multilayer perceptron takes the correlation ρ_ℓ of two inputs to ρ_{ℓ+1} = κ(ρ_ℓ), where
κ(ρ) = Σ a_k ρᵏ has a_k = c_k² ≥ 0 and κ(1) = 1. The numbers of κ that a bound needs are parameters
of the claim; where they are irrational, a check hands over a rational on that side of them on which
the bound is larger, so that a refutation refutes the exact statement too, and a proof proves one
weaker by 2^{−150} at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

import sympy as sp
from flint import arb

from depthlaw.theory.activations import X, activation, polynomial
from depthlaw.theory.claim import (
    Budget,
    Check,
    Computed,
    Deferred,
    Domain,
    Parameter,
    ParameterValue,
    Requires,
)
from depthlaw.theory.kernels import (
    Case,
    CorrelationMap,
    centred_map,
    decide_case,
    fixed_points,
    normalised_map,
    trajectory,
)
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.values import Value

MODEL = ("infinite width", "Gaussian weights", "φ is normalised to E φ² = 1")
BITS = 200
"""Precision at which the numbers of a kernel map are enclosed before they are rounded."""

rho0 = sp.Symbol("rho_0", real=True)
kappa0 = sp.Symbol(r"\kappa(0)", nonnegative=True)
slope0 = sp.Symbol(r"\kappa'(0)", nonnegative=True)
slope1 = sp.Symbol(r"\kappa'(1)", nonnegative=True)
star = sp.Symbol(r"\rho^*", nonnegative=True)
slope_star = sp.Symbol(r"\kappa'(\rho^*)", nonnegative=True)
rho_ell = sp.Symbol(r"\rho_\ell", real=True)
RATIO = sp.Abs(rho_ell) / (1 - sp.Abs(rho_ell))
DISTANCE = sp.Abs(rho_ell - star)
TO_ONE = sp.Abs(1 - rho_ell)

START = Parameter(
    "start", rho0, Domain.REAL, -1, "correlation of the inputs, in (−1, 1)", above=True
)
AT_ZERO = Parameter("at_zero", kappa0, Domain.REAL, 0, "κ(0), or a rational on its safe side")
SLOPE_AT_ZERO = Parameter(
    "slope_at_zero", slope0, Domain.REAL, 0, "κ′(0), or a rational on its safe side"
)
SLOPE_AT_ONE = Parameter("slope_at_one", slope1, Domain.REAL, 0, "κ′(1), or a rational above it")
PLACE = Parameter("attractor", star, Domain.REAL, 0, "ρ*, or a rational on its safe side")
SLOPE = Parameter("slope", slope_star, Domain.REAL, 0, "κ′(ρ*), or a rational above it")


START_BELOW_ONE = Requires(rho0 < 1, "the inputs differ")
START_NOT_NEGATIVE = Requires(rho0 >= 0, "on [0, 1] κ increases and is convex")
ONE_WEIGHT = Requires(slope0 < 1, "κ′(0) is one Hermite weight of several, which sum to 1")
ATTRACTS_ONE = Requires(slope1 < 1, "with slope 1 or more at 1, case 3 or 4 is what holds")
POSITIVE_MEAN = Requires(kappa0 > 0, "κ(0) = (E φ)², and without a mean it is case 1")
PROPER_MEAN = Requires(kappa0 < 1, "κ(0) is one Hermite weight of several, which sum to 1")
INSIDE = Requires(star > 0, "ρ* ≥ κ(0), which is positive in case 4")
BELOW_ONE = Requires(star < 1, "the attractor of case 4, or 0")
CONTRACTS = Requires(slope_star < 1, "ρ* attracts")
CONVEX = Requires(
    sp.And(star >= kappa0, star <= kappa0 + slope_star * star),
    "κ increases and is convex on [0, 1], so that its fixed point lies there",
    argument="attractor",
)
BETWEEN = (
    START_BELOW_ONE,
    POSITIVE_MEAN,
    PROPER_MEAN,
    INSIDE,
    BELOW_ONE,
    CONTRACTS,
    CONVEX,
)
"""What the numbers of a map of case 4 satisfy."""


def below(value: arb) -> Fraction:
    """Return the lower end of a ball as a fraction."""
    mantissa, exponent = value.lower().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def above(value: arb) -> Fraction:
    """Return the upper end of a ball as a fraction."""
    return -below(-value)


@dataclass(frozen=True)
class Subject:
    """A kernel map under test: what it is called, and how it is built when a check first runs."""

    label: str
    build: Callable[[], CorrelationMap]

    @cached_property
    def map(self) -> CorrelationMap:
        """The map f with f(1) = 1."""
        return self.build()

    @property
    def case(self) -> Case:
        """Which case of Theorem 1 it falls under, decided with certainty."""
        return decide_case(self.map)

    def known(self, number: sp.Expr) -> arb:
        """Return a ball around an exact number."""
        with precision(BITS):
            return ball_of(number)

    @property
    def at_zero(self) -> arb:
        """A ball around κ(0)."""
        return self.known(self.map.at_zero)

    @property
    def slope_at_zero(self) -> arb:
        """A ball around κ′(0)."""
        return self.known(self.map.slope_at_zero)

    @property
    def slope_at_one(self) -> arb:
        """A ball around κ′(1), which must be finite."""
        return self.known(self.map.slope_at_one)

    @property
    def attractor(self) -> arb:
        """A ball around ρ*."""
        return fixed_points(self.map).attractor.location.ball

    @property
    def slope(self) -> arb:
        """A ball around κ′(ρ*)."""
        return fixed_points(self.map).attractor.slope.ball

    def after(self, start: Fraction, depth: int) -> arb:
        """Return a ball around ρ_ℓ."""
        return trajectory(self.map, start, depth)[-1].ball


@lru_cache(maxsize=64)
def catalogue(name: str) -> Subject:
    """Return κ of an activation of the catalogue, normalised."""
    return Subject(name, lambda: normalised_map(activation(name)))


@lru_cache(maxsize=64)
def centred(name: str) -> Subject:
    """Return the map of layer normalisation after an activation of the catalogue."""
    return Subject(f"{name}, centred", lambda: centred_map(activation(name)))


@lru_cache(maxsize=64)
def weighted(*weights: Fraction) -> Subject:
    """Return κ(ρ) = Σ a_k ρᵏ with the given weights, which sum to 1: φ = Σ √a_k h_k."""
    terms = [(k, sp.Rational(a.numerator, a.denominator)) for k, a in enumerate(weights) if a]
    label = " + ".join(f"{a}ρ^{k}" if k > 1 else f"{a}ρ" if k else f"{a}" for k, a in terms)

    def build() -> CorrelationMap:
        phi = sum(sp.sqrt(a / sp.factorial(k)) * sp.hermite_prob(k, X) for k, a in terms)
        return normalised_map(polynomial(*reversed(sp.Poly(phi, X).all_coeffs())))

    return Subject(f"κ = {label}", build)


def instance(
    subject: Subject,
    start: Fraction,
    depth: int,
    find: Callable[[], dict[str, ParameterValue]],
    quantity: Callable[..., Value],
    *,
    budget: Budget = Budget.QUICK,
    note: str = "",
    **more: object,
) -> Check:
    """Return a check of one map from one start at one depth.

    `find` gives the other parameters; `quantity` takes subject, start, depth and what there is
    `more`, by name.
    """

    def parameters() -> dict[str, ParameterValue]:
        return {"depth": depth, "start": start, **find()}

    shown = f"{float(start):.9g}" if note == "" else note
    return Check(
        f"{subject.label}, ρ₀ = {shown}, ℓ = {depth}",
        Deferred(parameters),
        Computed(quantity, {"subject": subject, "start": start, "depth": depth, **more}),
        budget=budget,
    )
