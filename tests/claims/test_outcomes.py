"""How checks combine, how senses compare, and what a claim of one's own gets."""

from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.numerics.verify import verify
from depthlaw.theory import gram
from depthlaw.theory.claim import (
    Check,
    Claim,
    Computed,
    Derivation,
    Measured,
    Outcome,
    PathAssumption,
    Sense,
    Source,
    Status,
)
from depthlaw.theory.claim.derivation import Argued, Identity
from depthlaw.theory.claim.outcome import combine
from depthlaw.theory.claim.parameter import BATCH, WIDTH
from depthlaw.theory.claim.sense import Comparison
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.symbols import d, n
from depthlaw.theory.values import Asymptotic, Enclosure

outcomes = st.lists(st.sampled_from(list(Outcome)), max_size=4)


@given(outcomes)
def test_the_order_of_checks_does_not_matter(found: list[Outcome]) -> None:
    assert len({combine(list(order)) for order in permutations(found)}) == 1


@given(outcomes)
def test_one_refutation_refutes_and_silence_never_agrees(found: list[Outcome]) -> None:
    combined = combine(found)
    assert (combined is Outcome.REFUTED) == (Outcome.REFUTED in found)
    if combined.agrees:
        assert any(outcome.agrees for outcome in found)
        assert Outcome.INCONCLUSIVE not in found


def test_a_certified_verdict_needs_every_speaking_check_certified() -> None:
    for pair in product(Outcome, repeat=2):
        if combine(list(pair)) is Outcome.CERTIFIED:
            assert Outcome.SUPPORTED not in pair


def test_expectations() -> None:
    assert Outcome.INCONCLUSIVE.fulfils(Outcome.SUPPORTED) is None
    assert Outcome.REFUTED.fulfils(Outcome.SUPPORTED) is False
    assert Outcome.SUPPORTED.fulfils(Outcome.CERTIFIED) is False
    assert all(outcome.meaning for outcome in Outcome)


one, two = Enclosure.of(1), Enclosure.of(2)
wide = Enclosure.between(0, 3)


@pytest.mark.parametrize(
    ("sense", "value", "bound", "expected"),
    [
        (Sense.UPPER, one, two, Comparison.HOLDS),
        (Sense.UPPER, two, one, Comparison.FAILS),
        (Sense.UPPER, one, one, Comparison.HOLDS),
        (Sense.UPPER, wide, two, Comparison.UNDECIDED),
        (Sense.LOWER, two, one, Comparison.HOLDS),
        (Sense.LOWER, one, two, Comparison.FAILS),
        (Sense.EQUAL, one, one, Comparison.HOLDS),
        (Sense.EQUAL, one, two, Comparison.FAILS),
        (Sense.EQUAL, wide, two, Comparison.UNDECIDED),
        (Sense.RATE, one, two, Comparison.FAILS),
    ],
)
def test_comparisons(
    sense: Sense, value: Enclosure, bound: Enclosure, expected: Comparison
) -> None:
    assert sense.compare(value, bound, Fraction(1, 20)) is expected


def test_an_asymptotic_bound_fails_only_outside_the_resolution() -> None:
    near, bound = (
        Enclosure.between(Fraction(103, 100), Fraction(107, 100)),
        Asymptotic(one, "O(1/d)"),
    )
    assert Sense.EQUAL.compare(near, bound, Fraction(1, 20)) is Comparison.UNDECIDED
    assert Sense.EQUAL.compare(near, bound, Fraction(1, 50)) is Comparison.FAILS


def measured(assumption: PathAssumption | None = None) -> Measured:
    """The gap after one layer of two orthogonal samples at width 4."""
    return Measured(
        Network(4, 2, (Linear(), Rescale())),
        np.eye(2),
        1,
        {"gap": gram.orthogonality_gap},
        lambda observed: observed["gap"][:, -1] ** 2,
        0.0,
        0.5,
        assumption,
    )


def mine(bound: sp.Expr, **changes: Any) -> Claim:
    """E V(H_1)² for two orthogonal samples is (1 − 1/2)/d exactly: 1/8 at width 4."""
    fields: dict[str, Any] = {
        "id": "mine.gap",
        "title": "a claim of my own",
        "quantity": sp.Symbol("V"),
        "sense": Sense.UPPER,
        "formula": bound,
        "source": Source("me", "here"),
        "status": Status.CONJECTURE,
        "expected": Outcome.SUPPORTED,
        "parameters": (BATCH, WIDTH),
        "checks": (
            Check(
                "only",
                {"batch": 2, "width": 4},
                measured(),
                replicas=2000,
                resolution=Fraction(1, 5),
            ),
        ),
        "derivation": lambda: Derivation((Argued("by hope", "no proof"),)),
        "control": None,
        "trivial": 1 - 1 / n,
    }
    return Claim(**(fields | changes))


