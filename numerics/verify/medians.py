"""What checks on typical values share: medians over trajectories, at looks planned in advance."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.estimation.median import median_bounds
from depthlaw.numerics.verify.conditions import Conditions, contribution
from depthlaw.numerics.verify.finding import Finding
from depthlaw.theory.claim.check import Check, Measured
from depthlaw.theory.claim.claim import Claim, Sides
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.sense import Comparison
from depthlaw.theory.values import Estimate

Array = NDArray[np.float64]
Interval = tuple[float, float, float]
"""Median, and the lower and upper end of its confidence interval."""


def follow(
    claim: Claim,
    check: Check,
    experiments: Sequence[Measured],
    combine: Callable[[Sequence[Interval]], Interval],
    sides: Sides,
    terms: Conditions,
) -> Finding:
    """Draw trajectories until the claim is decided about a number made of medians.

    Looks are planned at 1, 2, 4, … times the check's replicas, up to the budget. The level is
    divided among the looks, and at each among the experiments, so that all their intervals hold
    together.

    Parameters
    ----------
    experiments
        What is simulated; each contributes the median of its `per_replica`.
    combine
        Makes the estimate, with an interval that holds whenever those of the medians do.
    """
    resolution = claim.resolution(check)
    looks = terms.budget.replicas_factor.bit_length()
    share = terms.level / (looks * len(experiments))
    most = (check.replicas << (looks - 1)) * len(experiments)
    samples: list[list[Array]] = [[] for _ in experiments]
    degenerate, drawn, route = 0, 0, ""
    for look in range(looks):
        replicas = check.replicas << max(look - 1, 0)
        for place, experiment in enumerate(experiments):
            run = terms.draw(experiment, replicas=replicas, first=drawn, branch=(place + 1,))
            samples[place].append(
                contribution("per_replica", experiment.per_replica, run, pairs=True)
            )
            degenerate += int(run.degenerate.sum())
            route = str(run.route)
        drawn += replicas
        terms.sampled(drawn * len(experiments), most)
        together = [np.concatenate(parts) for parts in samples]
        medians = [(float(np.median(part)), *median_bounds(part, level=share)) for part in together]
        value = Estimate(*combine(medians), terms.level, drawn * len(experiments), terms.seed)
        comparison = claim.compare(value, sides.bound, resolution)
        if comparison is not Comparison.UNDECIDED or sides.vacuous:
            break
    return Finding(
        value,
        sides,
        comparison,
        Outcome.SUPPORTED,
        drawn * len(experiments),
        route,
        degenerate,
    )
