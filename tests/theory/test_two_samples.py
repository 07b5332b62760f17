"""Two samples and an odd activation: the map, its scale-free start, and what a width allows."""

from fractions import Fraction

import numpy as np
import pytest
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Activate, Linear, Network, Rescale
from depthlaw.theory.network.gram import trace_normalised
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum
from depthlaw.theory.orthogonalization.two_samples import (
    Means,
    OddPower,
    Pair,
    Shrinkage,
    gap_on_event,
    next_pair,
    wide_limit,
)
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.integrate import integral

HARD = Shrinkage(Fraction(139, 100))
SOFT = Shrinkage(Fraction(13, 10), Fraction(13, 10))
shares = st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=100)
points = st.tuples(*[st.fractions(Fraction(-3, 5), Fraction(3, 5), max_denominator=50)] * 2)


@given(shares)
def test_the_first_power_is_the_linear_network(share: Fraction) -> None:
    found = next_pair(OddPower(1), Pair.diagonal(share), arb(0))
    largest, smallest = expected_spectrum([1 - share, share])
    assert found.x.overlaps(largest - smallest)


@given(points)
def test_the_linear_map_keeps_the_axes_of_the_gram_matrix(point: tuple[Fraction, Fraction]) -> None:
    pair = Pair(ball(point[0]), ball(point[1]))
    found = next_pair(OddPower(1), pair, arb(0))
    assert (found.x * pair.y).overlaps(found.y * pair.x)
    low = next_pair(OddPower(1), Pair(pair.radius, arb(0)), arb(0))
    assert found.radius.overlaps(low.radius)


