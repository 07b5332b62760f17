"""``depthlaw simulate``: follow a batch through random layers."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from depthlaw.commands.cotangent import backward_options
from depthlaw.commands.crossing import crossing_sentence, find_crossing
from depthlaw.commands.network_text import as_typed, read_operations, read_positions
from depthlaw.commands.options import Flag, Json, Real, Whole
from depthlaw.commands.start import Batch, first_batch
from depthlaw.theory.errors import (
    ArgumentError,
    DepthlawError,
    UnknownNameError,
    integer,
    probability,
)

if TYPE_CHECKING:
    from depthlaw.numerics.trajectory import Trajectory
    from depthlaw.render.summary import Summary
    from depthlaw.render.theory_curves import Curve
    from depthlaw.theory.network import Network, Operation


def simulate(
    *,
    layer: str,
    batch: Whole | None = None,
    width: Whole,
    depth: Whole,
    stem: str | None = None,
    head: str | None = None,
    positions: str | None = None,
    inputs: Whole | None = None,
    replicas: Whole = 16,
    seed: Whole = 0,
    start: str = "equicorrelated",
    columns: Flag = False,
    correlation: Real | None = None,
    route: str = "auto",
    level: Real = 1e-3,
    gradients: Flag = False,
    cotangent: str | None = None,
    independent: Flag = False,
    observables: str | None = None,
    plot: str | None = None,
    out: str | None = None,
    solve: str | None = None,
    target: Real | None = None,
    json: Json = False,
) -> int:
    """Draw random networks and follow the Gram matrix of a batch, with confidence intervals.

    Operations, each with an example of its options:

    - linear:variance=2:bias=0.1:width=4x: also :haar, :uniform, :unit, :residual=0.1, :mean=0.5,
      :law=-1@1/2;1@1/2
    - conv:3:circular: over --positions; conv:3x5, and variance, bias, width as for linear
    - attention:heads=8:causal: also :head_width=64, :window=16, :temperature=2, :scale=1, :uniform
    - residual(layernorm,linear):scale=0.5:skip=0.9: a skip around operations
    - batchnorm, layernorm, rmsnorm:epsilon=1e-5: as in PyTorch
    - recenter, rescale:features: without epsilon, over the batch or the features
    - relu, elu(0.5), tanh(2*x): an activation, or a formula in x; glu(silu)
    - average: the mean over the tokens of a sequence

    Parameters
    ----------
    layer
        Operations separated by commas, repeated at every depth.
    batch
        Samples, at least 2 where a sample has one position; a start file has its own.
    width
        Neurons in a layer.
    depth
        Layers.
    stem
        Operations before the first layer; they count as a layer of their own in what is shown.
    head
        Operations after the last layer, likewise.
    positions
        Shape of a sample: 16 for a sequence of tokens, 8x8 for an image.
    inputs
        Features of the start, where they are not the width.
    replicas
        Independent networks; more of them narrow the intervals.
    seed
        Whole number of at least 0; the same seed gives the same result.
    start
        The first Gram matrix: equicorrelated or isotropic. Or a batch, FILE.npy or FILE.csv: rows
        are samples (with positions: those of the first sample, then of the second, …).
    columns
        The columns of the start file are the samples.
    correlation
        Cosine between any two columns of an equicorrelated start, from -1/(columns-1) to 1; 0.5
        unless given.
    route
        How layers are drawn: auto (the cheapest exact way), wishart, gram, state or explicit.
    level
        Probability that any of the intervals shown misses its mean, or median.
    gradients
        Go back through the layers as well, exactly in law: what gradients become on their way.
    cotangent
        The gradient at the output: random (of length 1, unless given), output (H itself, of
        L = ||H||^2/2), or FILE.npy, FILE.csv, whose rows are samples like those of a start.
    independent
        Draw the weights of the way back anew, as mean-field theory does.
    observables
        What the table and the picture show, separated by commas; --json and --out have all.
    plot
        File for a picture of the observables over depth (.png, .pdf, .svg).
    out
        File for a table, one row a layer and observable (.csv, .json, .parquet).
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
    from depthlaw.render.simulation import add_simulation
    from depthlaw.render.simulation_document import run_document, simulation_document
    from depthlaw.render.summary import Summary

    level = probability("level", level)
    shape = read_positions(positions)
    parts = {
        name: read_operations(name, text)
        for name, text in (("layer", layer), ("stem", stem), ("head", head))
    }
    shown = _chosen(observables, used=plot is not None or not json, gradients=gradients)
    _check_files(plot, out)
    begun = first_batch(
        start, batch=batch, positions=shape, correlation=correlation, columns=columns
    )
    network = _network(parts, begun, integer("width", width), shape, inputs)
    depth = integer("depth", depth, at_least=0)
    replicas = integer("replicas", replicas)
    seed = integer("seed", seed, at_least=0)
    _require_memory(network, depth, replicas)
    backward = backward_options(gradients, cotangent, independent, network, depth, columns=columns)
    if solve is not None or target is not None:
        others = {"observables": observables, "plot": plot, "out": out}
        others["gradients"] = "given" if gradients else None
        crossing = find_crossing(
            network, begun, solve, target, route, depth, replicas, level, seed, others
        )
        if json:
            run = run_document(network, begun.start, replicas, seed, level)
            print_json({**run, "depth": depth, "solved": asdict(crossing)})
        else:
            page = Page()
            page.add(crossing_sentence(crossing, target))
            page.write()
        return 0
    # Before the long run, which nothing should cost that comes after it.
    at_random = gradients and cotangent in (None, "random")
    predicted, unanswered = (
        (None, None) if plot is None else _predicted(network, begun, depth, gradients=at_random)
    )
    found = _follow(
        network, begun, backward, depth=depth, replicas=replicas, seed=seed, route=route
    )
    at_the_top = (cotangent or "random") if gradients else None
    summary = Summary.of(found, begun.start, seed=seed, level=level, cotangent=at_the_top)
    _write(summary, shown, plot, out, predicted)
    if json:
        print_json(simulation_document(summary))
        return 0
    page = Page()
    add_simulation(page, summary, shown)
    for done, file in (("Drawn in", plot), ("All layers and observables are in", out)):
        if file is not None:
            page.add(f"{done} {file}.")
    if unanswered is not None:
        page.add(f"The picture has no more of theory's curve. {unanswered}")
    page.write()
    return 0


