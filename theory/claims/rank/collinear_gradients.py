"""Where the last hidden layer has collapsed, so have the gradients of the output neurons.

rank(∇_v L_1, …, ∇_v L_N) ≤ rank H, for the weights v of an output neuron, the last hidden layer H
and the losses L_n of the samples.

The gradients are found from losses alone: the squared loss is quadratic in v, so that its central
difference is its derivative, in rational arithmetic.

Example: at k = 1 the gradients are collinear.

>>> collapsed = [[1, 2, -3], [2, 4, -6]]
>>> per_sample_rank(collapsed, [1, 1], [0, 1, 2]) == CLAIM.bound(rank=1).expression
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
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
    upper,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.decomposition.exact_layer import activated, product, rank, spread_weights
from depthlaw.theory.values import Exact, Value

K = sp.Symbol("k", integer=True, positive=True)
_RANK = Parameter("rank", K, Domain.INTEGER, 1, "rank of the last hidden layer")

Rational = Fraction | int
Batch = Sequence[Sequence[Rational]]


def _loss(weights: Sequence[Rational], sample: Sequence[Rational], target: Rational) -> Fraction:
    output = sum((Fraction(v) * h for v, h in zip(weights, sample, strict=True)), start=Fraction(0))
    return (output - target) ** 2 / 2


def gradients(
    hidden: Batch, weights: Sequence[Rational], targets: Sequence[Rational]
) -> list[list[Fraction]]:
    """Return ∇_v L_n for each sample, shape (N, d), by exact central differences of the loss."""
    found = []
    for sample, target in zip(zip(*hidden, strict=True), targets, strict=True):
        row = []
        for k in range(len(weights)):
            ahead, behind = (
                [v + step * (i == k) for i, v in enumerate(weights)] for step in (1, -1)
            )
            row.append((_loss(ahead, sample, target) - _loss(behind, sample, target)) / 2)
        found.append(row)
    return found


def per_sample_rank(hidden: Batch, weights: Sequence[Rational], targets: Sequence[Rational]) -> int:
    """Return the rank of the per-sample gradients of an output neuron.

    Parameters
    ----------
    hidden
        Last hidden layer H, shape (d, N).
    weights
        Weights v of the neuron, d numbers.
    targets
        One for each sample, N numbers.
    """
    return rank(gradients(hidden, weights, targets))


def _quantity(hidden: Batch, weights: Any, targets: Any) -> Value:
    return Exact(sp.Integer(per_sample_rank(hidden, weights, targets)))


def _check(label: str, hidden: Batch, fitted: int = 0) -> Check:
    """Return a check in which the first `fitted` samples have no loss."""
    d = len(hidden)
    weights = [k * k - 3 for k in range(d)]
    outputs = product([weights], hidden)[0]
    targets = [z + (n >= fitted) * (n % 5 + Fraction(1, 2)) for n, z in enumerate(outputs)]
    return Check(
        label,
        {"rank": rank(hidden)},
        Computed(_quantity, {"hidden": hidden, "weights": weights, "targets": targets}),
    )


def _derivation() -> Steps:
    v, h = sp.symbols("v_1:4"), sp.symbols("h_1:4")
    output = sum(x * y for x, y in zip(v, h, strict=True))
    loss = sp.Function("L")(output)
    yield from (
        Identity(
            f"the gradient is parallel to h, for any loss: entries 1 and {k + 1} of three",
            sp.Derivative(loss, v[0]) * h[k],
            sp.diff(loss, v[k]) * h[0],
        )
        for k in (1, 2)
    )
    yield Argued(
        "rank",
        "so ∇_v L_n = c_n h_n: the gradients are the columns of H diag(c), whose rank is "
        "at most that of H, and equal to it if no c_n is 0; at rank one h_n = a_n g, and "
        "the normalised gradients are ±g/‖g‖",
    )


def _linear(depth: int, width: int, batch: int, bottleneck: int) -> Batch:
    """Return the last hidden layer of a linear network with one layer of `bottleneck` neurons."""
    H = product(spread_weights(bottleneck, width), spread_weights(width, batch, 3))
    for layer in range(depth):
        H = product(spread_weights(width, len(H), layer), H)
    return H


CLAIM = declare(
    __name__,
    "collapsed features have collinear gradients",
    upper(
        sp.Symbol(r"\mathrm{rank}(\nabla_v L_1, \dots, \nabla_v L_N)"),
        K,
    ),
    source=PAPER.at("gradients", "as a bound on their rank"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(_RANK,),
    assumes=("L_n depends on v through the neuron's output vᵀh_n alone, and is differentiable",),
    checks=(
        _check("linear network through one neuron: collinear", _linear(3, 4, 5, 1)),
        _check(
            "ReLU network on positive multiples of one sample: collinear",
            activated(product(spread_weights(4, 3, 4), [[1, 2, 5], [2, 4, 10], [-1, -2, -5]])),
        ),
        _check("linear network through two neurons", _linear(2, 4, 5, 2)),
        _check("full rank, d = N = 4: not collinear", spread_weights(4, 4)),
        _check("samples that are fitted have no gradient", spread_weights(4, 4), fitted=2),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("rank.lemma-1",),
)
