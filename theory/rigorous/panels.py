"""All Hermite coefficients at once: Gauss–Legendre quadrature on panels, with a proved error.

On a panel of half-length w whose Bernstein ellipse E_ρ lies where f is holomorphic, the rule with m
nodes errs by at most

    w · (64/15) · sup_{E_ρ}|f| · ρ^{−2m} / (1 − ρ^{−2}),

because it is exact to degree 2m − 1, the Chebyshev coefficients of f are at most 2 sup|f| ρ^{−k},
and rule and integral of T_k (k ≥ 4 even) differ by at most 2 + 2/15. On the ellipse,

    |h_k(x + iy)| ≤ √k! k^{−k/2} e^{k/2} e^{√k|y| + x²/4},

from He_k(z) = (k!/2πi) ∮ e^{zw − w²/2} w^{−k−1} dw on |w| = √k. The supremum of φ itself is found
by covering the ellipse with boxes, which proves on the way that φ is holomorphic there.

Panels without such an ellipse are halved, those that weigh most first. Next to a kink, or where φ
varies too fast, this ends at panels on which ∫|φ| times the largest |h_k γ| is small enough to be
the error itself; where the work would be too much, it is what it is, and the balls say so. That
largest value is bounded by Cramér's inequality, |h_k(x)| e^{−x²/4} ≤ 1.0865, and for small k by the
polynomial with the signs of its coefficients taken off.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from flint import acb, arb, ctx

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.gaussian import Segment
from depthlaw.theory.rigorous.holomorphic import Holomorphic

_RADII = (6.0, 5.0, 4.0, 3.0, 2.5, 2.0, 1.6, 1.3)
_WORK = 1_500_000
"""Nodes times orders after which panels are left as they are."""
_SEARCH = 1_500
"""What looking for one ellipse costs, in the same units."""


@dataclass(frozen=True)
class _Ellipse:
    """An ellipse on which φ is holomorphic: ρ, its half-axes, and a bound on |φ|."""

    radius: float
    reach: arb
    height: arb
    size: arb

    def common(self, centre: arb, half: arb) -> arb:
        """Return what the error bounds of all h_k share, without ρ^{−2m}."""
        nearest = (abs(centre) - self.reach).max(arb(0)).lower()
        front = half * 64 / 15 / (1 - arb(self.radius) ** -2) * self.size / (2 * arb.pi()).sqrt()
        return front * (self.height**2 / 2 - nearest**2 / 4).exp()

    def nodes(self, centre: arb, half: arb, order: int, bits: int) -> int:
        """Return the number of nodes for an error of about 2^{−`bits`}, a multiple of 8."""
        worst = self.common(centre, half) * (arb(order).sqrt() * (self.height + 1)).exp()
        loss = float(worst.abs_upper().max(arb(1)).log()) / math.log(2)
        return 8 * math.ceil((bits + loss) / (2 * math.log2(self.radius)) / 8)


@lru_cache(maxsize=64)
def _rule(nodes: int, bits: int) -> list[tuple[arb, arb]]:
    """Return the nodes and weights on (−1, 1), at `bits` bits (which is the key of the cache)."""
    with precision(bits):
        return [arb.legendre_p_root(nodes, k, weight=True) for k in range(nodes)]


def _largest(function: Holomorphic, centre: arb, half: arb, radius: float) -> arb | None:
    """Return a bound on |f| over the rectangle around an ellipse, or None unless holomorphic there.

    Panels between whole numbers come again, for other orders and precisions.
    """
    if centre.is_exact() and half.is_exact():
        return _largest_cached(function, float(centre), float(half), radius)
    return _largest_on(function, centre, half, radius)


@lru_cache(maxsize=16384)
def _largest_cached(function: Holomorphic, centre: float, half: float, radius: float) -> arb | None:
    return _largest_on(function, arb(centre), arb(half), radius)


def _axes(half: arb, radius: float) -> tuple[arb, arb]:
    """Return the half-axes of the Bernstein ellipse of a panel."""
    rho = arb(radius)
    return half * (rho + 1 / rho) / 2, half * (rho - 1 / rho) / 2


def _largest_on(function: Holomorphic, centre: arb, half: arb, radius: float) -> arb | None:
    # f is real on the real line, so that the upper half is enough.
    reach, height = _axes(half, radius)
    columns, rows = 6, 4
    worst = arb(0)
    for j in range(rows):
        y = height * arb(2 * j + 1) / (2 * rows)
        imag = y + arb(0, (height / (2 * rows)).abs_upper())
        for i in range(columns):
            x = centre + reach * arb(2 * i + 1 - columns) / columns
            value = function(acb(x + arb(0, (reach / columns).abs_upper()), imag), True)
            if not value.is_finite():
                return None
            worst = worst.max(value.abs_upper())
    return worst


def _holomorphic_near(function: Holomorphic, centre: arb, half: arb) -> bool:
    """Whether f is known to be holomorphic next to a panel; if not, no ellipse need be tried."""
    step = half / 4
    return all(
        function(acb(centre + half * arb(2 * i - 7) / 8 + arb(0, step.abs_upper()),
                     arb(0, step.abs_upper())), True).is_finite()
        for i in range(8)
    )  # fmt: skip


def _ellipse(
    function: Holomorphic, centre: arb, half: arb, order: int, bits: int
) -> _Ellipse | None:
    """Return an ellipse that needs few nodes, or None: then the panel is to be split."""
    if not _holomorphic_near(function, centre, half):
        return None
    for radius in _RADII:
        size = _largest(function, centre, half, radius)
        if size is None:
            continue
        reach, height = _axes(half, radius)
        ellipse = _Ellipse(radius, reach, height, size)
        if ellipse.nodes(centre, half, order, bits) <= bits // 2 + 64:
            return ellipse
    return None


def _growth(order: int) -> list[arb]:
    """Return √k! k^{−k/2} e^{k/2} for k = 0, …, `order`."""
    sizes = [arb(1)]
    for k in range(1, order + 1):
        log = (arb(k + 1).lgamma() - k * arb(k).log() + k) / 2
        sizes.append(log.exp())
    return sizes


def working_bits(reach: float, order: int, bits: int) -> int:
    """Return the precision at which |x| ≤ `reach` leaves `bits` bits to h_k, k ≤ `order`.

    The recurrence of h_k widens a ball by e^{|x|√k} at most. Ends of segments that are not exact
    must be known to this precision.
    """
    return bits + 40 + math.ceil(1.4427 * reach * math.sqrt(order + 1))


def hermite_integrals(segments: Iterable[Segment], order: int, bits: int) -> list[arb]:
    """Return balls around ∫ φ h_k γ over the segments, for k = 0, …, `order`.

    Parameters
    ----------
    segments
        φ on finite intervals, holomorphic on a neighbourhood of each.
    order
        The highest k.
    bits
        The quadrature error is below about 2^{−`bits`}; the balls say how much it is.

    Raises
    ------
    DepthlawError
        If φ has no bound somewhere, as at a pole.

    Examples
    --------
    >>> cube = Segment(arb(-18), arb(18), lambda z, analytic: z**3)
    >>> c = hermite_integrals([cube], 3, 60)
    >>> [abs(value - exact) < arb("1e-15") for value, exact in zip(c, [0, 3, 0, arb(6).sqrt()])]
    [True, True, True, True]
    """
    todo = list(segments)
    reach = max((float(max(abs(s.lower), abs(s.upper))) for s in todo), default=1.0)
    with precision(working_bits(reach, order, bits)):
        sums = _Sums(order, bits)
        for segment in todo:
            ends = _whole_ends(segment.lower, segment.upper)
            for low, high in pairwise(ends):
                sums.put(segment, (low + high) / 2, (high - low) / 2)
        sums.work()
        return sums.total


def _whole_ends(lower: arb, upper: arb) -> list[arb]:
    """Return the ends of an interval and the whole numbers well inside it."""
    first, last = math.ceil(float(lower)), math.floor(float(upper))
    inner = (arb(k) for k in range(first, last + 1))
    return [lower, *(k for k in inner if k - lower > 0.125 and upper - k > 0.125), upper]


class _Sums:
    """The integrals so far, and the panels that are left, heaviest first."""

    def __init__(self, order: int, bits: int) -> None:
        self.order, self.bits = order, bits
        self.total = [arb(0)] * (order + 1)
        self.growth = _growth(order)
        self.small = 2.0 ** -(bits + 8)
        self.queue: list[tuple[float, int, Segment, arb, arb]] = []
        self.count, self.left = 0, _WORK

    def put(self, segment: Segment, centre: arb, half: arb) -> None:
        """Add a panel to those that are left."""
        with precision(64):
            mass = segment.mass_between(centre - half, centre + half)
            nearest = (abs(centre) - half).max(arb(0)).lower()
            weight = (mass * (-nearest * nearest / 4).exp()).upper()
        self.count += 1
        size = _float(weight)
        heapq.heappush(self.queue, (-size, self.count, segment, centre, half))

    def work(self) -> None:
        """Integrate over the panels, as far as the work allows."""
        while self.queue:
            size, _, segment, centre, half = heapq.heappop(self.queue)
            if -size < self.small or self.left < 0:
                self._leave(segment, centre, half)
                continue
            self.left -= _SEARCH
            with precision(64):
                ellipse = _ellipse(segment.function, centre, half, self.order, self.bits)
            if ellipse is not None:
                self._integrate(segment.function, centre, half, ellipse)
                continue
            for side in (-1, 1):
                self.put(segment, centre + side * half / 2, half / 2)

    def _leave(self, segment: Segment, centre: arb, half: arb) -> None:
        """Add what a panel can contribute as an error."""
        with precision(64):
            mass = segment.mass_between(centre - half, centre + half)
            if not mass.is_finite():
                raise DepthlawError(
                    f"near x = {centre.str(6, radius=False)} the function was found neither "
                    "bounded nor holomorphic"
                )
            errors = [mass * weight for weight in _weights(centre, half, self.order)]
        for k, error in enumerate(errors):
            self.total[k] += arb(0, error.abs_upper())

    def _integrate(self, function: Holomorphic, centre: arb, half: arb, ellipse: _Ellipse) -> None:
        order, growth = self.order, self.growth
        common = ellipse.common(centre, half)
        nodes = ellipse.nodes(centre, half, order, self.bits)
        self.left -= nodes * (order + 20)
        shrink = arb(ellipse.radius) ** (-2 * nodes)
        front = half / (2 * arb.pi()).sqrt()
        for node, weight in _rule(nodes, ctx.prec):
            x = centre + half * node
            value = front * weight * (-x * x / 2).exp() * function(acb(x), False).real
            _add_node(self.total, x, value)
        for k in range(order + 1):
            error = common * growth[k] * (arb(k).sqrt() * ellipse.height).exp() * shrink
            self.total[k] += arb(0, error.abs_upper())


def _float(value: arb) -> float:
    try:
        return float(value) if value.is_finite() else math.inf
    except OverflowError:
        return math.inf


def _weights(centre: arb, half: arb, order: int) -> list[arb]:
    """Return upper bounds on |h_k(x)| γ(x) over a panel, for k = 0, …, `order`."""
    nearest = (abs(centre) - half).max(arb(0)).lower()
    farthest = (abs(centre) + half).upper()
    root = (2 * arb.pi()).sqrt()
    cramer = arb("1.0865") * (-nearest * nearest / 4).exp() / root
    gamma = (-nearest * nearest / 2).exp() / root
    found, before, now = [], arb(0), arb(1)
    for k in range(order + 1):
        found.append((now * gamma).min(cramer).upper())
        before, now = now, (farthest * now + arb(k).sqrt() * before) / arb(k + 1).sqrt()
    return found


@lru_cache(maxsize=8)
def _roots(order: int, bits: int) -> list[tuple[arb, arb]]:
    """Return 1/√(k+1) and √(k/(k+1)) for k = 0, …, `order`, at `bits` bits."""
    with precision(bits):
        return [(1 / arb(k + 1).sqrt(), (arb(k) / (k + 1)).sqrt()) for k in range(order + 1)]


def _add_node(total: list[arb], x: arb, value: arb) -> None:
    """Add `value` · h_k(x) to every total, by the recurrence of h_k."""
    before, now = arb(0), value
    for k, (root, ratio) in enumerate(_roots(len(total) - 1, ctx.prec)):
        total[k] += now
        before, now = now, x * root * now - ratio * before
