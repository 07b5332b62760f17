"""The setting of nachum2024, shared by its claims.

A layer recentres z = W x over the batch, neuron by neuron, and applies φ (ReLU unless said
otherwise); nothing is rescaled. "Mean field" is the limit of infinite width.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import (
    Domain,
    Identity,
    Parameter,
    ParameterValue,
    Requires,
    Step,
    number,
)
from depthlaw.theory.decomposition import OddPointState, fixed_points, formulas
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.kernels import kernel_derivation
from depthlaw.theory.symbols import n

MEAN_FIELD = ("infinite width", "recentring over the batch, then ReLU")
FINITE = ("Gaussian weights", "recentring over the batch, then ReLU")
EXCHANGEABLE = "n − 1 exchangeable points and one other"

CLUSTERED = Parameter("batch", n, Domain.INTEGER, 3, "samples in the batch, one of them odd")
PAIR = Parameter("batch", n, Domain.INTEGER, 2, "samples in the batch")
ODD = Parameter("odd", formulas.k, Domain.INTEGER, 1, "points that have the second value")
SLOPE = Parameter("slope", formulas.a, Domain.REAL, -1, "slope a of φ below 0")

HAS_ODD_POINT = Requires(n >= 7, "fewer than 7 points have no odd-point state")
ODD_BELOW_BATCH = Requires(formulas.k <= n - 1, "one point at least is in the cluster")
TWO_IN_CLUSTER = Requires(
    formulas.k <= n - 2, "one point has no scatter: leave two or more in the cluster"
)
NOT_LINEAR = Requires(sp.Ne(formulas.a, 1), "with slope 1 the layer is linear: choose another")


def whole(values: Mapping[str, ParameterValue], name: str) -> int:
    """Return the whole-number parameter `name`."""
    return int(number(values, name))


def odd_state(batch: int) -> OddPointState:
    """Return the odd-point state of the mean field at n = `batch` ≥ 7.

    Raises
    ------
    ArgumentError
        If there is none.
    """
    state = fixed_points(batch).odd
    if state is None:
        raise ArgumentError("batch", batch, "fewer than 7 points have no odd-point state")
    return state


def kernel_steps() -> tuple[Step, ...]:
    """Return the arc-cosine kernel, with weights of variance 2/width, and its angle form."""
    kernel = kernel_derivation(activation("relu")).steps
    rho, theta = sp.Symbol("rho"), formulas.theta
    derived = sp.acos(rho).rewrite(sp.asin)
    unit = rho / 4 + rho * sp.asin(rho) / (2 * sp.pi) + sp.sqrt(1 - rho**2) / (2 * sp.pi)
    angle_form = (sp.sin(theta) + (sp.pi - theta) * sp.cos(theta)) / sp.pi
    return (
        *kernel,
        Identity(
            "with variance 2/width it is κ(ρ) = (√(1−ρ²) + ρ(π − arccos ρ))/π",
            2 * unit,
            formulas.kappa(rho).subs(sp.acos(rho), derived),
        ),
        Identity(
            "in the angle, 1 − κ(cos θ) = (1 − cos θ)(1 − ψ(θ)/π)",
            1 - angle_form,
            (1 - sp.cos(theta)) * (1 - formulas.psi(theta) / sp.pi),
        ),
    )


HALF = Fraction(1, 2)
