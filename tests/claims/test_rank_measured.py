"""The measured claims on the rank: pathwise inequalities, constants, limits and refusals."""

from dataclasses import replace
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad

from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.verify import verify
from depthlaw.theory.claim.check import Budget, Check, Computed
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claim.statement import Statement
from depthlaw.theory.claims.orthogonalization.stationary_gap import FORMULA as STATIONARY_GAP
from depthlaw.theory.claims.rank import (
    _measured,
    _vanilla,
    rank_one_without_skip,
    vanilla_collapse,
)
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Network, Rescale, gram
from depthlaw.theory.rank.spectral_law import SpectralLaw, soft_rank_leading
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import d, n

ROOTS = st.integers(1, 200)
ENTRIES = st.integers(-6, 6)
IDS = (
    "lemma-1-summed",
    "theorem-2",
    "theorem-2-constant",
    "theorem-2-constant-from-three",
    "vanilla-exponents",
    "vanilla-gap",
    "vanilla-gap-lower",
    "vanilla-collapse",
    "vanilla-residual-gap",
    "rank-one-without-skip",
    "small-batch-rank",
    "large-batch-rank",
    "marchenko-pastur",
    "surviving-count",
    "soft-rank",
    "positive-mean",
    "small-mean",
)


@pytest.mark.parametrize("name", IDS)
def test_no_conjecture_is_called_proved(name: str) -> None:
    found = claim(f"rank.{name}")
    sampled = any(check.quantity.__class__.__name__ != "Computed" for check in found.checks)
    if sampled:
        assert found.expected is Outcome.SUPPORTED
    assert (found.status is Status.PUBLISHED) == (name in ("lemma-1-summed", "theorem-2"))


def test_the_informal_theorem_says_that_its_formal_version_was_not_available() -> None:
    found = claim("rank.theorem-2")
    assert "not available" in found.source.note
    assert any("Theorem 14" in erratum for erratum in found.errata)


@given(ROOTS)
def test_small_and_large_batch_meet_at_twice_the_root(root: int) -> None:
    small = claim("rank.small-batch-rank").bound(width=root**2, batch=2 * root)
    large = claim("rank.large-batch-rank").bound(width=root**2, batch=2 * root)
    assert small.ball.overlaps(large.ball)
    assert large.ball.contains(root)


@given(st.integers(1, 10**6), st.integers(1, 2000))
def test_the_claims_and_the_spectral_law_agree(width: int, batch: int) -> None:
    name = "small" if batch**2 <= 4 * width else "large"
    bound = claim(f"rank.{name}-batch-rank").bound(width=width, batch=batch)
    assert bound.ball.overlaps(evaluate(SpectralLaw(width, batch).stable_rank, {}))


@given(st.integers(2, 10**4), st.integers(1, 10**6))
def test_the_wide_limit_without_skip_is_the_stationary_gap_up_to_one_over_the_batch(
    batch: int, width: int
) -> None:
    """N V² lies between N²/(4d) and (N² + 2N)/(4d): exact fractions."""
    gap = batch * STATIONARY_GAP.subs({n: batch, d: width})
    assert Fraction(batch**2, 4 * width) <= Fraction(int(gap.p), int(gap.q))
    assert Fraction(int(gap.p), int(gap.q)) <= Fraction(batch**2 + 2 * batch, 4 * width)


@given(st.lists(st.lists(ENTRIES, min_size=3, max_size=3), min_size=3, max_size=3))
def test_the_distance_from_rank_one_is_at_most_the_sum_over_pairs(rows: list[list[int]]) -> None:
    """1 − 1/r ≤ Σ_{i≠j} Y/(1 + Y)² with Y = det G_ij/|h_i|⁴, in exact arithmetic."""
    columns = list(zip(*rows, strict=True))
    G = [[sum(x * y for x, y in zip(a, b, strict=True)) for b in columns] for a in columns]
    assume(all(G[i][i] for i in range(3)))
    trace = sum(G[i][i] for i in range(3))
    left = 1 - Fraction(sum(x * x for row in G for x in row), trace**2)
    right = Fraction(0)
    for i in range(3):
        for j in range(3):
            if i != j:
                Y = Fraction(G[i][i] * G[j][j] - G[i][j] ** 2, G[i][i] ** 2)
                right += Y / (1 + Y) ** 2
    assert left <= right


