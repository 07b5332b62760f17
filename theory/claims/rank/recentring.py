"""In a linear network recentring acts once, on the input.

The chain H ↦ BN(A_ℓ H), BN with recentring, from X and the same chain without it from
X(I − 11ᵀ/N) agree in all dNℓ entries of their first ℓ layers, for the same weights.

Checked without rounding, on weights for which every row norm is rational
(`depthlaw.theory.rank.rational_chain`). With an activation between the layers it is false.

Example: two layers of three neurons on a batch of four.

>>> CLAIM.bound(width=3, batch=4, depth=2).expression
24
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    LAYERS,
    WIDTH,
    Argued,
    Check,
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
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.decomposition.exact_layer import product, recentred
from depthlaw.theory.rank.rational_chain import Rows, layer_matrix, rescaled
from depthlaw.theory.symbols import d, ell
from depthlaw.theory.values import Exact, Value

FORMULA = d * setting.N * ell
_PARAMETERS = (
    WIDTH,
    Parameter("batch", setting.N, Domain.INTEGER, 2, "samples in the batch, columns of H"),
    LAYERS,
)


def agreeing(batch: Sequence[Sequence[int]], depth: int) -> int:
    """Return in how many entries of the first `depth` layers the two chains agree.

    `batch` is X, shape (d, N); the norms of its recentred rows are rational.
    """
    with_mean: Rows = [[Fraction(x) for x in row] for row in batch]
    without = recentred(batch)
    total = 0
    for layer in range(depth):
        A = layer_matrix(recentred(with_mean), layer)
        with_mean = rescaled(recentred(product(A, with_mean)))
        without = rescaled(product(A, without))
        total += sum(
            x == y
            for u, v in zip(with_mean, without, strict=True)
            for x, y in zip(u, v, strict=True)
        )
    return total


def _quantity(batch: list[list[int]], depth: int) -> Value:
    return Exact(sp.Integer(agreeing(batch, depth)))


def _check(label: str, batch: list[list[int]], depth: int) -> Check:
    return Check(
        label,
        {"width": len(batch), "batch": len(batch[0]), "depth": depth},
        Computed(_quantity, {"batch": batch, "depth": depth}),
    )


def _derivation() -> Steps:
    a = sp.Matrix(1, 2, sp.symbols("a_1 a_2"))
    H = sp.Matrix(2, 3, sp.symbols("h_11 h_12 h_13 h_21 h_22 h_23"))
    centring = sp.eye(3) - sp.ones(3, 3) / 3
    neuron = a * H
    mean = sum(neuron) / 3
    moved = a * (H * centring)
    yield Identity(
        "a recentred neuron of AH is the neuron of A(HΠ), Π = I − 11ᵀ/N (first entry; two "
        "inputs, three samples)",
        neuron[0] - mean,
        moved[0],
    )
    yield Identity(
        "so that both are divided by the same root mean square",
        sum((x - mean) ** 2 for x in neuron),
        (a * H * centring * H.T * a.T)[0],
    )
    yield Identity(
        "and a neuron of A(HΠ) has mean 0 again, at any scale",
        sum(moved),
        sp.Integer(0),
    )
    yield Argued(
        "induction",
        "the first layers agree; from then on H = HΠ in both chains, and recentring does nothing",
    )


_TWO = [[5, 3, 5, 3], [2, 2, 0, 0]]
_THREE = [*_TWO, [9, 15, 1, 7]]

CLAIM = declare(
    __name__,
    "in a linear network recentring acts once, on the input",
    equal(
        sp.Symbol(r"\#\{(k, i, n) : (H^{\mathrm{rec}}_k)_{in} = (H_k)_{in},\ k \le \ell\}"),
        FORMULA,
    ),
    source=PAPER.ours("recentring"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=_PARAMETERS,
    assumes=(
        "no activation",
        "A_ℓ = I + γW_ℓ or A_ℓ = W_ℓ, any matrices for which no recentred row is zero",
    ),
    checks=(
        _check("d = 2, N = 4, one layer", _TWO, 1),
        _check("d = 2, N = 4, four layers", _TWO, 4),
        _check("d = 3, N = 4, three layers", _THREE, 3),
        _check("d = 1, N = 2, five layers", [[7, 1]], 5),
        _check("wide batch, d = 2, N = 8", [[1, 3] * 4, [4, 4, 0, 0] * 2], 3),
    ),
    derivation=_derivation,
    control=Fraction(1, 2),
    siblings=("rank.lemma-1",),
)
