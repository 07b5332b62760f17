"""How long it takes until one odd point is left, in a large batch: the depth over the batch.

P(odd state at layer ℓ) = Π_k (1 − e^{−2kℓ/n})³ for ℓ ≥ 3n/2, from orthonormal points.

Nothing is fitted, and the width does not enter. Several points break away within some log n layers
of each other; k of them part by dρ_i/dt = kρ_i − 1, with ρ_i the share of a point in the sum of
their norms and t = ℓ/n, until the smallest is gone. Of the product over all k the formula has eight
factors, and 10^−11 is left out. Shares of networks with an odd state:

====  ====  ========  =====  =======  =====  =====
n     d     networks  t = 1  t = 3/2  t = 2  t = 3
====  ====  ========  =====  =======  =====  =====
64    200   300       0.550  0.810    0.940  0.997
128   50    300       0.637  0.843    0.937  0.997
256   100   300       0.647  0.857    0.947  0.993
512   50    300       0.660  0.863    0.920  0.987
1024  100   185       0.665  0.903    0.962  1.000
the formula           0.606  0.851    0.945  0.993
====================  =====  =======  =====  =====

A tenth of the probability tells e^{−2t} from e^{−t}, but not from e^{−3t}, which the table does: it
would leave several points in 0.033 of the networks at t = 3/2, in place of 0.149.

In the median the time grows as n^0.99 d^0.03, with intervals [0.96, 1.04] and [−0.01, 0.07].

Example: the two points that are left last stay together in three networks of e^{2t}.

>>> t = sp.Symbol("t", positive=True)
>>> sp.limit((1 - coalescence(t, 1).doit()) * sp.exp(2 * t), t, sp.oo)
3
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    DEPTH,
    WIDTH,
    Argued,
    Budget,
    Check,
    Cited,
    Heading,
    Identity,
    Limit,
    Order,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _simulated as simulated
from depthlaw.theory.claims.decomposition import odd_point_forms as forms
from depthlaw.theory.decomposition import closed_forms, two_groups
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.writing.symbols import d, ell, n

LARGE_BATCH = Requires(
    sp.And(n >= 64, n <= 1024),
    "smaller batches first wait at equal cosines: use decomposition.odd-point-forms; larger ones "
    "were not looked at",
)
IN_RANGE = Requires(sp.And(d >= 50, d <= 1000), "other widths were not looked at")
DEEP = Requires(
    ell >= sp.Rational(3, 2) * n,
    "before that more networks have an odd state than the formula has: go deeper",
)
FACTORS = 8
j = sp.Symbol("j", integer=True, positive=True)


def coalescence(time: sp.Expr, factors: sp.Expr | int) -> sp.Expr:
    """Return the first factors of Π (1 − e^{−2jt})³: the law of Σ_{k ≥ 2} of Exp(k(k−1)) times."""
    return sp.Product((1 - sp.exp(-2 * j * time)) ** 3, (j, 1, factors))


def parting(batch: int) -> arb:
    """Return the multiplier with which the norms of two odd points move apart."""
    return two_groups(batch - 2, 2).spectral_radius().ball


def _one_and(part: Fraction) -> arb:
    return 1 + ball(part)


def _check(
    batch: int, width: int, depth: int, replicas: int, budget: Budget = Budget.QUICK
) -> Check:
    return Check(
        f"n = {batch}, d = {width}, layer {depth}",
        {"batch": batch, "width": width, "depth": depth},
        simulated.measured(batch, width, simulated.WITHOUT_RESCALING, "odd_state", depth),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    x, rho, t, u = sp.symbols("x rho t u", positive=True)
    k, sides = closed_forms.k, 1 - closed_forms.k / n
    own = sp.sqrt((rho / x - 1 + k * x) ** 2 + (1 - k * x) ** 2)
    others = sp.sqrt((1 - k * x) ** 2 + (k * x) ** 2)
    way = 1 / k + (rho - 1 / k) * sp.exp(k * t)
    yield Heading("k odd points part, in the mean field: 1/n = x")
    yield Argued(
        "where they are",
        "odd points align with each other, the angles being those of a plain ReLU network, and are "
        "orthogonal to the cluster: norms nρ_i in one direction and 1 in the other. The mean "
        "is (Σρ, 1 − kx), and the mean field keeps squared norms after centring",
    )
    yield Identity(
        "Σρ = 1 − kx stays, to first order: n − k points of norm 1 and k of norms nρ_i have "
        "squared norms (nρ_i − Σρ)² + (1 − kx)² and (Σρ)² + (kx)², centred; here all ρ_i are equal",
        k * sp.Subs((rho - x * t) / t, (rho, t), (sides / k, sides)).subs(x, 1 / n),
        sides,
    )
    step = (x * own / others - rho) / x
    yield Limit("n(ρ′ − ρ) in the limit of large n", step, x, sp.Integer(0), k * rho - 1)
    yield from (
        Order(
            f"n = {batch}: the two fixed odd points part by less than 1 + 2/n per layer, as kρ − 1 "
            "has it for k = 2",
            rf"\lambda < 1 + 2/{batch}",
            partial(parting, batch),
            partial(_one_and, Fraction(2, batch)),
        )
        for batch in (64, 256)
    )
    yield Order(
        "and by nearly that, here at n = 256",
        r"1 + 1.99/256 < \lambda",
        partial(_one_and, Fraction(199, 25_600)),
        partial(parting, 256),
    )
    yield Identity("dρ/dt = kρ − 1 from ρ on", sp.Derivative(way, t), k * way - 1)
    yield Identity(
        "the smallest is gone when e^{−kt} = 1 − kρ",
        sp.Subs(way, t, -sp.log(1 - k * rho) / k),
        sp.Integer(0),
    )
    yield Heading("How long k of them last")
    yield Argued(
        "the shares are uniform",
        "all norms lose the same amount per layer in their common unit, so that who is left is "
        "above a rising level: of many independent norms of a law with exponential tail the "
        "excesses are independent and exponential, and remain so",
    )
    yield Cited(
        "the smallest of k uniform shares exceeds u/k with probability (1 − u)^{k−1}",
        "Feller, An Introduction to Probability Theory II, section I.7",
    )
    yield Identity(
        "so that k points last longer than t with the probability",
        sp.Subs((1 - u) ** (k - 1), u, 1 - sp.exp(-k * t)),
        sp.exp(-k * (k - 1) * t),
    )
    yield Cited(
        "the sum of independent exponential times of rates k(k − 1), k ≥ 2, is at most t with the "
        "probability Σ_{k ≥ 0} (−1)^k (2k + 1) e^{−k(k+1)t}",
        "Tavaré, Line-of-descent and genealogical processes, Theor. Popul. Biol. 26 (1984); "
        "Kingman's coalescent, in half its time",
    )
    yield Cited(
        "which is the cube of Π (1 − q^k) at q = e^{−2t}",
        "Jacobi; Hardy and Wright, An Introduction to the Theory of Numbers, Theorem 357",
    )


CLAIM = declare(
    __name__,
    "one odd point is left after the time of a coalescent",
    equal(
        sp.Function("P")(sp.Symbol(r"\text{odd state at layer } \ell")),
        coalescence(ell / n, FACTORS),
        within=sp.Rational(1, 10),
    ),
    source=PAPER.ours("how deep the network has to be"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(setting.CLUSTERED, WIDTH, DEPTH),
    assumes=(*setting.FINITE, LARGE_BATCH, IN_RANGE, DEEP, forms.ORTHONORMAL),
    checks=(
        _check(64, 100, 128, 512),
        _check(128, 50, 192, 256, Budget.STANDARD),
        _check(256, 100, 512, 8, Budget.THOROUGH),
    ),
    derivation=_derivation,
    control=Fraction(3, 4),
    siblings=(
        "decomposition.odd-point-forms",
        "decomposition.more-odd-points",
    ),
)
