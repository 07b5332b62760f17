"""How many layers until a batch is isometric: from a bound, and from the mean-field recursion.

The network is wide, with layer normalisation after the activation (mean subtracted before it), so
that the Gram matrix of samples of norm 1 obeys G_ij ← f(G_ij). The bounds are the claims
`isometry.sharp-decay` and `isometry.unconditional-decay`; log det G^ℓ increases
(`isometry.monotone-log-det`), so that there is one first layer at which the gap is small enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat
from numpy.typing import ArrayLike

from depthlaw.theory.activations.definition import Activation, Parity
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claim.solve import smallest
from depthlaw.theory.errors import ArgumentError, DepthlawError, positive_double
from depthlaw.theory.kernels.correlation_map import (
    CorrelationMap,
    centred_map,
    isometry_strength,
)
from depthlaw.theory.kernels.gram_flow import (
    Array,
    balls_around,
    float_layers,
    gram_layers,
    isometry_gap,
    isometry_gap_near_identity,
    require_unit_diagonal,
)
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.matrices import rational_matrix, smallest_eigenvalue, to_balls
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.values import Enclosure, Exact, as_value

DEEPEST = 100_000
"""Layers after which the recursion gives up."""
_BITS = 128


@dataclass(frozen=True)
class Crossing:
    """The first layer at which a gap, or a bound on it, is at most the target.

    Attributes
    ----------
    depth
        ℓ.
    gap
        The gap (or bound) there.
    """

    depth: int
    gap: Enclosure


@dataclass(frozen=True)
class IsometryDepth:
    """How many layers until the isometry gap is at most `target`.

    Attributes
    ----------
    activation, batch, target
        What was asked.
    strength
        β of the activation.
    smallest
        λ_min(G⁰).
    initial_gap
        −log I(G⁰); infinite where G⁰ is singular to double precision.
    exact
        From the recursion itself; None if the target is never reached.
    sharp, unconditional
        From the two bounds, started at layer `bounds_from`: never before `exact`. None if there is
        no bound.
    bounds_from
        0, or the first layer at which a singular batch has become nonsingular.
    reason
        Why something above is infinite or missing; None where nothing is.
    """

    activation: str
    batch: int
    target: float
    strength: Exact | Enclosure
    smallest: Enclosure
    initial_gap: Enclosure
    exact: Crossing | None
    sharp: Crossing | None
    unconditional: Crossing | None
    bounds_from: int
    reason: str | None


def depth_to_isometry(gram: ArrayLike, activation: Activation, target: float) -> IsometryDepth:
    """Return the first layers at which the isometry gap is at most `target`, and is proved to be.

    Parameters
    ----------
    gram
        G⁰, shape (n, n), n ≥ 2, unit diagonal, its floats taken exactly.
    activation
        Not constant.
    target
        Isometry gap −log I(G) > 0.

    Raises
    ------
    ArgumentError
        If `gram` is no Gram matrix or its diagonal is not 1 (pass
        `depthlaw.theory.kernels.gram_flow.unit_diagonal` of it), the activation is constant, or the
        target is not above 0 or not reached within `DEEPEST` layers.
    DepthlawError
        If the gap of a layer is too near the target to decide.

    Examples
    --------
    For x² two samples at ρ = 1/2 have ρ_ℓ = 2^{−2^ℓ}, and the gap −log(1 − ρ²)/2 is below 1/1000 at
    the first ℓ with 2^{2·2^ℓ} > 500:

    >>> from depthlaw.theory.activations import activation as named
    >>> found = depth_to_isometry([[1, 0.5], [0.5, 1]], named("monomial(2)"), 1e-3)
    >>> found.exact.depth, found.exact.depth <= found.sharp.depth <= found.unconditional.depth
    (3, True)
    """
    goal = positive_double("target", target)
    G = require_unit_diagonal("gram", gram)
    if len(G) < 2:
        raise ArgumentError("gram", "a matrix of one sample", "isometry needs at least two")
    np.fill_diagonal(G, 1.0)
    f = centred_map(activation)
    with precision(_BITS):
        start = to_balls(rational_matrix("gram", G.tolist()))
        lowest = smallest_eigenvalue(start)
        singular = not lowest > _rounding(len(G))
        initial = arb.pos_inf() if singular else isometry_gap(start)
    exact: Crossing | None = None
    sharp: Crossing | None = None
    unconditional: Crossing | None = None
    bounds_from = 0
    reason = _obstacle(f, G)
    if reason is None:
        bounds_from, floor = _first_regular(f, G, lowest)
        sharp, unconditional = (
            _from_bound(name, f, len(G), floor, goal, bounds_from)
            for name in ("isometry.sharp-decay", "isometry.unconditional-decay")
        )
        exact = _from_recursion(f, G, start, goal)
    elif initial <= goal:
        exact = Crossing(0, Enclosure(initial))
    if singular and reason is None:
        reason = (
            "the samples are linearly dependent to double precision, so the gap is infinite; "
            f"{activation.name} separates them by layer {bounds_from}"
        )
    return IsometryDepth(
        activation=activation.name,
        batch=len(G),
        target=goal,
        strength=as_value(isometry_strength(activation)),
        smallest=Enclosure(lowest),
        initial_gap=Enclosure(initial),
        exact=exact,
        sharp=sharp,
        unconditional=unconditional,
        bounds_from=bounds_from,
        reason=reason,
    )


def _rounding(batch: int) -> float:
    """Return the eigenvalue below which a matrix of unit diagonal counts as singular."""
    return batch**2 * float(np.finfo(np.float64).eps)


def _obstacle(f: CorrelationMap, gram: Array) -> str | None:
    """Return why the gap never falls, or None if it does."""
    if f.is_linear:
        return f"{f.activation.name} is affine: every layer keeps all correlations"
    odd = f.activation.parity is Parity.ODD
    for i, j in zip(*np.triu_indices(len(gram), 1), strict=True):
        rho = float(gram[i, j])
        if 1 - abs(rho) <= _rounding(len(gram)) and (rho > 0 or odd):
            how = "equal" if rho > 0 else "opposite"
            return (
                f"samples {i} and {j} are {how} to double precision, so the gap is infinite and "
                f"{f.activation.name} never separates them"
            )
    return None


def _first_regular(f: CorrelationMap, gram: Array, lowest: arb) -> tuple[int, arb]:
    """Return the first layer that is not singular, and its smallest eigenvalue."""
    if lowest > _rounding(len(gram)):
        return 0, lowest
    for depth, (values, errors) in zip(range(DEEPEST), float_layers(f, gram), strict=False):
        if np.linalg.eigvalsh(values)[0] > 4 * _rounding(len(gram)):
            with precision(_BITS):
                found = smallest_eigenvalue(balls_around(values, errors))
            if found > _rounding(len(gram)):
                return depth, found
    raise ArgumentError("gram", "a singular matrix", f"it stays so for {DEEPEST} layers")


def _from_bound(
    name: str, f: CorrelationMap, batch: int, lowest: arb, target: float, start: int
) -> Crossing:
    """Return where a bound of the registry crosses the target; β and λ rounded down, against it."""
    with precision(_BITS):
        strength = 2 - ball_of(f.slope_at_zero)
    found = smallest(
        claim(name),
        "depth",
        Fraction(target),
        batch=batch,
        strength=max(_lower(strength), Fraction(1)),
        smallest=min(_lower(lowest), Fraction(1)),
    )
    assert isinstance(found.bound, Enclosure)
    return Crossing(start + found.smallest, found.bound)


def _lower(value: arb) -> Fraction:
    mantissa, exponent = value.lower().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _from_recursion(f: CorrelationMap, gram: Array, start: arb_mat, target: float) -> Crossing:
    """Return the first layer whose gap is at most the target, certified on both sides.

    Floats with error bounds find and usually certify it; where they leave a doubt, balls decide.
    """
    before: arb_mat | None = None
    for depth, (values, errors) in zip(range(DEEPEST), float_layers(f, gram), strict=False):
        sign, logarithm = np.linalg.slogdet(values)
        if sign > 0 and -logarithm / len(gram) <= target:
            with precision(_BITS):
                gap = _sharper(balls_around(values, errors))
                if gap <= target and (before is None or _above(before, target)):
                    return Crossing(depth, Enclosure(gap))
            return _in_balls(f, start, target)
        before = balls_around(values, errors)
    raise ArgumentError("target", target, f"it is not reached within {DEEPEST} layers")


def _above(gram: arb_mat, target: float) -> bool:
    """Whether the gap is certainly above the target, as that of a singular matrix is."""
    largest = gram.det().upper()
    if not largest > 0 or -largest.log() / gram.nrows() > target:
        return True
    return bool(isometry_gap_near_identity(gram) > target)


def _sharper(gram: arb_mat) -> arb:
    """Return what both ways to enclose the gap leave."""
    first, second = isometry_gap(gram), isometry_gap_near_identity(gram)
    if first.is_nan() or second.is_nan():
        return second if first.is_nan() else first
    return first.intersection(second)


def _in_balls(f: CorrelationMap, start: arb_mat, target: float) -> Crossing:
    with precision(2 * _BITS):
        for depth, layer in enumerate(gram_layers(f, start, DEEPEST)):
            gap = isometry_gap(layer)
            if gap <= target:
                return Crossing(depth, Enclosure(gap))
            # Not-a-number where the balls do not exclude a singular matrix, above any target.
            if not gap.is_nan() and gap.overlaps(ball(target)):
                raise DepthlawError(
                    f"the gap of layer {depth} is too near target = {target} to decide"
                )
    raise ArgumentError("target", target, f"it is not reached within {DEEPEST} layers")
