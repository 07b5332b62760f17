"""The registry gets the verdicts it should, and wrong statements do not.

The whole registry is verified once, for all tests of this file.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.numerics.verify import Report, verify
from depthlaw.numerics.verify.conditions import Conditions
from depthlaw.theory.claim.check import Budget, Check, Computed, Measured, experiments_of
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.registry import claim, claim_ids
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claim.steps import Ground
from depthlaw.theory.network import Activate, Linear, Network, Rescale
from depthlaw.theory.network.gram import trace_normalised
from depthlaw.theory.values import Estimate, Exact

IDS = claim_ids()


Known = dict[tuple[object, ...], tuple[Measured, Trajectory]]


@contextmanager
def drawn_once(known: Known) -> Iterator[None]:
    """Keep what is simulated: a control is judged on the trajectories of its claim, by its id."""
    draw = Conditions.draw

    def once(terms: Conditions, quantity: Measured, **which: Any) -> Trajectory:
        # The quantity is kept, too, so that no other one gets its address.
        key = (terms.stream, id(quantity), *sorted(which.items()))
        if key not in known:
            known[key] = quantity, draw(terms, quantity, **which)
        return known[key][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Conditions, "draw", once)
        yield


@pytest.fixture(scope="module")
def known() -> Known:
    return {}


@pytest.fixture(scope="module")
def report(known: Known) -> Report:
    with drawn_once(known):
        return verify(budget="quick", seed=0)


@pytest.mark.parametrize("claim_id", IDS)
def test_the_verdict_is_the_expected_one(report: Report, claim_id: str) -> None:
    verdict = report[claim_id]
    assert verdict.as_expected is True, verdict.advice


@pytest.mark.parametrize("claim_id", IDS)
def test_the_derivation_holds_and_a_machine_checked_part_of_it(
    report: Report, claim_id: str
) -> None:
    found, derivation = claim(claim_id), report[claim_id].derivation
    assert derivation.failures == ()
    assert derivation.count(Ground.MACHINE) >= 1
    assert found.outline is found.proof


def effort(check: Check) -> int:
    """Return a number that grows with the work of simulating a check; 0 where nothing is."""
    if isinstance(check.quantity, Computed):
        return 0
    experiments = experiments_of(check.quantity)
    numbers = sum(each.depth * each.network.batch * each.network.width for each in experiments)
    return check.replicas * numbers


@pytest.mark.parametrize("claim_id", [i for i in IDS if claim(i).control is not None])
def test_the_negative_control_is_refuted(report: Report, known: Known, claim_id: str) -> None:
    """One refuted check refutes a claim: the cheap ones are tried first, and no more than needed.

    Each has its share of the level, as in a verification of them all.
    """
    found = claim(claim_id)
    assert found.control is not None
    false = replace(found.perturbed(found.control), derivation=lambda: Derivation(()))
    checks = sorted((c for c in false.checks if c.budget is Budget.QUICK), key=effort)
    outcomes = []
    for check in checks:
        alone = replace(false, checks=(check,))
        with drawn_once(known):
            found_false = verify(alone, budget="quick", level=report.level / len(checks))
        outcomes.append(found_false[claim_id].outcome)
        if outcomes[-1] is Outcome.REFUTED:
            break
    assert Outcome.REFUTED in outcomes


def test_theorem_1_as_printed_is_refuted_by_proof_and_stands_where_it_can_be_simulated(
    report: Report,
) -> None:
    verdict = report["orthogonalization.theorem-1"]
    refuting = [check for check in verdict.checks if check.outcome is Outcome.REFUTED]
    assert len(refuting) == 2
    assert all(check.samples == 0 for check in refuting)
    measured = [check for check in verdict.checks if check.samples]
    assert [check.outcome for check in measured] == [Outcome.SUPPORTED]


def test_conjecture_f2_is_refuted_by_proof_and_stands_for_flattening_activations(
    report: Report,
) -> None:
    verdict = report["orthogonalization.conjecture-f2"]
    refuting = [check for check in verdict.checks if check.outcome is Outcome.REFUTED]
    assert [check.label.split(",")[0].split(" at")[0] for check in refuting] == [
        "x³",
        "soft threshold",
        "hard threshold",
    ]
    assert all(check.samples == 0 for check in refuting)
    others = [check for check in verdict.checks if check not in refuting]
    assert {check.outcome for check in others} == {Outcome.SUPPORTED}
    assert {check.label.split(",")[0] for check in others} == {"tanh", "sin"}


def test_conjecture_f1_is_refuted_exactly_and_its_restatement_tells_exponents_apart(
    report: Report,
) -> None:
    printed = report["orthogonalization.conjecture-f1"]
    *exact, measured = printed.checks
    for check in exact:
        assert check.outcome is Outcome.REFUTED
        assert isinstance(check.value, Exact)
        assert check.value.expression == 0
    # From a non-singular start, too, where isometry repels.
    assert measured.outcome is Outcome.REFUTED
    assert isinstance(measured.value, Estimate)
    assert measured.value.lower > -0.35
    for check in report["orthogonalization.conjecture-f1-nonsingular"].checks:
        assert isinstance(check.value, Estimate)
        assert -0.65 < check.value.lower < -0.5 < check.value.upper < -0.35


@pytest.mark.parametrize("factor", [Fraction(3, 4), Fraction(5, 4)])
def test_the_exponent_of_conjecture_f1_is_told_from_three_and_five_eighths(
    factor: Fraction, known: Known
) -> None:
    other = claim("orthogonalization.conjecture-f1-nonsingular").perturbed(factor)
    with drawn_once(known):
        assert verify(other, budget="quick").verdicts[0].outcome is Outcome.REFUTED


@pytest.mark.parametrize(
    "function", [np.tanh, np.sin, np.cbrt, lambda x: x], ids=["tanh", "sin", "cbrt", "identity"]
)
@pytest.mark.parametrize("place", [0, 1])
def test_the_rank_one_states_that_refute_conjecture_f1_stay_for_ever(
    function: Callable[[Any], Any], place: int
) -> None:
    start = np.zeros((3, 3))
    start[place, place] = 1
    for width in (4, 64):
        run = simulate(
            Network(width, 3, (Linear(), Rescale(), Activate(function, "odd"))),
            depth=6,
            replicas=5,
            seed=1,
            initial_gram=start,
            observables={"share": lambda g: trace_normalised(g)[..., place, place]},
        )
        assert (run.values["share"] == 1).all()


def test_theorem_1_corrected_speaks_only_above_its_threshold(report: Report) -> None:
    found = claim("orthogonalization.theorem-1-corrected")
    for check in report[found.id].checks:
        n, d = check.parameters["batch"], check.parameters["width"]
        assert isinstance(n, int)
        if d <= Fraction(9 * n**5, n - 1):
            assert check.outcome is Outcome.VACUOUS
        else:
            assert check.outcome is Outcome.SUPPORTED
            assert check.tightness is not None
            assert check.tightness.lower > 1


def test_assumption_a1_is_recorded_from_the_trajectories(report: Report) -> None:
    for check in report["orthogonalization.theorem-1-corrected"].checks:
        record = check.assumption
        assert record is not None
        assert record.trials == check.samples
        assert record.lower <= record.held / record.trials <= record.upper
        assert (record.largest_that_held >= record.threshold) == (record.held == record.trials)


@pytest.mark.parametrize(
    "claim_id", ["lemma-4-sharp", "lemma-8-sharp", "lemma-6-exact", "stationary-gap"]
)
def test_sharp_forms_are_tight_to_a_few_percent(report: Report, claim_id: str) -> None:
    verdict = report[f"orthogonalization.{claim_id}"]
    tightness = verdict.tightness
    assert tightness is not None
    assert abs(tightness.ratio - 1) < 0.05
    if verdict.claim.sense is Sense.EQUAL:
        assert tightness.lower <= 1 <= tightness.upper


def test_the_report_is_strict_json_with_the_contract_keys(report: Report) -> None:
    shown = json.loads(json.dumps(report.to_json(), allow_nan=False))
    for entry in shown["claims"]:
        assert {"id", "verdict", "expected", "as_expected", "tightness"} <= set(entry)
        assert entry["as_expected"] in (True, False, None)


def test_a_verdict_does_not_depend_on_what_else_was_checked(report: Report) -> None:
    alone = verify("orthogonalization.lemma-6", budget="quick", seed=0).verdicts[0]
    together = report["orthogonalization.lemma-6"]
    for a, b in zip(alone.checks, together.checks, strict=True):
        # Levels differ, so a check may stop earlier; what was drawn is the same.
        if a.samples == b.samples:
            assert isinstance(a.value, Estimate)
            assert isinstance(b.value, Estimate)
            assert a.value.mean == b.value.mean


def test_every_measured_check_states_its_level(report: Report) -> None:
    measured = [
        check for verdict in report.verdicts for check in verdict.checks if check.samples > 0
    ]
    assert measured
    for check in measured:
        # The interval for the probability of an assumption takes its part of the check's share.
        part = check.assumption.level if check.assumption is not None else 0.0
        if isinstance(check.value, Estimate):
            assert check.value.level + part == pytest.approx(
                report.level / len(measured), rel=1e-12
            )
    assert all(isinstance(c.quantity, Measured) for c in claim("orthogonalization.lemma-6").checks)
