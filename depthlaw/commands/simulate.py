"""``depthlaw simulate``: follow a batch through random layers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from depthlaw.commands.options import Json, Real, Whole
from depthlaw.theory.errors import ArgumentError, UnknownNameError, integer, probability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from depthlaw.numerics.simulate import Trajectory
    from depthlaw.numerics.studies.inverse import Crossing
    from depthlaw.render.simulation import Start
    from depthlaw.theory.network import Network

DEFAULT_CORRELATION = 0.5


def simulate(
    *,
    layer: str,
    batch: Whole,
    width: Whole,
    depth: Whole,
    replicas: Whole = 16,
    seed: Whole = 0,
    start: str = "equicorrelated",
    correlation: Real | None = None,
    route: str = "auto",
    level: Real = 1e-3,
    solve: str | None = None,
    target: Real | None = None,
    json: Json = False,
) -> int:
    """Draw random networks and follow the Gram matrix of a batch, with confidence intervals.

    Parameters
    ----------
    layer
        Operations separated by commas, repeated at every depth: linear (:haar, :uniform, :unit,
        :residual=0.1, :mean=0.5, :law=-1@1/2;1@1/2), recenter, rescale (over the
        batch; :features), or an activation.
    batch
        Samples, at least 2.
    width
        Neurons in a layer.
    depth
        Layers.
    replicas
        Independent networks; more of them narrow the intervals.
    seed
        Whole number of at least 0; the same seed gives the same result.
    start
        The first Gram matrix: equicorrelated or isotropic.
    correlation
        Cosine between any two samples of an equicorrelated start; 0.5 unless given.
    route
        How layers are drawn: auto (the cheapest exact way), wishart, gram, state or explicit.
    level
        Probability that any of the intervals shown misses its mean.
    solve
        depth or width: report instead from which layer (up to DEPTH), or from which width
        (doubling up to WIDTH), on the mean orthogonality gap is measured to be below the target.
    target
        What the gap is to fall below.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.render.json_text import print_json
    from depthlaw.render.page import Page
    from depthlaw.render.simulation import (
        Summary,
        add_simulation,
        run_document,
        simulation_document,
    )
    from depthlaw.theory.network import Network
    from depthlaw.theory.network.text import parse_layer

    batch = integer("batch", batch, at_least=2)
    level = probability("level", level)
    network = Network(integer("width", width), batch, parse_layer(layer))
    depth = integer("depth", depth, at_least=0)
    replicas = integer("replicas", replicas)
    seed = integer("seed", seed, at_least=0)
    _require_memory(batch, depth, replicas)
    begun, gram = _start(start, batch, correlation)
    if solve is not None or target is not None:
        crossing = _crossing(network, gram, solve, target, route, depth, replicas, level, seed)
        if json:
            run = run_document(network, begun, replicas, seed, level)
            print_json({**run, "depth": depth, "solved": asdict(crossing)})
        else:
            page = Page()
            page.add(_crossing_sentence(crossing, target))
            page.write()
        return 0
    found = _follow(network, gram, depth=depth, replicas=replicas, seed=seed, route=route)
    summary = Summary.of(found, begun, seed=seed, level=level)
    if json:
        print_json(simulation_document(summary))
        return 0
    page = Page()
    add_simulation(page, summary)
    page.write()
    return 0


def _crossing(
    network: Network,
    gram: NDArray[np.float64],
    solve: str | None,
    target: float | None,
    route: str,
    depth: int,
    replicas: int,
    level: float,
    seed: int,
) -> Crossing:
    from depthlaw.numerics.studies.inverse import smallest_depth, smallest_width
    from depthlaw.render.progress import counting

    if solve not in ("depth", "width"):
        raise ArgumentError("solve", solve or "missing", "it must be depth or width")
    if route != "auto":
        raise ArgumentError("route", route, "--solve takes the cheapest one: leave it out")
    if target is None:
        raise ArgumentError("target", "missing", "say what the gap is to fall below: --target 0.1")
    with _as_typed(network, largest=solve), counting("layers") as progress:
        if solve == "depth":
            return smallest_depth(
                network,
                target=target,
                initial_gram=gram,
                largest=depth,
                replicas=replicas,
                level=level,
                seed=seed,
                progress=progress,
            )
        return smallest_width(
            network,
            target=target,
            initial_gram=gram,
            depth=depth,
            largest=network.width,
            replicas=replicas,
            level=level,
            seed=seed,
            progress=progress,
        )


