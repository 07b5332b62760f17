"""A stream of equal branches is the kernel flow run for the logarithm of its depth.

|ρ_ℓ − ρ(log g)| ≤ κ′(1)V/2 · g^{(κ′(1)−1)₊}(1 − 1/g)/k₀, g = K_ℓ/K₀ = 1 + ℓ/k₀, for ρ̇ = κ(ρ) − ρ.

For κ′(1) ≤ 1 it is at most V/(2k₀) at every depth. In the time log K the layers are a first-order
exponential integrator of the flow.

Example: thinner branches, a smaller distance at the same growth.

>>> from fractions import Fraction
>>> at = {"slope_at_one": 1, "drift": Fraction(1, 3), "start": Fraction(1, 2)}
>>> coarse, fine = (CLAIM.bound(depth=4 * n, ratio=n, **at) for n in (1, 100))
>>> coarse.contains(100 * fine.expression)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Deferred,
    Identity,
    Outcome,
    ParameterValue,
    Requires,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _flow as flow
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual._setting import k0, rho0
from depthlaw.theory.residual import equal_branches
from depthlaw.theory.values import Enclosure

FORMULA = flow.apart(flow.GROWN, k0)
WITHIN_ONE = Requires(rho0 >= 0, "on [0, 1] κ increases and is convex")


def _distance(subject: kernels.Subject, start: Fraction, ratio: Fraction, depth: int) -> Enclosure:
    return flow.distance(subject, start, equal_branches(ratio, depth), 1 + depth / ratio)


def _check(subject: kernels.Subject, start: Fraction, ratio: Fraction, depth: int) -> Check:
    def parameters() -> dict[str, ParameterValue]:
        slope = kernels.above(subject.slope_at_one)
        return {
            "depth": depth, "ratio": ratio, "start": start, "slope_at_one": slope,
            "drift": flow.largest_drift(subject),
        }  # fmt: skip

    given = {"subject": subject, "start": start, "ratio": ratio, "depth": depth}
    return Check(
        f"{subject.label}, ρ₀ = {start}, K₀/σ² = {ratio}, ℓ = {depth}",
        Deferred(parameters),
        Computed(_distance, given),
    )


def _derivation() -> Steps:
    g = sp.Symbol("g", positive=True)
    yield from flow.steps()
    yield Identity(
        "summed, with k₀ + ℓ = k₀ g, and times κ′(1) V g^{(κ′(1) − 1)₊}/2",
        sp.Subs(
            setting.slope1 * flow.drift * g**flow.GROWING / 2 * (1 / k0 - 1 / (k0 * g)),
            g,
            flow.GROWN,
        ),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "a pre-norm stream runs the kernel flow for the logarithm of its depth",
    upper(sp.Symbol(r"|\rho_\ell - \rho(\log g)|"), FORMULA, trivial=sp.Integer(1)),
    source=PAPER.ours("correlations in pre-norm networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.LAYERS, setting.START, setting.RATIO, setting.SLOPE_AT_ONE, flow.DRIFT),
    assumes=(
        *setting.PRE_NORM,
        "V ≥ |κ(ρ) − ρ| on [0, 1], and κ′(1) is finite",
        setting.BELOW_ONE,
        WITHIN_ONE,
    ),
    checks=(
        _check(kernels.catalogue("relu"), Fraction(1, 2), Fraction(1), 64),
        _check(kernels.catalogue("relu"), Fraction(1, 2), Fraction(100), 400),
        _check(kernels.catalogue("hermite(2)"), Fraction(1, 2), Fraction(10), 10),
        _check(kernels.catalogue("sin"), Fraction(1, 2), Fraction(1), 256),
        _check(kernels.centred("relu"), Fraction(9, 10), Fraction(50), 100),
    ),
    derivation=_derivation,
    control=Fraction(1, 50),
    decreasing=(),
    siblings=("residual.branch-scale", "fixed-points.kernel-ode"),
)
