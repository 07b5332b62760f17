"""The gradient at the output, as a command names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depthlaw.theory.errors import ArgumentError

if TYPE_CHECKING:
    from depthlaw.theory.network import Array, Network


def backward_options(
    gradients: bool,
    cotangent: str | None,
    independent: bool,
    network: Network,
    depth: int,
    *,
    columns: bool,
) -> dict[str, Any]:
    """Return what a simulation is told of gradients.

    Raises
    ------
    ArgumentError
        If there is a cotangent, or weights are to be drawn anew, without gradients; or a file
        cannot be read or has another shape than the output.
    """
    if not gradients:
        for name, given in (("cotangent", cotangent is not None), ("independent", independent)):
            if given:
                raise ArgumentError(
                    name, cotangent if name == "cotangent" else True, "it belongs to --gradients"
                )
        return {}
    found: dict[str, Any] = {"gradients": True, "independent": independent}
    if cotangent == "output":
        found["cotangent"] = _itself
    elif cotangent not in (None, "random"):
        from depthlaw.commands.start_file import read_samples
        from depthlaw.numerics.sampling.walk.steps import output_width

        if not cotangent.lower().endswith((".npy", ".csv")):
            raise ArgumentError(
                "cotangent", cotangent or "''", "it is random, output, or a .npy or .csv file"
            )
        samples = read_samples(cotangent, columns=columns, name="cotangent")
        expected = network.columns, output_width(network, depth)
        if samples.shape != expected:
            raise ArgumentError(
                "cotangent",
                cotangent,
                f"it has {samples.shape[0]} samples (each of their positions counts) of "
                f"{samples.shape[1]} neurons, and the output {expected[0]} of {expected[1]}",
            )
        found["cotangent"] = samples.T
    return found


def _itself(H: Array) -> Array:
    return H
