"""The mean field of recentring and ReLU: its map, fixed states, stability, and what refutes it."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.numerics.verify import verify
from depthlaw.theory.claim.check import Measured, ParameterValue
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.parameter import number
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claims.decomposition import _jacobian as jacobian
from depthlaw.theory.claims.decomposition import _simulated as simulated
from depthlaw.theory.claims.decomposition import (
    odd_point_time,
    one_dimensional_map,
    slope_universality,
)
from depthlaw.theory.decomposition import (
    fixed_points,
    mean_field_step,
    odd_state_exists,
    rescaled,
    threshold,
    two_groups,
)
from depthlaw.theory.decomposition.odd_point import (
    excess,
    excess_slope,
    next_norm_ratio,
    next_spread,
)
from depthlaw.theory.decomposition.roots import symmetric_spread
from depthlaw.theory.decomposition.wide_layer import centred, step_derivative
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Network
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.values import Exact

# n: cluster cosine, odd cosine, norm ratio, multiplier; rounded, so known to half a last digit.
TABLE = {
    7: (".4791", ".0656", "3.849", ".9448"),
    8: (".5786", ".0429", "5.105", ".9308"),
    10: (".7046", ".0224", "7.412", ".9268"),
    16: (".8660", ".0060", "13.90", ".9428"),
    32: (".9619", ".00084", "30.38", ".9690"),
    100: (".9957", ".00003", "98.79", ".9899"),
}


@pytest.mark.parametrize("batch", TABLE)
def test_the_table_of_odd_point_states_to_the_digits_printed(batch: int) -> None:
    state = fixed_points(batch).odd
    assert state is not None
    with precision(128):
        found = (state.cluster_cosine, state.odd_cosine, state.norm_ratio, state.multiplier)
        for value, printed in zip(found, TABLE[batch], strict=True):
            half_a_digit = Fraction(1, 2 * 10 ** len(printed.partition(".")[2]))
            assert abs(value.ball - ball(Fraction(printed))) <= ball(half_a_digit), printed


@given(st.integers(3, 9), st.fractions(Fraction(1, 10**6), 30))
def test_the_map_is_the_general_step_on_exchangeable_points(
    batch: int, difference: Fraction
) -> None:
    bound = claim("decomposition.one-dimensional-map").bound(batch=batch, difference=difference)
    with precision(128):
        assert one_dimensional_map.stepped(batch, difference).ball.overlaps(bound.ball)


@given(st.integers(3, 40), st.fractions(Fraction(1, 1000), 100, max_denominator=1000))
def test_the_excess_has_the_sign_of_the_step(batch: int, spread: Fraction) -> None:
    with precision(128):
        s, m = ball(spread), batch - 1
        value, change = excess(s, m), s - next_spread(s, m)
        assert not (value > 0 and change < 0)
        assert not (value < 0 and change > 0)
        assert not value.contains(0) or change.contains(0)


@given(
    st.integers(3, 30),
    st.fractions(Fraction(1, 100), 40, max_denominator=100),
    st.fractions(Fraction(1, 10**6), Fraction(1, 10)),
)
def test_the_slope_contains_every_secant(batch: int, low: Fraction, width: Fraction) -> None:
    with precision(128):
        m, left, right = batch - 1, ball(low), ball(low * (1 + width))
        secant = (excess(right, m) - excess(left, m)) / (right - left)
        assert excess_slope(left, right, m).overlaps(secant)


@given(st.integers(3, 30), st.fractions(Fraction(1, 100), 40, max_denominator=100))
def test_a_ball_of_spreads_maps_around_all_its_images(batch: int, spread: Fraction) -> None:
    with precision(128):
        m, wide = batch - 1, ball(spread) * (1 + arb(0, arb(2) ** -12))
        image = next_spread(wide, m)
        for part in (wide.lower(), arb(wide.mid()), wide.upper()):
            assert image.overlaps(next_spread(part, m))


@pytest.mark.parametrize("batch", [3, 4, 5, 6, 7, 8, 12, 40])
def test_the_list_of_fixed_states_agrees_with_a_scan(batch: int) -> None:
    """Signs of F on a fine grid of (0, s_0): as many changes as states, each state at a change."""
    with precision(64):
        m = batch - 1
        top = arb(batch * (batch - 2)).sqrt()
        grid = [top * arb(i) / 2000 for i in range(1, 2000)]
        signs = [excess(s, m) > 0 for s in grid]
        changes = [(grid[i], grid[i + 1]) for i in range(len(grid) - 1) if signs[i] != signs[i + 1]]
        states = fixed_points(batch).with_odd_point
        assert len(changes) == len(states)
        for (low, high), state in zip(changes, states, strict=True):
            assert low < state.spread < high
            assert state.norm_ratio.ball > 1


def test_existence_begins_at_seven_and_a_shifted_threshold_is_refuted() -> None:
    assert [odd_state_exists(n) for n in range(3, 12)] == [False] * 4 + [True] * 5
    found = claim("decomposition.odd-point-existence")
    for shift in (-1, 1):

        def moved(values: Mapping[str, ParameterValue], shift: int = shift) -> Exact:
            return Exact(sp.Integer(max(int(number(values, "largest")) - 6 + shift, 0)))

        assert (
            verify(replace(found, id="mine.shifted", statement=replace(found.statement, by=moved)))
            .verdicts[0]
            .outcome
            is Outcome.REFUTED
        )


def test_the_saddle_node_is_a_double_zero_and_lies_between_six_and_seven() -> None:
    found = threshold()
    assert found.batch.lower > 6
    assert found.batch.upper < 7
    with precision(128):
        s = found.spread.ball
        # The pair at n = 7 has left it on both sides.
        odd, separatrix = fixed_points(7).with_odd_point
        assert odd.spread < s < separatrix.spread


def test_the_norm_ratio_stays_where_a_state_is_fixed() -> None:
    for batch in (7, 16, 100):
        for state in fixed_points(batch).with_odd_point:
            with precision(128):
                r = state.norm_ratio.ball
                assert next_norm_ratio(r, batch - 1).overlaps(r)


@pytest.mark.parametrize("sizes", [(6, 1), (9, 1), (8, 2), (9, 2), (11, 3), (13, 4)])
def test_parts_of_the_derivative_fill_the_space_and_have_its_trace(sizes: tuple[int, int]) -> None:
    with precision(128):
        n = sum(sizes)
        assert jacobian.dimension(*sizes) == [n * (n - 1) // 2]
        (whole,), (parts,) = jacobian.full_trace(*sizes), jacobian.trace_by_parts(*sizes)
        assert whole.overlaps(parts)
        assert whole.rad() < arb(2) ** -60


@pytest.mark.parametrize("sizes", [(6, 1), (15, 1), (8, 2), (13, 3)])
def test_states_of_two_groups_are_fixed_by_the_general_step(sizes: tuple[int, int]) -> None:
    with precision(128):
        G = two_groups(*sizes).gram
        after = centred(mean_field_step(G))
        growth = after[0][0] / G[0][0]
        n = len(G)
        assert all((growth * G[i][j]).overlaps(after[i][j]) for i in range(n) for j in range(n))


def test_a_direction_in_which_odd_points_leave_each_other_grows() -> None:
    """The one unstable direction for k = 2: one odd point longer, the other shorter."""
    with precision(128):
        state = two_groups(8, 2)
        G, n = state.gram, 10
        growth = centred(mean_field_step(G))[0][0] / G[0][0]
        x = [0] * 8 + [1, -1]
        pattern = centred([[arb(x[i]) if i == j else arb(0) for j in range(n)] for i in range(n)])
        after = step_derivative(G, pattern)
        (leaving,) = (part for part in state.blocks() if part.name == "one odd point leaves")
        multiplier = after[8][8] / pattern[8][8] / growth
        assert multiplier > 1
        assert multiplier.overlaps(leaving.moduli[0].ball)


@pytest.mark.slow
def test_every_batch_up_to_a_thousand_has_a_pair_and_an_attracting_state() -> None:
    for batch in range(7, 1001):
        assert len(fixed_points(batch).with_odd_point) == 2
        assert two_groups(batch - 1).spectral_radius().upper < 1


@st.composite
def grams(draw: st.DrawFn) -> list[list[Fraction]]:
    """HᵀH of points on a grid: repeated, antipodal and zero points occur often."""
    inputs = draw(st.integers(1, 3))
    point = st.tuples(*[st.sampled_from([0, 0, 1, -1, 2, -3])] * inputs)
    points = draw(st.lists(point, min_size=2, max_size=6).filter(lambda p: len(set(p)) > 1))
    return [
        [Fraction(sum(a * b for a, b in zip(x, y, strict=True))) for y in points] for x in points
    ]


@given(grams(), st.fractions(-2, Fraction(9, 10), max_denominator=10))
def test_a_step_keeps_what_a_gram_matrix_is(gram: list[list[Fraction]], slope: Fraction) -> None:
    n = len(gram)
    with precision(128):
        after = mean_field_step(gram, slope)
        for i in range(n):
            assert not after[i][i] < 0
            for j in range(n):
                assert after[i][j].is_finite()
                assert after[i][j].overlaps(after[j][i])
                # Cauchy and Schwarz, not certainly violated.
                assert not after[i][j] ** 2 > after[i][i] * after[j][j]
                if gram[i] == gram[j]:
                    assert after[i][i].overlaps(after[i][j])


@pytest.mark.parametrize(
    ("gram", "slope", "message"),
    [
        ([[1]], 0, "gram = 1 rows: give a square matrix of 2 points or more"),
        ([[2, 2], [2, 2]], 0, "gram = equal points: the batch recentres to zero"),
        ([[1, 0], [0, 1]], 1, "slope = 1: with slope 1 the layer is linear"),
        ([[1, float("nan")], [0, 1]], 0, "number = nan: it must be finite"),
    ],
)
def test_bad_gram_matrices_are_refused(gram: list[list[float]], slope: int, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        mean_field_step(gram, slope)


@pytest.mark.parametrize(
    ("cluster", "odd", "message"),
    [(1, 1, "cluster = 1"), (3, 3, "odd = 3"), (6, 2, "odd = 2"), (4, 1, "cluster = 4")],
)
def test_states_that_do_not_exist_are_refused(cluster: int, odd: int, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        two_groups(cluster, odd)


@pytest.mark.parametrize("batch", [2, 1, 0, -3])
def test_two_points_have_no_cluster(batch: int) -> None:
    with pytest.raises(ArgumentError, match=f"batch = {batch}: it must be at least 3"):
        fixed_points(batch)


@pytest.mark.parametrize("name", ["odd-point-forms", "finite-width-cluster"])
def test_with_rescaling_on_the_odd_point_claims_are_refuted(name: str) -> None:
    found = claim(f"decomposition.{name}")
    check = found.checks[0]
    assert isinstance(check.quantity, Measured)
    network = check.quantity.network
    rescaled = Network(network.width, network.batch, simulated.WITH_RESCALING)
    changed = replace(check, quantity=replace(check.quantity, network=rescaled))
    verdict = verify(replace(found, id="mine.rescaled", checks=(changed,))).verdicts[0]
    assert verdict.outcome is Outcome.REFUTED


@given(st.floats(0.1, 1.7))
def test_a_layer_with_rescaling_of_three_points_is_a_mean_over_directions(spread: float) -> None:
    # The values of a neuron lie in a plane: their direction has the density 1/(c² + s²/λ).
    angle = np.linspace(0, 2 * np.pi, 40_000, endpoint=False)
    c, s, odd = np.cos(angle), np.sin(angle), 3 / spread**2
    z = np.outer([1, -1, 0], c) / np.sqrt(2) + np.outer([-1, -1, 2], s) / np.sqrt(6)
    active = np.maximum(z, 0)
    centred = active - active.mean(axis=0)
    gram = (centred / (c**2 + s**2 / odd)) @ centred.T
    tau = (gram[0, 0] - gram[0, 1]) / gram[2, 2]
    found = rescaled.next_spread(arb(spread), 3)
    assert float(found) == pytest.approx(np.sqrt(2 * tau), rel=1e-6)


@given(st.integers(4, 10**6))
def test_rescaling_leaves_equal_cosines_as_they_are(batch: int) -> None:
    equal = symmetric_spread(batch)
    assert rescaled.next_spread(equal, batch).overlaps(equal)


@given(st.fractions(Fraction(1, 4), 4, max_denominator=100))
def test_the_time_of_a_coalescent_has_the_law_of_its_series(time: Fraction) -> None:
    t = sp.Rational(time)
    series = sum((-1) ** k * (2 * k + 1) * sp.exp(-k * (k + 1) * t) for k in range(20))
    product = odd_point_time.coalescence(t, 40).doit()
    assert abs(sp.N(series - product, 20)) < 1e-7


@given(st.fractions(-2, 3, max_denominator=8).filter(lambda a: abs(a - 1) > Fraction(1, 8)))
@settings(max_examples=settings.default.max_examples // 5)
def test_the_state_of_relu_is_fixed_for_every_slope_and_its_neighbours_are_not(
    slope: Fraction,
) -> None:
    state = fixed_points(8).odd
    assert state is not None
    with precision(128):
        assert slope_universality.drift(state.spread, 8, slope).contains(0)
        for factor in (Fraction(99, 100), Fraction(101, 100)):
            beside = state.spread * ball(factor)
            assert not slope_universality.drift(beside, 8, slope).contains(0)
