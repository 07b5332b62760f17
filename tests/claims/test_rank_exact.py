"""The exact claims about rank: on arbitrary instances, at their edges, and with bad input."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from depthlaw.numerics.verify import verify
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _near_rank_one as near
from depthlaw.theory.claims.rank.one_step_remainder import left_out
from depthlaw.theory.decomposition.exact_layer import rank
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank.covariance import traces
from depthlaw.theory.rank.enumeration import mean_log_volume
from depthlaw.theory.rank.weights import RADEMACHER, SKEWED, three_valued
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.values import Enclosure, certainly_at_most

CORRELATIONS = st.fractions(-1, 1, max_denominator=40)
LAWS = st.just(RADEMACHER) | st.fractions(Fraction(9, 8), 4, max_denominator=8).map(three_valued)


@st.composite
def directions(draw: st.DrawFn) -> near.Direction:
    """v ⟂ s of any width up to 6."""
    d = draw(st.integers(2, 6))
    s = draw(st.lists(st.sampled_from([-1, 1]), min_size=d, max_size=d))
    v = draw(st.lists(st.integers(-20, 20), min_size=d - 1, max_size=d - 1))
    last = -s[-1] * sum(a * b for a, b in zip(s, v, strict=False))
    assume(any([*v, last]))
    return near.direction(s, [*v, last])


@settings(max_examples=settings.default.max_examples // 4)
@given(directions())
def test_rank_one_repels_in_every_direction(v: near.Direction) -> None:
    d = len(v.signs)
    grown = v.growth().expression
    assert grown == claim("rank.rank-one-growth").bound(width=d, quartic=v.quartic).expression
    assert grown >= claim("rank.rank-one-repels").bound(width=d).expression > 0


@pytest.mark.parametrize("width", [2, 3, 4, 8])
def test_the_growth_at_the_spike(width: int) -> None:
    """2d − 2/(d−1): above 2(d−1), and equal to it at d = 2 alone."""
    grown = Fraction(str(near.spike(width).growth().expression))
    assert grown == 2 * width - Fraction(2, width - 1)
    assert (grown == 2 * (width - 1)) == (width == 2)


@given(CORRELATIONS, LAWS, st.integers(33, 2**20))
def test_the_remainder_is_never_certainly_violated(
    c: Fraction, law: WeightLaw, inverse: int
) -> None:
    gamma = Fraction(1, inverse)
    bound = claim("rank.one-step-remainder").bound(width=2, largest=law.largest, residual=gamma)
    found = Enclosure.of(abs(left_out(cov.pair(c), law, gamma)))
    assert certainly_at_most(found, bound) is True


@given(CORRELATIONS, LAWS, st.integers(33, 2**20))
def test_the_log_determinant_balance_holds_at_every_full_rank_point(
    c: Fraction, law: WeightLaw, inverse: int
) -> None:
    assume(abs(c) < 1)
    gamma, M = Fraction(1, inverse), cov.pair(c)
    with precision(256):
        moved = abs(mean_log_volume(M, law, gamma)).upper()
        mantissa, exponent = moved.man_exp()
        defect = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
        bound = claim("rank.no-full-rank-law").bound(
            width=2, largest=law.largest, residual=gamma, defect=defect
        )
        assert certainly_at_most(bound, Enclosure.of(traces(M).square)) is True


@given(CORRELATIONS)
def test_an_expansion_with_a_wrong_determinant_would_be_noticed(c: Fraction) -> None:
    """Negative control for the balance: without the term −d it fails wherever M is full rank."""
    assume(abs(c) < 1)
    gamma, M = Fraction(1, 2**30), cov.pair(c)
    with precision(256):
        moved = mean_log_volume(M, RADEMACHER, gamma)
        square = ball(traces(M).square)
        right, wrong = 2 * square - 6, 2 * square - 4
        assert abs(moved - ball(gamma**2) * right) < ball(gamma**3)
        assert abs(moved - ball(gamma**2) * wrong) > ball(gamma**2)


def test_the_bounds_tend_to_what_the_limit_says() -> None:
    gamma = Fraction(1, 10**12)
    at = {"width": 6, "largest": 2, "residual": gamma, "defect": 0}
    drift, square = (
        claim(f"rank.{name}").bound(**at) for name in ("invariance", "no-full-rank-law")
    )
    # Both are O(γ²), with constants that are small beside 1/γ.
    assert 0 < drift.ball < ball(gamma)
    assert 0 < 21 - square.ball < ball(gamma)


Rational = Fraction | int
Batch = Sequence[Sequence[Rational]]


def _loss(weights: Sequence[Rational], sample: Sequence[Rational], target: Rational) -> Fraction:
    output = sum((Fraction(v) * h for v, h in zip(weights, sample, strict=True)), start=Fraction(0))
    return (output - target) ** 2 / 2


def gradients(
    hidden: Batch, weights: Sequence[Rational], targets: Sequence[Rational]
) -> list[list[Fraction]]:
    """Return ∇_v L_n for each sample, shape (N, d), by exact central differences of the loss."""
    found = []
    for sample, target in zip(zip(*hidden, strict=True), targets, strict=True):
        row = []
        for k in range(len(weights)):
            ahead, behind = (
                [v + step * (i == k) for i, v in enumerate(weights)] for step in (1, -1)
            )
            row.append((_loss(ahead, sample, target) - _loss(behind, sample, target)) / 2)
        found.append(row)
    return found


def per_sample_rank(hidden: Batch, weights: Sequence[Rational], targets: Sequence[Rational]) -> int:
    """Return the rank of the per-sample gradients of an output neuron.

    Parameters
    ----------
    hidden
        Last hidden layer H, shape (d, N).
    weights
        Weights v of the neuron, d numbers.
    targets
        One for each sample, N numbers.
    """
    return rank(gradients(hidden, weights, targets))


@settings(max_examples=settings.default.max_examples // 3)
@given(
    st.integers(1, 3),
    st.lists(st.lists(st.integers(-5, 5), min_size=3, max_size=3), min_size=4, max_size=4),
    st.lists(st.lists(st.integers(-5, 5), min_size=5, max_size=5), min_size=3, max_size=3),
    st.lists(st.integers(-5, 5), min_size=4, max_size=4),
    st.lists(st.integers(-5, 5), min_size=5, max_size=5),
)
def test_gradients_have_at_most_the_rank_of_the_features(
    k: int, A: list[list[int]], B: list[list[int]], v: list[int], targets: list[int]
) -> None:
    H = [[sum(a[i] * B[i][n] for i in range(k)) for n in range(5)] for a in A]
    assert per_sample_rank(H, v, targets) <= rank(H) <= k
    if k == 1:
        columns = gradients(H, v, targets)
        for g in columns:
            for h in columns:
                inner = sum(x * y for x, y in zip(g, h, strict=True))
                assert inner**2 == sum(x * x for x in g) * sum(x * x for x in h)


def test_full_rank_features_do_not_have_collinear_gradients() -> None:
    assert per_sample_rank([[1, 0], [0, 1]], [1, 1], [0, 0]) == 2


def test_the_soft_rank_bound_is_false_without_normalisation_and_true_with_it() -> None:
    verdict = verify("rank.lemma-1-unnormalised").verdicts[0]
    outcomes = [check.outcome for check in verdict.checks]
    assert outcomes == [Outcome.REFUTED] * 3 + [Outcome.CERTIFIED]
    first = verdict.checks[0]
    assert first.value is not None
    assert first.bound is not None
    assert (first.value.upper, first.bound.lower) == (0, 5 / 4)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("lemma-1", {"stable_rank": 0}, "stable_rank = 0: it must be at least 1"),
        ("lemma-1-soft", {"stable_rank": 2, "threshold": -1}, "threshold = -1: it must be at l"),
        (
            "lemma-1-soft",
            {"stable_rank": 2, "threshold": 2},
            "threshold = 2: it must satisfy τ ≤ 1",
        ),
        ("lemma-1-soft", {"stable_rank": 2, "threshold": float("nan")}, "threshold = nan"),
        (
            "one-step",
            {"width": 3, "square": 2, "cube": 3, "diagonal": 3},
            "square = 2: it must satisfy",
        ),
        (
            "one-step",
            {"width": 3, "square": 10, "cube": 3, "diagonal": 3},
            "square = 10: it must sati",
        ),
        ("skewed-step", {"correlation": -2, "skewness": 1}, "correlation = -2: it must be at lea"),
        (
            "skewed-step",
            {"correlation": 2, "skewness": 1},
            "correlation = 2: it must satisfy c ≤ 1",
        ),
        (
            "one-step-remainder",
            {"width": 2, "largest": 1, "residual": -1},
            "residual = -1: it must be above 0",
        ),
        (
            "one-step-remainder",
            {"width": 2, "largest": 1, "residual": Fraction(1, 8)},
            "residual = 0.125: it must satisfy γ < 1/.4 B d. .d is width, B is largest., here γ",
        ),
        (
            "invariance",
            {"width": 2, "largest": Fraction(1, 2), "residual": Fraction(1, 99), "defect": 0},
            "largest = 0.5: it must be at least 1",
        ),
        (
            "log-pdet-drift",
            {"width": 2, "rank": 3, "single": 1, "double": 1},
            "rank = 3: it must satisfy k ≤ d .d is width., here k ≤ 2",
        ),
        ("rank-one-growth", {"width": 4, "quartic": 1}, "quartic = 1: v ⟂ s of norm 1 has it"),
        ("rank-one-repels", {"width": 1}, "width = 1: it must be at least 2"),
    ],
)
def test_bad_input_is_a_sentence(name: str, arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{message}"):
        claim(f"rank.{name}").bound(**arguments)


def test_what_needs_symmetric_weights_or_a_direction_says_so() -> None:
    with pytest.raises(ArgumentError, match="weights = a law with the value -1/2"):
        left_out(cov.pair(Fraction(1, 3)), SKEWED, Fraction(1, 64))
    with pytest.raises(ArgumentError, match="entries = 1, 1: v must be orthogonal to s"):
        near.direction([1, 1], [1, 1])
