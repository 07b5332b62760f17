"""The state of equal cosines: its Gram matrix, and the derivative of the step there."""

from __future__ import annotations

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Argued, Identity, Step
from depthlaw.theory.decomposition import Matrix, formulas
from depthlaw.theory.decomposition.mean_field import centred, mean_field_step, step_derivative

m = sp.Symbol("m", positive=True)


def outer_multiplier(points: sp.Expr = m) -> sp.Expr:
    """Return λ_2 = (n/m) κ′(−1/m)/(1 − κ(−1/m)): changes of angles that keep all norms."""
    rho = -1 / points
    slope = 1 - sp.acos(rho) / sp.pi
    return (points + 1) / points * slope / (1 - formulas.kappa(rho))


def outer_in(inverse: sp.Symbol) -> sp.Expr:
    """Return λ_2 in v = 1/m, regular at v = 0."""
    return outer_multiplier(1 / inverse).subs(inverse * (1 + 1 / inverse), 1 + inverse)


def inner_multiplier(points: sp.Expr = m) -> sp.Expr:
    """Return λ_1 = 1 − (1 − λ_2)/m: one point leaves the others."""
    return 1 - (1 - outer_multiplier(points)) / points


def measured(batch: int) -> list[arb]:
    """Return (λ_1, λ_2) from the derivative of the general step (λ_1 alone for n = 3)."""
    n = batch
    G = [[arb(n - 1) if i == j else arb(-1) for j in range(n)] for i in range(n)]
    growth = centred(mean_field_step(G))[0][0] / (n - 1)
    x = [arb(1), arb(-1), *[arb(0)] * (n - 2)]
    found = [_multiplier(G, [[x[i] if i == j else arb(0) for j in range(n)] for i in range(n)])]
    if n >= 4:
        # Off the diagonal a square of signs: rows sum to 0 and no norm changes.
        y = [arb(1), arb(-1), arb(0), arb(0)] + [arb(0)] * (n - 4)
        z = [arb(0), arb(0), arb(1), arb(-1)] + [arb(0)] * (n - 4)
        square = [[y[i] * z[j] + z[i] * y[j] for j in range(n)] for i in range(n)]
        found.append(_multiplier(G, square))
    return [value / growth for value in found]


def _multiplier(G: Matrix, direction: Matrix) -> arb:
    """Return the factor of a direction that the derivative only scales."""
    before, after = centred(direction), step_derivative(G, direction)
    i, j = (0, 0) if not before[0][0].contains(0) else (0, 2)
    return after[i][j] / before[i][j]


def steps() -> tuple[Step, ...]:
    """Return the two multipliers."""
    k0, k1 = sp.symbols("kappa kappa'")
    y = -1 / (m - 1)
    z = k1 * y + (k0 + k1 / m) / 2
    lam = (m + 1) / m * k1 / (1 - k0)
    return (
        Argued(
            "the symmetric group",
            "the derivative commutes with all permutations; symmetric matrices with zero row sums "
            "are the scale, patterns x_i on the diagonal and y(x_i + x_j) off it (Σx = 0), and "
            "changes off the diagonal with zero row sums; with M = (n/m)P the scale grows by "
            "(m/n)(1 − κ)",
        ),
        Identity(
            "the pattern has zero row sums, Σ_{j≠i}(x_i + x_j) = (m−1)x_i, for y = −1/(m−1)",
            1 + y * (m - 1),
            sp.Integer(0),
        ),
        Identity(
            "one point leaves: after centring a pattern is (1 − 2z)P diag(x) P, so that "
            "λ_1 = (n/m)(1 − 2z)/((1 − κ)(1 − 2y)), z = κ′y + (κ + κ′/m)/2, is 1 − (1 − λ_2)/m",
            (m + 1) / m * (1 - 2 * z) / ((1 - k0) * (1 - 2 * y)),
            1 - (1 - lam) / m,
        ),
    )
