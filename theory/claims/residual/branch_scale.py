"""Branches scaled by a/√depth: a stream of any depth is the kernel flow for one fixed time.

|ρ_ℓ − ρ(log(1 + A))| ≤ κ′(1)V/2 · (1 + A)^{(κ′(1)−1)₊} A²/((1 + A)ℓ), A = a²σ²/K₀.

The total log-depth log(1 + A) does not depend on the depth, and correlations have a limit inside.

Example: twice the depth, half the distance.

>>> from fractions import Fraction
>>> at = {"slope_at_one": 1, "drift": Fraction(1, 3), "start": 0, "total": 3}
>>> shallow, deep = (CLAIM.bound(depth=depth, **at) for depth in (10, 20))
>>> shallow.contains(2 * deep.expression)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Deferred,
    Domain,
    Identity,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.residual import PAPER, log_depth
from depthlaw.theory.claims.residual import _flow as flow
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual._setting import K0, k0, sigma, slope1
from depthlaw.theory.residual import split
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

A = sp.Symbol("A", positive=True)
TOTAL = Parameter(
    "total", A, Domain.REAL, 0, "A = a²σ²/K₀: variance of all branches together over K₀", above=True
)
FORMULA = slope1 * flow.drift / 2 * (1 + A) ** flow.GROWING * A**2 / ((1 + A) * ell)


def _distance(subject: kernels.Subject, start: Fraction, total: Fraction, depth: int) -> Enclosure:
    return flow.distance(subject, start, split(total, depth), 1 + total)


def _check(subject: kernels.Subject, start: Fraction, total: Fraction, depth: int) -> Check:
    def parameters() -> dict[str, ParameterValue]:
        slope = kernels.above(subject.slope_at_one)
        return {
            "depth": depth, "total": total, "start": start, "slope_at_one": slope,
            "drift": flow.largest_drift(subject),
        }  # fmt: skip

    given = {"subject": subject, "start": start, "total": total, "depth": depth}
    return Check(
        f"{subject.label}, ρ₀ = {start}, A = {total}, ℓ = {depth}",
        Deferred(parameters),
        Computed(_distance, given),
    )


def _derivation() -> Steps:
    a, layers = sp.symbols("a ell", positive=True)
    yield Identity(
        "a branch has the variance a²σ²/ℓ: K₀ over it, with A = a²σ²/K₀",
        sp.Subs(K0 / (a**2 * sigma**2 / layers), a, sp.sqrt(A * K0) / sigma),
        layers / A,
    )
    yield Uses(
        "the stream beside the flow",
        "residual.log-depth",
        at={k0: ell / A},
        known=(setting.BELOW_ONE.relation, log_depth.WITHIN_ONE.relation),
    )
    yield Identity(
        "where K_ℓ/K₀ is 1 + A at every depth",
        sp.Subs(1 + layers / k0, k0, layers / A),
        1 + A,
    )
    yield Identity("so the bound is", flow.apart(1 + A, ell / A), FORMULA)


CLAIM = declare(
    __name__,
    "with branches scaled by a/√depth correlations have a limit: a fixed time of the kernel flow",
    upper(sp.Symbol(r"|\rho_\ell - \rho(\log(1 + A))|"), FORMULA, trivial=sp.Integer(1)),
    source=PAPER.ours("branches scaled by the depth of the network"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.LAYERS, setting.START, TOTAL, setting.SLOPE_AT_ONE, flow.DRIFT),
    assumes=(
        *setting.PRE_NORM,
        "every branch is multiplied by a/√ℓ in a network of ℓ layers",
        "V ≥ |κ(ρ) − ρ| on [0, 1], and κ′(1) is finite",
        setting.BELOW_ONE,
        log_depth.WITHIN_ONE,
    ),
    checks=(
        _check(kernels.catalogue("relu"), Fraction(1, 2), Fraction(1), 20),
        _check(kernels.catalogue("relu"), Fraction(1, 2), Fraction(3), 1000),
        _check(kernels.catalogue("hermite(2)"), Fraction(1, 2), Fraction(1), 10),
        _check(kernels.catalogue("sin"), Fraction(9, 10), Fraction(10), 100),
    ),
    derivation=_derivation,
    control=Fraction(1, 50),
    decreasing=("depth",),
    siblings=("residual.log-depth", "residual.correlation-floor"),
)