@contextmanager
def _as_typed(network: Network, **names: str) -> Iterator[None]:
    """Let errors name what somebody typed, where the library knows it by another name."""
    try:
        yield
    except ArgumentError as error:
        if error.argument in names:
            raise ArgumentError(names[error.argument], error.value, error.advice) from None
        if error.argument != "initial_gram":
            raise
        # What `start` and `correlation` build, which nobody typed here.
        raise ArgumentError(
            "width", network.width, f"the start is {error.value}, and {error.advice}"
        ) from None


def _crossing_sentence(crossing: Crossing, target: float | None) -> str:
    name, above, below = crossing.parameter, crossing.above, crossing.below
    start = (
        "nowhere certainly above" if above is None else f"last certainly above at {name} {above}"
    )
    end = "not shown to be below" if below is None else f"certainly below at {name} {below}"
    if crossing.undefined:
        first, last = crossing.undefined[0], crossing.undefined[-1]
        end += (
            f"; at {len(crossing.undefined)} of the {name}s looked at ({first} to {last}) some "
            "networks came out zero, and there is no mean"
        )
    elif below is None:
        end += f": raise --replicas, or --{name}"
    return (
        f"The mean orthogonality gap against {target:g}: {start}, {end} "
        f"(level {crossing.level:g}, {crossing.replicas} replicas, seed {crossing.seed})."
    )


def _start(start: str, batch: int, correlation: float | None) -> tuple[Start, NDArray[np.float64]]:
    from depthlaw.render.simulation import ISOTROPIC, STARTS, Start
    from depthlaw.theory.network.gram import equicorrelated

    if start not in STARTS:
        raise UnknownNameError("start", start, STARTS)
    if start == ISOTROPIC:
        if correlation is not None:
            raise ArgumentError(
                "correlation", correlation, "an isotropic start has none: leave one of the two out"
            )
        return Start(start, 0.0), equicorrelated(batch, 0.0)
    shared = DEFAULT_CORRELATION if correlation is None else correlation
    gram = equicorrelated(batch, shared)
    if batch > 1 and gram[0, 1] in (1.0, -1 / (batch - 1)):
        raise ArgumentError(
            "correlation",
            correlation,
            "the starting Gram matrix would be singular: take it strictly between "
            f"{-1 / (batch - 1):.6g} and 1",
        )
    return Start(start, shared), gram


def _follow(
    network: Network,
    gram: NDArray[np.float64],
    *,
    depth: int,
    replicas: int,
    seed: int,
    route: str,
) -> Trajectory:
    from depthlaw.numerics.simulate import simulate as run
    from depthlaw.render.progress import counting

    try:
        with _as_typed(network), counting("layers") as progress:
            return run(
                network,
                depth=depth,
                replicas=replicas,
                seed=seed,
                initial_gram=gram,
                route=None if route == "auto" else route,
                progress=progress,
            )
    except UnknownNameError as error:
        if error.what != "route":
            raise
        raise UnknownNameError("route", route, ["auto", *error.known]) from None


def _require_memory(batch: int, depth: int, replicas: int) -> None:
    """Refuse tables that would not fit, before anything is allocated."""
    from depthlaw.numerics.sampling.plan import memory_limit
    from depthlaw.theory.network.observables import OBSERVABLES

    tables = 8 * replicas * (depth + 1) * (len(OBSERVABLES) + 2)
    grams = 8 * batch**2 * (replicas + 4)
    limit = memory_limit()
    if tables + grams <= limit:
        return
    name, value = max(("depth", depth), ("replicas", replicas), key=lambda pair: pair[1])
    if grams > tables:
        name, value = ("batch", batch) if 8 * batch**2 * 5 > limit else ("replicas", replicas)
    raise ArgumentError(
        name,
        value,
        f"the results need about {(tables + grams) // 10**9} GB of memory and may use "
        f"{limit / 1e9:.3g} GB here; take less",
    )
