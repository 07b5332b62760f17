"""Behind batch normalisation and ReLU any two samples have one cosine, in every layer.

median of the mean cosine at layer ℓ → J(−1/(B−1)), J(c) = (√(1−c²) + (π − arccos c)c)/π.

Their mean square is 1/2. Nothing has to settle: batch normalisation takes any start whose samples
are all alike to the cosine −1/(B−1), at once.

Example: in large batches it tends to J(0) = 1/π.

>>> bool(abs(CLAIM.bound(batch=10**6, width=512).ball - 1 / sp.pi.evalf(20)) < 1e-6)
True
"""

from __future__ import annotations

import math
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Argued,
    Budget,
    Check,
    Identity,
    Measured,
    Outcome,
    Requires,
    Status,
    Steps,
    Typical,
    declare,
    equal,
)
from depthlaw.theory.claims.mean_field_bn import PAPER
from depthlaw.theory.claims.mean_field_bn import _independence as growing
from depthlaw.theory.mean_field_bn.rates import KERNEL, B
from depthlaw.theory.network import Network, gram
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.writing.symbols import d, n

DEPTH = 3


def _check(batch: int, width: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"n = {batch}, d = {width}",
        {"batch": batch, "width": width},
        Typical(
            Measured(
                Network(width, batch, parse_layer(growing.BATCH_NORM)),
                gram.equicorrelated(batch, 0.5),
                DEPTH,
                {"cosine": gram.mean_cosine},
                lambda seen: seen["cosine"][:, -1],
                -math.inf,
                math.inf,
                layers=(DEPTH,),
            )
        ),
        budget=budget,
        replicas=60,
    )


def _derivation() -> Steps:
    c = sp.Symbol("c", real=True)
    J = (sp.sqrt(1 - c**2) + (sp.pi - sp.acos(c)) * c) / sp.pi
    yield Argued(
        "recentred rows of samples that are all alike",
        "are N(0, q(I − 11ᵀ/B)): divided by their length they are uniform on a sphere, on which "
        "two entries meet at the cosine −1/(B−1)",
    )
    theta, a = sp.symbols("theta a", positive=True)
    yield Identity(
        "ReLU is homogeneous: its cosine is that of Gaussians, twice a mean over directions",
        2 / sp.pi * sp.Integral(sp.cos(a) * sp.cos(a - theta), (a, theta - sp.pi / 2, sp.pi / 2)),
        (sp.sin(theta) + (sp.pi - theta) * sp.cos(theta)) / sp.pi,
    )
    yield Identity("which is J(cos θ), at −1/(B−1)", sp.Subs(J, c, -1 / (n - 1)), KERNEL.subs(B, n))


CLAIM = declare(
    __name__,
    "cosine of two samples behind batch normalisation and ReLU",
    equal(sp.Symbol(r"\operatorname{median} \cos"), KERNEL.subs(B, n), within=sp.Rational(1, 20)),
    source=PAPER.at("Theorem 3.4 and Corollary 3.5", "ReLU"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        "W h, batch normalisation with recentring, ReLU",
        growing.MODEL,
        growing.START,
        Requires(n >= 4, "with fewer samples fluctuations of 1/variance are large"),
        Requires(d >= 256, "at infinite width; narrower networks fluctuate by 1/√width"),
    ),
    checks=(_check(4, 2048), _check(8, 1024), _check(16, 256), _check(16, 4096, Budget.STANDARD)),
    derivation=_derivation,
    control=Fraction(6, 5),
    siblings=("mean-field-bn.backward-rate-relu",),
)
