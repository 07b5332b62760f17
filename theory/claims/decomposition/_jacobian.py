"""The derivative of the full step at a state of two groups, against its parts by symmetry."""

from __future__ import annotations

from flint import arb

from depthlaw.theory.claim import Agreement, Argued, Step
from depthlaw.theory.decomposition import two_groups
from depthlaw.theory.decomposition.wide_layer import centred, mean_field_step, step_derivative


def full_trace(cluster: int, odd: int) -> list[arb]:
    """Return the trace of the derivative on symmetric matrices with zero row sums, over the growth.

    −(e_i − e_j)(e_i − e_j)ᵀ, i < j, is a basis in which the coordinates of X are its X_ij.
    """
    n = cluster + odd
    G = two_groups(cluster, odd).gram
    growth = centred(mean_field_step(G))[0][0] / G[0][0]
    total = arb(0)
    for i in range(n):
        for j in range(i):
            direction = [[arb(0)] * n for _ in range(n)]
            direction[i][j] = direction[j][i] = arb(1)
            direction[i][i] = direction[j][j] = arb(-1)
            total += step_derivative(G, direction)[i][j]
    return [total / growth]


def trace_by_parts(cluster: int, odd: int) -> list[arb]:
    """Return the same trace from the parts, the change of scale counting 1."""
    parts = two_groups(cluster, odd).blocks()
    return [1 + sum((part.copies * part.trace for part in parts), start=arb(0))]


def dimension(cluster: int, odd: int) -> list[arb]:
    """Return how many directions the parts hold, the scale included."""
    parts = two_groups(cluster, odd).blocks()
    return [arb(1 + sum(part.copies * len(part.moduli) for part in parts))]


def steps(cluster: int, odd: int) -> tuple[Step, ...]:
    """Return the decomposition, checked in full at one pair of sizes."""
    n, sizes = cluster + odd, f"p = {cluster}, k = {odd}"
    return (
        Argued(
            "symmetry",
            "the derivative commutes with S_p × S_k, and symmetric matrices with zero row sums "
            "fall into: the size of the two groups; in a group the pattern x_i on the diagonal and "
            "x_i + x_j off it, Σ x = 0, with x_i against the other group; changes off the diagonal "
            "of a group with zero row sums; and x_i y_j between the groups, Σ x = Σ y = 0",
        ),
        Agreement(
            f"{sizes}: the parts fill the space of dimension n(n−1)/2",
            r"\sum \text{copies} = n(n-1)/2",
            lambda: dimension(cluster, odd),
            lambda: [arb(n * (n - 1) // 2)],
        ),
        Agreement(
            f"{sizes}: the trace of the derivative of the general step, by power series in every "
            "direction, is that of the parts",
            r"\mathrm{tr}\, J = 1 + \sum \text{copies} \cdot \mathrm{tr}\, J_i",
            lambda: full_trace(cluster, odd),
            lambda: trace_by_parts(cluster, odd),
        ),
    )
