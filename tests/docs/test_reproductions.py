"""The reproductions run, draw their picture, and find what theory says: a few minutes in all."""

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


INTERVAL = f"{NUMBER} \\(95% interval {NUMBER} to {NUMBER}"


@pytest.mark.slow
def test_rank_survives_50_000_layers_with_normalisation_only(tmp_path: Path) -> None:
    printed = run("daneshmand2020_figure_2", tmp_path)
    found = dict(re.findall(f"(with|without) BN: numerical rank {NUMBER} ", printed))
    # The paper's figure: 9 to 11 directions with batch normalisation, 1 or 2 without.
    assert 8.5 < float(found["with"]) < 11.5
    assert 1 <= float(found["without"]) < 2
    runs = re.findall(
        f"layer \\d+: r .* in single runs {NUMBER} to {NUMBER}$", printed, re.MULTILINE
    )
    # A single run elsewhere gave these at layers 1, 10, 40, 160 and 640.
    for (least, most), one in zip(runs, (10.4, 2.84, 1.98, 1.31, 1.0), strict=True):
        assert float(least) <= one <= float(most)
    exponent = re.search(f"layer 10000: 10\\^{NUMBER}", printed)
    assert exponent is not None
    assert float(exponent[1]) < -300


@pytest.mark.slow
def test_figure_3a_has_the_soft_ranks_of_the_paper(tmp_path: Path) -> None:
    printed = run("daneshmand2020_figure_3a", tmp_path)
    rows = re.findall(f"d = (\\d+): soft rank {INTERVAL}\\); r {NUMBER}; theory {NUMBER}", printed)
    assert [int(row[0]) for row in rows] == [8, 16, 32, 64]
    for row, published in zip(rows, (2.8, 4.5, 7.1, 11.0), strict=True):
        mean, lower, upper, r, theory = map(float, row[1:])
        # Read off a figure to one decimal.
        assert lower - 0.1 <= published <= upper + 0.1
        assert mean > r / 4
        # The law is a limit: from d = 8 to 64 the soft rank comes nearer to it from below.
        assert mean < theory
    ratios = [float(row[1]) / float(row[-1]) for row in rows]
    assert ratios == sorted(ratios)


@pytest.mark.slow
def test_average_ranks_are_those_of_the_table(tmp_path: Path) -> None:
    printed = run("daneshmand2020_average_rank", tmp_path)
    rows = re.findall(f"γ = ([\\w.]+), d = (\\d+): r {INTERVAL}", printed)
    table = {
        "inf": (2.25, 3.30, 4.89, 7.10),
        "0.1": (2.54, 3.61, 5.15, 7.34),
        "0.01": (2.56, 3.64, 5.22, 7.52),
    }
    assert len(rows) == 12
    for strength, width, mean, lower, upper in rows:
        published = table[strength][(8, 16, 32, 64).index(int(width))]
        # The table has an error of its own, which is taken to be as large as ours.
        assert abs(float(mean) - published) <= 2 * (float(upper) - float(lower)) + 0.005


@pytest.mark.slow
def test_the_sharp_law_is_approached_from_below(tmp_path: Path) -> None:
    printed = run("daneshmand2020_spectral_law", tmp_path)
    rows = re.findall(f"N = (\\d+): r {INTERVAL}\\); conjecture {NUMBER}", printed)
    assert [int(row[0]) for row in rows] == [2, 4, 8, 12, 16, 24, 32, 64]
    for row in rows:
        mean, theory = float(row[1]), float(row[-1])
        # At d = 64 finite width takes off an eighth at most (r → √d: 7.1 of 8).
        assert 7 / 8 - 1 / 40 < mean / theory < 1


@pytest.mark.slow
def test_a_mean_of_the_weights_breaks_the_rank_where_neurons_align(tmp_path: Path) -> None:
    printed = run("daneshmand2020_positive_means", tmp_path)
    rows = re.findall(f"d = (\\d+), m = ([\\d.]+): r {INTERVAL}", printed)
    for width in ("32", "128"):
        means = {float(m): float(mean) for d, m, mean, _, _ in rows if d == width}
        assert list(means.values()) == sorted(means.values(), reverse=True)
        assert means[1.0] > 0.8 * means[0.0]
        assert means[2.0] < 1.2
        found = re.search(
            f"d = {width}: 1/r passes 0.5 between .* = {NUMBER} and {NUMBER}", printed
        )
        assert found is not None
        assert 1 <= float(found[1]) < float(found[2]) <= 2


@pytest.mark.slow
def test_figure_1_parts_with_normalisation_and_aligns_without(tmp_path: Path) -> None:
    medians = [
        float(x)
        for x in re.findall(f"median of {NUMBER}", run("daneshmand2021_figure_1", tmp_path))
    ]
    assert medians[0] < 0.3 < medians[1]


