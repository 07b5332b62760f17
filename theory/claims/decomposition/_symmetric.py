"""The state of equal cosines: its Gram matrix, and the derivative of the step there."""

from __future__ import annotations

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Heading, Identity, Steps
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import Matrix, closed_forms
from depthlaw.theory.decomposition.wide_layer import centred, mean_field_step, step_derivative
from depthlaw.theory.writing.symbols import n

m = sp.Symbol("m", positive=True)
i, j, k, l = sp.symbols("i j k l", integer=True, positive=True)  # noqa: E741
x, X = sp.IndexedBase("x"), sp.IndexedBase("X")


def outer_multiplier(points: sp.Expr = m) -> sp.Expr:
    """Return λ_2 = (n/m) κ′(−1/m)/(1 − κ(−1/m)): changes of angles that keep all norms."""
    rho = -1 / points
    slope = 1 - sp.acos(rho) / sp.pi
    return (points + 1) / points * slope / (1 - closed_forms.kappa(rho))


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


def centring(term: sp.Expr) -> sp.Expr:
    """Return an entry of PGP, G_ij an expression in i and j: row and column means taken off."""
    rows = sp.Sum(term.subs(j, l), (l, 1, n)) / n
    columns = sp.Sum(term.subs(i, k), (k, 1, n)) / n
    both = sp.Sum(term.subs({i: k, j: l}, simultaneous=True), (l, 1, n), (k, 1, n)) / n**2
    return term - rows - columns + both


def steps() -> Steps:
    """Yield the two multipliers: the derivative at M = (n/m)P, where M_ii = 1 and M_ij = −1/m."""
    a, b, c = sp.Symbol("a", positive=True), sp.Symbol("b", positive=True), closed_forms.rho
    k0, k1, y, z, t = sp.symbols("kappa kappa' y z t")
    delta = sp.KroneckerDelta(i, j, (1, n))
    diagonal = sp.Sum(X[i, i], (i, 1, n))
    entry = sp.sqrt(a * b) * closed_forms.kappa(c / sp.sqrt(a * b))
    slope = 1 - sp.acos(c) / sp.pi
    yield from setting.kernel_steps()
    yield Heading("One entry, K_ij = √(M_ii M_jj) κ(M_ij/√(M_ii M_jj)), at M_ii = M_jj = 1")
    yield Identity(
        "its derivative in M_ij is κ′", sp.Subs(sp.Derivative(entry, c), (a, b), (1, 1)), slope
    )
    yield Identity(
        "in M_ii, and in M_jj, it is (κ − ρκ′)/2",
        sp.Subs(sp.Derivative(entry, a), (a, b), (1, 1)),
        (closed_forms.kappa(c) - c * slope) / 2,
    )
    yield Heading("Every symmetric matrix with zero row sums has three parts")
    yield Identity(
        "x_i on the diagonal and y(x_i + x_j) off it, Σ x_i = 0: the row sums",
        sp.Sum(delta * x[i] + (1 - delta) * y * (x[i] + x[j]), (j, 1, n)),
        ((n - 2) * y + 1) * x[i] + y * sp.Sum(x[j], (j, 1, n)),
    )
    yield Identity(
        "are 0 for y = −1/(m−1): a pattern",
        sp.Subs((m - 1) * y + 1, y, -1 / (m - 1)),
        sp.Integer(0),
    )
    yield Identity(
        "a multiple of P and a pattern match any diagonal: what the X_ii are above their mean t "
        "adds up to 0",
        sp.Subs(diagonal - n * t, t, diagonal / n),
        sp.Integer(0),
    )
    yield Heading("P is scaled; what is left, off the diagonal, by λ_2")
    yield Identity("P is the centred δ_ij", centring(delta), delta - 1 / n)
    yield Identity(
        "and constants go: at M K is (1 − κ)δ_ij + κ, so that M_ii = 1 becomes (1 − κ)m/n",
        centring((1 - k0) * delta + k0),
        (1 - k0) * (delta - 1 / n),
    )
    yield Identity(
        "zero diagonal and row sums: every entry is multiplied by κ′, relative to that scale",
        sp.Subs(k1 / t, t, (1 - k0) * m / (m + 1)),
        (m + 1) / m * k1 / (1 - k0),
    )
    yield Heading("A pattern is multiplied by λ_1")
    yield Identity(
        "x_i on the diagonal stays, off it y(x_i + x_j) becomes z(x_i + x_j) with z = κ′y + "
        "(κ + κ′/m)/2: t for x_i + x_j",
        sp.Subs(k1 * y * t + (k0 - c * k1) / 2 * t, c, -1 / m),
        (k1 * y + (k0 + k1 / m) / 2) * t,
    )
    yield Identity(
        "with x_i = t/2 on the diagonal, that is (1 − 2z) times the diagonal, and z t everywhere",
        delta * t / 2 + (1 - delta) * z * t,
        (1 - 2 * z) * delta * t / 2 + z * t,
    )
    yield Identity("of which centring removes x_i, and likewise x_j", centring(x[i]), sp.Integer(0))
    z_of_y = k1 * y + (k0 + k1 / m) / 2
    factor = (m + 1) / m * (1 - 2 * z_of_y) / ((1 - k0) * (1 - 2 * y))
    yield Identity(
        "the pattern itself, which is centred, has 1 − 2y for 1 − 2z: relative to the scale λ_1 is",
        sp.Subs(factor, y, -1 / (m - 1)),
        1 - (1 - (m + 1) / m * k1 / (1 - k0)) / m,
    )
