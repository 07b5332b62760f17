"""Certified lower bounds on a transport cost: potentials from one half, means from the other.

Kantorovich's duality bounds W₂² from below by E φ(A) + E ψ(B) for any functions with
φ(A) + ψ(B) ≤ Bures(A, B)² everywhere. Here they come from a function f of Gram matrices that is
1-Lipschitz for the Bures distance, and from potentials of one variable:

    φ(x) + ψ(y) ≤ (x − y)²  on [0, w]²   gives   φ(f(A)) + ψ(f(B)) ≤ (f(A) − f(B))² ≤ Bures(A, B)².

Those of the map T(x) = s x + t, cut to [0, w], are used. With the best s and t and without cutting
this is Gelbrich's bound for the laws of f: (difference of means)² + (difference of deviations)².

**1-Lipschitz functions.** f(A) = min_k (Bures(A, Z_k) − v_k) is one for any anchors Z_k and offsets
v_k (triangle inequality), and stays so when clipped to an interval of length w. Clipping makes f
bounded, so that confidence intervals for means apply, also to laws without a bound.

**Honesty.** Anchors, offsets, interval, s and t are chosen on the first half of both samples; both
means are taken on the second half, which played no part in the choice. The choice can be poor and
the bound then low; it cannot be wrong.

Source: C. Villani, "Optimal Transport", 2009, theorem 5.10; M. Gelbrich 1990,
https://doi.org/10.1002/mana.19901470121.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.estimation.confidence import MeanBounds
from depthlaw.numerics.transport.assignment import assign
from depthlaw.numerics.transport.bures import ROUNDING, gram_factor, pairwise_bures

Array = NDArray[np.float64]

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Potentials:
    """φ and ψ on [0, w] with φ(x) + ψ(y) ≤ (x − y)²; equality at y = T(x) = s x + t inside.

    Attributes
    ----------
    stretch, shift, width
        s > 0, t and w > 0. Every such pair is valid; a good one has T carry one law to the other.

    Examples
    --------
    >>> pair = Potentials(2.0, -0.5, 3.0)
    >>> x, y = np.meshgrid(np.linspace(0, 3, 31), np.linspace(0, 3, 31))
    >>> gap = (x - y) ** 2 - pair.left(x) - pair.right(y)
    >>> bool(gap.min() >= -_EPS * pair.size) and bool(np.allclose(gap[y == 2 * x - 0.5], 0))
    True
    """

    stretch: float
    shift: float
    width: float

    def left(self, x: Array) -> Array:
        """Return φ(x) = min over y ∈ [0, w] of (x − y)² − y² + (y − t)²/s, same shape."""
        s, t = self.stretch, self.shift
        y = np.clip(s * x + t, 0.0, self.width)
        return np.asarray((x - y) ** 2 - y**2 + (y - t) ** 2 / s)

    def right(self, y: Array) -> Array:
        """Return ψ(y) = min over x ∈ [0, w] of (x − y)² − φ(x), same shape."""
        x = np.clip((y - self.shift) / self.stretch, 0.0, self.width)
        return np.asarray((x - y) ** 2 - self.left(x))

    @property
    def size(self) -> float:
        """A bound on the size of every term of φ and ψ, for rounding."""
        w, t = self.width, abs(self.shift)
        return 4 * w**2 + (w + t) ** 2 / self.stretch

    @property
    def fixed_points(self) -> Array:
        """Where φ and ψ can be extreme: φ′ = 2(x − T(x)) changes sign there, or [0, w] ends."""
        w, s = self.width, self.stretch
        inside = [] if s == 1 else [min(max(self.shift / (1 - s), 0.0), w)]
        return np.array([0.0, w, *inside])

    def lower_mean(
        self, potential: Callable[[Array], Array], x: Array, rounding: float, level: float
    ) -> float:
        """Return a lower bound on the mean of φ or ψ, wrong with probability ≤ `level`/2.

        `rounding` bounds the error of each x; both potentials have slope at most 2w.
        """
        extremes, unit = potential(self.fixed_points), 16 * _EPS * self.size
        lowest, highest = float(extremes.min()) - unit, float(extremes.max()) + unit
        if not highest - lowest > 4 * unit:
            return lowest
        bounds = MeanBounds(
            lowest=lowest,
            highest=highest,
            level=level,
            rounding=2 * self.width * rounding + unit,
        )
        return bounds.update(potential(x)).interval()[0]


@dataclass(frozen=True, eq=False)
class Feature:
    """f(A) = min_k (Bures(A, Z_k) − v_k), with the anchors' factors and a name for reports."""

    name: str
    anchors: Array
    offsets: Array

    def __call__(self, factors: Array) -> Array:
        """Return f, shape (m,), for factors of shape (m, n, k)."""
        return np.asarray((pairwise_bures(factors, self.anchors) - self.offsets).min(axis=1))

    def rounding(self, factors: Array) -> float:
        """Return a bound on the error of a computed value."""
        columns: int = max(factors.shape[-1], self.anchors.shape[-1])
        sizes = [float(np.linalg.norm(F, axis=(-2, -1)).max()) for F in (factors, self.anchors)]
        return _EPS * (ROUNDING * columns * sum(sizes) + 2 * float(np.abs(self.offsets).max()))


