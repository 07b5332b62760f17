"""Pictures show the numbers they are made of, name what they show, and change no global state."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from typing import Any, cast

import matplotlib as mpl
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from depthlaw import Linear, Network, Rescale, Trajectory, activation, claim, plots, simulate
from depthlaw.numerics.estimation.confidence import mean_bounds
from depthlaw.numerics.studies.sweep import PhaseCell, PhaseMap
from depthlaw.numerics.verify import Verdict, verify
from depthlaw.plots.canvas import Scale, literal, scale_for
from depthlaw.plots.check_intervals import SIGNS, sides
from depthlaw.plots.eigenvalues import MOST_BINS
from depthlaw.plots.truth import STYLES
from depthlaw.theory.claim import Check, Computed, Outcome
from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.kernels import KernelMap, normalised_map
from depthlaw.theory.kernels.floats import kernel_values
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.values import Enclosure, Estimate, Exact

THEOREM = "orthogonalization.theorem-1-corrected"
LEMMA = "orthogonalization.lemma-4"
OTHERS = {"batch": 8, "depth": 40, "alpha": Fraction(1, 10)}
GELU = KernelMap(activation("gelu"))


@pytest.fixture(autouse=True)
def _settings_are_left_alone() -> Iterator[None]:
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before


@pytest.fixture(scope="module")
def run() -> Trajectory:
    network = Network(60, 4, (Linear(), Rescale()))
    return simulate(network, depth=6, replicas=30, initial_gram=equicorrelated(4, 0.5))


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    return verify(LEMMA).verdicts[0]


def phases() -> PhaseMap:
    cells = (PhaseCell(n, d, 9, n, 8, 0.0, 1.0) for n in (2, 3) for d in (10, 20))
    return PhaseMap("linear", 0.05, 0, tuple(cells))


def pictures(run: Trajectory, verdict: Verdict) -> dict[str, Callable[..., Axes]]:
    """Return one call of every function, by its name."""
    return {
        "bound": lambda **k: plots.bound(THEOREM, "width", [10**3, 10**6], others=OTHERS, **k),
        "bound_against_truth": lambda **k: plots.bound_against_truth(verdict, **k),
        "cobweb": lambda **k: plots.cobweb(GELU, start=-0.5, layers=3, **k),
        "phase_map": lambda **k: plots.phase_map(phases(), **k),
        "spectrum": lambda **k: plots.spectrum([1.0, 2.0, 2.5], **k),
        "trajectory": lambda **k: plots.trajectory(run, **k),
    }


@pytest.mark.parametrize("name", plots.__all__)
def test_every_picture_names_its_axes_and_can_be_saved(
    name: str, run: Trajectory, verdict: Verdict
) -> None:
    drawn = pictures(run, verdict)[name]()
    assert isinstance(drawn, Axes)
    assert drawn.get_xlabel()
    assert drawn.get_ylabel()
    file = BytesIO()
    drawn.figure.savefig(file, format="svg")
    assert b"</svg>" in file.getvalue()


@pytest.mark.parametrize("name", plots.__all__)
def test_every_picture_can_be_drawn_into_given_axes(
    name: str, run: Trajectory, verdict: Verdict
) -> None:
    axes = Figure().subplots()
    assert pictures(run, verdict)[name](axes=axes) is axes
    assert axes.has_data()


def test_loading_is_lazy_and_pyplot_never_loaded() -> None:
    code = (
        "import sys, depthlaw\n"
        "plots = depthlaw.plots\n"
        "assert 'matplotlib' not in sys.modules\n"
        "plots.spectrum([1.0, 2.0]).figure.canvas.draw()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=100)
    assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.parametrize("name", plots.__all__)
def test_without_matplotlib_a_sentence_says_what_to_install(
    name: str, run: Trajectory, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(DepthlawError, match=r"pip install 'depthlaw\[cli\]'"):
        pictures(run, verdict)[name]()


# --- scales and words


@given(st.lists(st.floats(allow_nan=False), max_size=6))
def test_a_logarithmic_scale_is_for_positive_numbers_that_span_a_decade(found: list[float]) -> None:
    finite = [number for number in found if np.isfinite(number)]
    scale = scale_for(found)
    assert scale_for(finite) is scale
    if scale is Scale.LOG:
        assert min(finite) > 0
        assert max(finite) / 9 > min(finite)
    if scale is Scale.SYMLOG:
        assert min(finite) <= 0


@given(st.text(max_size=20))
def test_words_of_a_user_are_never_taken_for_a_formula(words: str) -> None:
    from matplotlib.cbook import is_math_text

    assert not is_math_text(literal(words))


# --- bound


@settings(max_examples=settings.default.max_examples // 5)  # every example draws
@given(st.lists(st.integers(1, 12), min_size=2, max_size=6, unique=True))
def test_what_is_shaded_is_vacuous_and_nothing_else(powers: list[int]) -> None:
    theorem = claim(THEOREM)
    widths = [10**power for power in powers]
    drawn = plots.bound(theorem, "width", widths, others=OTHERS)
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in drawn.patches]
    for width in widths:
        shaded = any(low <= width <= high for low, high in spans)
        assert shaded == theorem.vacuous(width=width, **OTHERS)


def test_the_line_of_a_bound_lies_in_its_enclosure() -> None:
    widths = [10**power for power in (9, 3, 6)]
    theorem = claim(THEOREM)
    drawn = plots.bound(theorem, "width", widths, others=OTHERS)
    (line,) = [line for line in drawn.lines if line.get_label() == "bound"]
    assert list(line.get_xdata()) == sorted(widths)
    for width, shown in line.get_xydata():
        known = theorem.bound(width=int(width), **OTHERS)
        assert known.lower <= shown <= known.upper
    assert (drawn.get_xscale(), drawn.get_yscale()) == ("log", "log")


BAD_BOUNDS: list[tuple[Any, Any, Any, type[DepthlawError], str]] = [
    ("widht", [10, 20], OTHERS, UnknownNameError, "did you mean width?"),
    ("width", [], OTHERS, ArgumentError, "at least two values of width"),
    ("width", [10], OTHERS, ArgumentError, "at least two values of width"),
    ("width", [10, 0], OTHERS, ArgumentError, "width = 0"),
    ("width", [10, 10**400], OTHERS, ArgumentError, "too large to be drawn"),
    ("width", [10, 20], {**OTHERS, "width": 5}, ArgumentError, "others = width"),
    ("width", [10, 20], {"batch": 8}, ArgumentError, "missing"),
]


@pytest.mark.parametrize(("name", "values", "others", "kind", "advice"), BAD_BOUNDS)
def test_a_bound_that_cannot_be_drawn_is_one_sentence(
    name: str, values: list[int], others: Any, kind: type[DepthlawError], advice: str
) -> None:
    with pytest.raises(kind, match=advice.replace("?", r"\?")):
        plots.bound(THEOREM, name, values, others=others)


def test_a_list_of_eigenvalues_cannot_vary() -> None:
    spectral = "orthogonalization.lemma-9"
    with pytest.raises(ArgumentError, match="parameter = eigenvalues: it is a list"):
        plots.bound(spectral, "eigenvalues", [(1, 2), (1, 3)])


# --- bound against truth


def test_every_check_has_its_dot_its_tick_and_its_ratio(verdict: Verdict) -> None:
    drawn = plots.bound_against_truth(verdict)
    dots = {line.get_ydata()[0]: line for line in drawn.lines if line.get_marker() != "None"}
    ticks = [line for line in drawn.lines if line.get_linestyle() == "-"]
    for row in sides(verdict):
        assert row.value is not None
        assert row.bound is not None
        assert dots[row.number].get_xdata()[0] == row.value.point
        assert any(
            tick.get_xdata()[0] == row.bound.point and row.number in _rows(tick) for tick in ticks
        )
    ratios = [text.get_text() for text in drawn.texts]
    assert len(ratios) == len(verdict.checks)
    assert all(text.startswith("×") for text in ratios)


def _rows(line: Any) -> range:
    low, high = line.get_ydata()
    return range(int(np.ceil(low)), int(np.floor(high)) + 1)


def test_outcomes_are_told_apart_without_colour() -> None:
    shapes = {(marker, filled) for marker, _, filled in STYLES.values()}
    assert len(shapes) == len(set(SIGNS.values())) == len(STYLES) == len(Outcome)


def test_labels_and_titles_are_shown_as_they_are_written() -> None:
    lemma = claim(LEMMA)
    odd = replace(lemma.checks[0], label=r"costs $5_{ and \frac")
    drawn = plots.bound_against_truth(
        verify(replace(lemma, id="mine.odd", checks=(odd,))).verdicts[0]
    )
    drawn.figure.canvas.draw()  # raises if a formula is looked for
    assert "costs" in drawn.get_yticklabels()[0].get_text()


@pytest.mark.parametrize(
    ("value", "scale"),
    [
        (Exact(sp.sqrt(2)), None),
        (Enclosure.between(0, 1), None),
        (Estimate(0.1, 0.0, 0.9, 0.01, 10, 0), None),
        (Enclosure.of(Fraction(1, 10**300)), "log"),
        (Enclosure.between(-1, -(10**9)), "symlog"),
    ],
)
def test_any_value_can_be_drawn(value: Any, scale: str | None) -> None:
    lemma = claim(LEMMA)
    check = Check("one", {"batch": 4, "lyapunov": Fraction(1, 8)}, Computed(lambda: value))
    drawn = plots.bound_against_truth(
        verify(replace(lemma, id="mine.one", checks=(check,))).verdicts[0]
    )
    drawn.figure.canvas.draw()
    assert scale is None or drawn.get_xscale() == scale
    low, high = drawn.get_xlim()
    assert low <= min(value.upper, max(value.lower, low)) <= high


def test_a_verdict_without_numbers_is_refused() -> None:
    empty = verify(replace(claim(LEMMA), id="mine.empty", checks=())).verdicts[0]
    with pytest.raises(ArgumentError, match=r"verdict = mine\.empty: none of its checks"):
        plots.bound_against_truth(empty)
    with pytest.raises(ArgumentError, match="give one verdict"):
        plots.bound_against_truth(cast(Any, verify(LEMMA)))


# --- trajectory


def test_the_band_is_the_confidence_interval_of_every_layer(run: Trajectory) -> None:
    level = 0.01
    drawn = plots.trajectory(run, level=level)
    (band,) = [part for part in drawn.collections if isinstance(part, PolyCollection)]
    corners = {tuple(corner) for corner in band.get_paths()[0].vertices}
    values = run.values["orthogonality_gap"]
    highest = (1 - 1 / run.network.batch) ** 0.5
    for depth in range(1, run.depth + 1):
        share = level / run.depth
        ends = mean_bounds(values[:, depth], lowest=0, highest=highest, level=share)
        assert {(depth, ends[0]), (depth, ends[1])} <= corners
    assert (0, values[0, 0]) in corners


def test_a_bound_is_drawn_at_its_certain_side(run: Trajectory) -> None:
    bound = [Enclosure.between(1, 2)] * (run.depth + 1)
    drawn = plots.trajectory(run, bound=bound)
    (line,) = [line for line in drawn.lines if line.get_label() == "bound"]
    assert set(line.get_ydata()) == {bound[0].upper}


def test_a_trajectory_that_cannot_be_drawn_is_one_sentence(run: Trajectory) -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean isometry\?"):
        plots.trajectory(run, "isometri")
    with pytest.raises(ArgumentError, match="level = 2"):
        plots.trajectory(run, level=2)
    with pytest.raises(ArgumentError, match=f"bound = 1 numbers: give {run.depth + 1}"):
        plots.trajectory(run, bound=[1.0])
    vanished = {**run.values, "isometry": run.values["isometry"] * np.nan}
    with pytest.raises(ArgumentError, match="undefined from depth 0 on"):
        plots.trajectory(replace(run, values=vanished), "isometry")


# --- cobweb, spectrum, phase map


@settings(max_examples=settings.default.max_examples // 5)  # every example draws
@given(st.integers(-100, 100).map(lambda k: Fraction(k, 100)), st.integers(1, 12))
def test_the_staircase_stands_on_the_curve_and_the_diagonal(start: Fraction, layers: int) -> None:
    drawn = plots.cobweb(GELU, start=start, layers=layers)
    corners = drawn.lines[2].get_xydata()
    assert len(corners) == 2 * layers + 1
    on_diagonal, on_curve = corners[::2], corners[1::2]
    assert np.all(on_diagonal[:, 0] == on_diagonal[:, 1])
    known = kernel_values(normalised_map(GELU.activation), on_curve[:, 0])
    # Each corner is the next ρ in floats; the map is 1-Lipschitz up to its slope at 1, below 2.
    room = known.errors + 4 * np.finfo(np.float64).eps
    assert np.all(np.abs(known.values - on_curve[:, 1]) <= room)


def test_a_cobweb_that_cannot_be_drawn_is_one_sentence() -> None:
    with pytest.raises(ArgumentError, match="start = 2"):
        plots.cobweb(GELU, start=2)
    with pytest.raises(ArgumentError, match="layers = 0"):
        plots.cobweb(GELU, start=0, layers=0)
    with pytest.raises(ArgumentError, match="give a KernelMap"):
        plots.cobweb(cast(Any, "gelu"), start=0)


def test_a_map_without_attractor_is_drawn_without_its_mark() -> None:
    labels = [
        line.get_label() for line in plots.cobweb(KernelMap(activation("identity")), start=0).lines
    ]
    assert "attracting fixed point" not in labels


@settings(max_examples=settings.default.max_examples // 3)  # every example draws
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_a_distribution_climbs_to_one(values: list[float]) -> None:
    drawn = plots.spectrum(values, distribution=lambda x: np.zeros_like(x))
    heights = drawn.lines[0].get_ydata()
    assert heights[-1] == 1
    assert np.all(np.diff(heights) >= 0)


def test_an_outlier_does_not_ask_for_millions_of_bins() -> None:
    values = np.append(np.linspace(0, 1, 1000), 1e9)
    assert 1 < len(plots.spectrum(values).patches) <= MOST_BINS


def test_a_spectrum_that_cannot_be_drawn_is_one_sentence() -> None:
    with pytest.raises(ArgumentError, match="eigenvalues = empty"):
        plots.spectrum([])
    with pytest.raises(ArgumentError, match="must be finite"):
        plots.spectrum([1.0, np.nan])
    with pytest.raises(ArgumentError, match="one of the two curves"):
        plots.spectrum([1.0], density=np.exp, distribution=np.exp)
    with pytest.raises(ArgumentError, match="keep the shape"):
        plots.spectrum([1.0], density=lambda x: x[:3])


def test_a_phase_map_says_each_cell_in_words() -> None:
    drawn = plots.phase_map(phases())
    shown = [text.get_text() for text in drawn.texts]
    assert len(shown) == len(phases().cells)
    assert shown[0].startswith(f"{2 / 8:.2f}\n[0.00, 1.00]")
    with pytest.raises(ArgumentError, match="depth = 7: the map has 9"):
        plots.phase_map(phases(), depth=7)
    with pytest.raises(ArgumentError, match="without cells"):
        plots.phase_map(PhaseMap("linear", 0.05, 0, ()))
