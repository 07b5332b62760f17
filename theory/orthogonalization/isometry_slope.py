"""How small deviations from isometry pass a wide layer with batch normalisation and an odd φ.

A row of WH, rescaled to mean square 1, is s = √n v with v the direction of a N(0, G) vector. At
G = I/n + tE with tr E = 0 the density of v is 1 + (n/2) t sᵀEs to first order against the uniform
law on the sphere. The next layer's Gram matrix at trace 1, P(G) = E[φ(s)φ(s)ᵀ]/E|φ(s)|², therefore
has at isometry the derivative

    DP[E]_ij = E[φ(s_i) φ(s_j) sᵀEs]/(2 E φ(s_1)²),

and for odd φ sign changes of single coordinates leave two factors:

    on the diagonal    n E[φ(s_1)² (s_1² − 1)] / (2(n−1) E φ(s_1)²),
    off it             E[s_1 φ(s_1) s_2 φ(s_2)] / E φ(s_1)².

The larger of their sizes is the factor by which the gap changes per layer near isometry, in the
wide limit.

The second is an integral over one angle at n = 2. Beyond, F(s) = sφ(s) is expanded in the zonal
harmonics P_k of the sphere (N_k of degree k, P_k(1) = 1): about orthogonal axes they have
E[P_j(v_1) P_k(v_2)] = δ_jk P_k(0)/N_k, so that

    E[F(s_1) F(s_2)] = Σ_k P_k(0) N_k (E[F P_k(v_1)])²,

and since |P_k(0)| falls with even k, what is left beyond K is at most |P_K(0)| times what the sum
of Parseval still lacks of E F².
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import sympy as sp
from flint import acb, arb

from depthlaw.theory.activations.definition import Activation, Parity
from depthlaw.theory.activations.piece import X, at
from depthlaw.theory.errors import ArgumentError, DepthlawError, instance, integer
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.holomorphic import Holomorphic, compile_holomorphic, enclose
from depthlaw.theory.rigorous.integrate import integral
from depthlaw.theory.rigorous.zero import sign_of

HIGHEST_DEGREE = 64
"""Zonal harmonics of higher degree are bounded, not computed."""

_ENOUGH = arb(2) ** -60


@dataclass(frozen=True)
class IsometrySlope:
    """The derivative of the wide-limit map at isometry, for a batch of `batch` samples.

    Attributes
    ----------
    batch
        n ≥ 2.
    diagonal, off_diagonal
        The factors on perturbations of the samples' norms and of their inner products.
    """

    batch: int
    diagonal: arb
    off_diagonal: arb

    @property
    def largest(self) -> arb:
        """The norm of the derivative, Frobenius to Frobenius, on trace-zero matrices."""
        return abs(self.diagonal).max(abs(self.off_diagonal))

    @property
    def keeps_linear_rate(self) -> bool | None:
        """Whether gaps near isometry fall by 1 − 2α/3 or faster for every α < 1/n.

        That is the rate of Theorem 1. None where the enclosures do not tell.
        """
        allowed = 1 - arb(2) / (3 * self.batch)
        if self.largest <= allowed:
            return True
        return False if self.largest > allowed else None


@dataclass(frozen=True)
class _Arc:
    """φ(√n cos θ) on an interval of angles in [0, π/2], holomorphic on it."""

    lower: arb
    upper: arb
    function: Holomorphic


def isometry_slope(activation: Activation, batch: int) -> IsometrySlope:
    """Enclose the derivative of the wide-limit map at isometry.

    Parameters
    ----------
    activation
        φ, odd.
    batch
        n ≥ 2.

    Raises
    ------
    ArgumentError
        If φ is not odd or vanishes on [−√n, √n].

    Examples
    --------
    Without activation both factors are n/(n + 2):

    >>> from depthlaw.theory.activations import activation
    >>> slope = isometry_slope(activation("identity"), 6)
    >>> slope.diagonal.overlaps(ball(3) / 4), slope.off_diagonal.overlaps(ball(3) / 4)
    (True, True)
    """
    phi = instance("activation", activation, Activation, "an activation")
    n = integer("batch", batch, at_least=2)
    if phi.parity is not Parity.ODD:
        raise ArgumentError("activation", phi.name, "it must be odd")
    arcs = _arcs(phi, n)
    square = _mean(arcs, n, lambda angle, s, value: value * value)
    if not square > 0:
        raise ArgumentError("activation", phi.name, f"it vanishes on [−√{n}, √{n}]")
    excess = _mean(arcs, n, lambda angle, s, value: value * value * (s * s - 1))
    cross = _two_samples(phi) if n == 2 else _zonal_sum(arcs, n)
    return IsometrySlope(n, n * excess / (2 * (n - 1) * square), cross / square)


def zonal_off_diagonal(activation: Activation, batch: int) -> arb:
    """Enclose the factor off the diagonal by zonal harmonics: the route that serves every n ≥ 2.

    >>> from depthlaw.theory.activations import activation
    >>> zonal_off_diagonal(activation("identity"), 3).overlaps(ball(3) / 5)
    True
    """
    n = integer("batch", batch, at_least=2)
    arcs = _arcs(instance("activation", activation, Activation, "an activation"), n)
    return _zonal_sum(arcs, n) / _mean(arcs, n, lambda angle, s, value: value * value)


def _arcs(phi: Activation, n: int) -> list[_Arc]:
    """Split [0, π/2] where √n cos θ meets a breakpoint of φ."""
    cuts = sorted(_inner_angles(phi, n), key=lambda angle: float(angle.mid()))
    ends = [arb(0), *cuts, arb.pi() / 2]
    inside = [
        p for p in phi.pieces if p.upper > 0 and (p.lower <= 0 or _angle(p.lower, n) is not None)
    ]
    return [
        _Arc(low, high, compile_holomorphic(piece.expression, X))
        for (low, high), piece in zip(pairwise(ends), reversed(inside), strict=True)
    ]


def _inner_angles(phi: Activation, n: int) -> list[arb]:
    found = (_angle(cut, n) for cut in phi.breakpoints if cut.is_positive)
    return [angle for angle in found if angle is not None]


def _angle(cut: sp.Expr, n: int) -> arb | None:
    """Return the angle at which √n cos θ is `cut` > 0, or None where the sphere does not reach."""
    beyond = sign_of(cut**2 - n)
    if beyond is None:
        raise DepthlawError(f"the breakpoint {cut} is not told from √{n}")
    return None if beyond >= 0 else (enclose(cut, X, arb(0)) / arb(n).sqrt()).acos()


def _mean(arcs: list[_Arc], n: int, integrand: Callable[[acb, acb, acb], acb]) -> arb:
    """E integrand(θ, s, φ(s)) for s = √n cos θ, an integrand that is even in s: a mean over θ.

    The weight is sinⁿ⁻²θ on [0, π/2].
    """
    root = arb(n).sqrt()
    total = arb(0)
    for arc in arcs:

        def weighted(angle: acb, analytic: bool, arc: _Arc = arc) -> acb:
            s = root * angle.cos()
            return integrand(angle, s, arc.function(s, analytic)) * angle.sin() ** (n - 2)

        total += integral(weighted, arc.lower, arc.upper)
    half = arb(n - 1) / 2
    return total * 2 / arb.pi().sqrt() * (half + arb(1) / 2).gamma() / half.gamma()


def _two_samples(phi: Activation) -> arb:
    """E[s_1 φ(s_1) s_2 φ(s_2)] at n = 2, an integral over θ in [0, π/4] by symmetry."""
    angles = _inner_angles(phi, 2)
    quarter = arb.pi() / 4
    cuts = [angle for each in angles for angle in (each, arb.pi() / 2 - each) if angle < quarter]
    ends = [arb(0), *sorted(cuts, key=lambda angle: float(angle.mid())), quarter]
    total = arb(0)
    for low, high in pairwise(ends):
        middle = (low + high) / 2
        first, second = (
            compile_holomorphic(_formula(phi, arb(2).sqrt() * value), X)
            for value in (middle.cos(), middle.sin())
        )

        def integrand(
            angle: acb, analytic: bool, f: Holomorphic = first, g: Holomorphic = second
        ) -> acb:
            s, t = arb(2).sqrt() * angle.cos(), arb(2).sqrt() * angle.sin()
            return s * f(s, analytic) * t * g(t, analytic)

        total += integral(integrand, low, high)
    return total * 4 / arb.pi()


def _formula(phi: Activation, inside: arb) -> sp.Expr:
    """Return the formula of φ around a point that is no breakpoint."""
    return at(phi.pieces, sp.Rational(float(inside.mid())))


def _zonal_sum(arcs: list[_Arc], n: int) -> arb:
    """Σ_k P_k(0) N_k (E[F P_k])² over even k, with a bound on what is left."""
    missing = _mean(arcs, n, lambda angle, s, value: (s * value) ** 2)
    whole, total, at_zero = missing, arb(0), arb(1)
    waves: list[arb] = []
    for k in range(0, HIGHEST_DEGREE + 1, 2):

        def wave(angle: acb, s: acb, value: acb, degree: int = k) -> acb:
            return s * value * (degree * angle).cos()

        waves.append(_mean(arcs, n, wave))
        projection = sum(
            (ball(c) * waves[abs(k - 2 * j) // 2] for j, c in enumerate(_zonal(k, n))), start=arb(0)
        )
        part = _harmonics(n, k) * projection * projection
        total += at_zero * part
        missing -= part
        if missing < _ENOUGH * whole:
            break
        at_zero *= -ball(k + 1) / (k + n - 1)
    return total + arb(0, (abs(at_zero) * missing).abs_upper())


def _harmonics(n: int, degree: int) -> int:
    """Return N_k, the number of harmonics of a degree in n variables."""
    below = math.comb(n + degree - 3, degree - 2) if degree >= 2 else 0
    return math.comb(n + degree - 1, degree) - below


def _zonal(degree: int, n: int) -> list[Fraction]:
    """Return the coefficients of cos((k − 2j)θ), j = 0..k, in P_k(cos θ): none is negative."""
    k = degree
    if n == 2 or k == 0:
        ends = Fraction(1, 2) if k else Fraction(1)
        return [ends if j in (0, k) else Fraction(0) for j in range(k + 1)]
    rising = [Fraction(1)]
    for j in range(k):
        rising.append(rising[-1] * (Fraction(n - 2, 2) + j) / (j + 1))
    products = [rising[j] * rising[k - j] for j in range(k + 1)]
    return [product / sum(products) for product in products]