@given(st.fractions(Fraction(1, 10**6), 10**6))
def test_each_pair_is_at_most_the_fourth_root(Y: Fraction) -> None:
    """Y/(1 + Y)² ≤ c Y^{1/4}: its fourth power is an inequality between fractions."""
    constant = Fraction(3, 5) ** 3 * Fraction(5, 8) ** 8
    assert (vanilla_collapse.CONSTANT**4).equals(constant)
    largest = constant * Y
    assert largest >= (Y / (1 + Y) ** 2) ** 4


@given(st.integers(2, 10**6), st.integers(0, 100))
def test_the_collapse_bound_starts_above_the_truth_and_falls(width: int, depth: int) -> None:
    found = claim("rank.vanilla-collapse")
    bounds = [found.bound(width=width, batch=2, depth=k) for k in (0, depth, depth + 1)]
    # Two orthonormal samples have 1 − 1/r = 1/2.
    assert bounds[0].lower > 1 / 2
    assert bounds[2].upper < bounds[1].lower


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 6))
def test_the_last_pivot_is_that_of_the_qr_factor(seed: int, batch: int, more: int) -> None:
    H = np.random.default_rng(seed).standard_normal((batch + more, batch))
    singular = np.linalg.svd(H, compute_uv=False)
    assume(singular[0] < 2**20 * singular[-1])
    pivot = _vanilla.log_last_pivot(H.T @ H)
    expected = np.log(abs(np.linalg.qr(H)[1][-1, -1]))
    # The Gram matrix squares the condition number, which its rounding is multiplied by.
    rounding = 16 * batch * np.finfo(float).eps * (singular[0] / singular[-1]) ** 2
    assert abs(pivot - expected) <= rounding


def test_averages_leave_out_the_burn_in_and_the_initial_batch() -> None:
    observed = {"rank": np.arange(12.0).reshape(2, 6)}
    assert _measured.after(0)(observed).tolist() == [3.0, 9.0]
    assert _measured.after(3)(observed).tolist() == [4.5, 10.5]


@pytest.mark.parametrize("width", [8, 16, 32])
def test_the_average_of_r_is_below_six_fifths_of_the_root(width: int) -> None:
    """The negative control of the constant: r ≥ 1.2 √d, 8/5 of the claim's 3√d/4, is refuted."""
    found = claim("rank.theorem-2-constant-from-three")
    check = _measured.Chain(width, width, burn_in=50, depth=90).average_rank()
    assert found.control == Fraction(6, 5) / Fraction(3, 4)
    control = replace(found.perturbed(found.control), checks=(check,))
    assert verify(control).verdicts[0].outcome is Outcome.REFUTED


def _growth(sense: Sense, bound: Fraction) -> Claim:
    found = rank_one_without_skip.CLAIM
    check = Check("d = 2", {"width": 2}, rank_one_without_skip.growth(2), replicas=20_000)
    statement = Statement(found.quantity, sense, sp.Rational(bound))
    return replace(found, id="mine.growth", statement=statement, checks=(check,))


@pytest.mark.parametrize(
    ("name", "wrong"), [("vanilla-gap", 3), ("vanilla-gap-lower", 3), ("vanilla-gap-lower", 10**4)]
)
def test_the_first_gap_is_refuted_on_either_side_of_its_bounds(name: str, wrong: int) -> None:
    """A gap of 1.1/3 at d = 3 exceeds the upper bound, whatever the lower one allows."""
    found = claim(f"rank.{name}")
    sign = 1 if found.sense is Sense.UPPER else -1
    bound = found.bound(width=wrong)
    beyond = Computed(lambda: Enclosure(bound.ball * (1 + sign * ball(Fraction(1, 10)))))
    checks = (Check("beyond", {"width": wrong}, beyond),)
    verdict = verify(replace(found, id="mine.gap", checks=checks)).verdicts[0]
    assert verdict.outcome is Outcome.REFUTED


def test_cutting_the_growth_changes_its_mean_by_what_is_taken_off() -> None:
    """For d = 2 the growth is |T| with T Cauchy, whose logarithm has the density sech(x)/π."""
    cut = rank_one_without_skip.CUT
    tail = quad(lambda x: (x - cut) / (np.pi * np.cosh(x)), cut, 60)[0]
    assert 0 < tail < rank_one_without_skip.cut_off(2)


def test_two_neurons_are_neutral_next_to_rank_one() -> None:
    """The rate at d = 2 is 0 where the bound for d = 3 already is 0.14."""
    for sense, bound in ((Sense.UPPER, Fraction(1, 8)), (Sense.LOWER, Fraction(-1, 8))):
        assert verify(_growth(sense, bound)).verdicts[0].outcome is Outcome.SUPPORTED