@given(points, st.sampled_from([1, 3, 5, 9]))
@settings(max_examples=settings.default.max_examples // 4)
def test_means_of_powers_are_integrals_over_the_wrapped_cauchy_law(
    point: tuple[Fraction, Fraction], power: int
) -> None:
    """Off the diagonal too: e^{iψ} has the density (1 − |w|²)/(2π |e^{iψ} − w|²)."""
    pair = Pair(ball(point[0]), ball(point[1]))
    u, v = pair.resultant.real, pair.resultant.imag
    norm = (1 - u * u - v * v) / (2 * arb.pi())

    def mean(value: object) -> arb:
        def integrand(psi: acb, _: bool) -> acb:
            assert callable(value)
            cosine, sine = psi.cos(), psi.sin()
            return value(cosine, sine) / (1 + u * u + v * v - 2 * (u * cosine + v * sine))

        return norm * (integral(integrand, -arb.pi(), 0) + integral(integrand, 0, arb.pi()))

    found = OddPower(power).means(pair)
    assert found[0].overlaps(mean(lambda c, s: (1 + c) ** power))
    assert found[1].overlaps(mean(lambda c, s: (1 - c) ** power))
    assert found[2].overlaps(mean(lambda c, s: s**power))


@given(shares, st.integers(1, 30))
def test_more_slack_allows_more(share: Fraction, steps: int) -> None:
    narrow, wide = (
        next_pair(OddPower(3), Pair.diagonal(share), ball(Fraction(k, 10_000)))
        for k in (steps, steps + 1)
    )
    assert wide.x.contains(narrow.x)
    assert wide.y.contains(narrow.y)


@pytest.mark.parametrize(
    ("law", "smallest", "depth", "expected"),
    [
        (SOFT, Fraction(42, 100), 18, "0.0466"),
        (HARD, Fraction(42, 100), 18, "0.0734"),
        (OddPower(3), Fraction(452, 1000), 60, "1.63e-9"),
    ],
)
def test_gaps_in_the_wide_limit(law: Means, smallest: Fraction, depth: int, expected: str) -> None:
    with precision(128):
        gap = wide_limit(law, Pair.diagonal(smallest), depth + 1).gap
    digits = expected.lstrip("0.").replace(".", "").partition("e")[0]
    assert f"{float(gap.mid()):.{len(digits) - 1}e}" == f"{float(expected):.{len(digits) - 1}e}"


def test_the_cube_stays_above_the_threshold_at_which_it_beats_the_bound() -> None:
    with precision(128):
        first = wide_limit(OddPower(3), Pair.diagonal(Fraction(452, 1000)), 1)
        last = wide_limit(OddPower(3), Pair.diagonal(Fraction(452, 1000)), 61)
        assert first.smallest >= ball(Fraction(463, 1000))
        assert last.gap > 2 * ball(Fraction(7, 10)) ** 60


CASES = [
    (OddPower(3), lambda x: x**3),
    (HARD, lambda x: np.where(np.abs(x) > 1.39, x, 0.0)),
    (SOFT, lambda x: np.sign(x) * np.maximum(np.abs(x) - 1.3, 0.0)),
]


@pytest.mark.parametrize(("law", "function"), CASES, ids=["cube", "hard", "soft"])
def test_simulated_trajectories_stay_in_the_widened_balls(law: Means, function: object) -> None:
    width, depth, replicas = 40_000, 3, 8
    assert callable(function)
    run = simulate(
        Network(width, 2, (Linear(), Rescale(), Activate(function, "odd"))),
        depth=depth,
        replicas=replicas,
        seed=0,
        initial_gram=np.diag([0.6, 0.4]),
        observables={
            "x": lambda g: trace_normalised(g)[..., 0, 0] * 2 - 1,
            "y": lambda g: trace_normalised(g)[..., 0, 1] * 2,
        },
    )
    outside = 0
    # The slack that is exceeded with probability 10⁻⁶ in all, and a fiftieth of it as a control.
    for factor in (1, Fraction(1, 50)):
        slack = (ball(6 * depth * replicas * 10**6).log() / (2 * width)).sqrt() * ball(factor)
        pair = Pair.diagonal(Fraction(2, 5))
        for layer in range(1, depth + 1):
            pair = next_pair(law, pair, slack)
            for x, y in zip(run.values["x"][:, layer], run.values["y"][:, layer], strict=True):
                inside = pair.x.overlaps(ball(float(x))) and pair.y.overlaps(ball(float(y)))
                assert inside or factor < 1
                outside += not inside
    assert outside > 0


@pytest.mark.parametrize("law", [HARD, SOFT, OddPower(9)])
def test_the_certified_gap_rises_with_the_width_to_the_wide_limit(law: Means) -> None:
    smallest, threshold = Fraction(44, 100), Fraction(2, 5)
    with precision(128):
        limit = wide_limit(law, Pair.diagonal(smallest), 11).gap
        found = [
            gap_on_event(law, smallest, depth=10, width=10**k, threshold=threshold)
            for k in (9, 11, 13)
        ]
    assert found[0].lower() < found[1].lower() < found[2].lower() < limit
    assert all(gap.overlaps(limit) for gap in found)


def test_a_width_that_says_nothing_is_refused() -> None:
    with pytest.raises(ArgumentError, match="width = 100"):
        gap_on_event(HARD, Fraction(42, 100), depth=18, width=100, threshold=Fraction(2, 5))
    with pytest.raises(ArgumentError, match="width = 10000"):
        gap_on_event(SOFT, Fraction(42, 100), depth=18, width=10_000, threshold=Fraction(2, 5))


@pytest.mark.parametrize("power", [0, 2, -1, 2.5, True, "3"])
def test_powers_are_odd(power: object) -> None:
    with pytest.raises(ArgumentError, match="power = "):
        OddPower(power)  # type: ignore[arg-type]


@pytest.mark.parametrize("threshold", [0.5, 1.5, float("nan"), "1", True])
def test_thresholds_let_one_sample_pass(threshold: object) -> None:
    with pytest.raises(ArgumentError, match="threshold = "):
        Shrinkage(threshold)  # type: ignore[arg-type]


def test_numpy_numbers_are_numbers() -> None:
    assert OddPower(np.int64(3)) == OddPower(3)
    assert Shrinkage(np.float64(1.25)) == Shrinkage(Fraction(5, 4))
