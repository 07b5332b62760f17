"""``depthlaw simulate --solve``: from which depth or width on the gap is small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depthlaw.commands.network_text import as_typed
from depthlaw.commands.start import Batch
from depthlaw.theory.errors import ArgumentError

if TYPE_CHECKING:
    from depthlaw.numerics.studies.inverse import Crossing
    from depthlaw.theory.network import Network


def find_crossing(
    network: Network,
    begun: Batch,
    solve: str | None,
    target: float | None,
    route: str,
    depth: int,
    replicas: int,
    level: float,
    seed: int,
    others: dict[str, str | None],
) -> Crossing:
    """Return where the mean orthogonality gap is measured to fall below the target.

    `others` are options that belong to a table or a picture, by name.

    Raises
    ------
    ArgumentError
        If an option does not fit the question.
    """
    from depthlaw.numerics.studies.inverse import smallest_depth, smallest_width
    from depthlaw.render.progress import counting

    if solve not in ("depth", "width"):
        raise ArgumentError("solve", solve or "missing", "it must be depth or width")
    if route != "auto":
        raise ArgumentError("route", route, "--solve takes the cheapest one: leave it out")
    for name, value in others.items():
        if value is not None:
            raise ArgumentError(name, value, "--solve gives one sentence: leave it out")
    if begun.samples is not None:
        raise ArgumentError("start", begun.start, "--solve starts from a Gram matrix: name one")
    if solve == "depth" and (network.stem or network.head):
        name = "stem" if network.stem else "head"
        raise ArgumentError(name, "given", "--solve depth counts layers alone: leave it out")
    if target is None:
        raise ArgumentError("target", "missing", "say what the gap is to fall below: --target 0.1")
    shared: dict[str, Any] = {
        "target": target,
        "initial_gram": begun.gram(network.columns),
        "replicas": replicas,
        "level": level,
        "seed": seed,
    }
    with as_typed(network, largest=solve), counting("layers") as progress:
        if solve == "depth":
            return smallest_depth(network, largest=depth, progress=progress, **shared)
        return smallest_width(
            network, depth=depth, largest=network.width, progress=progress, **shared
        )


def crossing_sentence(crossing: Crossing, target: float | None) -> str:
    """Return the answer as a sentence."""
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
