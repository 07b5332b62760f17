"""The setting of nachum2024, shared by its claims.

A layer recentres z = W x over the batch, neuron by neuron, and applies φ (ReLU unless said
otherwise); nothing is rescaled. "Mean field" is the limit of infinite width.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Cited,
    Domain,
    Identity,
    Parameter,
    ParameterValue,
    Requires,
    Step,
    number,
)
from depthlaw.theory.decomposition import OddPointState, closed_forms, fixed_points
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.writing.symbols import n

MEAN_FIELD = ("infinite width", "recentring over the batch, then ReLU")
RESCALED_MEAN_FIELD = ("infinite width", "recentring and rescaling over the batch, then ReLU")
FINITE = ("Gaussian weights", "recentring over the batch, then ReLU")
RESCALED = ("Gaussian weights", "recentring and rescaling over the batch, then ReLU")
EXCHANGEABLE = "n − 1 exchangeable points and one other"

CLUSTERED = Parameter("batch", n, Domain.INTEGER, 3, "samples in the batch, one of them odd")
PAIR = Parameter("batch", n, Domain.INTEGER, 2, "samples in the batch")
ODD = Parameter("odd", closed_forms.k, Domain.INTEGER, 1, "points that have the second value")
SLOPE = Parameter("slope", closed_forms.a, Domain.REAL, -1, "slope a of φ below 0")

HAS_ODD_POINT = Requires(n >= 7, "fewer than 7 points have no odd-point state")
ODD_BELOW_BATCH = Requires(closed_forms.k <= n - 1, "one point at least is in the cluster")
TWO_IN_CLUSTER = Requires(
    closed_forms.k <= n - 2, "one point has no scatter: leave two or more in the cluster"
)
NOT_LINEAR = Requires(sp.Ne(closed_forms.a, 1), "with slope 1 the layer is linear: choose another")


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
    r, phi = sp.Symbol("r", positive=True), sp.Symbol("phi", real=True)
    theta, (rho, radial, angular) = closed_forms.theta, sp.symbols("rho a b")
    along, across = sp.cos(phi), sp.cos(phi - theta)
    angle_form = (sp.sin(theta) + (sp.pi - theta) * sp.cos(theta)) / sp.pi
    return (
        Cited(
            "Gaussians X, Y of variance 1 and correlation cos θ are r cos φ and r cos(φ − θ), with "
            "polar coordinates r and φ of a standard normal point of the plane, of density "
            "r e^{−r²/2}/(2π)",
            "change of variables; Rudin, Real and Complex Analysis, Theorem 7.26",
        ),
        Identity(
            "their correlation, the mean of r² being 2",
            sp.Integral(along * across / sp.pi, (phi, 0, 2 * sp.pi)),
            sp.cos(theta),
        ),
        Identity(
            "for E X₊Y₊ the radii give",
            sp.Integral(r**3 * sp.exp(-(r**2) / 2), (r, 0, sp.oo)),
            sp.Integer(2),
        ),
        Identity(
            "and the angles, as both are positive from θ − π/2 to π/2,",
            sp.Integral(along * across, (phi, theta - sp.pi / 2, sp.pi / 2)),
            sp.pi * angle_form / 2,
        ),
        Identity(
            "with variance 2/width κ is 2 E X₊Y₊: the two, times 2/(2π)",
            sp.Subs(radial * angular / sp.pi, (radial, angular), (2, sp.pi * angle_form / 2)),
            angle_form,
        ),
        Identity(
            "which is κ(ρ) = (√(1−ρ²) + ρ(π − arccos ρ))/π at ρ = cos θ",
            sp.Subs(angle_form, theta, sp.acos(rho)),
            closed_forms.kappa(rho),
        ),
        Identity(
            "in the angle, 1 − κ(cos θ) = (1 − cos θ)(1 − ψ(θ)/π)",
            1 - angle_form,
            (1 - sp.cos(theta)) * (1 - closed_forms.psi(theta) / sp.pi),
        ),
    )


def slope_steps() -> tuple[Step, ...]:
    """Return E φ(X)φ(Y) = (1−a)²κ(ρ)/2 + aρ for φ(x) = x₊ + a·min(x, 0) = (1 − a)x₊ + ax."""
    a, phi, theta = closed_forms.a, sp.Symbol("phi", real=True), closed_forms.theta
    kernel, both, one, none = sp.symbols("kappa b h c")
    return (
        *kernel_steps(),
        Identity(
            "E X₊Y, the mean of r² being 2: X is positive from −π/2 to π/2",
            sp.Integral(sp.cos(phi) * sp.cos(phi - theta) / sp.pi, (phi, -sp.pi / 2, sp.pi / 2)),
            sp.cos(theta) / 2,
        ),
        Identity(
            "φ(x) = (1 − a)x₊ + ax: E φ(X)φ(Y), with E X₊Y₊ = κ/2, E X₊Y = E XY₊ = ρ/2, E XY = ρ",
            sp.Subs(
                (1 - a) ** 2 * both + 2 * a * (1 - a) * one + a**2 * none,
                (both, one, none),
                (kernel / 2, closed_forms.rho / 2, closed_forms.rho),
            ),
            (1 - a) ** 2 / 2 * kernel + a * closed_forms.rho,
        ),
    )


HALF = Fraction(1, 2)
