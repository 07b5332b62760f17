"""Next to rank one without a skip connection (γ = ∞): how the second direction grows.

Near rank one H = s uᵀ + ε v zᵀ with s ∈ {±1}^d, v ⟂ s, |v|² = d, and z ⟂ u of |u| = |z|. A row of
WH is (w·s)(u + ε t z) with t_i = (w_i·v)/(w_i·s), a ratio of independent normal variables of equal
variance, that is: standard Cauchy. BN divides by |w·s| up to O(ε²), so the next second direction is
s'_i (t_i − t̄), and ε grows by the factor (Σ_i (t_i − t̄)²/d)^{1/2}, independent of the past.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import acb, arb

from depthlaw.theory.claim import Agreement, Argued, Identity, Jensen, Sign, Step
from depthlaw.theory.claims.rank._indices import apart, i, total
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.integrate import integral
from depthlaw.theory.writing.symbols import d

QUANTITY = sp.Symbol(r"E \log(\varepsilon_{\ell+1}/\varepsilon_\ell)")
FORMULA = sp.log(2 - 2 / d) / 2
_REACH = 60


def mean_log_difference() -> arb:
    """Return E log|t₁ − t₂| of independent standard Cauchy variables, by integration in balls.

    t₁ − t₂ is 2T with T standard Cauchy, and x = log|T| has the density sech(x)/π. Beyond ±B the
    integrand is below 2(1 + |x|) e^{−|x|}/π, whose integral is 2(B + 2)e^{−B}/π on each side.

    >>> (mean_log_difference() - arb(2).log()).contains(0)
    True
    """

    def integrand(x: acb, _: bool) -> acb:
        return (arb(2).log() + x) / x.cosh() / arb.pi()

    B = arb(_REACH)
    tail = 4 * (B + 2) * (-B).exp() / arb.pi()
    inside = integral(integrand, -_REACH, 0) + integral(integrand, 0, _REACH)
    return inside + (-tail).union(tail)


def mean_log_by_digamma() -> arb:
    """Return the same from the determinant of a Gaussian 2×2 matrix, ½ (ψ(1) − ψ(1/2)).

    With t_i = w_{i1}/w_{i2} the determinant is w_{12} w_{22} (t₁ − t₂), so that E log|t₁ − t₂| is
    ½ (E log χ²_2 + E log χ²_1) − E log χ²_1.

    >>> (mean_log_by_digamma() - arb(2).log()).contains(0)
    True
    """
    return (ball(1).digamma() - ball(Fraction(1, 2)).digamma()) / 2


def _linearisation() -> tuple[Step, ...]:
    return (
        Argued(
            "linear in ε",
            "with t_i = (w_i·v)/(w_i·s) the rows of WH are (w_i·s)(u + ε t_i z); after BN they are "
            "±(u + ε t_i z) + O(ε²), of which t̄ turns u and t_i − t̄ is the new second direction",
            r"\varepsilon' = \varepsilon \left(\tfrac1d \sum_i (t_i - \bar t)^2\right)^{1/2}",
        ),
        Agreement(
            "t_i are independent standard Cauchy variables: E log|t_1 − t_2| = log 2",
            r"\int \frac{\log 2 + x}{\pi \cosh x}\,dx = \tfrac12(\psi(1) - \psi(\tfrac12))",
            lambda: [mean_log_difference()],
            lambda: [mean_log_by_digamma()],
        ),
    )


def critical() -> tuple[Step, ...]:
    """Show that for d = 2 the growth rate vanishes."""
    t1, t2, x = sp.symbols("t_1 t_2 x", real=True)
    mean = (t1 + t2) / 2
    return (
        *_linearisation(),
        Identity(
            "at d = 2 the factor is |t_1 − t_2|/2",
            ((t1 - mean) ** 2 + (t2 - mean) ** 2) / 2,
            ((t1 - t2) / 2) ** 2,
        ),
        Identity(
            "whose mean logarithm is 0, log 2 less log 2: E log|t_1 − t_2| is (ψ(1) − ψ(1/2))/2",
            sp.Subs((sp.digamma(x) - sp.digamma(x / 2)) / 2, x, 1),
            sp.log(2),
        ),
    )


def repels() -> tuple[Step, ...]:
    """Bound the growth rate below for every d, by Jensen's inequality over pairs."""
    t = sp.IndexedBase("t", real=True)
    square, mean, squares, whole = sp.symbols("x mu a b", positive=True)
    more = sp.Symbol("p", nonnegative=True)
    return (
        Identity(
            "Σ t_i² over pairs i ≠ j, of which Σ (t_i − t_j)² has two and −2 Σ t_i t_j",
            apart(t[i] ** 2),
            (d - 1) * total(t[i] ** 2, i),
        ),
        Identity(
            "with a = Σ t_i² and b = (Σ t_i)², so that Σ_{i≠j} t_i t_j = b − a: over 2d it is "
            "a − b/d, which is Σ (t_i − t̄)². The variance is a mean over pairs",
            (2 * (d - 1) * squares - 2 * (whole - squares)) / (2 * d),
            squares - whole / d,
        ),
        Jensen(
            "over the d(d−1)/2 pairs: the log of the mean of (t_i − t_j)² is at least the mean of "
            "its logs, each 2 log 2",
            sp.log(square),
            square,
            mean,
            concave=True,
        ),
        Identity(
            "4 times the pairs over d², which is 2 − 2/d, exceeds 1 at d = 3 + p by",
            sp.Subs(1 - 2 / d, d, 3 + more),
            (1 + more) / (3 + more),
        ),
        Sign("a positive number", (1 + more) / (3 + more), strict=True),
        Identity(
            "so the rate is at least half the log of 4 times d(d−1)/2 pairs over d²",
            sp.log(sp.Mul(4, d * (d - 1) / 2, evaluate=False) / d**2) / 2,
            FORMULA,
        ),
    )
