"""The transport cost between two laws of random Gram matrices, from samples.

W₂² is the least mean of Bures(A, B)² over all joint laws of A ~ P and B ~ Q. Three numbers are kept
apart, in `TransportCost` and in words:

=========  =================================================================================
`plug_in`  estimates W₂²: the exact cost between the two samples. Its bias is upwards
`lower`    W₂² ≥ lower
`upper`    W₂² ≤ upper; both hold together except with probability `level`
=========  =================================================================================

**Bias, from below.** The cost is jointly convex in the two laws (an average of plans is a plan for
the averages) and the empirical laws average to P and Q, so E Ŵ² ≥ W₂² by Jensen, whether or not the
two samples depend on each other.

**Bias, from above.** The triangle inequality W(P_m, Q_p) ≤ W(P_m, P) + W(P, Q) + W(Q, Q_p) and
Minkowski's give √(E Ŵ²) − W₂ ≤ √(E W(P_m, P)²) + √(E W(Q, Q_p)²). By convexity again each root is
at most √(E of the cost between two halves of its sample): `self_costs`. They estimate the size of
the bias; the certified statement is that E Ŵ² − W₂² lies in [0, upper − lower].

**Upper.** Let R bound Bures² on both supports. Another A_i moves Ŵ² by at most R/m, another B_j by
R/p (keep the plan), so by McDiarmid's inequality, except with probability δ,

    W₂² ≤ E Ŵ² ≤ Ŵ² + R √(log(1/δ)/2 · v),   v = 1/m + 1/p,   or v = 4/m for coupled pairs.

Between matrices of trace one R = 2, attained by orthogonal supports.

**Lower.** See `depthlaw.numerics.transport.lower_bound`; it needs no R.

Source: C. McDiarmid, "On the method of bounded differences", 1989,
https://doi.org/10.1017/CBO9781107359949.008.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.transport.assignment import assign
from depthlaw.numerics.transport.bures import gram_factor, pairwise_bures
from depthlaw.numerics.transport.lower_bound import find_witness
from depthlaw.theory.errors import (
    ArgumentError,
    flag,
    plain,
    positive_double,
    probability,
    real_array,
)
from depthlaw.theory.network.gram import size_exponents

Array = NDArray[np.float64]

FEWEST = 8
"""Samples of each law that are needed: a quarter makes potentials, a quarter picks one."""
_FAR = 200
"""Powers of two: squares of costs between 2^±200 stay well inside the range of doubles."""
UNIT_TRACE_HIGHEST = 2.0
"""The largest Bures(A, B)² for A and B of trace one."""


@dataclass(frozen=True)
class TransportCost:
    """What is known of W₂² between two laws of Gram matrices: bounds, and an estimate.

    Attributes
    ----------
    plug_in
        An *estimate* of W₂² that is too large on average, never too small on average.
    lower, upper
        *Bounds*: lower ≤ W₂² ≤ upper and E `plug_in` ≤ `upper`, all together except with
        probability at most `level`. `upper` is infinite where nothing bounds the cost.
    level
        Of the bounds.
    samples
        How many of each law.
    self_costs
        For each law the cost between the halves of its sample; see the module's "Bias".
    witness, upper_from
        In words, where the two bounds come from.
    """

    plug_in: float
    lower: float
    upper: float
    level: float
    samples: tuple[int, int]
    self_costs: tuple[float, float]
    witness: str
    upper_from: str

    def scaled(self, exponent: int) -> TransportCost:
        """Return the record for matrices 2^`exponent` as large."""
        numbers = [self.plug_in, self.lower, self.upper, *self.self_costs]
        with np.errstate(over="ignore", under="ignore"):
            plug_in, lower, upper, *own = (float(x) for x in np.ldexp(numbers, exponent))
        return replace(self, plug_in=plug_in, lower=lower, upper=upper, self_costs=(own[0], own[1]))

    @property
    def distance_bounds(self) -> tuple[float, float]:
        """Bounds on W₂ itself, at the same level."""
        return math.sqrt(self.lower), math.sqrt(self.upper)

    @property
    def bias_bounds(self) -> tuple[float, float]:
        """Bounds on E `plug_in` − W₂², at the same level."""
        return 0.0, self.upper - self.lower

    @property
    def bias_estimate(self) -> float:
        """An estimate of the most by which √(E `plug_in`) exceeds W₂."""
        return sum(math.sqrt(cost) for cost in self.self_costs)


def transport_cost(
    left: ArrayLike,
    right: ArrayLike,
    *,
    level: float,
    highest: float | None = None,
    paired: bool = False,
) -> TransportCost:
    """Estimate W₂² between two laws of Gram matrices under the Bures distance, and bound it.

    Parameters
    ----------
    left, right
        Independent samples A_i ~ P and B_j ~ Q, shapes (m, n, n) and (p, n, n); m, p ≥ 8. Every
        pair costs a singular value decomposition of size n.
    level
        Probability, in (0, 1), with which a bound may fail.
    highest
        R, a *proved* bound on Bures(A, B)² for the two laws; `math.inf` where there is none, and
        then `upper` is infinite. None means that both laws live on trace one: R = 2.
    paired
        Whether A_i and B_i may depend on each other (m = p, pairs independent). Common random
        numbers make the bias smaller.

    Raises
    ------
    ArgumentError
        If a matrix is not a Gram matrix (its most negative eigenvalue is told), the shapes do not
        fit, there are fewer than 8 samples, or a sample contradicts `highest`.
    DepthlawError
        If POT is not installed.

    Examples
    --------
    Two constants, of which W₂² is the Bures cost:

    >>> ones, eye = np.ones((60, 2, 2)) / 2, np.tile(np.eye(2) / 2, (60, 1, 1))
    >>> cost = transport_cost(ones, eye, level=0.01)
    >>> truth = 2 - 2**0.5
    >>> bool(np.isclose(cost.plug_in, truth)) and 0 < cost.lower <= truth <= cost.upper
    True
    """
    delta, paired = probability("level", level), flag("paired", paired)
    A, B = (_stack(name, value) for name, value in (("left", left), ("right", right)))
    if A.shape[-1] != B.shape[-1]:
        raise ArgumentError(
            "right",
            f"an array of shape {B.shape}",
            f"both laws need matrices of one size, and left has shape {A.shape}",
        )
    if paired and len(A) != len(B):
        raise ArgumentError("paired", paired, f"{len(A)} samples have no pairs among {len(B)}")
    if highest is None:
        for name, grams in (("left", A), ("right", B)):
            _check_unit_trace(name, grams)
        R = UNIT_TRACE_HIGHEST
    elif isinstance(known := plain(highest), float) and known == math.inf:
        R = math.inf
    else:
        R = positive_double("highest", highest)
    F, G = gram_factor("left", A), gram_factor("right", B)
    # Costs are of the size of the matrices; the laws are compared at size one.
    exponent = int(max(size_exponents(A).max(), size_exponents(B).max()))
    exponent = exponent if abs(exponent) > _FAR else 0
    F, G = np.ldexp(F, -exponent // 2), np.ldexp(G, -exponent // 2)
    R = math.ldexp(R, -exponent)
    variance = 4 / len(A) if paired else 1 / len(A) + 1 / len(B)
    margin = R * math.sqrt(math.log(2 / delta) / 2 * variance)
    costs = pairwise_bures(F, G) ** 2
    # Null eigenvalues in double precision: see the note of `gram_factor`.
    rounding = len(A[0]) * math.sqrt(8 * np.finfo(np.float64).eps * R)
    if float(costs.max()) > R * (1 + rounding):
        worst = math.ldexp(float(costs.max()), exponent)
        raise ArgumentError("highest", highest, f"two of the samples have a cost of {worst:.6g}")
    estimate = assign(costs).cost
    found = assemble(F, G, estimate, estimate + margin, delta, "McDiarmid's inequality")
    return found.scaled(exponent)


def assemble(
    left: Array, right: Array, plug_in: float, upper: float, level: float, upper_from: str
) -> TransportCost:
    """Return the record, given factors of the samples and an upper bound at `level`/2.

    The lower bound is found here, at `level`/2.
    """
    halves = [(F[: len(F) // 2], F[len(F) // 2 :]) for F in (left, right)]
    witness = find_witness(halves[0][0], halves[1][0], level / 2)
    lower = 0.0
    if witness is not None:
        lower = max(lower, witness.bound(halves[0][1], halves[1][1], level / 2))
    own = [assign(pairwise_bures(*pair) ** 2).cost for pair in halves]
    return TransportCost(
        plug_in=plug_in,
        lower=lower,
        upper=upper,
        level=level,
        samples=(len(left), len(right)),
        self_costs=(own[0], own[1]),
        witness=witness.feature.name if witness is not None else "none: the samples agree",
        upper_from=upper_from if math.isfinite(upper) else "nothing bounds the cost",
    )


def _stack(argument: str, grams: ArrayLike) -> Array:
    stack = real_array(argument, grams)
    if stack.ndim != 3 or stack.shape[1] != stack.shape[2] or stack.shape[1] < 1:
        raise ArgumentError(
            argument, f"an array of shape {stack.shape}", "it must be a stack of square matrices"
        )
    if len(stack) < FEWEST:
        raise ArgumentError(argument, f"{len(stack)} samples", f"at least {FEWEST} are needed")
    return stack


def _check_unit_trace(argument: str, grams: Array) -> None:
    traces = np.trace(grams, axis1=-2, axis2=-1)
    off = np.abs(traces - 1)
    worst = int(np.argmax(np.where(np.isnan(off), 0.0, off)))
    # Traces are sums of n numbers divided by their own sum: a few units in the last place each.
    if off[worst] > 16 * grams.shape[-1] * np.finfo(np.float64).eps:
        raise ArgumentError(
            argument,
            f"a sample of trace {traces[worst]:.17g}",
            "without `highest` all traces must be one: divide by the trace, or give a proved bound",
        )
