"""The finite-width coupling: its derivative bounds, and its enclosure against simulation."""

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.coupling import curvature_bound, finite_width_gap
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.spectral_map import TwoLevelSpectrum, expected_spectrum


@st.composite
def perturbed(draw: st.DrawFn) -> tuple[TwoLevelSpectrum, list[Fraction], list[Fraction]]:
    """A two-level spectrum of trace 1 and a nearby spectrum of trace 1."""
    n = draw(st.integers(2, 6))
    k = draw(st.integers(1, n - 1))
    low = draw(st.fractions(Fraction(1, 2), Fraction(99, 100), max_denominator=100)) / n
    base = [low] * k + [(1 - k * low) / (n - k)] * (n - k)
    steps = draw(st.lists(st.integers(-100, 100), min_size=n, max_size=n))
    mean = Fraction(sum(steps), n)
    shift = [(s - mean) / (n * 1000) for s in steps]
    moved = [a + b for a, b in zip(base, shift, strict=True)]
    return TwoLevelSpectrum(n, k, ball(low), ball(base[-1])), base, moved


@given(perturbed())
@settings(max_examples=60)
def test_derivative_and_curvature_bound_the_step(
    case: tuple[TwoLevelSpectrum, list[Fraction], list[Fraction]],
) -> None:
    """‖p(λ′) − p(λ)‖ ≤ (‖DP‖ + B r/2) r for diagonal perturbations of size r."""
    spectrum, base, moved = case
    with precision(128):
        r2 = sum((a - b) ** 2 for a, b in zip(base, moved, strict=True))
        r = ball(r2).sqrt()
        before, after = expected_spectrum(base), expected_spectrum(moved)
        distance = sum(
            ((a - b) ** 2 for a, b in zip(before, after, strict=True)), start=arb(0)
        ).sqrt()
        smallest = ball(min(*base, *moved))
        allowed = (spectrum.contraction() + curvature_bound(spectrum.batch, smallest) * r / 2) * r
        assert not distance > allowed


def test_the_derivative_is_attained() -> None:
    """Negative control: nine tenths of the contraction is too little along the levels."""
    n, low, step = 5, Fraction(1, 6), Fraction(1, 10**8)
    with precision(128):
        spectrum = TwoLevelSpectrum(n, n - 1, ball(low), ball(1 - 4 * low))
        base = [low] * 4 + [1 - 4 * low]
        moved = [low + step, low - step, low, low, 1 - 4 * low]
        before, after = expected_spectrum(base), expected_spectrum(moved)
        distance = sum(
            ((a - b) ** 2 for a, b in zip(before, after, strict=True)), start=arb(0)
        ).sqrt()
        assert distance > ball(Fraction(9, 10) * step) * spectrum.contraction() * arb(2).sqrt()


def test_threshold_and_width_out_of_reach_are_sentences() -> None:
    start = TwoLevelSpectrum(4, 3, ball(Fraction(2, 9)), ball(Fraction(1, 3)))
    with pytest.raises(ArgumentError, match="threshold = "):
        finite_width_gap(start, depth=3, width=10**9, threshold=Fraction(1, 4))
    with pytest.raises(ArgumentError, match="width = 50"):
        finite_width_gap(start, depth=3, width=50, threshold=Fraction(1, 5))
