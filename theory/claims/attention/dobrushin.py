"""Any attention, any mask: Dobrushin's coefficient of the product bounds the distances of tokens.

max ‖y_i − y_k‖ ≤ δ(P) σ₁(W) max ‖x_i − x_k‖ for Y = P X W, P = A_L ⋯ A_1 the product of the
attention matrices and W that of the values; δ(P) = max ½ Σ_j |P_ij − P_kj|.

Attained by one feature that is 1 on the tokens to which one row gives more than another.

Example: δ = 0, all rows of P equal: one token is left.

>>> CLAIM.bound(coefficient=0, values=1, diameter=3).contains(0)
True
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import combinations

import sympy as sp
from flint import arb

from depthlaw.theory.attention import norm, plain_matrix
from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Deferred,
    Domain,
    Identity,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _masks as masks
from depthlaw.theory.claims.attention._cubic import VALUES, sigma_v
from depthlaw.theory.claims.attention._uniform import Rows
from depthlaw.theory.claims.fixed_points._setting import above
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.values import Enclosure

delta = sp.Symbol("delta", nonnegative=True)
D = sp.Symbol("D", nonnegative=True)
COEFFICIENT = Parameter("coefficient", delta, Domain.REAL, 0, "δ(P) of the product of attentions")
DIAMETER = Parameter(
    "diameter", D, Domain.REAL, 0, "D = max ‖x_i − x_k‖ of the input, or a rational above it"
)
FORMULA = delta * sigma_v * D


def _diameter(tokens: Rows) -> arb:
    found = [
        norm([[ball(a - b) for a, b in zip(*rows, strict=True)]])
        for rows in combinations(tokens, 2)
    ]
    return reduce(lambda a, b: a.max(b), found)


def _product(count: int, mask: str, layers: int) -> Rows:
    factors = (masks.uneven(count, mask, number) for number in range(layers))
    return reduce(lambda found, factor: masks.times(factor, found), factors)


def _tokens(count: int, mask: str, layers: int, features: int) -> Rows:
    if features > 1:
        return plain_matrix(count, features, layers)
    P = _product(count, mask, layers)
    first, second = max(
        combinations(P, 2), key=lambda rows: sum(abs(a - b) for a, b in zip(*rows, strict=True))
    )
    return tuple((Fraction(int(a > b)),) for a, b in zip(first, second, strict=True))


def _largest(count: int, mask: str, layers: int, features: int) -> Enclosure | Fraction:
    P, X = _product(count, mask, layers), _tokens(count, mask, layers, features)
    Y = masks.times(P, X)
    if features == 1:
        return max(row[0] for row in Y) - min(row[0] for row in Y)
    return Enclosure(_diameter(Y))


def _check(count: int, mask: str, layers: int, features: int) -> Check:
    given = {"count": count, "mask": mask, "layers": layers, "features": features}

    def find() -> dict[str, ParameterValue]:
        with precision(200):
            return {
                "coefficient": masks.coefficient(_product(count, mask, layers)),
                "values": 1,
                "diameter": above(_diameter(_tokens(count, mask, layers, features))),
            }

    return Check(
        f"{count} tokens, {mask}, {layers} layers, features {features}",
        Deferred(find),
        Computed(_largest, given),
    )


def _derivation() -> Steps:
    p, q, m, rest, other = sp.symbols("p q m a b", nonnegative=True)
    yield Identity(
        "two rows p, q of P share min(p_j, q_j) = m of each weight: what is left of one less what "
        "is left of the other is their difference",
        sp.Subs(rest - other, (rest, other), (p - m, q - m)),
        p - q,
    )
    yield Cited(
        "what is left has the mass ½ Σ|p_j − q_j| ≤ δ(P) in either: (p − q)X is δ times a "
        "difference of two means of tokens at most, no longer than D",
        "Seneta, Non-negative Matrices and Markov Chains, Theorem 3.1",
        r"\|(p - q) X\| \le \tfrac12 \textstyle\sum_j |p_j - q_j| \max_{i,k} \|x_i - x_k\|",
    )
    length = sp.Symbol("y", nonnegative=True)
    yield Identity(
        "and W lengthens by σ₁(W) at most",
        sp.Subs(sigma_v * length, length, delta * D),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "Dobrushin's coefficient of the product of attentions bounds how far tokens stay apart",
    upper(sp.Symbol(r"\max_{i,k} \|y_i - y_k\|"), FORMULA),
    source=PAPER.ours("masks as in arXiv:2405.18781, whose abstract was read"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(COEFFICIENT, VALUES, DIAMETER),
    assumes=(
        "Y = P X W, P a product of row-stochastic matrices, W the product of the value maps: one "
        "head in every layer, no skip, any mask, any scores",
    ),
    checks=(
        _check(6, "causal", 3, 1),
        _check(6, "all", 2, 1),
        _check(6, "window 2", 4, 4),
        _check(8, "causal", 5, 3),
        _check(5, "all", 3, 6),
    ),
    derivation=_derivation,
    control=Fraction(99, 100),
    siblings=("attention.causal-collapse", "attention.window-of-two"),
)
