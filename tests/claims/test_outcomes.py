"""How checks combine, how senses compare, and what a claim of one's own gets."""

from dataclasses import replace
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.verify import verify
from depthlaw.render.verdicts import advice_on
from depthlaw.theory.claim import (
    Check,
    Claim,
    Computed,
    Derivation,
    Measured,
    Outcome,
    PathAssumption,
    Scaling,
    Sense,
    Source,
    Statement,
    Status,
    Typical,
)
from depthlaw.theory.claim.check import Observed
from depthlaw.theory.claim.outcome import combine
from depthlaw.theory.claim.parameter import BATCH, DEPTH, WIDTH
from depthlaw.theory.claim.sense import Comparison
from depthlaw.theory.claim.steps import Argued, Identity
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.network import Linear, Network, Rescale, gram
from depthlaw.theory.values import Asymptotic, Enclosure, Estimate
from depthlaw.theory.writing.symbols import d, n

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


SAYS_NOTHING = 1 - 1 / n


def mine(
    bound: sp.Expr,
    *,
    sense: Sense = Sense.UPPER,
    trivial: sp.Expr | None = SAYS_NOTHING,
    **changes: Any,
) -> Claim:
    """E V(H_1)² for two orthogonal samples is (1 − 1/2)/d exactly: 1/8 at width 4."""
    fields: dict[str, Any] = {
        "id": "mine.gap",
        "title": "a claim of my own",
        "statement": Statement(sp.Symbol("V"), sense, bound, trivial),
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


@pytest.mark.parametrize(("best", "said"), [(100, False), (9_999, False), (10_000, True)])
def test_a_bound_that_is_loose_on_its_best_instance_is_called_no_estimate(
    best: int, said: bool
) -> None:
    checks = tuple(
        Check(str(times), {"batch": 2, "width": 4}, Computed(lambda times=times: times))
        for times in (Fraction(1, best), Fraction(1, 10**6))
    )
    for sense, bound in ((Sense.UPPER, sp.S.One), (Sense.LOWER, sp.Rational(1, 10**10))):
        verdict = verify(mine(bound, sense=sense, trivial=None, checks=checks)).verdicts[0]
        expected = said or sense is Sense.LOWER
        assert verdict.loose is expected
        assert ("no estimate" in verdict.advice) is expected
        assert ("looser than the truth at best" in advice_on(verdict)) is expected
    # An equality that is 10⁴ times off is not loose but false.
    assert not verify(mine(sp.S.One, sense=Sense.EQUAL, checks=checks)).verdicts[0].loose


def test_an_assumption_that_mostly_fails_is_said() -> None:
    never = PathAssumption("gap ≥ 2", lambda observed: observed["gap"][:, -1], 2.0)
    checks = (Check("only", {"batch": 2, "width": 4}, measured(never), replicas=100),)
    verdict = verify(mine(1 / d, checks=checks)).verdicts[0]
    assert verdict.outcome is Outcome.ASSUMPTION_FAILED
    record = verdict.checks[0].assumption
    assert record is not None
    assert record.held == 0
    assert "held on 0 of" in verdict.checks[0].advice


def sometimes(chance: float) -> PathAssumption:
    """An assumption that holds with a probability of about `chance`, on the largest gaps."""
    layer = measured()
    run = simulate(
        layer.network,
        depth=1,
        replicas=4000,
        seed=1,
        initial_gram=np.eye(2),
        observables=layer.observables,
    )
    threshold = float(np.quantile(run.values["gap"][:, -1], 1 - chance))
    return PathAssumption("large gaps", lambda observed: observed["gap"][:, -1], threshold)


@pytest.mark.parametrize("chance", [0.2, 0.45, 0.9])
def test_exceeding_a_bound_refutes_however_rarely_the_assumption_holds(chance: float) -> None:
    # E[V²; A] is at least a third of E V² = 1/8 where A is the fifth with the largest gaps.
    checks = (Check("only", {"batch": 2, "width": 4}, measured(sometimes(chance)), replicas=4000),)
    verdict = verify(mine(1 / (40 * d), checks=checks)).verdicts[0]
    assert verdict.outcome is Outcome.REFUTED
    record = verdict.checks[0].assumption
    assert record is not None
    assert record.lower < chance < record.upper


@pytest.mark.parametrize(
    ("sense", "factor", "chance", "expected"),
    [
        # E[V²; A] falls short of E V² = 1/8, which says nothing against E[V² | A] ≥ 1/8.
        (Sense.LOWER, 1, 0.45, Outcome.ASSUMPTION_FAILED),
        (Sense.LOWER, 1, 0.8, Outcome.INCONCLUSIVE),
        (Sense.EQUAL, 1, 0.8, Outcome.INCONCLUSIVE),
        # Four times the truth is out of reach of every conditional mean.
        (Sense.LOWER, 4, 0.8, Outcome.REFUTED),
        (Sense.LOWER, 4, 0.45, Outcome.REFUTED),
        (Sense.EQUAL, 4, 0.8, Outcome.REFUTED),
        (Sense.EQUAL, Fraction(1, 4), 0.8, Outcome.REFUTED),
    ],
)
def test_a_lower_bound_is_not_refuted_by_what_the_assumption_cuts_off(
    sense: Sense, factor: Fraction, chance: float, expected: Outcome
) -> None:
    quantity = measured(sometimes(chance))
    resolution = Fraction(1, 20)
    checks = (
        Check("only", {"batch": 2, "width": 4}, quantity, replicas=4000, resolution=resolution),
    )
    formula = sp.Rational(factor) / (2 * d)
    assert outcome(mine(formula, sense=sense, trivial=None, checks=checks)) is expected


@pytest.mark.parametrize("assumed", [False, True])
def test_all_intervals_of_a_run_share_its_level(assumed: bool) -> None:
    quantity = measured(sometimes(0.9) if assumed else None)
    checks = tuple(
        Check(label, {"batch": 2, "width": 4}, quantity, replicas=64) for label in ("a", "b", "c")
    )
    level = 0.01
    found = verify(mine(1 / d, checks=checks), level=level).verdicts[0].checks
    spent = 0.0
    for check in found:
        assert isinstance(check.value, Estimate)
        spent += check.value.level + (check.assumption.level if check.assumption else 0.0)
    assert spent <= level * (1 + 1e-12)
    assert spent >= 0.999 * level


def test_parameters_outside_the_assumptions_end_in_assumption_failed() -> None:
    nothing = Computed(lambda: Enclosure.of(0))
    checks = (Check("only", {"batch": 2, "width": 0}, nothing),)
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


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"batch": 2, "width": 16}, "width = 16: the check 'only' simulates width 4"),
        ({"batch": 3, "width": 4}, "batch = 3: the check 'only' simulates batch 2"),
        ({"batch": 2}, "width = missing: the check 'only' needs it"),
        ({"batch": 2, "width": 4, "depht": 1}, "depht: there is no such parameter"),
    ],
)
def test_a_check_declares_what_it_simulates(parameters: dict[str, Any], says: str) -> None:
    with pytest.raises((ArgumentError, UnknownNameError), match=says):
        mine(1 / d, checks=(Check("only", parameters, measured()),))