def test_the_ratio_next_to_rank_one_is_that_of_the_singular_values() -> None:
    for exponent in (4, 10, 20):
        epsilon = 2.0**-exponent
        G = np.array([[1.0, 1 - epsilon], [1 - epsilon, 1.0]])
        small, large = np.linalg.eigvalsh(G)
        found = float(rank_one_without_skip.log_ratio(G))
        # √(λ₁λ₂)/tr differs from √(λ₂/λ₁) by the factor λ₁/tr = 1 − ε/2; the rest is rounding of
        # the determinant, n·eps over ε.
        assert abs(found - np.log(small / large) / 2) <= epsilon + 8 * 2.0**-52 / epsilon


@given(st.integers(1, 10**5), st.fractions(Fraction(1, 100), 1, max_denominator=100))
def test_the_soft_rank_claim_is_the_leading_formula(width: int, threshold: Fraction) -> None:
    bound = claim("rank.soft-rank").bound(
        width=width, batch=2 * isqrt(width) + 2, threshold=threshold
    )
    assert bound.ball.overlaps(soft_rank_leading(width, threshold).ball)


@pytest.mark.slow
def test_averages_do_not_depend_on_a_batch_beyond_twice_the_root() -> None:
    """N = 16 and N = 40 at d = 64: the same stationary law, so the intervals overlap."""
    intervals = []
    for batch in (16, 40):
        run = simulate(
            Network(64, batch, (_measured.linear(), Rescale())),
            depth=220,
            replicas=24,
            seed=3,
            initial_gram=np.eye(batch),
            observables={"rank": gram.stable_rank},
        )
        averages = np.sort(_measured.after(120)(run.values))
        # All 24 on one side of the median have probability 2^-23.
        intervals.append((averages[0], averages[-1]))
    (a, b), (c, e) = intervals
    assert max(a, c) <= min(b, e)


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("lemma-1-summed", {"threshold": 2, "depth": 9, "burn_in": 0}, "threshold = 2"),
        ("lemma-1-summed", {"threshold": -1, "depth": 9, "burn_in": 0}, "threshold = -1"),
        ("lemma-1-summed", {"threshold": 0, "depth": 9, "burn_in": 9}, "burn_in = 9"),
        ("theorem-2", {"threshold": 1}, "threshold = 1"),
        ("theorem-2-constant", {"width": 0}, "width = 0"),
        ("theorem-2-constant-from-three", {"width": 2}, "width = 2"),
        ("vanilla-exponents", {"width": 4, "place": 5}, "place = 5"),
        ("vanilla-gap", {"width": 2}, "width = 2"),
        ("vanilla-gap-lower", {"width": 2}, "width = 2"),
        ("vanilla-collapse", {"width": 2, "batch": 3, "depth": 1}, "width = 2"),
        ("vanilla-residual-gap", {"width": 8, "residual": 1}, "residual = 1"),
        ("vanilla-residual-gap", {"width": 8, "residual": -1}, "residual = -1"),
        ("rank-one-without-skip", {"width": 1}, "width = 1"),
        ("small-batch-rank", {"width": 16, "batch": 9}, "batch = 9"),
        ("small-batch-rank", {"width": 16, "batch": 0}, "batch = 0"),
        ("large-batch-rank", {"width": 16, "batch": 7}, "batch = 7"),
        ("marchenko-pastur", {"width": 16, "batch": 4, "value": -1}, "value = -1"),
        ("surviving-count", {"width": 16, "batch": 8, "share": 3}, "share = 3"),
        ("soft-rank", {"width": 16, "batch": 8, "threshold": 2}, "threshold = 2"),
        ("positive-mean", {"width": 4}, "width = 4"),
        ("small-mean", {"width": 16, "mean": 2}, "mean = 2"),
    ],
)
def test_bad_input_is_one_sentence(name: str, parameters: dict[str, int], says: str) -> None:
    with pytest.raises(ArgumentError, match=says) as caught:
        claim(f"rank.{name}").bound(**parameters)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["large-batch-rank", "marchenko-pastur", "soft-rank"])
def test_the_sharp_law_at_larger_widths(name: str) -> None:
    verdict = verify(f"rank.{name}", budget=Budget.STANDARD).verdicts[0]
    assert verdict.outcome is Outcome.SUPPORTED, verdict.advice
