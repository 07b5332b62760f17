"""How often the verdicts of the confidence sequences are wrong, and how soon they are right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.stats import norm

from depthlaw.numerics.estimation.betting import LOG_WEIGHTS, SHARES
from depthlaw.numerics.estimation.confidence import (
    MeanBounds,
    binomial_bounds,
    evidence_paths,
    mean_bounds,
)
from depthlaw.theory.errors import ArgumentError

Array = NDArray[np.float64]

SEED = 20_240_229
RUNS, TIME, EVERY = 10_000, 400, 4
LEVEL = 0.05
# The probability with which a test of this file may fail although everything is right.
DOUBT = 1e-4


@dataclass(frozen=True)
class Law:
    """Samples in [0, 1] whose mean, given the past, is always `mean`."""

    name: str
    mean: float
    draw: Callable[[Generator, tuple[int, int]], Array]
    enough: int
    """Samples that suffice to refute a bound 20 % below or 25 % above the mean."""
    quick: bool = False


def _switching(rng: Generator, shape: tuple[int, int]) -> Array:
    """Draw coins around 1/2 that are wide after a success and narrow after a failure."""
    successes = rng.random(shape) < 0.5
    wide = np.concatenate([np.ones((shape[0], 1), dtype=bool), successes[:, :-1]], axis=1)
    return 0.5 + np.where(successes, 0.5, -0.5) * np.where(wide, 1.0, 0.125)


LAWS = [
    Law("coin", 0.5, lambda rng, shape: (rng.random(shape) < 0.5).astype(float), 1_000, quick=True),
    Law("rare", 0.03125, lambda rng, shape: (rng.random(shape) < 0.03125).astype(float), 30_000),
    Law("narrow", 0.5, lambda rng, shape: rng.beta(50, 50, shape), 80),
    Law("skewed", 0.0625, lambda rng, shape: rng.random(shape) ** 15, 16_000),
    Law("switching", 0.5, _switching, 1_000, quick=True),
]
each_law = pytest.mark.parametrize(
    "law",
    [
        # The default run tries one fair coin and one law with a memory; the others repeat that.
        pytest.param(law, id=law.name, marks=() if law.quick else pytest.mark.slow)
        for law in LAWS
    ],
)

Procedure = Callable[[Law], int]


def by_betting(law: Law) -> int:
    """Return how many runs ever see the hypothesised mean outside their interval."""
    return int((most_evidence(law) >= math.log(2 / LEVEL)).sum())


def by_counting_every_share_in_full(law: Law) -> int:
    """Return the alarms of a gambler who forgot that the shares split one capital."""
    return int((most_evidence(law) >= math.log(2 / LEVEL) - math.log(SHARES.size)).sum())


@cache
def most_evidence(law: Law) -> Array:
    """Return the most evidence against its own mean that each run ever has."""
    seen = []
    for samples in batches(law, RUNS, TIME):
        above, below = evidence_paths(samples, law.mean, lowest=0, highest=1, every=EVERY)
        seen.append(np.maximum(above, below).max(axis=-1))
    return np.concatenate(seen)


def by_one_look(law: Law) -> int:
    """Return how many runs ever see the mean outside an interval valid for one look only."""
    return sum(int(_at_one_look(samples, law.mean).sum()) for samples in batches(law, RUNS, TIME))


def _at_one_look(samples: Array, mean: float) -> NDArray[np.bool_]:
    times = np.arange(1, samples.shape[-1] + 1)
    means = np.cumsum(samples, axis=-1) / times
    variances = np.maximum(np.cumsum(samples**2, axis=-1) / times - means**2, 0.0)
    margins = norm.isf(LEVEL / 2) * np.sqrt(variances / times)
    # From 100 samples on, so that the normal approximation is not to blame.
    looks = slice(100, None, EVERY)
    return np.asarray((np.abs(means - mean) > margins)[:, looks].any(axis=-1))


def batches(law: Law, runs: int, time: int) -> Iterator[Array]:
    rng = np.random.default_rng(SEED)
    size = max(1, 400_000 // time)
    for start in range(0, runs, size):
        yield law.draw(rng, (min(size, runs - start), time))


def false_alarms(law: Law, procedure: Procedure) -> tuple[float, float]:
    """Return exact confidence bounds on the probability that a true mean is ever refuted."""
    return binomial_bounds(procedure(law), RUNS, level=2 * DOUBT)


@each_law
def test_a_true_mean_is_refuted_no_more_often_than_promised(law: Law) -> None:
    assert false_alarms(law, by_betting)[1] < LEVEL


@pytest.mark.parametrize("law", LAWS[:1], ids=["coin"])
@pytest.mark.parametrize("procedure", [by_one_look, by_counting_every_share_in_full])
def test_invalid_procedures_are_caught(law: Law, procedure: Procedure) -> None:
    assert false_alarms(law, procedure)[0] > LEVEL


@each_law
@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_a_wrong_bound_is_refuted_within_the_stated_number_of_samples(
    law: Law, factor: float
) -> None:
    runs = refuted = 0
    for samples in batches(law, 100, law.enough):
        above, below = evidence_paths(
            samples, factor * law.mean, lowest=0, highest=1, every=law.enough
        )
        evidence = above if factor < 1 else below
        refuted += int((evidence >= math.log(2 / LEVEL)).sum())
        runs += len(samples)
    assert binomial_bounds(refuted, runs, level=2 * DOUBT)[0] > 0.9


def hoeffding(count: int, level: float) -> float:
    return 2 * math.sqrt(math.log(2 / level) / (2 * count))


def empirical_bernstein(samples: Array, level: float) -> float:
    """Return the width of Maurer and Pontil's interval, theorem 4, for each side at level/2."""
    log_term, n = math.log(4 / level), samples.size
    return 2 * (math.sqrt(2 * samples.var(ddof=1) * log_term / n) + 7 * log_term / (3 * (n - 1)))


