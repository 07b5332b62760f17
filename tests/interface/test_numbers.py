"""A printed number never claims more than is known."""

import contextlib
import math
import re

from hypothesis import assume, given
from hypothesis import strategies as st

from depthlaw.commands.options import read_real, read_whole
from depthlaw.render.numbers import interval_text, margin_text, number_text, outwards
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.values import Asymptotic, Enclosure, Estimate

reals = st.floats(min_value=-1e200, max_value=1e200, allow_subnormal=False)


@given(reals, st.integers(1, 15), st.booleans())
def test_rounding_goes_the_way_it_says(number: float, digits: int, up: bool) -> None:
    text = outwards(number, digits, up=up)
    assert float(text) >= number if up else float(text) <= number
    significant = re.sub(r"e.*|[-.]", "", text).lstrip("0")
    assert len(significant.rstrip("0")) <= digits


@given(st.lists(reals, min_size=2, max_size=2))
def test_intervals_are_rounded_outwards(ends: list[float]) -> None:
    lower, upper = sorted(ends)
    low, high = interval_text(lower, upper)[1:-1].split(", ")
    assert float(low) <= lower <= upper <= float(high)


@given(
    st.floats(-1e9, 1e9, allow_subnormal=False),
    st.floats(1e-12, 1e9),
    st.floats(0, 1),
    st.integers(1, 4),
)
def test_margins_reach_both_ends_up_to_the_last_digit(
    mean: float, width: float, place: float, digits: int
) -> None:
    lower, upper = mean - place * width, mean + (1 - place) * width
    assume(lower < mean < upper)
    shown, margin = (float(part) for part in margin_text(mean, lower, upper, digits).split(" ± "))
    # The mean is rounded to the margin's last digit, so it may move by half a unit of it.
    half = 10.0 ** (math.floor(math.log10(margin)) - digits + 1) / 2
    spare = math.ulp(abs(mean) + width) * 4
    assert shown - margin <= lower + half + spare
    assert shown + margin >= upper - half - spare


def test_kinds_look_different() -> None:
    exact = Enclosure.of(0.25)
    assert number_text(exact) == "0.25"
    assert number_text(Enclosure.between(0.2501, 0.4999)) == "0.25 … 0.5"
    assert number_text(Asymptotic(exact, "O(1/width)")) == "≈ 0.25"
    assert number_text(Estimate(0.25, 0.24, 0.2695, 1e-3, 100, 0)) == "0.250 ± 0.020"
    assert number_text(Estimate(0.25, 0.25, 0.25, 1e-3, 100, 0)) == "0.25"


@given(st.integers(-(10**40), 10**40))
def test_whole_numbers_are_read_back(number: int) -> None:
    assert read_whole("seed", str(number)) == number
    assert read_whole("seed", f"{number}e3") == number * 1000


@given(reals)
def test_reals_are_read_back(number: float) -> None:
    assert read_real("level", repr(number)) == number


@given(st.text(max_size=10) | st.text("0123456789.eE+-/_ ", max_size=12))
def test_any_text_is_a_number_or_an_error(text: str) -> None:
    for read in (read_whole, read_real):
        with contextlib.suppress(ArgumentError):
            assert isinstance(read("level", text), int | float)
