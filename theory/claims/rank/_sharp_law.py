"""What the claims on the limiting spectrum share: the heuristic flow, and what a machine can check.

n eigenvalues λ_i of M stay away from zero, the others are far below; m = tr M²/d. To second order
in γ, with eigenvectors spread evenly over the neurons, a layer moves λ_i by γ² times

    −m + 4mλ_i − 4λ_i² + 2λ_i Σ_{j≠i} λ_j/(λ_i − λ_j),

where the d − n small ones have cancelled −dλ_i, the loss by normalisation. With λ and m of the
order √d the first term is negligible, and the balance of the others is an equation for the
principal value H(λ) = Σ_j 1/(λ − λ_j):  H(λ) = 2 + (n − 2m)/λ.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Agreement, Argued, Cited, Identity, Requires, Sign, Step
from depthlaw.theory.claims.rank._setting import N
from depthlaw.theory.rank.spectral_law import (
    ANGLES,
    DENSITY,
    moment_formula,
    moment_integral,
    q,
    y,
)
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.writing.symbols import d

BATCH_AT_MOST_SURVIVORS = Requires(
    N <= 2 * sp.sqrt(d), "beyond, no more rank survives: use rank.large-batch-rank"
)
BATCH_AT_LEAST_SURVIVORS = Requires(
    N >= 2 * sp.sqrt(d), "below, all of it survives: use rank.small-batch-rank"
)


def one_over_root(width: int) -> Fraction:
    """Return the fraction 1/⌊√d⌋ ≥ 1/√d: the order of the remainder, as a resolution.

    >>> one_over_root(64)
    Fraction(1, 8)
    """
    return Fraction(1, isqrt(width))


_n = sp.Symbol("n", positive=True)
RATIOS = (Fraction(1, 16), Fraction(1, 3), Fraction(1))


def _moments_by_formula(order: int) -> list[arb]:
    return [evaluate(moment_formula(order), {q: arb(r.numerator) / r.denominator}) for r in RATIOS]


def _moments_by_integral(order: int) -> list[arb]:
    return [moment_integral(order, ratio) for ratio in RATIOS]


def moment_step(order: int) -> Step:
    """Return that the polynomial in q is the moment of the density, by integration in balls."""
    return Agreement(
        f"moment {order} of the density, by integration at q = 1/16, 1/3, 1",
        rf"\int y^{order} f(y)\,dy = {sp.latex(moment_formula(order))}",
        lambda: _moments_by_integral(order),
        lambda: _moments_by_formula(order),
    )


def flow() -> tuple[Step, ...]:
    """Why the surviving eigenvalues follow the Marchenko–Pastur law with q = n²/(4d)."""
    scale = d / _n
    principal = _n / scale * (y - 1 + q) / (2 * q * y)
    force = 2 + (_n - 2 * scale * moment_formula(2)) / (scale * y)
    root = (y - 1 + q + sp.I * 2 * sp.pi * q * y * DENSITY) / (2 * q * y)
    return (
        Argued(
            "the flow of the eigenvalues (heuristic)",
            "E M⁺ − M is γ²((d − m) I − (d − 3m) M − 2M²) once (M²)_ii is replaced by its mean m; "
            "second-order perturbation adds γ² Σ_j E(V_ij²)/(λ_i − λ_j), where V is the first-order"
            " change with its normalisation; E V_ij² = λ_i² + λ_j² among the survivors, and "
            "λ_i² − 2λ_i³/d + mλ_i²/d against each of the d − n small ones",
            r"H(\lambda) = 2 + \frac{n - 2m}{\lambda}",
        ),
        Cited(
            "Stieltjes transform of the Marchenko–Pastur law",
            "Marchenko and Pastur 1967, https://doi.org/10.1070/SM1967v001n04ABEH001994",
            r"q y g^2 - (y - 1 + q) g + 1 = 0",
        ),
        Identity(
            "the density is −1/π times the imaginary part of g, whose real part is the principal "
            "value (y − 1 + q)/(2qy)",
            q * y * root**2 - (y - 1 + q) * root + 1,
            sp.Integer(0),
        ),
        Identity(
            "with λ = (d/n) y and m = (d/n)(1 + q) the principal value balances the force, exactly "
            "when q = n²/(4d)",
            sp.Subs(principal, q, _n**2 / (4 * d)),
            force.subs(q, _n**2 / (4 * d)),
        ),
        moment_step(2),
    )


def selection() -> tuple[Step, ...]:
    """Why no more than 2√d eigenvalues survive."""
    more = sp.Symbol("p", positive=True)
    growth = 2 * (2 * (d / _n) * moment_formula(2) - _n)
    at_ratio = growth.subs(q, _n**2 / (4 * d))
    return (
        Identity(
            "a further, much smaller eigenvalue grows per γ² at the rate 4m − 2n",
            at_ratio,
            (4 * d - _n**2) / _n,
        ),
        Identity(
            "which with 4d = n² + p is p/n",
            sp.Subs((4 * d - _n**2) / _n, d, (_n**2 + more) / 4),
            more / _n,
        ),
        Sign("so that it grows as long as n < 2√d, and n stops at 2√d", more / _n, strict=True),
    )


def _moved(eigenvalues: Sequence[sp.Symbol]) -> sp.Expr:
    """Return the drift of tr M² under the flow, which is 2 Σ λ_i dλ_i + Σ (dλ_i)²."""
    trace = sp.Add(*eigenvalues)
    m = sp.Add(*(x**2 for x in eigenvalues)) / trace
    total = sp.Integer(0)
    for x in eigenvalues:
        repulsion = sp.Add(*(other / (x - other) for other in eigenvalues if other is not x))
        drift = -m + 4 * m * x - 4 * x**2 + 2 * x * repulsion
        # E (v·V v)² = 4λ², but for terms smaller by a factor of order d.
        total += 2 * x * drift + 4 * x**2
    return total


def balance() -> tuple[Step, ...]:
    """Check flow and law against the proved one-step identity for δ(M)."""
    scale = d / _n
    second, third = (_n * scale**k * moment_formula(k) for k in (2, 3))
    leading = 2 * d**2 - 8 * third + 8 * second**2 / d
    few = sp.symbols("lambda_1:4", positive=True)
    trace, square, cube = (sp.Add(*(x**k for x in few)) for k in (1, 2, 3))
    return (
        Argued(
            "what is proved (rank.one-step)",
            "tr M² drifts by γ² δ, δ = 2d² − 2 tr M² − 8 tr M³ + 8 Σ_i ((M²)_ii)², of which 2 tr M²"
            " is smaller by a factor of order √d, and the last sum is (tr M²)²/d for evenly spread "
            "eigenvectors; in the invariant law E δ = 0 (rank.invariance)",
        ),
        Identity(
            "the flow moves tr M² by the rest of δ: with three survivors",
            _moved(few),
            2 * trace**2 - 8 * cube + 8 * square**2 / trace,
        ),
        moment_step(3),
        Identity(
            "and that rest, 2d² − 8 tr M³ + 8 (tr M²)²/d, vanishes on the law",
            sp.Subs(leading, q, _n**2 / (4 * d)),
            sp.Integer(0),
        ),
    )


def distribution() -> tuple[Step, ...]:
    """Check that the closed form of the distribution function has the density as its derivative."""
    under = sp.Symbol("R", positive=True)
    root = sp.sqrt(4 * q - (y - 1 - q) ** 2)
    first, second = ANGLES
    slopes = (1 + q - y) + (1 + q) - (1 - q) ** 2 / y
    return (
        Identity("the first angle: 1 − u² = R/(4q)", 1 - first**2, root**2 / (4 * q)),
        Identity(
            "the second: 1 − w² = (1 − q)² R/(4q y²)",
            1 - second**2,
            (1 - q) ** 2 * root**2 / (4 * q * y**2),
        ),
        Identity(
            "so that the derivatives of √R and of both angles add up to √R/y",
            sp.Subs(slopes / sp.sqrt(under), under, root**2),
            root / y,
        ),
    )
