"""``depthlaw predict``: what theory says of a network in the wide limit, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from depthlaw.commands.network_text import read_positions
from depthlaw.commands.options import Flag, Json, Real, Whole
from depthlaw.commands.start_file import read_samples
from depthlaw.theory.errors import ArgumentError, integer

if TYPE_CHECKING:
    from depthlaw.render.prediction import Begun
    from depthlaw.theory.network import Network
    from depthlaw.theory.network.residual import Operation

NOMINAL = 2**6 * 3**2 * 5 * 7 * 11 * 13
"""Stands for the width where none is given: any usual number of heads divides it."""


def predict(
    *,
    layer: str,
    depth: Whole,
    batch: Whole | None = None,
    correlation: Real | None = None,
    second_moment: Real | None = None,
    start: str | None = None,
    columns: bool = False,
    width: Whole | None = None,
    stem: str | None = None,
    head: str | None = None,
    positions: str | None = None,
    replicas: Whole | None = None,
    seed: Whole | None = None,
    level: Real | None = None,
    gradients: Flag = False,
    kernels: Flag = False,
    readout: str | None = None,
    out: str | None = None,
    json: Json = False,
) -> int:
    """Say what theory predicts for a network of infinite width, layer by layer and in the limit.

    Parameters
    ----------
    layer
        Operations separated by commas, repeated at every depth: linear (:variance=2, :bias=0.05,
        :width=4x), conv:3, batchnorm, layernorm, rmsnorm, activations, glu(silu),
        attention:uniform, residual(layernorm,linear):scale=0.5, …
    depth
        Layers.
    batch
        Samples; 2 unless given.
    correlation
        Cosine between any two samples at the start; 0.5 unless given.
    second_moment
        Mean square of every sample at the start; 1 unless given.
    start
        Instead: a .npy or .csv file with the batch, a sample on each row.
    columns
        The samples of the file are its columns.
    width
        Say also how far the correlation of two samples spreads at this width.
    stem
        Operations before the first layer.
    head
        Operations after the last layer.
    positions
        Shape of a sample for convolutions and attention, like 8x8 or 64.
    replicas, seed, level
        For attention with a softmax, whose scores are drawn at the width of its heads (--width, or
        :head_width): 30 draws, seed 0, and the probability 1e-3 that any interval misses a median.
    gradients
        Show also by what squared gradients grow through each layer, from the output to the start.
    kernels
        Show instead the kernels of outputs (NNGP) and of gradients (NTK); not with batchnorm.
    readout
        For --kernels, what becomes of the positions before the head: average or flatten.
    out
        File for the table of all layers: .csv, .json or .parquet.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.drawn import draws_attention
    from depthlaw.render.json_text import print_json
    from depthlaw.render.output import check_table, table_bytes, write_whole
    from depthlaw.render.page import Page
    from depthlaw.render.prediction import (
        Begun,
        add_prediction,
        prediction_document,
        prediction_rows,
    )
    from depthlaw.theory.network import Network
    from depthlaw.theory.network.text import parse_layer
    from depthlaw.theory.prediction import predict as run
    from depthlaw.theory.prediction.covariance import MOST_COLUMNS
    from depthlaw.theory.tangent.gradients import predict_gradients

    suffix = None if out is None else check_table(out)
    before = () if stem is None else parse_layer(stem)
    operations = parse_layer(layer)
    behind = () if head is None else parse_layer(head)
    shape = read_positions(positions)
    depth = integer("depth", depth, at_least=0)
    d = _width(width, (*before, *operations, *behind))
    if start is None:
        if columns:
            raise ArgumentError("columns", True, "it says how to read --start FILE: name one")
        samples = 2 if batch is None else integer("batch", batch)
        network = Network(d, samples, operations, before, behind, shape)
        given: dict[str, Any] = {"correlation": correlation, "second_moment": second_moment}
        begun = Begun(0.5 if correlation is None else correlation, second_moment or 1.0)
    else:
        for name, value in (("correlation", correlation), ("second-moment", second_moment)):
            if value is not None:
                raise ArgumentError(name, value, "the file has its own: leave one of the two out")
        table = read_samples(start, columns=columns)
        if len(table) > MOST_COLUMNS:
            raise ArgumentError(
                "start",
                start,
                f"it holds {len(table)} samples, and at most {MOST_COLUMNS} are read",
            )
        rows = _batch(batch, len(table), shape)
        network = Network(d, rows, operations, before, behind, shape)
        given = {"initial_gram": table @ table.T / table.shape[1], "gaussian": False}
        begun = Begun(file=start)
    options = {"replicas": replicas, "seed": seed, "level": level}
    asked = {name: value for name, value in options.items() if value is not None}
    if kernels:
        from depthlaw.commands.predict_kernels import show_kernels

        for name, value in (asked | ({} if width is None else {"width": width})).items():
            raise ArgumentError(name, value, "kernels are those of infinite width: leave it out")
        if gradients:
            raise ArgumentError("gradients", True, "--kernels shows kernels alone: leave one out")
        given.pop("gaussian", None)
        return show_kernels(network, depth, readout, given, begun, out=out, json=json)
    if readout is not None:
        raise ArgumentError("readout", readout, "it belongs to --kernels: add that")
    found = run(network, depth=depth, spread=width is not None, **given)
    backward = predict_gradients(network, depth=depth, **given) if gradients else None
    if found.unanswered is not None and draws_attention(network):
        if gradients:
            raise ArgumentError(
                "gradients",
                True,
                "softmax attention has random scores, through which theory has no gradient: use "
                "simulate --gradients, or attention:uniform",
            )
        _require_head_width(network, width)
        return _drawn(network, depth, begun, given | asked, out, suffix, json)
    for name, value in asked.items():
        raise ArgumentError(name, value, "nothing is drawn for this network: leave it out")
    if out is not None and suffix is not None:
        write_whole({"out": (out, table_bytes(prediction_rows(found, width, backward), suffix))})
    if json:
        print_json(prediction_document(found, begun, width, backward))
        return 0
    page = Page()
    add_prediction(page, found, begun, width, backward)
    if out is not None:
        page.add("", f"All layers are in {out}.")
    page.write()
    return 0


