"""What a user hands to a simulation, checked once."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from depthlaw.numerics.sampling.advance import Job
from depthlaw.numerics.sampling.backward.passes import Request
from depthlaw.numerics.sampling.block import SAFE, Array
from depthlaw.numerics.sampling.gradient_routes import choose_gradient_route
from depthlaw.numerics.sampling.matrices import factor, symmetrised
from depthlaw.numerics.sampling.roots import numerical_rank, root_of_state
from depthlaw.numerics.sampling.routes import Route, can_start, choose_route
from depthlaw.numerics.sampling.segments import forgets_scale
from depthlaw.numerics.sampling.walk.lowered import walked
from depthlaw.numerics.streams import Seed
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, function, instance, mapping, real_array
from depthlaw.theory.network import GLU, Network
from depthlaw.theory.network.gram import Functional, check_gram

_LARGEST = 1000
"""Powers of two within which sums of squares keep all their digits in doubles."""


def make_job(
    network: Network,
    route: Route | str | None,
    seed: Seed,
    initial_gram: ArrayLike | None,
    initial_state: ArrayLike | None,
    observables: Mapping[str, Functional],
    gradients: Request | None = None,
) -> Job:
    """Return what a simulation starts from, with every argument checked.

    Raises
    ------
    ArgumentError
        If the network, its activations, the observables or the start are impossible.
    UnknownNameError
        If no route has the name given.
    """
    instance("network", network, Network, "a Network")
    for operation in activations(network):
        _check_activation(operation)
    for name, functional in mapping("observables", observables, "functions").items():
        if not callable(functional):
            raise ArgumentError("observables", name, "it must be a function of Gram matrices")
    chosen = choose_route(network, route) if gradients is None else Route.STATE
    if (initial_gram is None) == (initial_state is None):
        raise ArgumentError(
            "initial_gram",
            "missing" if initial_gram is None else "given beside initial_state",
            "give exactly one of initial_gram and initial_state",
        )
    if gradients is not None:
        chosen = choose_gradient_route(network, route)
        for operation in activations(network):
            check_derivative(operation)
        job = _walk_job(
            network, lambda rank: chosen, seed, initial_gram, initial_state, observables
        )
        return replace(job, gradients=gradients)
    if not network.is_plain:
        choose = partial(_by_rank, network, route)
        return _walk_job(network, choose, seed, initial_gram, initial_state, observables)
    if initial_state is None:
        assert initial_gram is not None
        gram, rank, distinct = _check_initial_gram(initial_gram, network)
        chosen = choose_route(network, route, rank=rank)
        _check_rank(rank, network, chosen)
        exponent = _far(gram, 1, network)
        gram = np.ldexp(gram, -exponent)
        return Job(
            network, chosen, seed, gram, None, None, rank, distinct, dict(observables), exponent
        )
    state = _check_state(initial_state, network)
    exponent = _far(state, 2, network)
    state = np.ldexp(state, -exponent // 2)
    gram = symmetrised(state @ state.T) / network.width
    distinct = len(np.unique(state, axis=0))
    # The other routes look at the spectrum in every layer, and count what they drop.
    rank = numerical_rank(state) if chosen is Route.EXPLICIT else min(distinct, network.width)
    return Job(
        network,
        chosen,
        seed,
        gram,
        state if chosen.keeps_state else None,
        None if chosen.keeps_state else root_of_state(state[None], network.width)[0],
        rank,
        distinct,
        dict(observables),
        exponent,
    )


def activations(network: Network) -> Iterator[Elementwise]:
    """Yield the activations of a network, those that gate and those of branches too."""
    for operation in walked((*network.stem, *network.layer, *network.head)):
        if isinstance(operation, Elementwise):
            yield operation
        elif isinstance(operation, GLU):
            yield operation.activation


def _by_rank(network: Network, route: Route | str | None, rank: int | None) -> Route:
    return choose_route(network, route, rank=rank)


def _walk_job(
    network: Network,
    choose: Callable[[int | None], Route],
    seed: Seed,
    initial_gram: ArrayLike | None,
    initial_state: ArrayLike | None,
    observables: Mapping[str, Functional],
) -> Job:
    """Return the start of a walk, whose scale is never brought back: doubles have to hold it."""
    if initial_state is None:
        assert initial_gram is not None
        gram, rank, distinct = _check_initial_gram(initial_gram, network)
        chosen = choose(rank)
        _check_rank(rank, network, chosen)
        state = None
    else:
        chosen, state = choose(None), _check_state(initial_state, network)
        if abs(math.frexp(float(np.abs(state).max()))[1]) > _LARGEST // 2:
            raise ArgumentError(
                "initial_state",
                f"an array with entries up to {np.abs(state).max():.3g}",
                "its squares leave the range of doubles: multiply it by a power of two",
            )
        gram = symmetrised(state @ state.T) / network.entry
        rank = distinct = len(gram)
    return Job(network, chosen, seed, gram, state, None, rank, distinct, dict(observables))


def _far(start: Array, power: int, network: Network) -> int:
    """Return an even e where the start to this power has a size of about 2^e, far from 1; else 0.

    Raises
    ------
    ArgumentError
        If its squares leave the range of doubles and its scale matters.
    """
    exponent = power * (math.frexp(float(np.abs(start).max()))[1] // 2 * 2)
    if forgets_scale(network):
        return exponent if abs(exponent) > SAFE else 0
    if power == 2 and abs(exponent) > _LARGEST:
        far, how = ("over", "divide") if exponent > 0 else ("under", "multiply")
        raise ArgumentError(
            "initial_state",
            f"an array with entries up to {np.abs(start).max():.3g}",
            f"its squares {far}flow, and its scale matters here: {how} it by a power of two",
        )
    return 0


def _check_initial_gram(initial_gram: ArrayLike, network: Network) -> tuple[Array, int, int]:
    """Return G, its rank and the number of samples that differ, as double precision knows them."""
    gram = check_gram("initial_gram", initial_gram)
    if len(gram) != network.columns:
        samples = f"a batch of {network.batch} samples has a square one of that size"
        if network.positions:
            samples = f"the {network.columns} columns of samples and positions have that size"
        raise ArgumentError("initial_gram", f"an array of shape {gram.shape}", samples)
    F = factor(gram[None])[0]
    return gram, int(F.any(axis=0).sum()), len(np.unique(F, axis=0))


def _check_rank(rank: int, network: Network, route: Route) -> None:
    if not can_start(network, route, rank):
        raise ArgumentError(
            "initial_gram",
            f"a matrix of rank {rank}",
            f"on route {route} {network.entry} neurons give a rank of at most {network.entry}",
        )


def _check_state(initial_state: ArrayLike, network: Network) -> Array:
    """Return Hᵀ, shape (n, d)."""
    state = real_array("initial_state", initial_state)
    wanted = (network.entry, network.columns)
    if state.shape != wanted:
        raise ArgumentError(
            "initial_state",
            f"an array of shape {state.shape}",
            f"rows are neurons and columns samples: it must be {wanted}",
        )
    if not np.isfinite(state).all():
        raise ArgumentError("initial_state", "an array with NaN or infinity", "make it finite")
    if not state.any():
        raise ArgumentError("initial_state", "a zero matrix", "at least one entry must not be 0")
    return np.ascontiguousarray(state.T)


def _check_activation(operation: Elementwise) -> None:
    probe = np.linspace(-1, 1, 6).reshape(1, 2, 3)
    before = probe.copy()
    with np.errstate(all="ignore"):
        answer = np.asarray(operation.function(probe))
    if answer.shape != probe.shape or answer.dtype.kind not in "fiub":
        raise ArgumentError(
            "layer",
            operation.name,
            "an activation takes a float array of any shape to a real one of the same shape",
        )
    if not np.array_equal(probe, before):
        raise ArgumentError("layer", operation.name, "an activation must not change its input")
    if operation.homogeneous:
        with np.errstate(all="ignore"):
            doubled = operation.function(2 * probe)
        if not np.array_equal(doubled, 2 * answer):
            raise ArgumentError(
                "layer",
                operation.name,
                "it is called homogeneous but φ(2x) is not 2φ(x): leave homogeneous out",
            )


def check_derivative(operation: Elementwise) -> None:
    """Refuse an activation without a derivative, or with one that differences of it contradict.

    Raises
    ------
    ArgumentError
        With the name of the activation.
    """
    if operation.derivative is None:
        raise ArgumentError(
            "layer", operation.name, "gradients need its derivative: give Activate a derivative"
        )
    # Far from round numbers, where kinks are.
    probe = np.array([-2.7183, -1.1447, -0.5772, 0.3679, 0.9159, 1.7725]).reshape(1, 2, 3)
    step = 2.0**-20
    with np.errstate(all="ignore"):
        slopes = np.asarray(operation.derivative(probe))
        rises = operation.function(probe + step) - operation.function(probe - step)
    if slopes.shape != probe.shape or slopes.dtype.kind not in "fiub":
        raise ArgumentError(
            "layer",
            operation.name,
            "a derivative takes a float array of any shape to a real one of the same shape",
        )
    expected = np.asarray(rises / (2 * step), dtype=np.float64)
    room = 1e-4 * (1 + np.abs(expected))
    # One may sit at a kink of a function of somebody's own.
    if (np.abs(slopes - expected) > room).sum() > 1:
        raise ArgumentError(
            "layer",
            operation.name,
            "its derivative is not what differences of it say: correct the one or the other",
        )


def check_helpers(executor: object, progress: object) -> None:
    """Refuse an executor that runs nothing, and a progress that cannot be called."""
    if executor is not None:
        instance("executor", executor, Executor, "an executor of concurrent.futures, or None")
    if progress is not None:
        function("progress", progress, "a function of what is done and the total, or None")


def check_pickles(
    network: Network, observables: Mapping[str, Functional], gradients: Request | None = None
) -> None:
    """Refuse what cannot be sent to another process."""
    functions = {f"observable {name}": function for name, function in observables.items()}
    for operation in activations(network):
        functions[f"activation {operation.name}"] = operation.function
        if gradients is not None and operation.derivative is not None:
            functions[f"derivative of {operation.name}"] = operation.derivative
    if gradients is not None and callable(gradients.cotangent):
        functions["cotangent"] = gradients.cotangent
    for name, called in functions.items():
        try:
            pickle.dumps(called)
        except (pickle.PicklingError, AttributeError, TypeError):
            raise ArgumentError(
                "executor",
                "a process pool",
                f"the function of {name} cannot be sent to a process: define it with def at the "
                "top of a module, or use threads",
            ) from None