def test_fewer_layers_than_declared_are_refused() -> None:
    check = Check("only", {"batch": 2, "width": 4, "depth": 2}, measured())
    with pytest.raises(ArgumentError, match="depth = 2: the check 'only' simulates depth 1"):
        mine(1 / d, parameters=(BATCH, WIDTH, DEPTH), checks=(check,))


@pytest.mark.parametrize(
    "per_replica",
    [
        lambda observed: observed["gap"],
        lambda observed: observed["gap"].mean(),
        lambda observed: observed["gap"].mean(axis=0),
        lambda observed: observed["gap"][:, -1:],
        lambda observed: observed["gap"][1:, -1],
    ],
)
@pytest.mark.parametrize("kind", ["mean", "median", "slope"])
def test_a_contribution_of_another_shape_is_refused(per_replica: Any, kind: str) -> None:
    wrong = replace(measured(), per_replica=per_replica)
    quantity: Any = {
        "mean": wrong,
        "median": Typical(wrong),
        "slope": Scaling((4, 5), (wrong, wrong)),
    }[kind]
    with pytest.raises(ArgumentError, match="per_replica = a function that makes shape"):
        mine(1 / d, checks=(Check("only", {"batch": 2, "width": 4}, quantity),))


def test_an_observable_that_is_not_recorded_is_named() -> None:
    wrong = replace(measured(), per_replica=lambda observed: observed["gaps"][:, -1])
    with pytest.raises(UnknownNameError, match=r"'only' = gaps: .* did you mean gap"):
        mine(1 / d, checks=(Check("only", {"batch": 2, "width": 4}, wrong),))