def outcome(claim: Claim) -> Outcome:
    return verify(claim).verdicts[0].outcome


def test_a_claim_of_ones_own_is_checked_the_same_way() -> None:
    assert outcome(mine(1 / d)) is Outcome.SUPPORTED
    assert outcome(mine(1 / (10 * d))) is Outcome.REFUTED
    assert outcome(mine(2 / sp.sqrt(d))) is Outcome.VACUOUS
    assert outcome(mine(1 / (10 * d), sense=Sense.LOWER, trivial=None)) is Outcome.SUPPORTED
    assert outcome(mine(2 / d, sense=Sense.LOWER, trivial=None)) is Outcome.REFUTED
    assert outcome(mine(1 / (2 * d), sense=Sense.EQUAL)) is Outcome.SUPPORTED
    assert outcome(mine(1 / d, sense=Sense.EQUAL)) is Outcome.REFUTED


def test_power_a_bound_lowered_by_a_fifth_below_the_truth_is_refuted() -> None:
    checks = (Check("only", {"batch": 2, "width": 4}, measured(), replicas=40_000),)
    assert outcome(mine(sp.Rational(4, 5) / (2 * d), checks=checks)) is Outcome.REFUTED


def test_a_budget_that_ends_early_is_inconclusive_and_not_unexpected() -> None:
    checks = (Check("only", {"batch": 2, "width": 4}, measured(), replicas=10),)
    verdict = verify(mine(1 / (2 * d), checks=checks)).verdicts[0]
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.as_expected is None


def test_sampling_stops_once_decided() -> None:
    loose = verify(mine(sp.Rational(49, 100))).verdicts[0]
    assert loose.outcome is Outcome.SUPPORTED
    assert loose.samples < 500


def test_an_assumption_that_mostly_fails_is_said() -> None:
    never = PathAssumption("gap ≥ 2", lambda observed: observed["gap"][:, -1], 2.0)
    checks = (Check("only", {"batch": 2, "width": 4}, measured(never), replicas=100),)
    verdict = verify(mine(1 / d, checks=checks)).verdicts[0]
    assert verdict.outcome is Outcome.ASSUMPTION_FAILED
    record = verdict.checks[0].assumption
    assert record is not None
    assert record.held == 0
    assert "held on 0 of" in verdict.checks[0].advice


def test_parameters_outside_the_assumptions_end_in_assumption_failed() -> None:
    checks = (Check("only", {"batch": 2, "width": 0}, measured()),)
    verdict = verify(mine(1 / d, checks=checks)).verdicts[0]
    assert verdict.outcome is Outcome.ASSUMPTION_FAILED
    assert "width = 0" in verdict.advice


def test_a_failed_derivation_is_never_as_expected() -> None:
    wrong = mine(1 / d, derivation=lambda: Derivation((Identity("wrong", n, n + 1),)))
    verdict = verify(wrong).verdicts[0]
    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.as_expected is False
    assert "wrong" in verdict.advice


def test_undecided_balls_get_more_bits() -> None:
    bits: list[int] = []

    def close() -> Enclosure:
        from flint import ctx

        bits.append(ctx.prec)
        return Enclosure(Enclosure.of(1).ball + Enclosure.of(2).ball ** -300)

    checks = (Check("only", {"batch": 2, "width": 1}, Computed(close)),)
    assert outcome(mine(1 / d, checks=checks, trivial=None)) is Outcome.REFUTED
    assert max(bits) > 300


def test_verdicts_are_the_same_for_every_number_of_workers() -> None:
    from concurrent.futures import ThreadPoolExecutor

    shown = []
    for workers in (1, 2, 5):
        with ThreadPoolExecutor(workers) as pool:
            shown.append(verify(mine(1 / d), executor=pool).to_json())
    assert shown[0] == shown[1] == shown[2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"budget": "huge"}, "budget = huge"),
        ({"level": 0.0}, "level = 0.0"),
        ({"level": 1.5}, "level = 1.5"),
        ({"level": float("nan")}, "level = nan"),
        ({"seed": -1}, "seed = -1"),
        ({"claims": "orthogonalization.theorem-2"}, "did you mean"),
        ({"claims": [3]}, "give claims or claim ids"),
    ],
)
def test_bad_input_is_one_sentence(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises((ArgumentError, UnknownNameError), match=says) as caught:
        verify(**arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("claim_id", ["theorem-1", "Mine.gap", "mine.", "a.b.c"])
def test_ids_have_one_form(claim_id: str) -> None:
    with pytest.raises(ArgumentError, match="id = "):
        mine(1 / d, id=claim_id)


def test_labels_are_unique_since_they_seed_the_checks() -> None:
    check = Check("twice", {"batch": 2, "width": 4}, measured())
    with pytest.raises(ArgumentError, match="twice"):
        mine(1 / d, checks=(check, check))
