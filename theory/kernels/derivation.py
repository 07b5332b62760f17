"""How a closed kernel map is found, as steps that a machine checks where it can."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb

from depthlaw.theory.activations.definition import Activation, takes_activation
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.steps import Agreement, Argued, Cited, Identity, Step
from depthlaw.theory.hermite.routes import exact
from depthlaw.theory.hermite.series import series
from depthlaw.theory.rigorous.number import BallNumber
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.closed_kernel import Q1, Q2, RHO, ClosedKernel, R, closed_kernel
from depthlaw.theory.writing.latex import latex

_CHECKED = 4
_POINTS = (Fraction(-2, 5), Fraction(1, 3), Fraction(1, 2))
_VARIANCES = (
    (Fraction(2), Fraction(1, 2), Fraction(1, 3)),
    (Fraction(1, 4), Fraction(3), Fraction(-1, 4)),
)


@takes_activation
@lru_cache(maxsize=64)
def kernel_derivation(activation: Activation) -> Derivation:
    """Return the derivation of κ(ρ), and of its form for unequal variances.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> kernel_derivation(activation("relu")).check().holds
    True
    """
    mehler = Cited(
        "Mehler's formula",
        "Mehler 1866; joudaki2023, Lemma A.8",
        r"\kappa(\rho) = \sum_{k \ge 0} c_k^2 \rho^k",
    )
    closed = closed_kernel(activation)
    if closed is None:
        text = "No rule gives a closed form: the series with its Parseval remainder encloses κ."
        return Derivation((mehler, Argued("No closed form", text)))
    steps: list[Step] = [
        Argued(
            "Integration by parts",
            "Exponentials of quadratics change the measure; a power is taken off by Stein's "
            "identity; two odd factors that are left have an arcsine as their mean.",
            r"\mathbb E[X h] = \mu_1 \mathbb E h + \Sigma_{11} \mathbb E \partial_x h + "
            r"\Sigma_{12} \mathbb E \partial_y h, \qquad "
            rf"\kappa(q_1, q_2, r) = {latex(closed.expression)}",
        ),
        Argued("Unit variances", "q₁ = q₂ = 1, r = ρ.", rf"\kappa(\rho) = {latex(closed.unit)}"),
        mehler,
        *_taylor_steps(activation, closed),
        Agreement(
            "The closed form agrees with the Hermite series",
            rf"\kappa(\rho),\quad \rho \in \{{{', '.join(map(str, _POINTS))}\}}",
            lambda: [ball_of(closed.unit.subs(RHO, sp.Rational(rho))) for rho in _POINTS],
            lambda: [_mehler(activation, Fraction(1), Fraction(1), rho) for rho in _POINTS],
            accuracy_bits=30,
        ),
        Agreement(
            "The form for unequal variances agrees with the series of φ(√q₁ ·) and φ(√q₂ ·)",
            r"\kappa(q_1, q_2, r)",
            lambda: [_closed_at(closed, *values) for values in _VARIANCES],
            lambda: [_mehler(activation, *values) for values in _VARIANCES],
            accuracy_bits=30,
        ),
    ]
    return Derivation(tuple(steps))


def _taylor_steps(activation: Activation, closed: ClosedKernel) -> Sequence[Step]:
    known = exact(activation, _CHECKED) or ()
    if any(c.has(BallNumber) for c in known):
        return []
    return [
        Identity(
            f"Its Taylor coefficient at 0 is c_{k}²",
            closed.unit_derivative(k).subs(RHO, 0) / sp.factorial(k),
            c**2,
        )
        for k, c in enumerate(known)
    ]


def _closed_at(closed: ClosedKernel, q1: Fraction, q2: Fraction, r: Fraction) -> arb:
    values = {Q1: sp.Rational(q1), Q2: sp.Rational(q2), R: sp.Rational(r)}
    return ball_of(closed.expression.subs(values, simultaneous=True))


def _mehler(activation: Activation, q1: Fraction, q2: Fraction, r: Fraction) -> arb:
    """Return E φ(X)φ(Y) by Mehler's formula, with its tail."""
    one, two = (series(activation.gain(sp.sqrt(sp.Rational(q)))) for q in (q1, q2))
    rho = ball_of(sp.Rational(r) / sp.sqrt(sp.Rational(q1 * q2)))
    total = arb(0)
    for c, d in zip(reversed(one.coefficients), reversed(two.coefficients), strict=True):
        total = total * rho + c * d
    tail = (one.remainder * two.remainder).sqrt() * abs(rho) ** (one.order + 1)
    return total + arb(0, tail.abs_upper())
