r"""The formulas of the mean field, in SymPy: what claims print, derive from and evaluate.

One step is G ↦ K(PGP), P = I − 11ᵀ/n, K_ij = √(M_ii M_jj) κ(M_ij/√(M_ii M_jj)), κ the arc-cosine
kernel. A batch of m = n − 1 exchangeable points and one other has, centred and divided by the
squared norm of that other ("odd") point, the Gram matrix

    α on the diagonal of the cluster, β off it, −1/m between cluster and odd point, 1.

Rows sum to zero, so α + (m−1)β = 1/m and τ = α − β is the only parameter. With s² = m(m−1)τ:

========= ============================================= ==========================================
on paper  in words                                      meaning
========= ============================================= ==========================================
s         spread                                        √(m²α − 1), tangent of the angle between
                                                        a point and the axis of the odd point
θ         angle                                         between two points of the cluster, centred
r         norm ratio                                    1/√α = m/√(1+s²), odd to cluster
ψ(θ)      angle function                                (sin θ − θ cos θ)/(1 − cos θ)
F(s)      excess                                        (n² + s²)ψ(θ) − 2m(π + s − arctan s)
========= ============================================= ==========================================

A state is fixed exactly where F(s) = 0; the derivation is in
`depthlaw.theory.claims.decomposition.one_dimensional_map`.
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.writing import symbols

n = symbols.n
m = n - 1
s = sp.Symbol("s", positive=True)
tau = sp.Symbol("tau", positive=True)
theta = sp.Symbol("theta", positive=True)
rho = sp.Symbol("rho", real=True)
r = sp.Symbol("r", positive=True)
a = sp.Symbol("a", real=True)
k = sp.Symbol("k", integer=True, positive=True)


def kappa(cosine: sp.Expr) -> sp.Expr:
    """Return the arc-cosine kernel κ at `cosine`.

    >>> kappa(sp.Integer(1)), kappa(sp.Integer(-1)), kappa(sp.Integer(0))
    (1, 0, 1/pi)
    """
    return (sp.sqrt(1 - cosine**2) + cosine * (sp.pi - sp.acos(cosine))) / sp.pi


def psi(angle: sp.Expr) -> sp.Expr:
    """Return ψ(θ) = (sin θ − θ cos θ)/(1 − cos θ), so that 1 − κ(cos θ) = (1 − cos θ)(1 − ψ/π).

    >>> angle, chord = sp.pi / 3, sp.Rational(1, 2)
    >>> sp.simplify(1 - kappa(sp.cos(angle)) - chord * (1 - psi(angle) / sp.pi))
    0
    """
    return (sp.sin(angle) - angle * sp.cos(angle)) / (1 - sp.cos(angle))


def alpha(points: sp.Expr = m, difference: sp.Expr = tau) -> sp.Expr:
    """Return α, the squared norm of a centred point of a cluster of `points`."""
    return 1 / points**2 + difference * (points - 1) / points


def beta(points: sp.Expr = m, difference: sp.Expr = tau) -> sp.Expr:
    """Return β, the inner product of two centred points of the cluster."""
    return 1 / points**2 - difference / points


def odd_norm(points: sp.Expr = m, difference: sp.Expr = tau) -> sp.Expr:
    """Return g, the squared norm of the odd point after the step and centring."""
    A = alpha(points, difference)
    cosine, odd_cosine = beta(points, difference) / A, -1 / (points * sp.sqrt(A))
    return (points / (points + 1)) ** 2 * (
        1 - 2 * sp.sqrt(A) * kappa(odd_cosine) + A / points * (1 + (points - 1) * kappa(cosine))
    )


def next_difference(points: sp.Expr = m, difference: sp.Expr = tau) -> sp.Expr:
    """Return T(τ) = α(1 − κ(β/α))/g, the one-dimensional map."""
    A, B = alpha(points, difference), beta(points, difference)
    return A * (1 - kappa(B / A)) / odd_norm(points, difference)


def cosine_of(points: sp.Expr, spread: sp.Expr) -> sp.Expr:
    """Return cos θ = β/α at the spread s."""
    return (1 - spread**2 / (points - 1)) / (1 + spread**2)


def excess(points: sp.Expr, spread: sp.Expr, angle: sp.Expr) -> sp.Expr:
    """Return F, which is zero at fixed points and has the sign of τ − T(τ)."""
    return ((points + 1) ** 2 + spread**2) * psi(angle) - 2 * points * (
        sp.pi + spread - sp.atan(spread)
    )


def excess_slope(points: sp.Expr, spread: sp.Expr, angle: sp.Expr) -> sp.Expr:
    """Return dF/ds along the curve of cosines `cosine_of`."""
    return (
        2 * spread * psi(angle)
        + 2
        * ((points + 1) ** 2 + spread**2)
        * (angle - sp.sin(angle))
        * (points - 1)
        / (points * spread**3)
        - 2 * points * spread**2 / (1 + spread**2)
    )


def repulsion(batch: sp.Expr = n, odd: sp.Expr = k) -> sp.Expr:
    """Return n²/(k² + (n−k)²), by which scatter within two points grows relative to their distance.

    >>> repulsion(sp.Integer(10), sp.Integer(5))
    2
    """
    return batch**2 / (odd**2 + (batch - odd) ** 2)