@pytest.mark.parametrize("count", [100, 1_000, 10_000])
@pytest.mark.parametrize("law", LAWS[2:4], ids=["narrow", "skewed"])
def test_intervals_are_narrower_than_those_for_a_fixed_sample_size(law: Law, count: int) -> None:
    samples = law.draw(np.random.default_rng(SEED), (1, count))[0]
    lower, upper = mean_bounds(samples, lowest=0, highest=1, level=1e-3)
    assert upper - lower < empirical_bernstein(samples, 1e-3)
    assert upper - lower < hoeffding(count, 1e-3)


@pytest.mark.parametrize("level", [0.05, 1e-3, 1e-6])
@pytest.mark.parametrize("count", [1_000, 30_000, 1_000_000])
@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(1, 10)])
def test_the_price_of_any_time_is_at_most_the_documented_factor(
    p: Fraction, count: int, level: float
) -> None:
    successes = int(p * count)
    exact = binomial_bounds(successes, count, level=level)
    tally = np.repeat([0.0, 1.0], [count - successes, successes])
    # In the order of a draw: sorted samples have no constant mean given the past.
    np.random.default_rng(SEED).shuffle(tally)
    ours = mean_bounds(tally, lowest=0, highest=1, level=level)
    # √(9/4 (log(2/δ) + log 1/w)) against z, from the module's docstring.
    exponent = math.log(2 / level) - LOG_WEIGHTS.min()
    price = math.sqrt(9 / 4 * exponent) / norm.isf(level / 2)
    ratio = (ours[1] - ours[0]) / (exact[1] - exact[0])
    assert 1 < ratio < price


def test_a_verdict_may_be_taken_as_soon_as_the_evidence_suffices() -> None:
    rng = np.random.default_rng(SEED)
    seen = MeanBounds(lowest=0, highest=1, level=LEVEL)
    while seen.log_evidence_above(0.4) < math.log(2 / LEVEL):
        assert seen.interval()[0] <= 0.4
        seen = seen.update(rng.beta(50, 50, EVERY))
    assert seen.interval()[0] >= 0.4 * (1 - 2.0**-31)
    assert seen.count <= LAWS[2].enough


@pytest.mark.parametrize("trials", [1, 2, 7, 25])
@pytest.mark.parametrize("level", [Fraction(1, 2), Fraction(1, 16), Fraction(1, 1024)])
def test_binomial_bounds_cover_every_probability(trials: int, level: Fraction) -> None:
    ends = [binomial_bounds(k, trials, level=float(level)) for k in range(trials + 1)]
    # Coverage is smallest just beside an end, where a number of successes drops out.
    beside = [
        math.nextafter(end, direction)
        for pair in ends
        for end, direction in zip(pair, (-math.inf, math.inf), strict=True)
    ]
    grid = [Fraction(i, 97) for i in range(98)]
    for p in [*grid, *(Fraction(q) for q in beside if 0 <= q <= 1)]:
        covered = missed_above = missed_below = Fraction(0)
        for k, (lower, upper) in enumerate(ends):
            mass = math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
            covered += mass if lower <= p <= upper else 0
            missed_above += mass if upper < p else 0
            missed_below += mass if lower > p else 0
        assert covered >= 1 - level
        assert max(missed_above, missed_below) <= level / 2


@pytest.mark.parametrize("trials", [1, 2, 7, 25])
def test_binomial_bounds_are_the_narrowest_with_exact_tails(trials: int) -> None:
    level = 0.0625
    for k in range(1, trials + 1):
        lower, _ = binomial_bounds(k, trials, level=level)
        # A larger lower end by one part in a million would miss with too large a probability.
        p = Fraction(lower) * (1 + Fraction(1, 10**6))
        tail = sum(
            math.comb(trials, i) * p**i * (1 - p) ** (trials - i) for i in range(k, trials + 1)
        )
        assert tail > Fraction(level) / 2
        mirrored = binomial_bounds(trials - k, trials, level=level)[1]
        assert abs((1 - mirrored) - lower) < lower * 2.0**-20


@pytest.mark.parametrize(
    ("successes", "trials", "level", "message"),
    [
        (3, 2, 0.1, "successes = 3: it must be at most trials = 2"),
        (-1, 2, 0.1, "successes = -1"),
        (0, 0, 0.1, "trials = 0"),
        (0, 1, 1.0, "level = 1.0"),
    ],
)
def test_impossible_counts_are_refused(
    successes: int, trials: int, level: float, message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        binomial_bounds(successes, trials, level=level)
