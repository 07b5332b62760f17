"""Uniform attention with a skip: how much the common part of the tokens varies at finite width.

E m_ℓ² = m₀² ((1 + α²)² + (4α² + 2α⁴)/d)^ℓ, m_ℓ = ‖x̄_ℓ‖²/d, for Gaussian weights.

Relative to (E m_ℓ)² the excess is (1 + (4α² + 2α⁴)/(d(1 + α²)²))^ℓ − 1: .12 at width 400 after 30
layers with α = 1, so that one network in a simulation is off by a third.

Example: infinite width leaves the square of the mean.

>>> bool(CLAIM.bound(depth=1, strength=1, mean=1, width=10**9).ball < 4.00001)
True
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    WIDTH,
    Check,
    Computed,
    E,
    Heading,
    Identity,
    Outcome,
    ParameterValue,
    Status,
    Steps,
    TowerProperty,
    declare,
    equal,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _setting as setting
from depthlaw.theory.claims.attention import _uniform as uniform
from depthlaw.theory.claims.attention._setting import a2, j, m0
from depthlaw.theory.writing.symbols import d, ell

FACTOR = (1 + a2) ** 2 + (4 * a2 + 2 * a2**2) / d
FORMULA = m0**2 * FACTOR**ell
LAW = ((Fraction(0), Fraction(2, 3)), (Fraction(1), Fraction(1, 6)), (Fraction(-1), Fraction(1, 6)))
"""√3 times these values has the first five moments of a standard Gaussian: a square needs four."""


def _square(begin: tuple[int, ...], factor: Fraction, layers: int) -> Fraction:
    d = len(begin)
    streams = [(tuple(Fraction(x) for x in begin), Fraction(1))]
    for _ in range(layers):
        following = []
        for x, chance in streams:
            for drawn in product(LAW, repeat=d * d):
                weights = [value for value, _ in drawn]
                share = chance
                for _, each in drawn:
                    share *= each
                moved = tuple(
                    x[k] + factor * sum((x[i] * weights[i * d + k] for i in range(d)), Fraction(0))
                    for k in range(d)
                )
                following.append((moved, share))
        streams = following
    squares = ((sum((x * x for x in v), Fraction(0)) / d) ** 2 * share for v, share in streams)
    return sum(squares, Fraction(0))


def _check(begin: tuple[int, ...], factor: Fraction, depth: int) -> Check:
    d = len(begin)
    strength = factor**2 * d / 3
    parameters: dict[str, ParameterValue] = {
        "depth": depth,
        "width": d,
        "strength": strength,
        "mean": Fraction(sum(x * x for x in begin), d),
    }
    given = {"begin": begin, "factor": factor, "layers": depth}
    return Check(f"width {d}, α² = {strength}, ℓ = {depth}", parameters, Computed(_square, given))


def _derivation() -> Steps:
    a, z = sp.symbols("a z", real=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    yield Heading("x̄W is ‖x̄‖g/√d with g standard Gaussian: with a² = α²/d, ‖x̄‖² is multiplied by")
    yield Identity(
        "along x̄ by (1 + a g)², with the mean square",
        sp.Integral((1 + a * z) ** 4 * density, (z, -sp.oo, sp.oo)),
        1 + 6 * a**2 + 3 * a**4,
    )
    yield Identity(
        "and the mean",
        sp.Integral((1 + a * z) ** 2 * density, (z, -sp.oo, sp.oo)),
        1 + a**2,
    )
    t = sp.Symbol("t", real=True)
    chi = (1 - 2 * t) ** (-(d - 1) / 2)
    yield Identity(
        "across it by a² times χ² of d − 1 degrees, with the mean square, by E e^{tχ²}",
        a**4 * sp.Subs(sp.Derivative(chi, t, 2), t, 0),
        a**4 * (d**2 - 1),
    )
    yield Identity("and the mean", a**2 * sp.Subs(sp.Derivative(chi, t), t, 0), a**2 * (d - 1))
    yield Identity(
        "together",
        sp.Subs(
            1 + 6 * a**2 + 3 * a**4 + 2 * (1 + a**2) * a**2 * (d - 1) + a**4 * (d**2 - 1),
            a,
            sp.sqrt(a2 / d),
        ),
        FACTOR,
    )
    m = sp.Symbol("m_j", nonnegative=True)
    yield TowerProperty("in each layer", sp.Symbol("m_{j+1}", nonnegative=True) ** 2, FACTOR * m**2)
    yield Identity("ℓ layers", m0**2 * sp.Product(FACTOR, (j, 1, ell)), FORMULA)


CLAIM = declare(
    __name__,
    "the common part of tokens under uniform attention varies by a share that grows with the depth",
    equal(E(sp.Symbol(r"m_\ell") ** 2), FORMULA),
    source=PAPER.ours("uniform attention with a skip"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, WIDTH, setting.STRENGTH, setting.MEAN),
    assumes=(
        uniform.MODEL[0],
        "weights W of the values independent, Gaussian, of variance 1/width, and no other weights; "
        "or any with the same first four moments of independent entries",
    ),
    checks=(
        _check((1,), Fraction(1), 4),
        _check((2,), Fraction(3), 3),
        _check((1, 2), Fraction(1), 1),
        _check((3, -1), Fraction(1, 2), 2),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("attention.uniform-growth",),
)
