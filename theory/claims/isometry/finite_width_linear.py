"""A linear layer whose width is comparable to the batch costs isometry.

E I(G_1) ~ exp(−(1 + ((1−c)/c) log(1−c))), c = n/d: near isotropy the layer adds
1 + ((1−c)/c) log(1−c) to the isometry gap.

The gap is unbounded, and its mean is out of reach of a bounded sample; I = e^{−gap} lies in [0, 1].
At c = 512/1000 the gap is 0.316.

Example: half as many samples as neurons: 1 − log 2 is added.

>>> from flint import arb
>>> CLAIM.bound(batch=10, width=20).ball.overlaps(2 / arb(1).exp())
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Cited,
    Heading,
    Identity,
    Limit,
    Outcome,
    Status,
    Steps,
    Tangent,
    Uses,
    declare,
    equal,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _wishart as wishart
from depthlaw.theory.writing.symbols import d, n


def added_gap(ratio: sp.Expr) -> sp.Expr:
    """Return 1 + ((1−c)/c) log(1−c)."""
    return 1 + (1 - ratio) / ratio * sp.log(1 - ratio)


FORMULA = sp.exp(-added_gap(n / d))


def _derivation() -> Steps:
    c, x, y, i, r, b = sp.symbols("c x y i r b", positive=True)
    left = -(1 + b / (1 - b) * sp.log(b))
    line = Tangent(
        "and it is below that by no more than Σ (1 − s) log(1 + s/y), where log(1 + x) is at most",
        sp.log(1 + x),
        x,
        sp.S.Zero,
        concave=True,
    )
    level, quotients = sp.log(1 - x), 2 * c / (1 - c) / n
    yield Heading("The exact mean")
    yield Uses(
        "a product of quotients of Γ",
        "isometry.finite-width-linear-exact",
        known=(wishart.MORE_NEURONS.relation,),
    )
    yield Cited(
        "which are nearly powers, with y = (d − i)/2 and s = 1/n",
        "Wendel, Note on the gamma function, 1948, for y > 0 and 0 ≤ s ≤ 1",
        r"\left(\frac{y}{y+s}\right)^{1-s} \le \frac{\Gamma(y+s)}{y^s \Gamma(y)} \le 1",
    )
    yield Identity(
        "so log E I is at most (1/n) Σ_{i<n} log(1 − i/d): the i-th term, n times, at d = i + r",
        sp.Subs(sp.log(2 / x) + sp.log((x - i) / 2), x, i + r),
        sp.log(r / (i + r)),
    )
    yield line
    yield Identity(
        "n times that, at s = 1/n and the least y = (d − n)/2, d = n/c",
        sp.Subs(n * line.right, x, 1 / n / ((n / c - n) / 2)),
        quotients,
    )
    yield Heading("A Riemann sum")
    yield Identity("log(1 − x) falls", sp.Derivative(level, x), -1 / (1 - x))
    yield Cited(
        "so (1/n) Σ_{i<n} log(1 − i/d) is above its integral, by no more than −log(1 − c)/n",
        "sums of a monotone function and its integral; Apostol, Mathematical Analysis, Theorem "
        "8.23",
        r"0 \le \frac1n \sum_{i<n} \log(1 - \tfrac id) - \frac1c \int_0^c \log(1 - x)\,dx "
        r"\le -\frac{\log(1 - c)}{n}",
    )
    yield Identity(
        "the integral, over y = 1 − x from b = 1 − c",
        sp.Integral(sp.log(y), (y, b, 1)) / (1 - b),
        left,
    )
    yield Limit(
        "and all that was left out is of order 1/n",
        quotients - level.subs(x, c) / n,
        n,
        sp.oo,
        sp.S.Zero,
    )
    yield Identity("what is left of E I", sp.Subs(sp.exp(left), b, 1 - n / d), FORMULA)


CLAIM = declare(
    __name__,
    "isometry gap added by a linear layer as narrow as the batch",
    equal(wishart.QUANTITY, FORMULA, leading="O(1/batch)", within=sp.Rational(1, 20)),
    source=PAPER.at("Figures 4 to 6", "finite-width effect, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        *wishart.MODEL,
        "n, d → ∞ at a fixed ratio",
        wishart.MORE_NEURONS,
    ),
    checks=(
        wishart.check(64, 125, replicas=512),
        wishart.check(64, 640, replicas=512),
        wishart.check(48, 60, replicas=512),
    ),
    derivation=_derivation,
    control=Fraction(12, 10),
    siblings=("isometry.finite-width-linear-exact",),
)