def test_what_only_the_first_sample_shows_is_one_sentence_too() -> None:
    def picky(observed: Observed) -> Any:
        assert not (observed["gap"] == 0.5).all(), "no network gives this"
        return observed["gap"]

    wrong = mine(
        1 / d,
        checks=(Check("only", {"batch": 2, "width": 4}, replace(measured(), per_replica=picky)),),
    )
    with pytest.raises(ArgumentError, match=r"per_replica = an array of shape .* each trajectory"):
        verify(wrong)


@pytest.mark.parametrize("kind", ["mean", "median", "slope"])
def test_a_contribution_that_is_no_number_is_refused(kind: str) -> None:
    wrong = replace(measured(), per_replica=lambda observed: np.nan * observed["gap"][:, -1])
    quantity: Any = {
        "mean": wrong,
        "median": Typical(wrong),
        "slope": Scaling((4, 5), (wrong, wrong)),
    }[kind]
    with pytest.raises(ArgumentError, match=r"per_replica = NaN in .* trajectories"):
        verify(mine(1 / d, checks=(Check("only", {"batch": 2, "width": 4}, quantity),)))


def test_an_assumption_without_a_value_is_neither_met_nor_broken() -> None:
    unknown = PathAssumption("A", lambda observed: np.nan * observed["gap"][:, -1], 0.1)
    quantity = replace(measured(), assumption=unknown)
    with pytest.raises(ArgumentError, match=r"statistic = NaN in .* trajectories"):
        verify(mine(1 / d, checks=(Check("only", {"batch": 2, "width": 4}, quantity),)))


def test_an_id_belongs_to_one_claim() -> None:
    taken = "orthogonalization.lemma-4-sharp"
    with pytest.raises(ArgumentError, match=f"id = {taken}: the registry has a claim"):
        verify(mine(1 / d, id=taken))
    with pytest.raises(ArgumentError, match=r"claims = mine\.gap: two claims have this id"):
        verify([mine(1 / d), mine(2 / d)])
    once = mine(1 / d)
    assert len(verify([once, once]).verdicts) == 1
    assert len(verify([taken, taken]).verdicts) == 1


def test_the_worst_ratio_stands_beside_the_best() -> None:
    def known(truth: str) -> Computed:
        return Computed(lambda: Enclosure.of(Fraction(truth)))

    checks = tuple(
        Check(truth, {"batch": 2, "width": 4}, known(truth)) for truth in ("1/8", "1/5", "1/100")
    )
    verdict = verify(mine(1 / d, checks=checks)).verdicts[0]
    assert verdict.ratios is not None
    assert [tightness.ratio for tightness in verdict.ratios] == pytest.approx([1.25, 25])
    shown = verdict.to_json()
    assert shown["tightness"] == shown["tightness_best"]["ratio"]
    assert shown["tightness_worst"]["ratio"] == pytest.approx(25)
    exact = mine(1 / (2 * d), sense=Sense.EQUAL, trivial=None)
    checks = tuple(
        replace(check, resolution=Fraction(1, 2), quantity=known(truth))
        for check, truth in zip(checks, ("1/8", "1/9", "1/6"), strict=True)
    )
    verdict = verify(replace(exact, checks=checks)).verdicts[0]
    assert verdict.ratios is not None
    assert [tightness.ratio for tightness in verdict.ratios] == pytest.approx([1, 4 / 3])


def test_labels_are_unique_since_they_seed_the_checks() -> None:
    check = Check("twice", {"batch": 2, "width": 4}, measured())
    with pytest.raises(ArgumentError, match="twice"):
        mine(1 / d, checks=(check, check))


def test_a_number_without_a_proof_supports_and_certifies_nothing() -> None:
    found = verify("mean-field-bn.forward-sizes", budget="quick")["mean-field-bn.forward-sizes"]
    assert found.outcome is Outcome.SUPPORTED
    assert all(check.outcome is Outcome.SUPPORTED for check in found.checks)