@dataclass(frozen=True, eq=False)
class Witness:
    """A feature, where it is clipped, and the potentials of its clipped values."""

    feature: Feature
    lowest: float
    pair: Potentials

    def bound(self, left: Array, right: Array, level: float) -> float:
        """Return a lower bound on W₂², wrong with probability at most `level`.

        Parameters
        ----------
        left, right
            Factors of independent samples of either law, on which the witness was not chosen.
        level
            In (0, 1), half for either mean.
        """
        total = 0.0
        for potential, factors in ((self.pair.left, left), (self.pair.right, right)):
            x = np.clip(self.feature(factors) - self.lowest, 0.0, self.pair.width)
            total += self.pair.lower_mean(potential, x, self.feature.rounding(factors), level)
        return total


def find_witness(left: Array, right: Array, level: float) -> Witness | None:
    """Return the witness that promises the most, or None where no feature tells the laws apart.

    Parameters
    ----------
    left, right
        Factors of samples of either law, at least two of each. The first half of each makes
        features, the second half picks one of them.
    level
        At which the bound will be asked for.
    """
    makes = left[: len(left) // 2], right[: len(right) // 2]
    picks = left[len(left) // 2 :], right[len(right) // 2 :]
    candidates = [
        (witness.bound(*picks, level), -order, witness)
        for order, witness in enumerate(
            witness for feature in _features(*makes) for witness in _fitted(feature, *picks)
        )
    ]
    return max(candidates, key=lambda entry: entry[:2])[2] if candidates else None


def _features(left: Array, right: Array) -> Iterator[Feature]:
    """Yield distances from single matrices, and the potential of the W₁ problem."""
    n = left.shape[1]
    means = [np.mean(F @ F.swapaxes(-2, -1), axis=0) for F in (left, right)]
    size = math.sqrt(max(float(np.trace(mean)) for mean in means) / n)
    none = np.zeros(1)
    yield Feature("distance from zero", np.zeros((1, n, 1)), none)
    yield Feature("distance from isotropy", size * np.eye(n)[None], none)
    for name, mean in zip(("left", "right"), means, strict=True):
        if mean.any():
            yield Feature(f"distance from the {name} mean", gram_factor(name, mean)[None], none)
    if len(right) > 1:
        solved = assign(pairwise_bures(left, right))
        yield Feature("potential of the first halves", right, solved.right)


def _fitted(feature: Feature, left: Array, right: Array) -> Iterator[Witness]:
    """Yield the translation and the affine map that carry the values on the left to the right."""
    x, y = feature(left), feature(right)
    lowest = min(float(x.min()), float(y.min()))
    width = max(float(x.max()), float(y.max())) - lowest
    if width <= 0:
        return
    x, y = x - lowest, y - lowest
    stretches = [1.0]
    if x.std() > 0 and y.std() > 0:
        # A potential with a huge coefficient has a huge range, and a mean that is badly known.
        stretches.append(float(np.clip(y.std() / x.std(), 1 / 16, 16)))
    for s in stretches:
        yield Witness(feature, lowest, Potentials(s, float(y.mean() - s * x.mean()), width))
