"""Squared norms in ReLU networks spread exponentially in depth over width, at every width.

E (‖h_L‖²/‖h_0‖²)² = (1 + 5/d)^L, while the mean is 1.

One layer multiplies ‖h‖² by (2/d)χ²_m with m ~ Bin(d, 1/2) active neurons, and a gradient of one
sample, ‖Jᵀu‖², by the same.

Example: width 20, ten layers.

>>> CLAIM.bound(width=20, depth=10).contains(Fraction(5, 4) ** 10)
True
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    WIDTH,
    Check,
    Cited,
    Computed,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.finite_width import PAPER
from depthlaw.theory.writing.symbols import d, ell

MODEL = (
    "ReLU behind Gaussian weights of variance 2/d (He), no bias, all layers of width d",
    "one sample; for gradients a fixed direction at the output",
)


def moment(width: int, depth: int) -> Fraction:
    """Return E Π ((2/d) χ²_m)², with E (χ²_m)² = m(m+2)."""
    layer = sum(
        (Fraction(comb(width, m) * m * (m + 2), 2**width) for m in range(width + 1)),
        start=Fraction(0),
    )
    return (layer * Fraction(4, width**2)) ** depth


def _check(width: int, depth: int) -> Check:
    sizes = {"width": width, "depth": depth}
    return Check(f"width {width}, {depth} layers", sizes, Computed(moment, dict(sizes)))


def _derivation() -> Steps:
    m = sp.Symbol("m", integer=True, nonnegative=True)
    yield Cited(
        "given h the d neurons are independent N(0, 2‖h‖²/d), each active with probability 1/2 "
        "whatever its size: ‖h‖² is multiplied by (2/d)χ²_m, of mean square",
        "moments of χ²; Muirhead, Aspects of Multivariate Statistical Theory, 1982, section 1.4",
        r"\tfrac{4}{d^2} \mathbb E\, m (m + 2)",
    )
    yield Identity("which are factorial moments", m * (m + 2), m * (m - 1) + 3 * m)
    yield Cited(
        "of a binomial law",
        "Feller, An Introduction to Probability Theory, volume 1, XI.1",
        r"\mathbb E\, m(m-1) = d(d-1)/4,\quad \mathbb E\, m = d/2",
    )
    yield Identity("so that one layer gives", 4 / d**2 * (d * (d - 1) / 4 + 3 * d / 2), 1 + 5 / d)
    i = sp.Symbol("i", integer=True, positive=True)
    yield Identity(
        "and L layers, whose factors are independent,",
        sp.Product(1 + 5 / d, (i, 1, ell)),
        (1 + 5 / d) ** ell,
    )


CLAIM = declare(
    __name__,
    "second moment of squared norms and gradients in ReLU networks",
    equal(sp.Symbol(r"\mathbb E (\|h_L\|^2 / \|h_0\|^2)^2"), (1 + 5 / d) ** ell),
    source=PAPER.at("Theorem 1", "for ReLU and equal widths"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(WIDTH, DEPTH),
    assumes=MODEL,
    checks=(_check(1, 1), _check(20, 10), _check(50, 20), _check(7, 0)),
    derivation=_derivation,
    control=Fraction(101, 100),
)