@pytest.mark.slow
def test_figure_2a_levels_off_at_the_stationary_gap(tmp_path: Path) -> None:
    printed = run("daneshmand2021_figure_2a", tmp_path)
    pairs = re.findall(f"gap {NUMBER} at late layers, theory {NUMBER}", printed)
    assert len(pairs) == 2
    for measured, theory in pairs:
        # The theory is the leading order: at d = 32 its relative error is of the order n/d.
        assert abs(float(measured) / float(theory) - 1) < 4 / 32


@pytest.mark.slow
def test_figure_2b_is_steeper_than_printed(tmp_path: Path) -> None:
    printed = run("daneshmand2021_figure_2b", tmp_path)
    found = re.search(f"interval {NUMBER} to {NUMBER}", printed)
    assert found is not None
    assert float(found[2]) < -0.46


@pytest.fixture(scope="module")
def figure_6(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run("daneshmand2021_figure_6", tmp_path_factory.mktemp("figure"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tanh \\+ 1", "ReLU", "tanh", "sin"])
def test_figure_6_has_a_slope_of_its_own_for_each_activation(name: str, figure_6: str) -> None:
    assert len(set(re.findall(f"slope {NUMBER} \\(", figure_6))) == 4
    found = re.search(f"^{name}: slope {NUMBER} ", figure_6, flags=re.MULTILINE)
    assert found is not None
    # Widths from 16 on: the exponent is within a tenth of −1/2, not yet at it.
    assert -0.6 < float(found[1]) < -0.4


@pytest.mark.slow
def test_finite_width_surrounds_the_fixed_point_of_the_kernel_map(tmp_path: Path) -> None:
    printed = run("joudaki2025_finite_width", tmp_path)
    for name in ("tanh", "gelu", "elu"):
        line = next(line for line in printed.splitlines() if line.startswith(f"{name}"))
        found = re.search(f"interval {NUMBER} to {NUMBER}\\); wide limit {NUMBER}", line)
        assert found is not None, line
        lower, upper, limit = (float(number) for number in found.groups())
        assert lower <= limit <= upper


@pytest.mark.slow
def test_figure_3_stays_above_the_mean_field_and_falls(tmp_path: Path) -> None:
    printed = run("joudaki2023_figure_3", tmp_path)
    for name in ("relu", "tanh"):
        pairs = re.findall(f"{name}, layer \\d+: measured {NUMBER}, mean field {NUMBER}", printed)
        measured = [float(first) for first, _ in pairs]
        assert len(measured) > 10
        assert measured == sorted(measured, reverse=True)
        assert all(float(first) > float(second) for first, second in pairs[1:])


@pytest.mark.slow
def test_a_batch_near_the_width_gets_worse_with_depth(tmp_path: Path) -> None:
    printed = run("joudaki2023_batch_near_width", tmp_path)
    gaps = re.findall(f"(sigmoid|mean field): gap {NUMBER} at layer 0, {NUMBER} at", printed)
    found = {name: (float(first), float(last)) for name, first, last in gaps}
    assert found["sigmoid"][1] > found["sigmoid"][0]
    assert found["mean field"][1] < found["mean field"][0]


@pytest.mark.slow
def test_the_mean_shifts_by_less_than_it_scatters(tmp_path: Path) -> None:
    printed = run("joudaki2023_finite_width", tmp_path)
    intervals = re.findall(f"interval {NUMBER} to {NUMBER}\\)", printed)
    assert len(intervals) == 4
    # A shift of c/d with |c| < 1, against a scatter of about 1/√d.
    assert all(-1 < float(low) <= float(high) < 1 for low, high in intervals)
    slopes = [float(slope) for slope in re.findall(f"width {NUMBER}$", printed, flags=re.MULTILINE)]
    assert len(slopes) == 4
    assert all(slope < -0.3 for slope in slopes)


@pytest.mark.slow
def test_the_odd_point_reaches_its_mean_field_state(tmp_path: Path) -> None:
    printed = run("nachum2024_odd_point", tmp_path)
    found = dict(re.findall(f"^([a-z ]+): median {NUMBER} at", printed, flags=re.MULTILINE))
    theory = dict(re.findall(f"^([a-z ]+): .*mean field {NUMBER}$", printed, flags=re.MULTILINE))
    # At width 500 the state fluctuates: the ratio within a tenth, the cosines within a twentieth.
    assert abs(float(found["norm ratio"]) / float(theory["norm ratio"]) - 1) < 0.1
    for name in ("cluster cosine", "odd cosine"):
        assert abs(float(found[name]) - float(theory[name])) < 0.05


@pytest.mark.slow
def test_the_phase_map_rises_with_the_batch_and_goes_on(tmp_path: Path) -> None:
    first = run("nachum2024_phase_map", tmp_path)
    shares = [float(share) for share in re.findall(r"^\d+ +([\d.]+) \[", first, flags=re.MULTILINE)]
    assert shares == sorted(shares)
    assert run("nachum2024_phase_map", tmp_path) == first
