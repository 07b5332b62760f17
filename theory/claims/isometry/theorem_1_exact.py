"""Theorem 1 as an equality.

Statement
---------
I(G̃)/I(G) = (n^{−1} Σ a_i²)/(Π a_i²)^{1/n}, a_i = ‖x_i‖.

Assumptions
-----------
x_i ≠ 0, linearly independent.

Source
------
The exact ratio behind joudaki2023, Theorem 1; proved in the derivation.

Parameters
----------
norms a_1, …, a_n > 0.

Returns
-------
An exact number.

Raises
------
ArgumentError outside those ranges.

Example: two samples of norms 1 and 3.

>>> CLAIM.bound(norms=(1, 3)).expression
5/3
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

import sympy as sp

from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import numbers
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claims.isometry import _norms as norms
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.values import Exact


def _ratio(values: Mapping[str, ParameterValue]) -> Exact:
    a = numbers(values, "norms")
    mean_square = sp.Rational(sum(v * v for v in a) / len(a))
    return Exact(mean_square / sp.Rational(prod(a) ** 2) ** sp.Rational(1, len(a)))


CLAIM = Claim(
    id="isometry.theorem-1-exact",
    title="what normalising the samples does to isometry, exactly",
    quantity=norms.QUANTITY,
    sense=Sense.EQUAL,
    formula=norms.MEAN_SQUARE / norms.GEOMETRIC**2,
    source=setting.source("Theorem 1", "exact ratio"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.NORMS,),
    bound_function=_ratio,
    checks=norms.checks(),
    derivation=lambda: Derivation(norms.ratio_steps()),
    control=Fraction(101, 100),
    siblings=("isometry.theorem-1",),
)
