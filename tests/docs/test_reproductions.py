"""The reproductions run, draw their picture, and find what theory says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "reproductions"
SCRIPTS = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
NUMBER = r"(-?\d+\.\d+)"


def run(script: str, out: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(FOLDER / f"{script}.py"), "--out", str(out)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert (out / f"{script}.png").stat().st_size > 10_000
    return done.stdout


def test_every_script_is_in_the_list() -> None:
    listed = re.findall(r"`(\w+)\.py`", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == SCRIPTS


def test_figure_1_parts_with_normalisation_and_aligns_without(tmp_path: Path) -> None:
    medians = [float(x) for x in re.findall(f"median of {NUMBER}", run(SCRIPTS[0], tmp_path))]
    assert medians[0] < 0.3 < medians[1]


def test_figure_2a_levels_off_at_the_stationary_gap(tmp_path: Path) -> None:
    printed = run("daneshmand2021_figure_2a", tmp_path)
    pairs = re.findall(f"gap {NUMBER} at late layers, theory {NUMBER}", printed)
    assert len(pairs) == 2
    for measured, theory in pairs:
        # The theory is the leading order: at d = 32 its relative error is of the order n/d.
        assert abs(float(measured) / float(theory) - 1) < 4 / 32


def test_figure_2b_is_steeper_than_printed(tmp_path: Path) -> None:
    printed = run("daneshmand2021_figure_2b", tmp_path)
    found = re.search(f"interval {NUMBER} to {NUMBER}", printed)
    assert found is not None
    assert float(found[2]) < -0.46


@pytest.fixture(scope="module")
def figure_6(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run("daneshmand2021_figure_6", tmp_path_factory.mktemp("figure"))


@pytest.mark.parametrize("name", ["tanh \\+ 1", "ReLU", "tanh", "sin"])
def test_figure_6_has_a_slope_of_its_own_for_each_activation(name: str, figure_6: str) -> None:
    assert len(set(re.findall(f"slope {NUMBER} \\(", figure_6))) == 4
    found = re.search(f"^{name}: slope {NUMBER} ", figure_6, flags=re.MULTILINE)
    assert found is not None
    # Widths from 16 on: the exponent is within a tenth of −1/2, not yet at it.
    assert -0.6 < float(found[1]) < -0.4


def test_finite_width_surrounds_the_fixed_point_of_the_kernel_map(tmp_path: Path) -> None:
    printed = run("joudaki2025_finite_width", tmp_path)
    for name in ("tanh", "gelu", "elu"):
        line = next(line for line in printed.splitlines() if line.startswith(f"{name}"))
        found = re.search(f"interval {NUMBER} to {NUMBER}\\); wide limit {NUMBER}", line)
        assert found is not None, line
        lower, upper, limit = (float(number) for number in found.groups())
        assert lower <= limit <= upper


def test_figure_3_stays_above_the_mean_field_and_falls(tmp_path: Path) -> None:
    printed = run("joudaki2023_figure_3", tmp_path)
    for name in ("relu", "tanh"):
        pairs = re.findall(f"{name}, layer \\d+: measured {NUMBER}, mean field {NUMBER}", printed)
        measured = [float(first) for first, _ in pairs]
        assert len(measured) > 10
        assert measured == sorted(measured, reverse=True)
        assert all(float(first) > float(second) for first, second in pairs[1:])


def test_a_batch_near_the_width_gets_worse_with_depth(tmp_path: Path) -> None:
    printed = run("joudaki2023_batch_near_width", tmp_path)
    gaps = re.findall(f"(sigmoid|mean field): gap {NUMBER} at layer 0, {NUMBER} at", printed)
    found = {name: (float(first), float(last)) for name, first, last in gaps}
    assert found["sigmoid"][1] > found["sigmoid"][0]
    assert found["mean field"][1] < found["mean field"][0]


def test_the_mean_shifts_by_less_than_it_scatters(tmp_path: Path) -> None:
    printed = run("joudaki2023_finite_width", tmp_path)
    intervals = re.findall(f"interval {NUMBER} to {NUMBER}\\)", printed)
    assert len(intervals) == 4
    # A shift of c/d with |c| < 1, against a scatter of about 1/√d.
    assert all(-1 < float(low) <= float(high) < 1 for low, high in intervals)
    slopes = [float(slope) for slope in re.findall(f"width {NUMBER}$", printed, flags=re.MULTILINE)]
    assert len(slopes) == 4
    assert all(slope < -0.3 for slope in slopes)


def test_the_odd_point_reaches_its_mean_field_state(tmp_path: Path) -> None:
    printed = run("nachum2024_odd_point", tmp_path)
    found = dict(re.findall(f"^([a-z ]+): median {NUMBER} at", printed, flags=re.MULTILINE))
    theory = dict(re.findall(f"^([a-z ]+): .*mean field {NUMBER}$", printed, flags=re.MULTILINE))
    # At width 500 the state fluctuates: the ratio within a tenth, the cosines within a twentieth.
    assert abs(float(found["norm ratio"]) / float(theory["norm ratio"]) - 1) < 0.1
    for name in ("cluster cosine", "odd cosine"):
        assert abs(float(found[name]) - float(theory[name])) < 0.05


def test_the_phase_map_rises_with_the_batch_and_goes_on(tmp_path: Path) -> None:
    first = run("nachum2024_phase_map", tmp_path)
    shares = [float(share) for share in re.findall(r"^\d+ +([\d.]+) \[", first, flags=re.MULTILINE)]
    assert shares == sorted(shares)
    assert run("nachum2024_phase_map", tmp_path) == first
