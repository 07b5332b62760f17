"""A narrow ReLU network is dead with a probability that depth takes to one.

P(h_L = 0) = 1 − (1 − 2^(−d))^L for one sample.

Example: one neuron survives a layer with probability one half.

>>> CLAIM.bound(width=1, depth=3).contains(Fraction(7, 8))
True
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    WIDTH,
    Array,
    Check,
    Identity,
    Measured,
    Observed,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.finite_width import PAPER
from depthlaw.theory.claims.finite_width.second_moment import MODEL
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import stable_rank
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.writing.symbols import d, ell

FORMULA = 1 - (1 - 2 ** (-d)) ** ell


def _is_dead(observed: Observed) -> Array:
    # A zero Gram matrix has no rank.
    return np.isnan(observed["rank"][:, -1]).astype(np.float64)


def _check(width: int, depth: int) -> Check:
    network = Network(width, 1, parse_layer("linear:variance=2,relu"))
    return Check(
        f"width {width}, {depth} layers",
        {"width": width, "depth": depth},
        Measured(network, np.ones((1, 1)), depth, {"rank": stable_rank}, _is_dead, 0.0, 1.0),
        replicas=20_000,
    )


def _derivation() -> Steps:
    i = sp.Symbol("i", integer=True, positive=True)
    yield Identity(
        "a layer survives unless none of d independent signs is positive",
        1 - sp.Product(sp.Rational(1, 2), (i, 1, d)),
        1 - 2 ** (-d),
    )
    yield Identity(
        "and the network if all its layers do, each of which only sees that its input is not 0",
        1 - sp.Product(1 - 2 ** (-d), (i, 1, ell)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "probability that a ReLU network is dead",
    equal(sp.Symbol(r"P(h_L = 0)"), FORMULA, tested=sp.Rational(1, 10)),
    source=PAPER.ours("exact law of norms"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, DEPTH),
    assumes=MODEL,
    checks=(_check(1, 1), _check(2, 3), _check(3, 6)),
    derivation=_derivation,
    control=Fraction(5, 4),
    siblings=("finite-width.second-moment",),
)