def _drawn(
    network: Network,
    depth: int,
    begun: Begun,
    given: dict[str, Any],
    out: str | None,
    suffix: str | None,
    json: bool,
) -> int:
    """Show the prediction with attention drawn."""
    from depthlaw.drawn import predict_drawn
    from depthlaw.render.drawn_prediction import add_drawn, drawn_document, drawn_rows
    from depthlaw.render.json_text import print_json
    from depthlaw.render.output import table_bytes, write_whole
    from depthlaw.render.page import Page

    found = predict_drawn(network, depth=depth, **given)
    if out is not None and suffix is not None:
        write_whole({"out": (out, table_bytes(drawn_rows(found), suffix))})
    if json:
        print_json(drawn_document(found, begun))
        return 0
    page = Page()
    add_drawn(page, found, begun)
    if out is not None:
        page.add("", f"All layers are in {out}.")
    page.write()
    return 0


def _require_head_width(network: Network, width: int | None) -> None:
    """Refuse heads of no width: what softmax attention does is drawn at that of its heads."""
    from depthlaw.drawn import all_operations
    from depthlaw.theory.network import Attention

    if width is None and any(
        isinstance(operation, Attention) and operation.head_width is None
        for operation in all_operations(network)
    ):
        raise ArgumentError(
            "width",
            "missing",
            "what softmax attention does is drawn at the width of its heads: give --width, or "
            ":head_width=64",
        )


def _batch(batch: int | None, rows: int, shape: tuple[int, ...]) -> int:
    """Return the samples in a file of so many rows, one for each position."""
    import math

    each = math.prod(shape)
    if rows % each:
        raise ArgumentError(
            "positions",
            "x".join(map(str, shape)),
            f"the file has {rows} rows, and {each} positions do not divide them",
        )
    if batch is not None and batch != rows // each:
        raise ArgumentError("batch", batch, f"the file has {rows // each} samples: leave it out")
    return rows // each


def _width(width: int | None, operations: tuple[Operation, ...]) -> int:
    if width is not None:
        return integer("width", width)
    # Where a layer names its neurons, the stream has as many.
    return next(_named(operations), NOMINAL)


def _named(operations: tuple[Operation, ...]) -> Iterator[int]:
    for operation in reversed(operations):
        inside = getattr(operation, "branch", None)
        if inside is not None:
            yield from _named(inside)
        named = getattr(operation, "width", None)
        if isinstance(named, int):
            yield named
