"""The Lyapunov exponents of a linear net without normalisation.

(1/ℓ) log σ_i(W_ℓ⋯W_1) → L_i = ½ (log 2 + ψ((d − i + 1)/2)).

Example: L_1 − L_2 = log 2 at d = 2.

>>> gap = CLAIM.bound(width=2, place=1).ball - CLAIM.bound(width=2, place=2).ball
>>> gap.exp().contains(2)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Budget,
    Check,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.claims.rank import _vanilla as vanilla
from depthlaw.theory.network import Network
from depthlaw.theory.rank.exponents import mean_log_chi_square_integral
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import d

_i = sp.Symbol("i", integer=True, positive=True)
PLACE = Parameter("place", _i, Domain.INTEGER, 1, "which exponent, from the largest on")
PLACE_AT_MOST_WIDTH = Requires(PLACE.symbol <= d, "a product has as many exponents as its width")
FORMULA = (sp.log(2) + sp.digamma((d - _i + 1) / 2)) / 2


def _quantity(width: int, place: int) -> Value:
    return Enclosure(mean_log_chi_square_integral(width - place + 1) / 2)


def _integrated(width: int, place: int) -> Check:
    return Check(
        f"by integration, d = {width}, i = {place}",
        {"width": width, "place": place},
        Computed(_quantity, {"width": width, "place": place}),
        resolution=Fraction(1, 2**60),
    )


def _sampled(width: int, place: int, depth: int, replicas: int, budget: Budget) -> Check:
    shift = vanilla.log_width(width)
    return Check(
        f"in a simulated net, d = {width}, i = {place}, {depth} layers",
        {"width": width, "place": place},
        simulated.typical(
            Network(width, place, (simulated.linear(),)),
            depth=depth,
            observables={"pivot": vanilla.log_last_pivot},
            per_replica=lambda observed: (
                shift + (observed["pivot"][:, -1] - observed["pivot"][:, 0]) / depth
            ),
            layers=(0, depth),
        ),
        budget=budget,
        replicas=replicas,
        resolution=Fraction(1, 20),
    )


def _derivation() -> Steps:
    k = sp.Symbol("k", positive=True)
    yield from vanilla.triangular()
    yield Identity(
        "half of it, at k = d − i + 1",
        sp.Subs((sp.log(2) + sp.digamma(k / 2)) / 2, k, d - _i + 1),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "Lyapunov exponents of a linear net without normalisation",
    equal(
        sp.Symbol(r"\lim \tfrac{1}{\ell}\log\sigma_i(W_\ell \cdots W_1)"),
        FORMULA,
        within=sp.Rational(1, 20),
    ),
    source=PAPER.at("collapse of vanilla networks", "exact form after Newman 1986"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, PLACE),
    assumes=(
        "independent standard normal weights (with variance 1/d: less ½ log d)",
        "no skip connection",
        PLACE_AT_MOST_WIDTH,
    ),
    checks=(
        *(_integrated(*case) for case in ((1, 1), (2, 1), (2, 2), (8, 3), (64, 1), (64, 64))),
        _sampled(8, 1, 20, 400, Budget.QUICK),
        _sampled(8, 2, 20, 400, Budget.QUICK),
        _sampled(8, 3, 12, 800, Budget.QUICK),
        _sampled(64, 2, 60, 400, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("rank.vanilla-gap", "rank.vanilla-collapse"),
)
