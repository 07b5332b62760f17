"""What holds for every collection of bounded samples."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.numerics.estimation.betting import (
    FOLLOWED,
    HORIZONS,
    SHARES,
    STAKES,
    evidence_paths,
    following,
)
from depthlaw.numerics.estimation.confidence import MeanBounds, mean_bounds
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.values import Estimate

BITS = 200
LEVELS = st.floats(1e-9, 0.5)
UNIT = st.floats(0, 1)
# Multiples of 1/64 survive shifts and reflections exactly.
GRID = st.integers(0, 64).map(lambda k: k / 64)
ENDS = st.sampled_from([0.0, 1.0])
SAMPLES = st.lists(UNIT | GRID | ENDS, min_size=1, max_size=60)
DYADIC = st.lists(GRID | ENDS, min_size=1, max_size=60)


def bounds(samples: list[float], level: float = 0.01, rounding: float | None = None) -> MeanBounds:
    return MeanBounds(lowest=0, highest=1, level=level, rounding=rounding).update(samples)


def rounding_bound(count: int) -> float:
    """Return what rounding can change in a log capital of samples in [0, 1] at 1/64 ≤ m ≤ 63/64.

    A factor is between 1/64 and 64, and has 10 roundings; a sum in chunks of 1024, or from left to
    right, has at most 1024 + `count` additions; a logarithm errs by 4 units; and the mixture gives
    away 16 units for each bet.
    """
    magnitude = count * math.log(64)
    return float(np.finfo(float).eps) * (
        2 * (6 * count + (1024 + count + 8) * magnitude) + 4 * magnitude + 2 * 16 * STAKES.size
    )


def rates(first: list[float], span: float = 1.0) -> list[list[Fraction]]:
    """Return the bets that follow the samples, from their distances as they came."""
    found = following(np.array(first[:FOLLOWED]) / span - 0.5) / span
    return [[Fraction(rate) for rate in row] for row in found]


def log_capital(
    samples: list[Fraction], mean: Fraction, bets: list[list[Fraction]], times: int = 1
) -> arb:
    """Return the formula of the module's docstring as a ball, from distances X − a and m − a.

    All `samples` occur `times` times, in turns; `bets` are the λ_t for each horizon.
    """
    tail = sum((Fraction(1, j + 1) for j in range(2, 25)), start=Fraction(0))
    stakes = [Fraction(5), *(6 / (j + 1) / tail for j in map(Fraction, range(2, 25)))]
    capital = ball(0)
    for c, stake in zip((Fraction(share) for share in SHARES), stakes, strict=True):
        grown = ball(1)
        for x in samples:
            grown *= ball(1 + c * (x / mean - 1))
        capital += ball(stake / 22) * grown**times
    for row, stake in zip(bets, (4, 3, 2, 1, 1), strict=True):
        grown = ball(1)
        for t, rate in enumerate(row):
            c = min(rate * mean, Fraction(1, 2))
            grown *= ball(1 + c * (samples[t % len(samples)] / mean - 1))
        capital += ball(Fraction(stake, 22)) * grown
    return capital.log()


@given(SAMPLES, GRID.filter(lambda m: 0 < m < 1))
def test_the_evidence_is_a_lower_bound_on_the_formula(samples: list[float], mean: float) -> None:
    seen = bounds(samples, rounding=0.0)
    with precision(BITS):
        exact = [Fraction(x) for x in samples]
        above = log_capital(exact, Fraction(mean), rates(samples))
        mirrored = rates([1 - x for x in samples])
        below = log_capital([1 - x for x in exact], 1 - Fraction(mean), mirrored)
        assert above >= seen.log_evidence_above(mean)
        assert below >= seen.log_evidence_below(mean)
        given_away = rounding_bound(len(samples))
        assert above <= seen.log_evidence_above(mean) + given_away
        assert below <= seen.log_evidence_below(mean) + given_away


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 25)
@given(st.floats(-3, -1), st.floats(1, 3), UNIT, st.floats(0.01, 0.99))
def test_any_million_of_equal_samples_stays_on_the_safe_side(
    lowest: float, highest: float, where: float, hypothesis: float
) -> None:
    stays_on_the_safe_side(lowest, highest, where, hypothesis)


def test_rounding_that_adds_up_over_a_million_samples_stays_on_the_safe_side() -> None:
    stays_on_the_safe_side(-2.7, 1.3, 0.37, 0.61)


def stays_on_the_safe_side(lowest: float, highest: float, where: float, hypothesis: float) -> None:
    # Equal samples round alike, so their errors cannot cancel.
    times = 10**6
    sample = min(max(lowest + where * (highest - lowest), lowest), highest)
    mean = lowest + hypothesis * (highest - lowest)
    seen = MeanBounds(lowest=lowest, highest=highest, level=0.01, rounding=0.0)
    seen = seen.update(np.full(times, sample))
    a, b, x, m = (Fraction(number) for number in (lowest, highest, sample, mean))
    with precision(BITS):
        span = highest - lowest
        followed = rates([sample - lowest] * FOLLOWED, span)
        assert log_capital([x - a], m - a, followed, times) >= seen.log_evidence_above(mean)
        followed = rates([highest - sample] * FOLLOWED, span)
        assert log_capital([b - x], b - m, followed, times) >= seen.log_evidence_below(mean)


@given(SAMPLES, LEVELS)
def test_the_ends_of_the_interval_are_refuted_in_exact_arithmetic(
    samples: list[float], level: float
) -> None:
    seen = bounds(samples, level)
    assert seen.rounding is not None
    lower, upper = seen.interval()
    with precision(BITS):
        threshold = (2 / ball(level)).log()
        # The worst that errors of the samples can do.
        error = Fraction(seen.rounding)
        if lower > 0:
            lowered = [max(Fraction(x) - error, Fraction(0)) for x in samples]
            assert log_capital(lowered, Fraction(lower), rates(samples)) >= threshold
        if upper < 1:
            mirrored = [max(1 - Fraction(x) - error, Fraction(0)) for x in samples]
            bets = rates([1 - x for x in samples])
            assert log_capital(mirrored, 1 - Fraction(upper), bets) >= threshold


@given(DYADIC, LEVELS)
def test_nothing_inside_the_interval_is_refuted(samples: list[float], level: float) -> None:
    seen = bounds(samples, level, rounding=0.0)
    lower, upper = seen.interval()
    # One part in 2³² of the distance from the range's end is the promised resolution.
    step = 2.0**-31
    inside, threshold = lower * (1 + step), math.log(2 / level)
    # An end stops at the sample mean, even where bets that follow the samples refute that.
    if 0 < lower < seen.mean * (1 - step):
        assert seen.log_evidence_above(inside) < threshold
    # Near 1 the spacing of floats, eps/2, is added: once for each end of the rounding.
    inside = 1 - (1 - upper) * (1 + step) - float(np.finfo(float).eps)
    if 1 - upper < (1 - seen.mean) * (1 - step) and upper < 1:
        assert seen.log_evidence_below(inside) < threshold


@settings(deadline=None, max_examples=12)
@given(st.integers(1, 7), st.integers(1, 63), st.sampled_from(["above", "below"]))
def test_the_expected_capital_of_a_coin_is_at_most_one(trials: int, k: int, side: str) -> None:
    p = Fraction(k, 64)
    with precision(BITS):
        expected = ball(0)
        for tosses in product((0.0, 1.0), repeat=trials):
            seen = bounds(list(tosses), rounding=0.0)
            evidence = getattr(seen, f"log_evidence_{side}")(float(p))
            successes = int(sum(tosses))
            weight = p**successes * (1 - p) ** (trials - successes)
            expected += ball(weight) * ball(evidence).exp()
        assert expected <= 1
        # Outcomes are neither lost nor counted twice: the mean is 1, not merely below it.
        assert expected >= (-ball(rounding_bound(trials))).exp()


@given(SAMPLES, LEVELS)
def test_the_interval_contains_the_sample_mean_and_lies_in_the_range(
    samples: list[float], level: float
) -> None:
    seen = bounds(samples, level)
    lower, upper = seen.interval()
    assert 0 <= lower <= seen.mean <= upper <= 1
    with precision(BITS):
        exact = sum((Fraction(x) for x in samples), start=Fraction(0)) / len(samples)
    assert Fraction(lower) <= exact <= Fraction(upper)


@given(SAMPLES, LEVELS, LEVELS)
def test_a_smaller_level_gives_a_wider_interval(
    samples: list[float], first: float, second: float
) -> None:
    wide = bounds(samples, min(first, second)).interval()
    narrow = bounds(samples, max(first, second)).interval()
    assert wide[0] <= narrow[0]
    assert narrow[1] <= wide[1]


@given(DYADIC, GRID, GRID)
def test_capital_is_monotone_in_the_mean(samples: list[float], first: float, second: float) -> None:
    small, large = min(first, second), max(first, second)
    seen = bounds(samples, rounding=0.0)
    assert seen.log_evidence_above(small) >= seen.log_evidence_above(large)
    assert seen.log_evidence_below(small) <= seen.log_evidence_below(large)


@settings(deadline=None, max_examples=10)
@given(SAMPLES, st.randoms(use_true_random=False))
def test_the_order_of_later_samples_leaves_no_trace(samples: list[float], random: Random) -> None:
    shuffled = list(samples)
    random.shuffle(shuffled)
    beginning = [0.25, 0.75, 0.5, 0.5] * (FOLLOWED // 4)
    assert bounds(beginning + shuffled).interval() == bounds(beginning + samples).interval()
    assert bounds(beginning + shuffled).mean == bounds(beginning + samples).mean
    assert bounds(shuffled).mean == bounds(samples).mean


@given(SAMPLES, SAMPLES)
def test_a_bet_knows_only_the_past_and_mirrors_its_samples(
    past: list[float], future: list[float]
) -> None:
    both = np.array(past + future) - 0.5
    known = following(both[: len(past)])
    # One more bet is made before the first of the future samples is seen.
    assert np.array_equal(following(both)[:, : len(past)], known)
    other = np.concatenate([both[: len(past)], -both[len(past) :]])
    assert np.array_equal(following(other)[:, : len(past) + 1], following(both)[:, : len(past) + 1])
    assert np.array_equal(following(-both), following(both))
    assert known.shape == (HORIZONS.size, len(past))
    assert math.isclose(STAKES.sum(), 22)


@pytest.mark.parametrize(("chance", "count"), [(0.1, 20), (0.1, 100), (0.5, 100), (0.01, 1000)])
def test_intervals_are_as_narrow_as_the_published_ones(chance: float, count: int) -> None:
    """The hedged capital of Waudby-Smith and Ramdas, with their bets for intervals at all times.

    On the same samples, on average: never more than a tenth wider, where constant shares alone
    were up to a sixth wider.
    """
    draws = np.random.default_rng(0).random((40, count)) < chance
    ours, theirs = 0.0, 0.0
    for row in draws.astype(float):
        lower, upper = mean_bounds(row, lowest=0, highest=1, level=0.05)
        ours += upper - lower
        theirs += 1 - hedged_lower(1 - row, 0.05) - hedged_lower(row, 0.05)
    assert ours <= 1.1 * theirs


def hedged_lower(samples: np.ndarray[Any, Any], level: float) -> float:
    """Return the lower end by the published predictable plug-in, half of the level."""
    t = np.arange(1, samples.size + 1)
    mean = (0.5 + np.cumsum(samples)) / (t + 1)
    variance = (0.25 + np.cumsum((samples - mean) ** 2)) / (t + 1)
    before = np.concatenate([[0.25], variance[:-1]])
    bets = np.sqrt(2 * math.log(2 / level) / (before * t * np.log(t + 1)))
    low, high = 0.0, 1.0
    for _ in range(30):
        m = (low + high) / 2
        capital = np.log1p(np.minimum(bets, 0.5 / m) * (samples - m)).sum()
        low, high = (m, high) if capital >= math.log(2 / level) else (low, m)
    return low


@given(st.lists(SAMPLES, min_size=1, max_size=5), UNIT)
def test_pieces_give_the_same_as_all_at_once(pieces: list[list[float]], mean: float) -> None:
    in_pieces = bounds([])
    for piece in pieces:
        in_pieces = in_pieces.update(piece)
    at_once = bounds([x for piece in pieces for x in piece])
    assert in_pieces.interval() == at_once.interval()
    assert in_pieces.count == at_once.count
    assert in_pieces.mean == at_once.mean
    assert in_pieces.log_evidence_above(mean) == at_once.log_evidence_above(mean)


@given(DYADIC, LEVELS, st.integers(-20, 20), st.integers(-8, 8))
def test_the_interval_moves_with_the_range(
    samples: list[float], level: float, exponent: int, shift: int
) -> None:
    # Scaling by a power of two and these shifts are exact, so the ends agree but for the one step
    # outwards that each of them took.
    scale = 2.0**exponent
    a = shift * scale
    moved = [a + scale * x for x in samples]
    there = MeanBounds(lowest=a, highest=a + scale, level=level, rounding=0.0).update(moved)
    lower, _ = bounds(samples, level, rounding=0.0).interval()
    distance = math.nextafter(lower, 1.0)
    expected = a if lower == 0 else max(a, math.nextafter(a + scale * distance, -math.inf))
    assert there.interval()[0] == expected
    mirrored = [-x for x in moved]
    back = MeanBounds(lowest=-a - scale, highest=-a, level=level, rounding=0.0).update(mirrored)
    assert back.interval() == tuple(-end for end in reversed(there.interval()))


@given(st.lists(GRID, min_size=1, max_size=40), GRID.filter(lambda m: 0 < m < 1))
def test_paths_are_the_evidence_of_every_beginning(samples: list[float], mean: float) -> None:
    above, below = evidence_paths(samples, mean, lowest=0, highest=1)
    sparse, _ = evidence_paths(samples, mean, lowest=0, highest=1, every=3)
    given_away = rounding_bound(len(samples))
    for t in range(len(samples)):
        seen = bounds(samples[: t + 1], rounding=0.0)
        assert abs(seen.log_evidence_above(mean) - above[t]) <= given_away
        assert abs(seen.log_evidence_below(mean) - below[t]) <= given_away
    assert sparse.shape == (len(samples) // 3,)
    assert np.all(np.abs(sparse - above[2::3][: sparse.size]) <= given_away)


@given(DYADIC, st.integers(1, 40), GRID.filter(lambda m: 0 < m < 1))
def test_repetition_is_counted(samples: list[float], times: int, mean: float) -> None:
    repeated = samples * times
    often = bounds(repeated, rounding=0.0)
    assert often.count == len(repeated)
    # The tally raises a factor to its count; the paths add a logarithm for every sample.
    above, below = evidence_paths(repeated, mean, lowest=0, highest=1, every=len(repeated))
    margin = rounding_bound(len(repeated))
    assert abs(often.log_evidence_above(mean) - above[0]) <= margin
    assert abs(often.log_evidence_below(mean) - below[0]) <= margin


def test_without_samples_the_interval_is_the_range() -> None:
    empty = MeanBounds(lowest=-1, highest=2, level=0.1)
    assert empty.interval() == (-1, 2)
    assert empty.update([]).count == 0
    assert empty.log_evidence_above(0.0) <= 0
    with pytest.raises(ArgumentError, match="samples = none: a mean needs at least one"):
        _ = empty.mean


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_samples_at_an_end_reach_it(end: float) -> None:
    lower, upper = bounds([end] * 10_000).interval()
    assert end in (lower, upper)
    # (1 − c)^N reaches δ/2·(something of its weight) no sooner than N = log(2/δ): a proved limit.
    assert math.log(2 / 0.01) / 10_000 < upper - lower < 2 * math.log(2 / 0.01) / 10_000


def test_means_outside_the_range_are_refuted_by_the_range() -> None:
    seen = bounds([0.0, 0.5])
    assert seen.log_evidence_above(-0.1) == math.inf
    assert seen.log_evidence_below(1.1) == math.inf
    assert seen.log_evidence_above(0.0) == math.inf
    assert bounds([0.0]).log_evidence_above(0.0) < 0
    assert seen.log_evidence_above(2.0) < 0


def test_an_error_of_computation_is_no_evidence() -> None:
    # The quantity is 0, computed with an error that samples in [0, 1] are known to have.
    noise = [2.0**-50] * 100
    assert bounds(noise).log_evidence_above(0.0) < 0
    assert bounds(noise, rounding=0.0).log_evidence_above(0.0) == math.inf
    assert bounds([-(2.0**-50)] * 100).interval()[0] == 0
    beyond = bounds([1 + 2.0**-50] * 100)
    assert beyond.interval()[1] == beyond.mean == 1


@pytest.mark.parametrize("scale", [2.0**-890, 1e-30, 1e30, 2.0**890])
def test_extreme_scales_neither_overflow_nor_lose_the_mean(scale: float) -> None:
    seen = MeanBounds(lowest=0, highest=scale, level=1e-12)
    seen = seen.update([0.0, scale, scale * 2.0**-60] * 2_000)
    lower, upper = seen.interval()
    assert 0 < lower < seen.mean < upper < scale
    assert math.isfinite(seen.log_evidence_above(scale * 2.0**-120))


def test_many_distinct_samples_cross_every_chunk() -> None:
    count = 10_001
    values = np.arange(count) / (count - 1)
    seen = bounds(list(values), rounding=0.0)
    above, below = evidence_paths(values, 0.4, lowest=0, highest=1, every=count)
    margin = rounding_bound(count)
    assert abs(seen.log_evidence_above(0.4) - above[-1]) <= margin
    assert abs(seen.log_evidence_below(0.4) - below[-1]) <= margin


def test_a_sample_that_is_no_number_is_named() -> None:
    with pytest.raises(ArgumentError, match="NaN in 1 of 3: every sample must be a number"):
        bounds([0.0, 1.0, math.nan])


@pytest.mark.parametrize("bad", [1.25, -0.5, math.inf])
def test_a_sample_outside_the_proved_range_is_named(bad: float) -> None:
    with pytest.raises(ArgumentError, match="at position 2: 1 of 3 samples lie outside") as error:
        bounds([0.0, 1.0, bad])
    assert repr(bad) in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": 0.0}, "level = 0.0"),
        ({"level": 1.0}, "level = 1.0"),
        ({"highest": 0.0}, "highest = 0.0: it must be above lowest = 0.0"),
        ({"highest": math.nan}, "highest = nan"),
        ({"lowest": -1.7e308, "highest": 1.7e308}, "rescale it"),
        ({"highest": 5e-324}, "rescale it"),
        ({"rounding": -1.0}, "rounding = -1.0"),
    ],
)
def test_impossible_arguments_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        replace(MeanBounds(lowest=0.0, highest=1.0, level=0.1), **change)


@pytest.mark.parametrize(
    ("samples", "mean", "every", "argument"),
    [
        (0.5, 0.5, 1, "samples"),
        ([0.5, 2.0], 0.5, 1, "samples"),
        ([math.nan], 0.5, 1, "samples"),
        ([0.5], 0.0, 1, "mean"),
        ([0.5], 0.5, 0, "every"),
    ],
)
def test_impossible_paths_are_refused(
    samples: object, mean: float, every: int, argument: str
) -> None:
    with pytest.raises(ArgumentError, match=f"^{argument} = "):
        evidence_paths(np.asarray(samples), mean, lowest=0, highest=1, every=every)


def test_an_estimate_says_how_it_is_known() -> None:
    seen = bounds([0.25, 0.75] * 50, level=0.001)
    lower, upper = seen.interval()
    assert seen.estimate(seed=7) == Estimate(0.5, lower, upper, 0.001, 100, 7)
    assert (lower, upper) == mean_bounds([0.25, 0.75] * 50, lowest=0, highest=1, level=0.001)
    with pytest.raises(ArgumentError, match="seed = -1"):
        seen.estimate(seed=-1)


def test_bounds_are_immutable_and_travel() -> None:
    before = bounds([0.5])
    after = before.update([1.0])
    assert (before.count, after.count) == (1, 2)
    with pytest.raises(ValueError, match="read-only"):
        after.tally.values[0] = 0.0
    assert pickle.loads(pickle.dumps(after)).interval() == after.interval()
