"""A summed-up simulation as plain data: a document for programs, rows for a table."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

import depthlaw
from depthlaw.render.start import FileStart, Start, command_line
from depthlaw.render.summary import MEAN, MEDIAN, THRESHOLD, Interval, Layer, Summary, range_of
from depthlaw.theory.network import Network

_NUMBERS = tuple(name for name in Interval.__dataclass_fields__ if name != "of")


def simulation_document(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain data: all that the run depended on, and every layer."""
    run = summary.trajectory
    return {
        **run_document(run.network, summary.start, run.replicas, summary.seed, summary.level),
        "depth": run.depth,
        "route": str(run.route),
        "command": _command(summary),
        "degenerate": summary.degenerate,
        "dropped": int(run.dropped.sum()),
        "soft_rank_threshold": THRESHOLD,
        **_gradients_document(summary),
        "layers": [
            {**_layer_document(layer), **_weights_document(summary, layer)}
            for layer in summary.layers
        ],
    }


def _gradients_document(summary: Summary) -> dict[str, Any]:
    """Return which gradients were simulated."""
    found = summary.trajectory.gradients
    if found is None:
        return {}
    given = {"cotangent": summary.cotangent, "independent": found.independent}
    return {"gradients": {**given, "logarithm": "natural"}}


def _weights_document(summary: Summary, layer: Layer) -> dict[str, Any]:
    """Return what the replicas showed of each weight matrix of a layer, without intervals."""
    found = summary.trajectory.gradients
    if found is None:
        return {}
    seen = {name: values[:, layer.depth] for name, values in found.log_weight_norms.items()}
    with np.errstate(invalid="ignore"):
        return {
            "weight_gradient_norms": {
                name: {
                    "mean": float(column.mean()),
                    "median": float(np.median(column)),
                    "smallest": float(column.min()),
                    "largest": float(column.max()),
                }
                for name, column in seen.items()
                if not np.isnan(column).any()
            }
        }


def run_document(
    network: Network, start: Start | FileStart, replicas: int, seed: int, level: float
) -> dict[str, Any]:
    """Return what any run of simulations depends on as plain data."""
    return {
        "version": depthlaw.__version__,
        "numpy": np.__version__,
        "network": network.to_json(),
        "start": start.document(),
        "seed": seed,
        "replicas": replicas,
        "level": level,
    }


def _command(summary: Summary) -> str:
    """Return the command that gives the same document again, on this version."""
    run, start = summary.trajectory, summary.start
    network = run.network.to_json()
    if "positions" in network:
        network["positions"] = "x".join(map(str, network["positions"]))
    options = {
        **{name: network.get(name) for name in ("layer", "stem", "head", "positions")},
        **{name: network.get(name) for name in ("batch", "width", "inputs")},
        "depth": run.depth,
        "replicas": run.replicas,
        "seed": summary.seed,
    }
    given = {name: value for name, value in options.items() if value is not None}
    last = {"route": run.route, "level": repr(summary.level), "json": None}
    return command_line("simulate", {**given, **start.options(), **_gradients(summary), **last})


def _gradients(summary: Summary) -> dict[str, str | None]:
    """Return the options that ask for the gradients; None for a flag."""
    found = summary.trajectory.gradients
    if found is None:
        return {}
    options: dict[str, str | None] = {"gradients": None}
    if summary.cotangent not in (None, "random"):
        options["cotangent"] = summary.cotangent
    return {**options, **({"independent": None} if found.independent else {})}


def _layer_document(layer: Layer) -> dict[str, Any]:
    return {
        "depth": layer.layers,
        "part": layer.part,
        **{name: _interval_document(name, layer) for name in layer.observables},
        "degenerate": layer.degenerate,
        "undefined": layer.undefined,
    }


def _interval_document(name: str, layer: Layer) -> dict[str, Any]:
    """Return an interval as plain data, and of what it is where that is not the mean."""
    interval = layer.observables[name]
    known = dict.fromkeys(_NUMBERS) if interval is None else asdict(interval)
    known["of"] = interval_of(name)
    return {key: value for key, value in known.items() if key != "of" or value != MEAN}


def interval_of(name: str) -> str:
    """Return what the intervals of an observable are of: its mean, or its median.

    >>> interval_of("isometry"), interval_of("isometry_gap")
    ('mean', 'median')
    """
    return MEDIAN if range_of(name) is None else MEAN


def simulation_rows(summary: Summary) -> list[dict[str, Any]]:
    """Return a table: one row a layer and observable, None where a number does not exist."""
    return [
        {
            "depth": layer.layers,
            "part": layer.part,
            "width": layer.width,
            "observable": name,
            "of": interval_of(name),
            **dict.fromkeys(_NUMBERS),
            **({} if interval is None else {key: getattr(interval, key) for key in _NUMBERS}),
            "degenerate": layer.degenerate,
            "undefined": layer.undefined,
        }
        for layer in summary.layers
        for name, interval in layer.observables.items()
    ]