def _chosen(observables: str | None, *, used: bool, gradients: bool) -> tuple[str, ...]:
    """Return the observables to show, in the order in which they were named."""
    from depthlaw.render.summary import GRADIENTS, RANGES, SHOWN, WITH_GRADIENTS

    if observables is None:
        return WITH_GRADIENTS if gradients else SHOWN
    if not used:
        raise ArgumentError("observables", observables, "--json has all of them: leave it out")
    names = tuple(name.strip().replace(" ", "_") for name in observables.split(","))
    for name in names:
        if name in GRADIENTS and not gradients:
            raise ArgumentError("observables", name, "it belongs to --gradients: add that")
        known = (*RANGES, *(GRADIENTS if gradients else ()))
        if name not in known:
            raise UnknownNameError("observable", name or "''", known)
        if names.count(name) > 1:
            raise ArgumentError("observables", observables, f"it names {name} twice")
    return names


def _check_files(plot: str | None, out: str | None) -> None:
    """Refuse what could not be written in the end, before anything is simulated."""
    from depthlaw.render.output import PICTURES, check_ending, check_table

    if plot is not None:
        from depthlaw.plots.profile import require_matplotlib

        check_ending("plot", plot, PICTURES)
        require_matplotlib()
    if out is not None:
        check_table(out)


def _network(
    parts: dict[str, tuple[Operation, ...]],
    begun: Batch,
    width: int,
    positions: tuple[int, ...],
    inputs: int | None,
) -> Network:
    from depthlaw.numerics.sampling.walk.steps import only_gram_matters
    from depthlaw.theory.network import Network

    features = begun.features
    if features is not None:
        if inputs is not None and inputs != features:
            raise ArgumentError("inputs", inputs, f"the file has {features} features: leave it out")
        if inputs is None and features != width and not parts["stem"]:
            raise ArgumentError(
                "start",
                getattr(begun.start, "file", ""),
                f"it has {features} features and the network a width of {width}: give --width "
                f"{features}, or a first map to the width like --stem linear",
            )
        inputs = features
    entry = None if inputs == width else inputs
    network = Network(width, begun.size, positions=positions, inputs=entry, **parts)
    if entry is not None and features is None and only_gram_matters(network):
        raise ArgumentError(
            "inputs",
            entry,
            "without effect, since the first weights have variance 1/inputs and see nothing of "
            "the start but its Gram matrix: leave it out, or start from a file",
        )
    return network


