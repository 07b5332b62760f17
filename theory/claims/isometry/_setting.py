"""The setting of joudaki2023, shared by its claims.

x^{ℓ+1} = LN(h − h̄)/√d, h = σ(W^ℓ x^ℓ), with h̄ the mean over features and LN without a mean of its
own. In the wide limit the Gram matrix of samples of norm 1 obeys G_ij ← f(G_ij) with the centred
map f(ρ) = Σ_{k≥1} c_k² ρᵏ / Σ_{k≥1} c_k², and a_k = c_k²/Σ_{j≥1} c_j² ≥ 0 sum to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import Domain, Parameter, Requires
from depthlaw.theory.kernels import isometry_strength
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.matrices import RationalMatrix, smallest_eigenvalue, to_balls
from depthlaw.theory.rigorous.zero import ball_of

RECURSION = ("mean-field recursion G_ij ← f(G_ij)",)
_BITS = 192

BETA = sp.Symbol("beta", positive=True)
LAMBDA = sp.Symbol("lambda_0", positive=True)
DET = sp.Symbol("D", positive=True)
GAMMA = sp.Symbol("gamma_0", nonnegative=True)
NORM = sp.IndexedBase("a")
GAP = sp.Symbol(r"-\log I(G^\ell)")

STRENGTH = Parameter("strength", BETA, Domain.REAL, 1, "isometry strength β of the activation")
SMALLEST = Parameter(
    "smallest", LAMBDA, Domain.REAL, 0, "smallest eigenvalue λ_0 of the first Gram matrix", True
)
DETERMINANT = Parameter(
    "determinant", DET, Domain.REAL, 0, "determinant of the first Gram matrix", above=True
)
POTENTIAL = Parameter("potential", GAMMA, Domain.REAL, 0, "γ(G⁰) = max |ρ|/(1 − |ρ|)")
NORMS = Parameter("norms", sp.Symbol("a"), Domain.SPECTRUM, 0, "norms of the samples", above=True)


def at_most(parameter: Parameter, limit: int, reason: str) -> Requires:
    """Return the condition parameter ≤ `limit`, with its reason."""
    return Requires(parameter.symbol <= limit, reason)


STRENGTH_AT_MOST_TWO = at_most(STRENGTH, 2, "since β = 2 − c₁²/Σ c_k²")
SMALLEST_AT_MOST_ONE = at_most(SMALLEST, 1, "since the eigenvalues sum to n")
DETERMINANT_AT_MOST_ONE = at_most(DETERMINANT, 1, "by Hadamard's inequality")


def upper_fraction(value: arb) -> Fraction:
    """Return the upper end of a ball, exactly."""
    mantissa, exponent = value.upper().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


@lru_cache(maxsize=256)
def strength_above(name: str) -> Fraction:
    """Return β of an activation, rounded up by less than 2^{-80}.

    Every bound of the paper falls with β, so that a claim checked there is checked at β.
    """
    with precision(_BITS):
        return min(upper_fraction(ball_of(isometry_strength(activation(name)))), Fraction(2))


@lru_cache(maxsize=256)
def smallest_above(start: RationalMatrix) -> Fraction:
    """Return λ_min, rounded up by less than 2^{-80}: the bounds fall with it too."""
    with precision(_BITS):
        return min(upper_fraction(smallest_eigenvalue(to_balls(start))), Fraction(1))


def largest_correlation(start: RationalMatrix) -> Fraction:
    """Return max |ρ_ij| over i ≠ j."""
    return max(abs(value) for i, row in enumerate(start) for value in row[:i])


def equicorrelated(batch: int, correlation: Fraction) -> RationalMatrix:
    """Return the matrix with unit diagonal and `correlation` elsewhere."""
    return tuple(
        tuple(Fraction(1) if i == j else correlation for j in range(batch)) for i in range(batch)
    )


def products(vectors: Sequence[Sequence[Fraction]]) -> RationalMatrix:
    """Return the Gram matrix of vectors.

    >>> products([(Fraction(1), Fraction(2))]) == ((5,),)
    True
    """
    return tuple(
        tuple(sum((x * y for x, y in zip(u, v, strict=True)), start=Fraction(0)) for v in vectors)
        for u in vectors
    )


def on_sphere(points: Sequence[Sequence[Fraction | int]]) -> RationalMatrix:
    """Return the Gram matrix of rational unit vectors, one for each point of R^k.

    Stereographic projection, t ↦ (2t, |t|² − 1)/(|t|² + 1), keeps everything rational.

    >>> on_sphere([(0, 0), (1, 0)]) == equicorrelated(2, Fraction(0))
    True
    """
    vectors = []
    for point in points:
        t = [Fraction(x) for x in point]
        square = sum((x * x for x in t), start=Fraction(0))
        vectors.append([2 * x / (square + 1) for x in t] + [(square - 1) / (square + 1)])
    return products(vectors)


def mixed(first: RationalMatrix, share: Fraction) -> RationalMatrix:
    """Return (1 − `share`) G + `share` I."""
    return tuple(
        tuple(Fraction(1) if i == j else (1 - share) * value for j, value in enumerate(row))
        for i, row in enumerate(first)
    )


PAIR = equicorrelated(2, Fraction(1, 2))
ANTIPODAL = equicorrelated(2, Fraction(-99, 100))
CROWDED = equicorrelated(8, Fraction(9, 10))
BATCH_32 = equicorrelated(32, Fraction(1, 4))
SPREAD = on_sphere([(1, 0, 0, 1), (0, 2, 0, 1), (0, 0, -1, 0), (1, -1, 0, 0), (0, 1, 2, -1)])
DUPLICATES = on_sphere([(1, 0, 0), (Fraction(101, 100), 0, 0), (0, 1, 0), (0, 1, Fraction(1, 50))])
LOW_RANK = mixed(on_sphere([(k, 3 - k) for k in range(6)]), Fraction(1, 20))
"""Six samples in three dimensions, 5% of the identity mixed in."""
