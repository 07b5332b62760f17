"""κ next to ±1 in floats, where kinks of φ make its power series slow: Chebyshev polynomials.

κ is holomorphic in the unit disc with |κ(z)| ≤ κ(1), and |κ(z) − κ(c)| ≤ κ′(1) |z − c|. On
2^{−j−1} ≤ 1 − |ρ| ≤ 2^{−j} take the centre c and half-length h = 2^{−j}/4. The ellipse around the
interval whose half-axes add up to B h, B = 5, lies in the disc, since its right end does, at
c + 2.6h < 1, and the circle curves less than the ellipse there. The polynomial through n Chebyshev
points errs by at most 4M B^{1−n}/(B − 1), M being the supremum of |κ − constant| on the ellipse.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from flint import arb
from numpy.typing import NDArray

from depthlaw.theory.kernels.kernel_map import KernelMap
from depthlaw.theory.rigorous.balls import ball, float_bounds, precision
from depthlaw.theory.rigorous.zero import ball_of

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)
_FIRST, _LAST = 2, 52
FARTHEST = 1 - 0.5**_FIRST
"""Size of a correlation from which on the polynomials hold."""
_B = 5
_GOAL = 2.0**-56
_BITS = 90


@dataclass(frozen=True)
class NearOne:
    """κ at floats with `FARTHEST` ≤ |ρ| ≤ 1, each with a bound on its error."""

    kernel: KernelMap

    def __call__(self, rho: Array) -> tuple[Array, Array]:
        """Return values and errors, both of the shape of `rho`, which has one axis."""
        values, errors = np.empty_like(rho), np.empty_like(rho)
        distance = 1 - np.abs(rho)  # exact, the two being within a factor of two
        place = np.full(rho.shape, -1)
        inside = distance > 0
        # 2^{−j−1} ≤ distance < 2^{−j}
        place[inside] = np.clip(-np.frexp(distance[inside])[1], _FIRST, _LAST)
        for side in (1, -1):
            for j in np.unique(place[np.sign(rho) == side]):
                chosen = (np.sign(rho) == side) & (place == j)
                if j < 0:
                    low, high = float_bounds(_end(self.kernel, side))
                    values[chosen] = (low + high) / 2
                    errors[chosen] = (high - low) + _UNIT * abs(high)
                    continue
                found = _panel(self.kernel, side, int(j))
                t = (0.75 - np.ldexp(distance[chosen], int(j))) * 4 * side
                values[chosen] = np.polynomial.chebyshev.chebval(t, found.coefficients)
                errors[chosen] = found.error
        return values, errors


@dataclass(frozen=True)
class _Panel:
    coefficients: Array
    error: float


def _end(kernel: KernelMap, side: int) -> arb:
    with precision(128):
        return kernel.point(0, arb(side))


@lru_cache(maxsize=512)
def _panel(kernel: KernelMap, side: int, j: int) -> _Panel:
    """Return Chebyshev coefficients in t ∈ [−1, 1], ρ = c + h t, and a bound on all errors."""
    with precision(_BITS + 40):
        half = arb(2) ** (-j - 2)
        centre = side * (1 - 3 * half)
        most = ball_of(kernel.at_one).upper()
        if not kernel.activation.jumps:
            most = most.min((3 * half * ball_of(kernel.slope_at_one)).upper())
        n = 3
        while not 4 * most * arb(_B) ** (1 - n) / (_B - 1) < _GOAL * ball_of(kernel.at_one):
            n += 1
        missed = 4 * most * arb(_B) ** (1 - n) / (_B - 1)
        angles = [arb(2 * i + 1) / (2 * n) for i in range(n)]
        # A midpoint is an exact argument; what it differs by from the node stays far below.
        nodes = [arb((centre + half * a.cos_pi()).mid()) for a in angles]
        # Sharpened, for at the usual accuracy a node where the series is slow may be off by 2^−42.
        sharp = kernel.sharpened(kernel.bits + 1)
        values = [sharp.point(0, node) for node in nodes]
        balls = [
            sum((v * (k * a).cos_pi() for v, a in zip(values, angles, strict=True)), start=arb(0))
            * (1 if k == 0 else 2)
            / n
            for k in range(n)
        ]
        moved = arb(n) * arb(2) ** (-_BITS) * most / half
        coefficients = np.array([float(c.mid()) for c in balls])
        lost = sum((abs(c - ball(float(c.mid()))).upper() for c in balls), start=arb(0))
        size = [abs(c) for c in coefficients]
        # Clenshaw's rule: one rounding of the constant, 4k of everything else; t has two.
        rounding = _UNIT * (size[0] + 4 * sum((k + 2) * c for k, c in enumerate(size) if k))
        error = float_bounds(missed + moved + lost)[1] + rounding + _UNIT * size[0]
        return _Panel(coefficients, error)
