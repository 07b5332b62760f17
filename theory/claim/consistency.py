"""A claim and its checks say the same: parameters, simulated networks, shapes.

A check repeats in its parameters what its networks are built from. Where the two disagree, the
bound is evaluated at one instance and the network simulated at another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from depthlaw.theory.claim.check import (
    Array,
    Check,
    Computed,
    Deferred,
    Measured,
    Observed,
    experiments_of,
)
from depthlaw.theory.claim.parameter import Parameter
from depthlaw.theory.errors import ArgumentError, UnknownNameError


def require_consistent(parameters: Iterable[Parameter], checks: Iterable[Check]) -> None:
    """Raise an ArgumentError at the first check that contradicts its claim, or itself."""
    described = {parameter.name: parameter.description for parameter in parameters}
    for check in checks:
        # What is found later is held against the claim when a check reads it.
        known = not isinstance(check.parameters, Deferred)
        if known:
            _require_same_names(check, described)
        experiments = () if isinstance(check.quantity, Computed) else experiments_of(check.quantity)
        if experiments and known:
            _require_same_sizes(check, experiments)
        for experiment in experiments:
            _require_one_number(check, "per_replica", experiment.per_replica, experiment)
            if experiment.assumption is not None:
                statistic = experiment.assumption.statistic
                _require_one_number(check, "statistic", statistic, experiment)


def _require_same_names(check: Check, described: Mapping[str, str]) -> None:
    for name in check.parameters:
        if name not in described:
            raise UnknownNameError(f"parameter of the check {check.label!r}", name, described)
    for name, description in described.items():
        if name not in check.parameters:
            raise ArgumentError(
                name, "missing", f"the check {check.label!r} needs it ({description})"
            )


def _require_same_sizes(check: Check, experiments: tuple[Measured, ...]) -> None:
    simulated = {
        "width": [experiment.network.width for experiment in experiments],
        "batch": [experiment.network.batch for experiment in experiments],
        "depth": [experiment.depth for experiment in experiments],
    }
    for name, sizes in simulated.items():
        declared = check.parameters.get(name)
        if declared is None:
            continue
        # A statement on layer ℓ may need the layers after it, never fewer than ℓ.
        agree = declared in sizes or (
            name == "depth" and not isinstance(declared, tuple) and max(sizes) >= declared
        )
        if not agree:
            raise ArgumentError(
                name,
                declared,
                f"the check {check.label!r} simulates {name} "
                f"{', '.join(str(size) for size in sizes)}: declare what is simulated",
            )


def _require_one_number(
    check: Check, name: str, function: Callable[[Observed], Array], experiment: Measured
) -> None:
    """Try a function on a stand-in of the right shape, as far as it can be evaluated there."""
    layers = experiment.depth + 1
    replicas = 4 if layers not in (2, 4) else 6  # told apart from the layers, by pairs too
    names = [*experiment.observables]
    if experiment.backward is not None:
        names += experiment.backward.observables
    stand_in = {each: np.full((replicas, layers), 0.5) for each in names}
    try:
        with np.errstate(all="ignore"):
            shape = np.shape(function(stand_in))
    except KeyError as error:
        if error.args and isinstance(asked := error.args[0], str) and asked not in stand_in:
            raise UnknownNameError(
                f"observable of the check {check.label!r}", asked, stand_in
            ) from None
        return
    except Exception:
        # What it makes of numbers that no network gave says nothing; the first sample will tell.
        return
    allowed = contribution_shapes(replicas, pairs=experiment.assumption is None)
    if shape not in allowed:
        raise ArgumentError(
            name,
            f"a function that makes shape {shape} of {replicas} trajectories",
            f"the check {check.label!r} needs one number for each, shape ({replicas},)",
        )


def contribution_shapes(replicas: int, *, pairs: bool) -> tuple[tuple[int], ...]:
    """Return the shapes of what trajectories contribute: a number for each, or for each pair."""
    return ((replicas,), (replicas // 2,)) if pairs else ((replicas,),)