def _write(
    summary: Summary,
    shown: tuple[str, ...],
    plot: str | None,
    out: str | None,
    predicted: dict[str, Curve] | None,
) -> None:
    """Write the picture and the table, both or neither."""
    from depthlaw.render.output import check_table, table_bytes, write_whole
    from depthlaw.render.simulation_document import simulation_rows

    files: dict[str, tuple[str, bytes]] = {}
    if plot is not None:
        from depthlaw.plots.profile import picture_bytes

        files["plot"] = plot, picture_bytes(summary, shown, plot, predicted=predicted)
    if out is not None:
        files["out"] = out, table_bytes(simulation_rows(summary), check_table(out))
    write_whole(files)


def _predicted(
    network: Network, begun: Batch, depth: int, *, gradients: bool
) -> tuple[dict[str, Curve] | None, str | None]:
    """Return the wide limit of what is simulated, and why it has no more of an answer."""
    from depthlaw.render.theory_curves import theory_curves
    from depthlaw.theory.prediction import predict

    samples = begun.samples
    start: dict[str, Any] = (
        {"correlation": getattr(begun.start, "correlation", None)}
        if samples is None
        else {"initial_gram": samples @ samples.T / samples.shape[1], "gaussian": False}
    )
    try:
        found = predict(network, depth=depth, **start)
    except DepthlawError as error:
        return None, f"{error}."
    curves = theory_curves(found, depth)
    if gradients and not network.head:
        from depthlaw.render.theory_curves import gradient_curves
        from depthlaw.theory.tangent.gradients import predict_gradients

        curves |= gradient_curves(predict_gradients(network, depth=depth, **start))
    return curves, found.unanswered


def _follow(
    network: Network,
    begun: Batch,
    backward: dict[str, Any],
    *,
    depth: int,
    replicas: int,
    seed: int,
    route: str,
) -> Trajectory:
    from depthlaw.numerics.simulate import simulate as run
    from depthlaw.render.progress import counting
    from depthlaw.render.summary import measured

    start: dict[str, Any] = (
        {"initial_gram": begun.gram(network.columns)}
        if begun.samples is None
        else {"initial_state": begun.samples.T}
    )
    try:
        with as_typed(network), counting("layers") as progress:
            return run(
                network,
                depth=depth,
                replicas=replicas,
                seed=seed,
                observables=measured(network, depth),
                route=None if route == "auto" else route,
                progress=progress,
                **start,
                **backward,
            )
    except UnknownNameError as error:
        if error.what != "route":
            raise
        raise UnknownNameError("route", route, ["auto", *error.known]) from None


def _require_memory(network: Network, depth: int, replicas: int) -> None:
    """Refuse tables and Gram matrices that would not fit, before anything is allocated."""
    from depthlaw.numerics.sampling.plan import in_gigabytes, memory_limit
    from depthlaw.render.summary import RANGES

    n, limit = network.columns, memory_limit()
    tables = 8 * replicas * (depth + 3) * (len(RANGES) + 6)
    grams = 8 * n**2 * (replicas + 4)
    if tables + grams <= limit:
        return
    name: str
    value: object
    name, value = max(("depth", depth), ("replicas", replicas), key=lambda pair: pair[1])
    if grams > tables:
        name, value = "replicas", replicas
        if 8 * n**2 * 5 > limit:
            name, value = "batch", network.batch
            if math.prod(network.positions) > network.batch:
                name, value = "positions", "x".join(map(str, network.positions))
    raise ArgumentError(
        name,
        value,
        f"the results need about {in_gigabytes(tables + grams):.3g} GB of memory and may use "
        f"{limit / 1e9:.3g} GB here; take less",
    )
