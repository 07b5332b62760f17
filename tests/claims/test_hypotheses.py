"""A claim refuses parameters that nothing has, accepts the true edge, and prints what it needs."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import activation, polynomial
from depthlaw.theory.claim.check import Computed, Measured
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.registry import claim, claim_ids
from depthlaw.theory.claims.orthogonalization import _activations as activations
from depthlaw.theory.claims.orthogonalization import _fluctuation as fluctuation
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import conjecture_f1_nonsingular as conjecture_f1
from depthlaw.theory.claims.rank.rank_one_growth import quartic_range
from depthlaw.theory.decomposition import two_groups
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.kernels import CorrelationMap, normalised_map
from depthlaw.theory.network import Linear, Network, Rescale, gram
from depthlaw.theory.orthogonalization.isometry_slope import isometry_slope

HALF, THIRD, QUARTER = Fraction(1, 2), Fraction(1, 3), Fraction(1, 4)
TINY = Fraction(1, 10**9)
ABOVE_ONE, NEARLY_ONE = 1 + TINY, Fraction(999, 1000)
Parameters = dict[str, object]

EDGES: list[tuple[str, Parameters, str, object, object]] = [
    # claim, the other parameters, the one that is varied, refused, accepted
    # A gap beyond that of rank one.
    ("orthogonalization.lemma-2", {"batch": 2}, "gap", Fraction(708, 1000), Fraction(707, 1000)),
    ("orthogonalization.lemma-2-sharp", {"batch": 2}, "gap", 1, Fraction(707, 1000)),
    # Batches that lose rank with depth.
    ("orthogonalization.stationary-gap", {"width": 64}, "batch", 17, 16),
    ("orthogonalization.stationary-radius", {"width": 64}, "batch", 17, 16),
    # An integral that diverges.
    ("orthogonalization.lemma-9", {}, "eigenvalues", (0, 1), (Fraction(1, 10**30), 1)),
    # Where the bound does not contract, and beyond trace 1.
    ("orthogonalization.tight-gap", {"batch": 2, "width": 9, "depth": 1}, "alpha", QUARTER, HALF),
    ("orthogonalization.theorem-1-corrected", {"batch": 3, "width": 3, "depth": 0}, "alpha",
     Fraction(334, 1000), THIRD),
    ("orthogonalization.sharp-lyapunov", {"batch": 3, "width": 3, "depth": 0}, "alpha",
     Fraction(334, 1000), THIRD),
    ("orthogonalization.unconditional-gap", {"batch": 2, "width": 9, "depth": 1}, "alpha",
     QUARTER, HALF),
    ("orthogonalization.theorem-1", {"batch": 9, "width": 9, "depth": 0}, "alpha",
     Fraction(334, 1000), THIRD),
    *((f"orthogonalization.{name}", {"batch": 3, "width": 9, "depth": 1}, "alpha",
       Fraction(334, 1000), THIRD)
      for name in ("a1-probability", "conjecture-f2", "corollary-3", "tight-gap",
                   "unconditional-gap", "unconditional-gap-lower", "wasserstein-radius")),
    *((f"orthogonalization.{name}", {"batch": 3}, argument, Fraction(334, 1000), THIRD)
      for name, argument in (("lemma-4", "lyapunov"), ("lemma-4-sharp", "lyapunov"),
                             ("lemma-8", "smallest"), ("lemma-8-sharp", "smallest"))),
    ("orthogonalization.lemma-10", {"batch": 3, "theta": 1}, "delta", Fraction(334, 1000), THIRD),
    ("orthogonalization.lemma-10", {"batch": 3, "theta": 1}, "delta", -TINY, 0),
    ("orthogonalization.lemma-10", {"batch": 3, "delta": THIRD}, "theta", -TINY, 0),
    *((f"orthogonalization.{name}", {"batch": 3, "width": 9, **layers}, "lyapunov",
       Fraction(334, 1000), THIRD)
      for name, layers in (("theorem-5", {}), ("without-a1", {"depth": 1}),
                           ("without-a1-sharp", {"depth": 1}))),
    # Layers narrower than the batch lose rank at once.
    *((f"orthogonalization.{name}", {"batch": 3, "depth": 1, "alpha": THIRD}, "width", 2, 3)
      for name in ("conjecture-f2", "corollary-3", "sharp-lyapunov", "theorem-1", "tight-gap",
                   "theorem-1-corrected", "unconditional-gap", "wasserstein-radius")),
    *((f"orthogonalization.{name}", {"batch": 3, "lyapunov": THIRD, **layers}, "width", 2, 3)
      for name, layers in (("theorem-5", {}), ("without-a1", {"depth": 1}),
                           ("without-a1-sharp", {"depth": 1}))),
    *((f"orthogonalization.{name}", {"batch": 3}, "width", 2, 3)
      for name in ("stationary-gap", "stationary-radius")),
    # Fixed states that do not exist.
    ("decomposition.more-odd-points", {"batch": 3}, "odd", 2, None),
    ("decomposition.more-odd-points", {"batch": 5}, "odd", 2, None),
    ("decomposition.more-odd-points", {"batch": 6}, "odd", 1, None),
    ("decomposition.more-odd-points", {"batch": 8}, "odd", 7, 1),
    ("decomposition.more-odd-points", {"odd": 2}, "batch", 8, 9),
    ("decomposition.more-odd-points", {"batch": 24}, "odd", 9, 8),
    ("decomposition.more-odd-points", {"odd": 3}, "batch", 10**12, 10**5),
    # Representatives of different pairs are not parallel.
    ("decomposition.rank-growth", {"batch": 6, "pairs": 3}, "rank", 1, 2),
    ("decomposition.rank-growth", {"batch": 6, "pairs": 1}, "rank", 0, 1),
    # Batches for which 200 layers are too few, or which are larger than the width.
    ("decomposition.odd-point-forms", {"width": 100}, "batch", 65, 64),
    ("decomposition.odd-point-forms", {"width": 1000}, "batch", 15, 16),
    ("decomposition.odd-point-forms", {"batch": 16}, "width", 1001, 1000),
    ("decomposition.finite-width-cluster", {"width": 100}, "batch", 65, 64),
    ("decomposition.odd-point-time", {"batch": 64, "width": 100}, "depth", 95, 96),
    ("decomposition.odd-point-time", {"width": 100, "depth": 2000}, "batch", 63, 64),
    ("decomposition.odd-point-time", {"width": 100, "depth": 2000}, "batch", 1025, 1024),
    ("decomposition.odd-point-time", {"batch": 64, "depth": 200}, "width", 49, 50),
    ("decomposition.odd-point-time", {"batch": 64, "depth": 200}, "width", 1001, 1000),
    ("decomposition.rescaled-cosines", {"width": 100, "depth": 100}, "batch", 255, 256),
    ("decomposition.rescaled-cosines", {"width": 100, "depth": 100}, "batch", 1025, 1024),
    ("decomposition.rescaled-cosines", {"batch": 256, "depth": 100}, "width", 49, 50),
    ("decomposition.rescaled-cosines", {"batch": 256, "depth": 100}, "width", 401, 400),
    ("decomposition.rescaled-cosines", {"batch": 256, "width": 100}, "depth", 99, 100),
    ("decomposition.rescaled-long-point", {}, "batch", 51, 52),
    ("decomposition.rescaled-long-point", {}, "batch", 10_001, 10_000),
    # Powers that are not odd functions.
    ("orthogonalization.odd-isometry-slope", {"batch": 2}, "power", 2, 3),
    ("decomposition.rescaling-destroys", {"width": 100}, "batch", 129, 128),
    # Thresholds lie above 0: at 0 every eigenvalue counts.
    ("rank.soft-rank", {"width": 64, "batch": 64}, "threshold", 0, Fraction(1, 10**9)),
    ("rank.surviving-count", {"width": 64, "batch": 64}, "share", 0, Fraction(1, 10**9)),
    ("rank.surviving-count", {"width": 64, "batch": 64}, "share", 2, Fraction(199, 100)),
    # Where the gap is not that of the formula, but log 2.
    ("rank.vanilla-gap", {}, "width", 2, 3),
    ("rank.vanilla-gap-lower", {}, "width", 2, 3),
    # One sample recentres to zero.
    # Traces and sums that no matrix has.
    ("rank.one-step", {"width": 4, "square": 8, "diagonal": 16}, "cube", 15, 16),
    ("rank.one-step", {"width": 4, "square": 4, "diagonal": 4}, "cube", 9, 8),
    ("rank.one-step", {"width": 4, "square": 8, "cube": 16}, "diagonal", 15, 16),
    ("rank.one-step", {"width": 4, "square": 8, "cube": 16}, "diagonal", 25, 24),
    ("rank.stable-rank-gradient", {"batch": 4, "trace": 2, "square": 2}, "cube", 1, 2),
    ("rank.stable-rank-gradient", {"batch": 4, "trace": 2, "cube": 8}, "square", 5, 4),
    ("rank.stable-rank-gradient", {"trace": 2, "square": 1, "cube": HALF}, "batch", 3, 4),
    ("rank.log-pdet-drift", {"width": 4, "rank": 4, "single": 8}, "double", 7, 8),
    ("rank.log-pdet-drift", {"width": 4, "rank": 1, "double": 1}, "single", 5, 4),
    ("rank.rank-one-growth", {"width": 3}, "quartic", THIRD, HALF),
    ("rank.rank-one-growth", {"width": 4}, "quartic", Fraction(3, 4), Fraction(7, 12)),
    # Numbers that no Gram matrix has: Hadamard, Gershgorin.
    ("isometry.corollary-3", {"norms": (1, 2)}, "determinant", 5, 4),
    ("isometry.quadratic-decay", {"batch": 3, "depth": 1, "strength": 1, "smallest": HALF},
     "potential", Fraction(1, 4), THIRD),
    ("isometry.corollary-3", {"norms": (1, 2)}, "determinant", -TINY, 0),
    # Numbers that no kernel map has.
    ("fixed-points.theorem-1-case-3", {"depth": 1, "start": 0, "slope_at_zero": HALF},
     "at_zero", Fraction(24, 100), QUARTER),
    ("fixed-points.theorem-1-case-4-corrected",
     {"depth": 1, "start": 0, "attractor": HALF, "slope": Fraction(2, 3)},
     "at_zero", Fraction(51, 100), THIRD),
    ("fixed-points.theorem-1-case-4", {"depth": 1, "start": 0, "attractor": HALF, "at_zero": THIRD},
     "slope", Fraction(33, 100), THIRD),
    ("fixed-points.theorem-1-case-4-corrected",
     {"depth": 1, "start": 0, "attractor": HALF, "slope": 0}, "at_zero", THIRD, HALF),
    # Below the range of a parameter, or at an end that it leaves out.
    ("decomposition.break-away", {}, "ratio", 0, TINY),
    ("decomposition.leaky-cosine-bound", {}, "slope", 0, TINY),
    ("decomposition.leaky-cosine", {"batch": 2, "odd": 1}, "slope", -ABOVE_ONE, -1),
    ("decomposition.one-dimensional-map", {"batch": 5}, "difference", 0, TINY),
    ("decomposition.one-dimensional-map", {"difference": 1}, "batch", 2, 3),
    ("decomposition.odd-point-existence", {}, "largest", 2, 3),
    ("decomposition.odd-point-threshold", {}, "decimals", 0, 1),
    ("decomposition.rank-growth", {"pairs": 0, "rank": 0}, "batch", 1, 2),
    ("decomposition.rank-growth", {"batch": 5, "rank": 0}, "pairs", -1, 0),
    ("decomposition.rank-growth", {"batch": 5, "pairs": 0}, "rank", -1, 0),
    ("decomposition.two-value-norm-ratio", {"batch": 3}, "odd", 0, 1),
    ("fixed-points.double-exponential", {"depth": 1, "start": HALF}, "order", 1, 2),
    ("fixed-points.kernel-ode", {"start": HALF, "slope_at_zero": HALF}, "time", 0, TINY),
    ("fixed-points.normalisation-unchanged", {}, "kernel", -TINY, 0),
    ("fixed-points.precision-depth", {"start": 0, "slope_at_one": HALF}, "precision", 0, TINY),
    ("fixed-points.layer-norm", {"depth": 1, "start": 0, "slope_at_zero": HALF},
     "at_zero", -TINY, 0),
    ("fixed-points.hyperbolic-gauge", {"depth": 1, "start": HALF, "attractor": 0},
     "slope", -TINY, 0),
    ("fixed-points.hyperbolic-gauge", {"depth": 1, "start": HALF, "slope": HALF},
     "attractor", -TINY, 0),
    ("fixed-points.theorem-1-case-1", {"depth": 1, "start": 0}, "slope_at_zero", -TINY, 0),
    ("fixed-points.theorem-1-case-1", {"depth": 1, "slope_at_zero": HALF}, "start", -1, TINY - 1),
    ("fixed-points.theorem-1-case-2", {"depth": 1, "start": 0}, "slope_at_one", -TINY, 0),
    ("fixed-points.theorem-1-case-3", {"depth": 1, "start": 0, "slope_at_zero": HALF},
     "at_zero", -TINY, QUARTER),
    ("isometry.lemma-a4-upper", {}, "largest", -TINY, 0),
    ("isometry.lemma-a7", {"strength": 1}, "correlation", -1, TINY - 1),
    ("isometry.lemma-a7", {"correlation": 0}, "strength", 1 - TINY, 1),
    ("isometry.lemma-a8", {"first": 0, "second": 0}, "correlation", -ABOVE_ONE, -1),
    ("isometry.lemma-a8", {"second": 0, "correlation": 0}, "first", -1, 0),
    ("isometry.lemma-a8", {"first": 0, "correlation": 0}, "second", -1, 0),
    ("isometry.monotone-log-det", {"strength": 1}, "determinant", 0, TINY),
    ("isometry.smallest-eigenvalue", {"smallest": 1}, "squares", (1, -TINY), (1, 0)),
    ("isometry.smallest-eigenvalue", {"squares": (1,)}, "smallest", 0, TINY),
    ("isometry.table-2", {}, "row", 0, 1),
    ("isometry.table-b1", {"row": 1}, "gain", 0, TINY),
    ("isometry.theorem-1", {}, "norms", (1, 0), (1, TINY)),
    ("isometry.theorem-a2", {"strength": 1}, "potential", -TINY, 0),
    ("rank.algebraic-rank", {}, "rank", 0, 1),
    ("rank.log-pdet-drift", {"width": 2, "single": 0, "double": 0}, "rank", 0, None),
    ("rank.marchenko-pastur", {"width": 64, "batch": 8}, "value", -TINY, TINY),
    ("rank.vanilla-exponents", {"width": 2}, "place", 0, 1),
]  # fmt: skip


@pytest.mark.parametrize(("claim_id", "others", "name", "refused", "accepted"), EDGES)
def test_what_does_not_exist_is_refused_and_the_edge_is_not(
    claim_id: str, others: Parameters, name: str, refused: object, accepted: object
) -> None:
    found = claim(claim_id)
    with pytest.raises(ArgumentError) as caught:
        found.accept({**others, name: refused})
    assert caught.value.argument in {parameter.name for parameter in found.parameters}
    assert "\n" not in str(caught.value)
    if accepted is not None:
        bound = found.bound(**{**others, name: accepted})
        assert np.isfinite([bound.lower, bound.upper]).all()


Change = dict[str, object]

BEYOND: list[tuple[str, Change, Change]] = [
    # Claims, a change of their first instance that one hypothesis alone refuses, and the edge.
    ("decomposition.cluster-angle decomposition.norm-ratio decomposition.odd-cosine "
     "decomposition.odd-point-attracts decomposition.odd-point-pair "
     "decomposition.slope-universality decomposition.slowest-multiplier",
     {"batch": 6}, {"batch": 7}),
    ("decomposition.equal-cosines-wait", {"batch": 9}, {"batch": 8}),
    ("decomposition.equal-cosines-wait", {"width": 3999}, {"width": 4000}),
    ("decomposition.exact-cluster-repels decomposition.leaky-cosine decomposition.orthogonality "
     "decomposition.two-value-norm-ratio", {"odd": 2}, {"odd": 1}),
    ("decomposition.leaky-cosine decomposition.slope-universality", {"slope": 1}, {"slope": 0}),
    ("decomposition.finite-width-cluster decomposition.rescaling-destroys",
     {"batch": 15}, {"batch": 16}),
    ("decomposition.finite-width-cluster decomposition.rescaling-destroys",
     {"width": 99}, {"width": 100}),
    ("decomposition.finite-width-cluster", {"width": 1001}, {"width": 1000}),
    ("decomposition.odd-point-threshold", {"decimals": 4}, {"decimals": 3}),
    ("decomposition.rank-growth", {"pairs": 3, "rank": 3}, {"pairs": 2, "rank": 2}),
    ("decomposition.symmetric-margin", {"batch": 3}, {"batch": 4}),
    ("fixed-points.double-exponential fixed-points.exp-asymptotics fixed-points.hyperbolic-gauge "
     "fixed-points.kernel-ode fixed-points.layer-norm fixed-points.residual-slower "
     "fixed-points.theorem-1-case-1 fixed-points.theorem-1-case-2 fixed-points.theorem-1-case-3 "
     "fixed-points.theorem-1-case-4 fixed-points.theorem-1-case-4-corrected "
     "fixed-points.theorem-1-case-4-sharp", {"start": 1}, {"start": NEARLY_ONE}),
    ("fixed-points.residual-slower fixed-points.theorem-1-case-4-sharp",
     {"start": -TINY}, {"start": 0}),
    ("fixed-points.hyperbolic-gauge", {"attractor": HALF, "start": Fraction(49, 100)},
     {"attractor": HALF, "start": HALF}),
    ("fixed-points.hyperbolic-gauge fixed-points.theorem-1-case-4 "
     "fixed-points.theorem-1-case-4-asymptotic fixed-points.theorem-1-case-4-corrected "
     "fixed-points.theorem-1-case-4-sharp", {"slope": 1}, {"slope": NEARLY_ONE}),
    ("fixed-points.theorem-1-case-4 fixed-points.theorem-1-case-4-corrected "
     "fixed-points.theorem-1-case-4-sharp", {"attractor": 1}, {"attractor": HALF}),
    ("fixed-points.theorem-1-case-4-sharp", {"attractor": 0}, {"attractor": TINY}),
    ("fixed-points.theorem-1-case-4-asymptotic", {"attractor": HALF, "turn": HALF},
     {"attractor": HALF, "turn": Fraction(51, 100)}),
    ("fixed-points.theorem-1-case-4-asymptotic", {"start": Fraction(89, 100)},
     {"start": Fraction(9, 10)}),
    ("fixed-points.theorem-1-case-4-asymptotic", {"depth": 108}, {"depth": 109}),
    ("fixed-points.theorem-1-case-4-asymptotic", {"slope": 0}, {"slope": TINY}),
    ("fixed-points.kernel-ode fixed-points.theorem-1-case-1",
     {"slope_at_zero": 1}, {"slope_at_zero": NEARLY_ONE}),
    ("fixed-points.layer-norm fixed-points.theorem-1-case-3",
     {"at_zero": HALF, "slope_at_zero": HALF}, {"at_zero": HALF, "slope_at_zero": THIRD}),
    ("fixed-points.precision-depth fixed-points.theorem-1-case-2",
     {"slope_at_one": 1}, {"slope_at_one": NEARLY_ONE}),
    ("fixed-points.precision-depth", {"slope_at_one": 0}, {"slope_at_one": TINY}),
    ("fixed-points.precision-depth", {"precision": 1}, {"precision": NEARLY_ONE}),
    ("fixed-points.normalisation-unchanged", {"kernel": ABOVE_ONE}, {"kernel": 1}),
    ("fixed-points.relu-asymptotics fixed-points.relu-slope", {"leak": 1}, {"leak": 0}),
    ("fixed-points.residual fixed-points.residual-slower",
     {"strength": 1}, {"strength": NEARLY_ONE}),
    ("fixed-points.residual", {"slope": ABOVE_ONE}, {"slope": 1}),
    ("fixed-points.residual-slower", {"attractor": ABOVE_ONE}, {"attractor": 1}),
    ("isometry.centring-destroys", {"batch": 3, "width": 2}, {"batch": 3, "width": 3}),
    ("isometry.finite-width-linear isometry.finite-width-linear-exact",
     {"batch": 3, "width": 3}, {"batch": 3, "width": 4}),
    ("isometry.lemma-a4 isometry.lemma-a4-sharp",
     {"batch": 3, "largest": HALF + TINY}, {"batch": 3, "largest": HALF}),
    ("isometry.lemma-a4-upper", {"largest": ABOVE_ONE}, {"largest": 1}),
    ("isometry.lemma-a7", {"correlation": 1}, {"correlation": NEARLY_ONE}),
    ("isometry.lemma-a8", {"correlation": ABOVE_ONE}, {"correlation": 1}),
    ("isometry.asymptotic-ratio isometry.corollary-a3 isometry.lemma-a7 isometry.monotone-log-det "
     "isometry.quadratic-decay isometry.sharp-decay isometry.theorem-4 "
     "isometry.theorem-4-corrected isometry.theorem-a2 isometry.unconditional-decay",
     {"strength": 2 + TINY}, {"strength": 2}),
    ("isometry.quadratic-decay isometry.sharp-decay isometry.smallest-eigenvalue "
     "isometry.unconditional-decay", {"smallest": ABOVE_ONE}, {"smallest": 1}),
    ("isometry.monotone-log-det isometry.theorem-4 isometry.theorem-4-corrected",
     {"determinant": ABOVE_ONE}, {"determinant": 1}),
    # log(4n/det G⁰) is log 8 at the least, against ℓβ and ℓ log β.
    ("isometry.theorem-4", {"batch": 2, "determinant": 1, "strength": 2, "depth": 1},
     {"batch": 2, "determinant": 1, "strength": 2, "depth": 2}),
    ("isometry.theorem-4-corrected", {"batch": 2, "determinant": 1, "strength": 2, "depth": 2},
     {"batch": 2, "determinant": 1, "strength": 2, "depth": 3}),
    ("isometry.table-2", {"row": 7}, {"row": 6}),
    ("isometry.table-b1", {"row": 4}, {"row": 3}),
    ("rank.invariance rank.no-full-rank-law rank.one-step-remainder",
     {"residual": Fraction(1, 8)}, {"residual": Fraction(1, 9)}),
    ("rank.large-batch-rank rank.soft-rank rank.surviving-count", {"batch": 15}, {"batch": 16}),
    ("rank.marchenko-pastur rank.small-batch-rank", {"batch": 17}, {"batch": 16}),
    ("rank.lemma-1-scale-free rank.lemma-1-soft rank.lemma-1-summed rank.lemma-1-unnormalised "
     "rank.soft-rank", {"threshold": ABOVE_ONE}, {"threshold": 1}),
    ("rank.lemma-1-summed", {"burn_in": 80}, {"burn_in": 79}),
    ("rank.theorem-2", {"threshold": 1}, {"threshold": NEARLY_ONE}),
    ("rank.log-det-drift", {"square": 2 - TINY}, {"square": 2}),
    ("rank.log-det-drift", {"square": 4 + TINY}, {"square": 4}),
    ("rank.log-pdet-drift", {"rank": 3, "single": 5, "double": 5},
     {"rank": 1, "single": 1, "double": 1}),
    ("rank.positive-mean", {"width": 7}, {"width": 8}),
    ("rank.rank-one-without-skip rank.vanilla-residual-gap", {"width": 1}, {"width": 2}),
    ("rank.vanilla-residual-gap", {"residual": Fraction(51, 100)}, {"residual": HALF}),
    ("rank.skewed-step", {"correlation": ABOVE_ONE}, {"correlation": 1}),
    ("rank.small-mean", {"mean": ABOVE_ONE}, {"mean": 1}),
    ("rank.small-mean", {"width": 15}, {"width": 16}),
    ("rank.theorem-2-constant-from-three", {"width": 2}, {"width": 3}),
    ("rank.vanilla-collapse", {"batch": 3}, {"batch": 2}),
    ("rank.vanilla-exponents", {"place": 2}, {"place": 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("claim_id", "refused", "edge"),
    [(each, refused, edge) for ids, refused, edge in BEYOND for each in ids.split()],
)
def test_each_hypothesis_refuses_what_no_other_does(
    claim_id: str, refused: Change, edge: Change
) -> None:
    found = claim(claim_id)
    assert accepted(found, edge)
    assert not accepted(found, refused)
    # Without that one it would be accepted, so that taking the hypothesis out does not pass.
    ranges = [k for k, each in enumerate(found.assumes) if not isinstance(each, str)]
    assert any(
        accepted(replace(found, assumes=found.assumes[:k] + found.assumes[k + 1 :]), refused)
        for k in ranges
    )


def accepted(found: Claim, change: Change) -> bool:
    try:
        found.accept({**found.checks[0].parameters, **change})
    except ArgumentError:
        return False
    return True


STATED = [
    ("orthogonalization.stationary-gap", "λ_min(H_0ᵀH_0) > 0"),
    ("orthogonalization.stationary-radius", "λ_min(H_0ᵀH_0) > 0"),
    ("orthogonalization.wasserstein-exponent", "λ_min(H_0ᵀH_0) > 0"),
    ("orthogonalization.a1-probability", "λ_min(H_0ᵀH_0) ≥ α"),
    ("orthogonalization.asymptotic-rate", "Gaussian weights"),
    ("orthogonalization.asymptotic-rate", "not a multiple of I"),
    ("orthogonalization.asymptotic-rate", "infinite width"),
    ("orthogonalization.asymptotic-rate", "λ_min(H_0ᵀH_0) > 0"),
    ("orthogonalization.conjecture-f1", "stationarity"),
    ("orthogonalization.conjecture-f2", "φ is odd"),
    ("orthogonalization.iterative-orthogonalization", "orthonormal columns"),
    ("orthogonalization.lemma-2", "‖H_ℓ‖_F = 1"),
    ("orthogonalization.lemma-2", "Gaussian weights of variance 1/d"),
    ("orthogonalization.lemma-2-sharp", "‖H_ℓ‖_F = 1"),
    ("orthogonalization.lemma-2-sharp", "Gaussian weights of variance 1/d"),
    ("orthogonalization.lemma-8", "Σ λ_i = 1"),
    ("orthogonalization.lemma-8-sharp", "Σ λ_i = 1"),
    ("orthogonalization.lemma-9", "w ~ N(0, I_n)"),
    ("orthogonalization.lemma-10", "θ ≥ 0"),
    ("orthogonalization.majorization", "w ~ N(0, I_n)"),
    ("orthogonalization.majorization", "not all equal"),
    ("orthogonalization.stationary-gap", "leading order in 1/d"),
    ("orthogonalization.stationary-radius", "leading order in 1/d"),
    ("orthogonalization.unconditional-gap", "λ_min(H_0ᵀH_0) ≥ α"),
    ("orthogonalization.unconditional-gap-lower", "λ_min(H_0ᵀH_0) ≥ α"),
    ("orthogonalization.wasserstein-exponent", "the depth is large"),
    ("orthogonalization.frobenius-contraction", "Σ λ_i = 1"),
    ("orthogonalization.frobenius-contraction", "not isotropic"),
    *((f"isometry.{name}", words)
      for names, words in (
          ("asymptotic-ratio corollary-a3 quadratic-decay sharp-decay smallest-eigenvalue "
           "theorem-4 theorem-4-corrected unconditional-decay", "mean-field recursion"),
          ("monotone-log-det quadratic-decay sharp-decay unconditional-decay",
           "positive definite with unit diagonal"),
          ("theorem-4 theorem-4-corrected", "non-degenerate with unit diagonal"),
          ("lemma-a4 lemma-a4-sharp lemma-a4-upper", "positive semidefinite with unit diagonal"),
          ("asymptotic-ratio corollary-a3 theorem-a2", "equal or opposite"),
          ("corollary-2 theorem-1 theorem-1-exact", "linearly independent"),
          ("finite-width-linear finite-width-linear-exact", "Gaussian W"),
          ("finite-width-linear finite-width-linear-exact", "H_0ᵀH_0 is a multiple of I"),
          ("asymptotic-ratio", "G^ℓ ≠ I"),
          ("centring-destroys", "orthonormal"),
          ("corollary-2", "Gram matrix of the columns"),
          ("corollary-3", "no zero row"),
          ("finite-width-linear", "at a fixed ratio"),
          ("lemma-a7", "centred map of an activation of strength β"),
          ("lemma-a8", "standard Gaussian with correlation ρ"),
          *(("mean-field-error", words)
            for words in ("normalisation with the centred map", "|ρ_0| < 1",
                          "E φ(X)⁴ < ∞", "the depth does not grow with the width")),
          ("optimal-constant", "not all equal"),
          ("smallest-eigenvalue", "f = Σ c_k²"),
      )
      for name in names.split()),
    ("fixed-points.normalisation-unchanged", "E φ(X)⁴ < ∞"),
    ("fixed-points.residual", "ρ_ℓ ≠ ρ*"),
    *((f"decomposition.{name}", words)
      for names, words in (
          ("odd-point-forms odd-point-time rescaled-cosines", "orthonormal"),
          ("rescaled-cosines", "recentring and rescaling over the batch, then ReLU"),
          ("rescaled-break-away rescaled-long-point", "infinite width"),
          ("rescaled-break-away rescaled-long-point", "exchangeable"),
          ("rescaled-break-away", "n → ∞"),
      )
      for name in names.split()),
    ("decomposition.rescaling-destroys", "orthonormal"),
    *(("rank.theorem-2", words)
      for words in ("independent Gaussian or uniform weights", "small γ", "without recentring",
                    "N ≥ d", "rank(X) = min(d, N)", "after a burn-in, and long")),
    ("rank.theorem-2-constant", "rank(X) = min(d, N)"),
    ("rank.small-mean", "N ≥ 2√d"),
    ("rank.soft-rank", "rank(X) = min(d, N)"),
    # Each of these can be taken out without any other check noticing it.
    ("orthogonalization.conjecture-f1-nonsingular", "Gaussian weights"),
    ("orthogonalization.conjecture-f1-nonsingular", "rescaling over the batch"),
    ("orthogonalization.conjecture-f1-nonsingular", "λ_min(H_0) > 0"),
    ("orthogonalization.conjecture-f1-nonsingular", "at which its map contracts"),
    ("orthogonalization.odd-isometry-slope", "infinite width"),
    ("orthogonalization.odd-isometry-slope", "rows rescaled to mean square 1"),
    ("orthogonalization.odd-sublinear-slope", "infinite width"),
    ("orthogonalization.odd-sublinear-slope", "rows rescaled to mean square 1"),
    ("orthogonalization.odd-sublinear-slope", "|φ(x)|/x does not increase"),
    ("decomposition.odd-point-time", "Gaussian weights"),
    ("decomposition.odd-point-time", "recentring over the batch, then ReLU"),
    ("decomposition.odd-point-time", "orthonormal"),
    ("rank.vanilla-gap", "no skip connection"),
    ("rank.vanilla-gap-lower", "no skip connection"),
    ("rank.vanilla-gap-lower", "independent Gaussian weights"),
]  # fmt: skip


@pytest.mark.parametrize(("claim_id", "words"), STATED)
def test_hypotheses_that_no_parameter_shows_are_printed(claim_id: str, words: str) -> None:
    assert any(words in assumption.statement for assumption in claim(claim_id).assumptions)


ANY_MODEL = {
    "decomposition.leaky-cosine": "weights with a symmetric law",
    "decomposition.leaky-cosine-bound": "any weights and width",
    "decomposition.orthogonality": "any weights and width",
    "decomposition.rank-growth": "Gaussian weights",
    "fixed-points.layer-norm": "layer normalisation",
    "fixed-points.normalisation-unchanged": "Gaussian weights",
    "fixed-points.residual-finite-width": "Gaussian weights",
}
"""What is stated of other models than that of the paper, and which."""


@pytest.mark.parametrize(
    "claim_id", [i for i in claim_ids() if i.split(".")[0] in ("decomposition", "fixed-points")]
)
def test_the_model_of_the_paper_is_printed(claim_id: str) -> None:
    found = claim(claim_id)
    if claim_id in ANY_MODEL:
        model = (ANY_MODEL[claim_id],)
    elif found.paper == "fixed-points":
        model = ("infinite width", "Gaussian weights", "φ is normalised to E φ² = 1")
    else:
        sized = any(parameter.name == "width" for parameter in found.parameters)
        rescaled = found.name.startswith("rescal")
        model = (
            "Gaussian weights" if sized else "infinite width",
            f"recentring {'and rescaling ' if rescaled else ''}over the batch, then",
        )
    for words in model:
        assert any(words in assumption.statement for assumption in found.assumptions), words


SIMULATED = [
    claim_id
    for claim_id in claim_ids()
    if claim_id.startswith("orthogonalization.") and claim_id != "orthogonalization.lemma-9"
    if any(not isinstance(check.quantity, Computed) for check in claim(claim_id).checks)
]


@pytest.mark.parametrize("claim_id", SIMULATED)
def test_what_is_simulated_prints_its_weights_and_its_layer(claim_id: str) -> None:
    stated = [assumption.statement for assumption in claim(claim_id).assumptions]
    for words in ("Gaussian weights", "without recentring"):
        assert any(words in statement for statement in stated)


@pytest.mark.parametrize("claim_id", claim_ids())
def test_what_is_checked_on_an_event_is_printed_so(claim_id: str) -> None:
    """E[X; A₁] in quantity and assumptions, exactly where checks leave trajectories out."""
    found = claim(claim_id)
    restricted = any(
        isinstance(check.quantity, Measured) and check.quantity.assumption is not None
        for check in found.checks
    )
    assert ("A_1" in str(found.quantity)) is restricted
    if restricted:
        assert any("counts X as 0 where A₁ fails" in a.statement for a in found.assumptions)


@pytest.mark.parametrize("claim_id", [i for i in SIMULATED if r"\ell+1" in str(claim(i).quantity)])
def test_what_is_stated_of_layer_ell_plus_1_is_measured_there(claim_id: str) -> None:
    for check in claim(claim_id).checks:
        if isinstance(check.quantity, Measured) and "depth" in check.parameters:
            layers = check.parameters["depth"] + 2  # layer 0 too
            assert check.quantity.depth == layers - 1
            elsewhere = np.append(np.full(layers - 1, np.nan), 0.25)
            observed = dict.fromkeys(check.quantity.observables, elsewhere[None])
            (found,) = check.quantity.per_replica(observed)
            assert found in (0.25, 0.25**2)


def test_an_eigenvalue_below_alpha_counts_in_every_layer_but_the_start() -> None:
    for check in claim("orthogonalization.a1-probability").checks:
        assert isinstance(check.quantity, Measured)
        alpha, depth = float(check.parameters["alpha"]), check.parameters["depth"]
        assert check.quantity.depth == depth
        smallest = np.full((depth + 1, depth + 1), alpha)
        np.fill_diagonal(smallest, alpha / 2)  # trajectory k is below α in layer k only
        found = check.quantity.per_replica({"smallest": smallest})
        np.testing.assert_array_equal(found, [0.0] + [1.0] * depth)


def test_the_distance_of_copies_is_that_of_their_gram_matrices() -> None:
    experiment, _ = fluctuation.against_width(
        activations.RELU, setting.flat(3), widths=(8, 9), depth=1
    ).measured
    rng = np.random.default_rng(1)
    # Of five trajectories the fifth has no partner, and layer 0 does not count.
    roots = rng.standard_normal((5, 2, 4, 3))
    grams = roots.swapaxes(-1, -2) @ roots
    observed = {name: read(grams) for name, read in experiment.observables.items()}
    last = grams[:, 1] / np.trace(grams[:, 1], axis1=-2, axis2=-1)[:, None, None]
    distances = [np.linalg.norm(last[0] - last[1]), np.linalg.norm(last[2] - last[3])]
    np.testing.assert_allclose(experiment.per_replica(observed), distances)


@pytest.mark.parametrize("layers", [1, 50])
def test_a_singular_start_stays_away_from_the_stationary_gap(layers: int) -> None:
    """Rank one at n = 2 has V² = 1/2 in every layer, 150 times the stationary value at d = 100."""
    run = simulate(
        Network(100, 2, (Linear(), Rescale())),
        depth=layers,
        replicas=4,
        seed=1,
        initial_gram=np.ones((2, 2)),
        observables={"gap": gram.orthogonality_gap},
    )
    np.testing.assert_allclose(run.values["gap"][:, -1] ** 2, 0.5, rtol=1e-12)
    stationary = claim("orthogonalization.stationary-gap").bound(batch=2, width=100)
    assert stationary.upper < 0.5 / 50


def test_a_start_that_is_isotropic_after_one_layer_has_no_ratio_of_gaps() -> None:
    """h₁ + √2 h₂ has the map (ρ + 2ρ²)/3, which vanishes at −1/2: 0/0 from there on."""
    # √2 h₂ = x² − 1.
    f: CorrelationMap = normalised_map(polynomial(-1, 1, 1))
    assert sp.simplify(f.at_zero) == 0
    assert f(Fraction(-1, 2)).ball.contains(0)


@pytest.mark.parametrize("width", [2, 3, 4, 5, 6, 7])
def test_quartics_of_directions_lie_in_their_range(width: int) -> None:
    """Random v ⟂ 1, with the flattest and the most spiked direction at the two ends."""
    least, largest = (float(end) for end in quartic_range(width))
    rng = np.random.default_rng(width)
    v = rng.standard_normal((2000, width)) ** 3
    v -= v.mean(axis=1, keepdims=True)
    quartic = (v**4).sum(axis=1) / (v**2).sum(axis=1) ** 2
    assert least * (1 - 1e-9) <= quartic.min() <= quartic.max() <= largest * (1 + 1e-9)
    spike = np.array([width - 1.0] + [-1.0] * (width - 1))
    flat = np.array([1.0] * (width // 2) + [-1.0] * (width - width // 2))
    flat -= flat.mean()
    for direction, end in ((spike, largest), (flat, least)):
        assert np.isclose((direction**4).sum() / (direction**2).sum() ** 2, end)


@pytest.mark.parametrize("odd", [2, 3, 4])
def test_odd_points_part_at_the_rate_of_their_number_over_the_batch(odd: int) -> None:
    """The unstable multiplier of k odd points is 1 + k/n for large n: n layers, not 200."""
    excess = {n: two_groups(n - odd, odd).spectral_radius().ball - 1 for n in (128, 512)}
    assert all(0.9 * odd < float(value * n) < odd for n, value in excess.items())
    assert float(excess[512] * 512) > 0.99 * odd


def test_an_equality_of_the_gap_at_a_mean_eigenvalue_is_finite() -> None:
    bound = claim("orthogonalization.iterative-orthogonalization").bound(eigenvalues=(1, 2, 3))
    assert np.isclose(bound.upper**2, 1 / 18)


def test_the_exponent_of_the_mean_field_error_is_told_from_a_third() -> None:
    """Which an activation without a fourth moment would come near; the control is exactly that."""
    found = claim("isometry.mean-field-error")
    assert found.control is not None
    assert found.bound(batch=2).contains(Fraction(-1, 2))
    assert found.perturbed(found.control).bound(batch=2).contains(Fraction(-1, 3))
    resolutions = [found.resolution(check) for check in found.checks]
    assert all(resolution and resolution < THIRD for resolution in resolutions)


@pytest.mark.parametrize("batch", [2, 3, 8])
def test_an_odd_activation_that_grows_faster_than_its_argument_contracts_less(batch: int) -> None:
    """Why |φ(x)|/x must not increase: the cube exceeds the bound at every batch."""
    cube = isometry_slope(activation("monomial(3)"), batch).diagonal
    bound = claim("orthogonalization.odd-sublinear-slope").bound(batch=batch)
    assert cube > bound.ball


def test_copies_have_settled_where_their_distance_is_measured() -> None:
    """Conjecture F.1 is about stationarity: twice the depth gives the same typical distance."""
    spectrum, at = setting.geometric(4, Fraction(4, 5)), conjecture_f1.DEPTH
    typical = {}
    for depth in (1, at, 2 * at):
        scaling = fluctuation.against_width(
            activations.SHIFTED_TANH, spectrum, widths=(128, 256), depth=depth
        )
        experiment = scaling.measured[0]
        run = simulate(
            experiment.network,
            depth=depth,
            replicas=4000,
            seed=1,
            initial_gram=experiment.initial_gram,
            observables=experiment.observables,
        )
        typical[depth] = np.median(experiment.per_replica(run.values))
    # The median of 2 000 pairs is known to about 3%.
    assert abs(typical[at] / typical[2 * at] - 1) < 0.1
    assert abs(typical[1] / typical[2 * at] - 1) > 0.1
