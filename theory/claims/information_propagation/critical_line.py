"""The critical line of tanh: weights and biases at which gradients neither grow nor vanish.

χ₁ = σ_w² E φ′(√q* z)² = 1 to within 10⁻⁵, at σ_b² = .001, .01, .05, .1.

The line as it is used has five decimals; between 1 and 2 its slope is about one half.

Example: the bound is 1 at every point.

>>> CLAIM.bound(weights=Fraction(142421, 100000), biases=Fraction(1, 100)).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.information_propagation import PAPER
from depthlaw.theory.kernels.phases import order_chaos
from depthlaw.theory.values import Enclosure

sigma_w, sigma_b = sp.symbols(r"\sigma_w^2 \sigma_b^2", positive=True)
WEIGHTS = Parameter("weights", sigma_w, Domain.REAL, 0, "σ_w², width times Var W", above=True)
BIASES = Parameter("biases", sigma_b, Domain.REAL, 0, "σ_b², variance of a bias")
CHI = sp.Symbol(r"\chi_1", positive=True)


def chi(weights: Fraction, biases: Fraction) -> Enclosure:
    """Return χ₁ of tanh at the variance at which it settles, enclosed."""
    return order_chaos(activation("tanh"), weights, biases).chi_one


def _check(weights: str, biases: str) -> Check:
    point = {"weights": Fraction(weights), "biases": Fraction(biases)}
    return Check(f"σ_w² = {weights}, σ_b² = {biases}", point, Computed(chi, dict(point)))


def _derivation() -> Steps:
    yield Cited(
        "the mean square of a gradient is multiplied by χ₁ per layer, and the critical line is "
        "where that is 1",
        "Schoenholz and others, 2017, sections 3 and 4",
        r"\chi_1 = \sigma_w^2\, \mathbb E\, \varphi'(\sqrt{q^*} z)^2",
    )
    x = sp.Symbol("x", real=True)
    yield Identity("of tanh the slope is", sp.Derivative(sp.tanh(x), x), 1 - sp.tanh(x) ** 2)


CLAIM = declare(
    __name__,
    "points of the critical line of tanh",
    equal(CHI, sp.Integer(1), within=sp.Rational(1, 10**5)),
    source=PAPER.at("Figure 1", "points of the line, to five decimals"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(WEIGHTS, BIASES),
    assumes=("tanh, infinite width, Gaussian weights and biases",),
    checks=(
        _check("1.18919", "0.001"),
        _check("1.42421", "0.01"),
        _check("1.76095", "0.05"),
        _check("1.98607", "0.1"),
    ),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("information-propagation.gradient-growth",),
)
