r"""Two groups of exchangeable points: the mean-field map, its fixed states and all multipliers.

Groups A and B hold p and k points. After centring, in the scale where the inner product between
the groups is −1, the Gram matrix is

    a on the diagonal of A, a − τ_A off it,  a = (k + (p−1)τ_A)/p,
    b on the diagonal of B, b − τ_B off it,  b = (p + (k−1)τ_B)/k,

and the map takes (τ_A, τ_B) to (τ_A′, τ_B′)/C with τ_A′ = a(1 − κ_A), τ_B′ = b(1 − κ_B),

    C = (pk/n²) (a − (p−1)τ_A′/p + b − (k−1)τ_B′/k − 2√(ab) κ_c).

The derivative of the full step at a fixed state commutes with S_p × S_k. Symmetric matrices with
zero row sums decompose into: changes of (τ_A, τ_B), and for A (and likewise for B)

- the pattern x_i on the diagonal, x_i + x_j off it and x_i against B, Σx = 0: two free numbers, so
  a 2×2 block, with p − 1 copies;
- changes off the diagonal with zero row sums: κ′_A/C, for p ≥ 4;

and x_i y_j between the groups, Σx = Σy = 0: κ′_c/C. Their multipliers are all there are, besides
the change of scale, which no angle sees. For k = 1 the parts of B do not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from flint import arb, arb_mat, arb_series

from depthlaw.theory.decomposition.roots import fixed_points
from depthlaw.theory.decomposition.wide_layer import (
    Matrix,
    arc_cosine_series,
    arc_cosine_slope,
)
from depthlaw.theory.errors import ArgumentError, DepthlawError, integer
from depthlaw.theory.rigorous.balls import ball_text, precision
from depthlaw.theory.values import Enclosure

_BITS = 128


@dataclass(frozen=True)
class Block:
    """Part of the derivative: the moduli of its multipliers, and how often each occurs."""

    name: str
    copies: int
    moduli: tuple[Enclosure, ...]
    trace: arb


@dataclass(frozen=True)
class TwoGroups:
    """A fixed state of two groups, enclosed.

    Attributes
    ----------
    cluster, odd
        p and k, the sizes of the groups.
    differences
        Balls around τ_A and τ_B; the latter is left out for k = 1.
    """

    cluster: int
    odd: int
    differences: tuple[arb, ...]

    @property
    def gram(self) -> Matrix:
        """The centred Gram matrix, shape (n, n), up to scale."""
        p, k = self.cluster, self.odd
        a, b, tau_a, tau_b = _norms(p, k, self.differences)
        within = ((a, a - tau_a), (b, b - tau_b))

        def entry(i: int, j: int) -> arb:
            if (i < p) != (j < p):
                return arb(-1)
            return within[i >= p][i != j]

        return [[entry(i, j) for j in range(p + k)] for i in range(p + k)]

    def blocks(self) -> tuple[Block, ...]:
        """Return all parts of the derivative of the step, in units of the growth of the scale."""
        with precision(_BITS):
            p, k = self.cluster, self.odd
            a, b, tau_a, tau_b = _norms(p, k, self.differences)
            growth = _growth(p, k, self.differences)
            cross = -1 / (a * b).sqrt()
            found = [_block("within the family", 1, _jacobian(p, k, self.differences))]
            groups = (
                ("cluster", p, k, a, b, (a - tau_a) / a),
                ("odd", k, p, b, a, (b - tau_b) / b),
            )
            for name, size, other, mine, theirs, rho in groups:
                if size >= 2:
                    leaving = _standard(size, other, mine, theirs, rho, cross, growth)
                    found.append(_block(f"one {name} point leaves", size - 1, leaving))
                if size >= 4:
                    slope = arb_mat([[arc_cosine_slope(rho) / growth]])
                    copies = size * (size - 3) // 2
                    found.append(_block(f"angles within the {name} group", copies, slope))
            if k >= 2:
                slope = arb_mat([[arc_cosine_slope(cross) / growth]])
                found.append(_block("angles between the groups", (p - 1) * (k - 1), slope))
            return tuple(found)

    def spectral_radius(self) -> Enclosure:
        """Return the largest multiplier in modulus: the state attracts iff it is below 1."""
        with precision(_BITS):
            worst = arb(0)
            for block in self.blocks():
                for modulus in block.moduli:
                    worst = worst.max(modulus.ball)
            return Enclosure(worst)

    def unstable_directions(self) -> int:
        """Return how many directions grow, proved.

        Raises
        ------
        DepthlawError
            If a multiplier is too near 1 to tell.
        """
        count = 0
        for block in self.blocks():
            for modulus in block.moduli:
                value = modulus.ball
                if value > 1:
                    count += block.copies
                elif not value < 1:
                    shown = ball_text(value)
                    raise DepthlawError(f"{block.name}: the multiplier {shown} is too near 1")
        return count


def _norms(p: int, k: int, differences: Sequence[arb | arb_series]) -> tuple[arb, arb, arb, arb]:
    tau_a = differences[0]
    tau_b = differences[1] if k > 1 else 0 * differences[0]
    return (k + (p - 1) * tau_a) / p, (p + (k - 1) * tau_b) / k, tau_a, tau_b


def _raw(p: int, k: int, differences: Sequence[arb_series]) -> list[arb_series]:
    """Return (C, τ_A′, τ_B′) as power series; without τ_B′ for k = 1."""
    a, b, tau_a, tau_b = _norms(p, k, differences)
    after = [a - a * arc_cosine_series((a - tau_a) / a)]
    mean_b = b
    if k > 1:
        after.append(b - b * arc_cosine_series((b - tau_b) / b))
        mean_b = b - (k - 1) * after[1] / k
    root_ab = (a * b).sqrt()
    cross = root_ab * arc_cosine_series(-1 / root_ab)
    scale = (a - (p - 1) * after[0] / p + mean_b - 2 * cross) * (p * k) / (p + k) ** 2
    return [scale, *after]


def _series(values: Sequence[arb], moving: int | None) -> list[arb_series]:
    return [arb_series([v, 1 if i == moving else 0], 2) for i, v in enumerate(values)]


def _map(p: int, k: int, values: Sequence[arb]) -> list[arb]:
    scale, *after = _raw(p, k, _series(values, None))
    return [(part / scale)[0] for part in after]


def _growth(p: int, k: int, values: Sequence[arb]) -> arb:
    return _raw(p, k, _series(values, None))[0][0]


def _jacobian(p: int, k: int, values: Sequence[arb]) -> arb_mat:
    """Return the derivative of the map in (τ_A, τ_B)."""
    columns = []
    for moving in range(len(values)):
        scale, *after = _raw(p, k, _series(values, moving))
        columns.append([(part / scale)[1] for part in after])
    return arb_mat(columns).transpose()


def _standard(
    size: int, other: int, mine: arb, theirs: arb, rho: arb, cross: arb, growth: arb
) -> arb_mat:
    """Return the block of the pattern (u, v, w): u x_i, v (x_i + x_j), w x_i, in (u, v).

    In a group of two x_1 + x_2 = 0, so that u is left alone.
    """
    n = size + other
    shape = _shape(rho)
    across = _shape(cross) * (theirs / mine).sqrt()
    columns = []
    for u, v in ((arb(1), arb(0)), (arb(0), arb(1))):
        w = -(u + (size - 2) * v) / other
        inner = arc_cosine_slope(rho) * v + shape * u
        outer = arc_cosine_slope(cross) * w + across * u
        row = u + (size - 2) * inner + other * outer
        columns.append([(u - 2 * row / n) / growth, (inner - row / n) / growth])
    if size == 2:
        return arb_mat([[columns[0][0]]])
    return arb_mat(columns).transpose()


def _shape(rho: arb) -> arb:
    """Return (κ − ρκ′)/2 = √(1−ρ²)/(2π), the weight of a change of norm."""
    return (1 - rho * rho).sqrt() / (2 * arb.pi())


def _block(name: str, copies: int, matrix: arb_mat) -> Block:
    """Return the moduli of a 1×1 or 2×2 matrix, from trace and determinant."""
    trace = matrix.trace()
    if matrix.nrows() == 1:
        return Block(name, copies, (Enclosure(abs(trace)),), trace)
    half, det = trace / 2, matrix.det()
    square = half * half - det
    if square < 0:
        moduli = (Enclosure(det.sqrt()),) * 2
    else:
        distance = square.max(arb(0)).sqrt()
        moduli = (Enclosure(abs(half + distance)), Enclosure(abs(half - distance)))
    return Block(name, copies, moduli, trace)


def two_groups(cluster: int, odd: int = 1) -> TwoGroups:
    """Return the fixed state of `cluster` points in one direction and `odd` points far from it.

    Parameters
    ----------
    cluster
        p ≥ 2 and above `odd`.
    odd
        k ≥ 1.

    Raises
    ------
    ArgumentError
        If a size is out of range, or there is no such state (other than all cosines equal).
    DepthlawError
        If the state could not be proved.

    Examples
    --------
    One odd point is stable, two are not:

    >>> [two_groups(16 - k, k).unstable_directions() for k in (1, 2)]
    [0, 1]
    """
    p, k = integer("cluster", cluster, at_least=2), integer("odd", odd)
    if p <= k:
        raise ArgumentError("odd", k, f"it must be smaller than the cluster, here {p}")
    return _two_groups(p, k)


@lru_cache(maxsize=4096)
def _two_groups(cluster: int, odd: int) -> TwoGroups:
    p, k = cluster, odd
    advice = f"batches of {p + k} points have no such state: take more points in the cluster"
    if k == 1:
        state = fixed_points(p + 1).odd
        if state is None:
            raise ArgumentError("cluster", p, advice)
        with precision(_BITS):
            return TwoGroups(p, 1, (state.difference.ball * p,))
    with precision(_BITS):
        point = _search(p, k)
        if point is None:
            raise ArgumentError("odd", k, advice)
        return TwoGroups(p, k, _prove(p, k, point))


def _search(p: int, k: int) -> list[arb] | None:
    """Return a float solution that is not the state of equal cosines, or None."""

    def off(logs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
        values = [arb(float(x)).exp() for x in logs]
        after = _map(p, k, values)
        return [float((b / a).log()) for a, b in zip(values, after, strict=True)]

    from scipy.optimize import root  # here, since few claims need it and it takes long to load

    start = [0.1, 1.0]
    for _ in range(200):
        start = [float(value) for value in _map(p, k, [arb(x) for x in start])]
    found = root(off, np.log(start), tol=1e-14)
    values = [float(np.exp(x)) for x in found.x]
    # Equal cosines: τ_A = τ_B = n, where both groups have the same norm.
    if max(abs(off(found.x)[i]) for i in range(2)) > 2**-30 or values[0] > (p + k) / 2:
        return None
    return [arb(value) for value in values]


def _prove(p: int, k: int, point: list[arb]) -> tuple[arb, ...]:
    """Return balls that hold exactly one fixed state, by the interval Newton step."""
    for _ in range(6):
        point = [arb(value.mid()) for value in _newton(p, k, point, point)]
    box = [value * (1 + arb(0, arb(2) ** -60)) for value in point]
    image = _newton(p, k, point, box)
    if not all(b.contains_interior(value) for b, value in zip(box, image, strict=True)):
        raise DepthlawError(f"{p} and {k} points: the fixed state was not proved")
    return tuple(a.intersection(b) for a, b in zip(image, box, strict=True))


def _newton(p: int, k: int, point: list[arb], box: list[arb]) -> list[arb]:
    J = _jacobian(p, k, box)
    slope = arb_mat([[J[i, j] - (i == j) for j in range(2)] for i in range(2)])
    after = _map(p, k, point)
    try:
        step = slope.solve(arb_mat([[after[i] - point[i]] for i in range(2)]))
    except ZeroDivisionError:
        raise DepthlawError(f"{p} and {k} points: the multipliers are too near 1 to tell") from None
    return [point[i] - step[i, 0] for i in range(2)]
