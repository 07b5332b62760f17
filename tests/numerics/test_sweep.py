"""The phase map: a resumed one equals an uninterrupted one, and the probabilities of the sheet."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthlaw.numerics.estimation.binomial import binomial_bounds
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.studies import sweep
from depthlaw.numerics.studies.sweep import phase_map
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Linear, Network, Recenter, Rescale
from depthlaw.theory.network.batch_geometry import odd_state

GRID: dict[str, Any] = {"batches": [4, 8], "widths": [20, 30], "depths": [0, 10, 25]}


def test_a_map_that_was_interrupted_ends_in_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = phase_map(tmp_path / "whole", **GRID, replicas=30, round_size=30)
    left = iter([True] * 5)

    def stops(*args: Any, **kwargs: Any) -> Any:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return simulate(*args, **kwargs)

    monkeypatch.setattr("depthlaw.numerics.studies.sweep.simulate", stops)
    with pytest.raises(KeyboardInterrupt):
        phase_map(tmp_path / "parts", **GRID, replicas=30, round_size=7)
    written = [json.loads(path.read_text()) for path in (tmp_path / "parts").iterdir()]
    assert 0 < sum(record["trials"] for record in written) < 4 * 30
    monkeypatch.undo()
    assert phase_map(tmp_path / "parts", **GRID, replicas=30, round_size=7) == whole


def test_a_finished_map_is_read_and_not_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = phase_map(tmp_path, **GRID, replicas=5)

    def never(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("nothing is left to draw")

    monkeypatch.setattr("depthlaw.numerics.studies.sweep.simulate", never)
    assert phase_map(tmp_path, **GRID, replicas=5) == first


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid: dict[str, Any] = {"batches": [4], "widths": [20], "depths": [5]}
    phase_map(tmp_path, **grid, replicas=5)
    before = (tmp_path / "n4_d20.json").read_text()

    def full(*args: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        phase_map(tmp_path, **grid, replicas=9)
    assert [path.name for path in tmp_path.iterdir()] == ["n4_d20.json"]
    assert (tmp_path / "n4_d20.json").read_text() == before


def test_the_executor_changes_nothing(tmp_path: Path) -> None:
    alone = phase_map(tmp_path / "alone", **GRID, replicas=12)
    with ThreadPoolExecutor(3) as pool:
        assert phase_map(tmp_path / "pool", **GRID, replicas=12, executor=pool) == alone


def test_the_odd_state_becomes_likelier_with_width_above_the_threshold_and_rarer_below(
    tmp_path: Path,
) -> None:
    """Intervals at the ends of the sheet's rows for n = 6 and n = 10 do not overlap."""
    found = phase_map(
        tmp_path, batches=[6, 10], widths=[30, 400], depths=[100], replicas=150, level=0.01
    )
    assert found.cell(6, 30, 100).lower > found.cell(6, 400, 100).upper
    assert found.cell(10, 30, 100).upper < found.cell(10, 400, 100).lower
    for cell in found.cells:
        assert (cell.lower, cell.upper) == binomial_bounds(cell.successes, 150, level=0.01)
    assert "[" in found.table(100)
    assert len(json.loads(json.dumps(found.to_json()))["cells"]) == 4


def test_deep_layers_are_counted_and_not_lost_to_underflow(tmp_path: Path) -> None:
    found = phase_map(tmp_path, batches=[16], widths=[100], depths=[300, 1200], replicas=8)
    run = simulate(
        Network(100, 16, sweep.PLAIN),
        depth=1200,
        replicas=8,
        seed=(0, 16, 100),
        initial_gram=np.eye(16),
        observables={"odd": odd_state},
    )
    assert not np.isnan(run.values["odd"]).any()
    assert found.cell(16, 100, 1200).successes == run.values["odd"][:, 1200].sum()
    # The state attracts: by far most replicas are in it.
    assert found.cell(16, 100, 1200).lower > 0.5


def test_what_cannot_be_told_is_an_error_and_no_count(tmp_path: Path) -> None:
    layer = (Linear(), Recenter(), activation("gelu").operation())
    with pytest.raises(ArgumentError, match="too small for double precision"):
        phase_map(tmp_path, batches=[3], widths=[20], depths=[900], replicas=2, layer=layer)
    assert not list(tmp_path.iterdir())


def test_what_rounding_took_is_counted_as_unknown(tmp_path: Path) -> None:
    # |x| takes a batch on one line to equal samples, whose differences rounding hides.
    layer = (Linear(), Recenter(), activation("abs").operation())
    grid: dict[str, Any] = {"batches": [4], "widths": [20], "depths": [400], "layer": layer}
    found = phase_map(tmp_path, **grid, replicas=20).cell(4, 20, 400)
    assert found.unknown > 0
    assert found.lower == binomial_bounds(found.successes, 20, level=0.05)[0]
    assert found.upper == binomial_bounds(found.successes + found.unknown, 20, level=0.05)[1]
    assert phase_map(tmp_path, **grid, replicas=20).cell(4, 20, 400) == found


def test_with_rescaling_there_is_no_odd_state(tmp_path: Path) -> None:
    layer = (*sweep.PLAIN[:2], Rescale(), sweep.PLAIN[2])
    found = phase_map(tmp_path, batches=[16], widths=[50], depths=[100], replicas=40, layer=layer)
    assert found.cell(16, 50, 100).successes == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, "seed = 1"),
        ({"depths": [5]}, "depths"),
        ({"layer": (Linear(), Recenter())}, "layer"),
        ({"replicas": 3}, "replicas = 3: n4_d20.json holds 5 already"),
    ],
)
def test_another_map_in_the_directory_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    phase_map(tmp_path, **GRID, replicas=5)
    with pytest.raises(ArgumentError, match=message):
        phase_map(tmp_path, **{**GRID, "replicas": 5, **change})


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"trials": 3}'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "n4_d20.json").write_text(text)
    with pytest.raises(ArgumentError, match="it is no phase-map file"):
        phase_map(tmp_path, **GRID, replicas=5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batches": [1]}, "batches = 1: it must be at least 2"),
        ({"widths": []}, "widths = empty"),
        ({"depths": [-1]}, "depths = -1"),
        ({"replicas": 0}, "replicas = 0"),
        ({"round_size": 0}, "round_size = 0"),
        ({"level": 0}, "level = 0"),
    ],
)
def test_bad_input_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        phase_map(tmp_path, **{**GRID, "replicas": 5, **change})
    assert not list(tmp_path.iterdir())


def test_a_cell_off_the_grid_is_refused(tmp_path: Path) -> None:
    found = phase_map(tmp_path, **GRID, replicas=2)
    with pytest.raises(ArgumentError, match="not on the grid"):
        found.cell(4, 20, 11)
