"""Lyapunov exponents of products of Gaussian matrices: how fast a vanilla linear net collapses.

For independent d×d matrices W_k with independent standard normal entries the singular values of
W_ℓ⋯W_1 grow like e^{ℓ L_i}, almost surely (Newman, Commun. Math. Phys. 103, 1986):

    L_i = ½ E log χ²_{d−i+1} = ½ (log 2 + ψ((d − i + 1)/2)),    i = 1, …, d.

With variance 1/d per entry every exponent falls by ½ log d, and the gaps stay. The first gap is

    L_1 − L_2 = ½ (ψ(d/2) − ψ((d−1)/2)) = ∫_0^∞ e^{−(d − 3/2)u} / (2 cosh(u/2)) du,

and 1 − v²/2 ≤ 1/cosh v ≤ 1 puts it between 1/(2d−3) − 1/(2d−3)³ and 1/(2d−3).
"""

from __future__ import annotations

from fractions import Fraction

from flint import acb, arb

from depthlaw.theory.errors import integer
from depthlaw.theory.network import Variance
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.integrate import integral
from depthlaw.theory.values import Enclosure


def mean_log_chi_square(freedom: int) -> arb:
    """Return E log χ²_k = log 2 + ψ(k/2), at the working precision.

    Parameters
    ----------
    freedom
        k ≥ 1, degrees of freedom.

    Raises
    ------
    ArgumentError
        If k is not a whole number ≥ 1.

    Examples
    --------
    χ²_2 is twice an exponential variable, whose mean logarithm is −0.577…, minus Euler's constant:

    >>> (mean_log_chi_square(2) - arb(2).log() + arb.const_euler()).contains(0)
    True
    """
    k = integer("freedom", freedom)
    return arb(2).log() + ball(Fraction(k, 2)).digamma()


def mean_log_chi_square_integral(freedom: int) -> arb:
    """Return E log χ²_k by integration: a route that knows nothing of the digamma function.

    With χ²_k = 2e^y and a = k/2 the mean is log 2 + ∫ y e^{ay − e^y} dy / Γ(a). The integrand is
    entire. Below −A the rest is at most e^{−aA} (A/a + 1/a²). Above B ≥ 1, where y ≤ B e^{y−B} and
    e^y ≥ e^B (1 + y − B), it is at most B e^{aB − e^B} / (e^B − a − 1).

    Parameters
    ----------
    freedom
        k ≥ 1, degrees of freedom.

    Raises
    ------
    ArgumentError
        If k is not a whole number ≥ 1.

    Examples
    --------
    >>> (mean_log_chi_square_integral(5) - mean_log_chi_square(5)).contains(0)
    True
    """
    k = integer("freedom", freedom)
    a = ball(Fraction(k, 2))
    # Ends that put both rests below 2^-64 of the mass Γ(a): the lower one falls like e^{−aA}, the
    # upper one like e^{−e^B}.
    below = 100 // k + 50
    above = max(k, 8).bit_length() + 4

    def integrand(y: acb, _: bool) -> acb:
        return y * (a * y - y.exp()).exp()

    A, B = arb(below), arb(above)
    inside = integral(integrand, -below, above)
    lower = (-a * A).exp() * (A / a + 1 / a**2)
    upper = B * (a * B - B.exp()).exp() / (B.exp() - a - 1)
    return arb(2).log() + (inside + (-lower).union(upper)) / a.gamma()


def gaussian_exponents(width: int, variance: Variance = Variance.UNIT) -> tuple[Enclosure, ...]:
    """Return the Lyapunov exponents L_1 > … > L_d of products of Gaussian d×d matrices.

    Parameters
    ----------
    width
        d ≥ 1.
    variance
        Of one entry: 1 (`Variance.UNIT`) or 1/d (`Variance.FAN_IN`).

    Returns
    -------
    Natural logarithms of growth factors per layer, shape (d,), decreasing.

    Raises
    ------
    ArgumentError
        If d is not a whole number ≥ 1.

    Examples
    --------
    Their sum is the mean of log|det W|, which for d = 2 is half of E log χ²_2 + E log χ²_1:

    >>> first, second = gaussian_exponents(2)
    >>> total = mean_log_chi_square(2) + mean_log_chi_square(1)
    >>> (2 * (first.ball + second.ball) - total).contains(0)
    True
    """
    d = integer("width", width)
    scale = arb(d).log() if variance is Variance.FAN_IN else arb(0)
    return tuple(Enclosure((mean_log_chi_square(d - i) - scale) / 2) for i in range(d))


def exponent_gap(width: int) -> Enclosure:
    """Return L_1 − L_2 = ½ (ψ(d/2) − ψ((d−1)/2)), whatever the variance.

    Parameters
    ----------
    width
        d ≥ 2.

    Raises
    ------
    ArgumentError
        If d is not a whole number ≥ 2.

    Examples
    --------
    At d = 2 it is log 2, since ψ(1) − ψ(1/2) = 2 log 2:

    >>> (exponent_gap(2).ball - arb(2).log()).contains(0)
    True
    """
    d = integer("width", width, at_least=2)
    return Enclosure((ball(Fraction(d, 2)).digamma() - ball(Fraction(d - 1, 2)).digamma()) / 2)


def exponent_gap_bounds(width: int) -> tuple[Fraction, Fraction]:
    """Return rational numbers (lower, upper) around L_1 − L_2; they differ by 1/(2d−3)³.

    Parameters
    ----------
    width
        d ≥ 2.

    Returns
    -------
    1/(2d−3) − 1/(2d−3)³ and 1/(2d−3); the gap lies strictly between.

    Raises
    ------
    ArgumentError
        If d is not a whole number ≥ 2.

    Examples
    --------
    >>> lower, upper = exponent_gap_bounds(100)
    >>> lower < Fraction(exponent_gap(100).lower) < Fraction(exponent_gap(100).upper) < upper
    True
    """
    d = integer("width", width, at_least=2)
    upper = Fraction(1, 2 * d - 3)
    return upper - upper**3, upper


def collapse_factor(width: int) -> Enclosure:
    """Return κ = Γ(d/2 − 1/4)² / (Γ(d/2) Γ((d−1)/2)) < 1, the decay of the mean of 1 − 1/r.

    It is E (χ²_{d−1}/χ²_d)^p at p = 1/4 for independent variables, where the mean is least: as a
    function of p it is log-convex and symmetric about 1/4.

    Parameters
    ----------
    width
        d ≥ 2.

    Raises
    ------
    ArgumentError
        If d is not a whole number ≥ 2, where a second direction exists.

    Examples
    --------
    Γ(3/4)² = κ Γ(1) Γ(1/2) at d = 2:

    >>> kappa = collapse_factor(2).ball
    >>> (kappa * arb.pi().sqrt() - ball(Fraction(3, 4)).gamma() ** 2).contains(0)
    True
    """
    d = integer("width", width, at_least=2)
    half = ball(Fraction(d, 2))
    log_kappa = (
        2 * (half - ball(Fraction(1, 4))).lgamma()
        - half.lgamma()
        - (half - ball(Fraction(1, 2))).lgamma()
    )
    return Enclosure(log_kappa.exp())
