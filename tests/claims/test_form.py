"""The form of a claim: what is printed is what is checked, and nothing stands twice."""

import importlib
import inspect
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from depthlaw.theory.claim import (
    Computed,
    Condition,
    Derivation,
    Identity,
    Outcome,
    Requires,
    Sense,
    Status,
)
from depthlaw.theory.claim.outcome import Proof
from depthlaw.theory.claim.registry import claim, claim_ids, claims
from depthlaw.theory.writing.latex import latex

IDS = claim_ids()
EQUALITIES = [found.id for found in claims() if found.sense in (Sense.EQUAL, Sense.RATE)]
COMPUTED = [
    found.id
    for found in claims()
    if any(isinstance(check.quantity, Computed) for check in found.checks)
]
OWN_RESOLUTIONS = [
    found.id
    for found in claims()
    if found.statement.within is not None
    and all(
        check.resolution is not None or check.parameters.get("printed") == 0
        for check in found.checks
    )
]
ENDED = ("attention", "decomposition", "fixed-points", "isometry", "rank", "residual")
"""Papers whose proofs all end in their statements."""
CLAIMED = [
    found.id
    for found in claims()
    if found.id.split(".")[0] in ENDED
    and found.status is not Status.CONJECTURE
    and found.expected is not Outcome.REFUTED
]
ALWAYS = {
    **dict.fromkeys(("decomposition.leaky-cosine-bound", "fixed-points.double-exponential"), "1"),
    **dict.fromkeys(("fixed-points.theorem-1-case-2", "fixed-points.theorem-1-case-3"), "2"),
    **dict.fromkeys(
        ("fixed-points.theorem-1-case-4", "fixed-points.theorem-1-case-4-corrected"), r"\rho^* + 1"
    ),
    "fixed-points.theorem-1-case-4-sharp": r"Max(\rho^*, 1 - \rho^*)",
    **dict.fromkeys(
        (
            *("decomposition.equal-cosines-wait", "decomposition.odd-point-forms"),
            *("decomposition.rescaled-cosines", "fixed-points.residual-slower"),
            *("rank.lemma-1-summed", "rank.theorem-2"),
        ),
        "0",
    ),
    **dict.fromkeys(
        (
            *("rank.lemma-1", "rank.lemma-1-scale-free", "rank.lemma-1-soft", "rank.small-mean"),
            *("rank.theorem-2-constant", "rank.theorem-2-constant-from-three"),
            "decomposition.rescaled-long-point",
        ),
        "1",
    ),
    "rank.no-full-rank-law": "d",
    "rank.small-batch-rank": "N",
    "rank.vanilla-collapse": "1 - 1/n",
}
"""Of probabilities, cosines, correlations, ranks and traces: what nobody needs a bound for."""
ROUNDED = Fraction(9, 10)
"""A tolerance is printed to a digit or two."""
LONGEST = 34
"""Lines of a docstring: a sentence, the statement, what no field can say, an example."""


def docstring(claim_id: str) -> str:
    paper, _, statement = claim_id.replace("-", "_").partition(".")
    module = importlib.import_module(f"depthlaw.theory.claims.{paper}.{statement}")
    return inspect.getdoc(module) or ""


@pytest.mark.parametrize("claim_id", IDS)
def test_a_docstring_is_a_sentence_a_statement_and_an_example(claim_id: str) -> None:
    text = docstring(claim_id)
    sentence, statement, *_ = text.split("\n\n")
    assert sentence.endswith(".")
    assert not statement.startswith(">>>")
    assert ">>> " in text
    assert not re.search(r"^-{3,}$", text, re.MULTILINE), "fields are the only source"
    assert len(text.splitlines()) <= LONGEST


@pytest.mark.parametrize("claim_id", IDS)
def test_hypotheses_are_words_relations_or_conditions(claim_id: str) -> None:
    found = claim(claim_id)
    assert found.assumes
    for hypothesis in found.assumes:
        assert isinstance(hypothesis, str | Requires | Condition)
    assert len(found.assumptions) == len(found.assumes)
    for assumption in found.assumptions:
        assert assumption.statement.strip()


@pytest.mark.parametrize("claim_id", EQUALITIES)
def test_no_check_of_an_equality_is_looser_than_the_statement(claim_id: str) -> None:
    found = claim(claim_id)
    for check in found.checks:
        if check.resolution is None:
            continue
        assert found.statement.tolerance, "the statement prints no tolerance"
        meant = found.resolution(replace(check, resolution=None))
        assert meant is not None
        assert check.resolution <= meant * (1 + 1e-12)


@pytest.mark.parametrize("claim_id", OWN_RESOLUTIONS)
def test_a_printed_tolerance_is_that_of_the_loosest_check(claim_id: str) -> None:
    found = claim(claim_id)
    shares = []
    for check in found.checks:
        meant = found.resolution(replace(check, resolution=None))
        if check.resolution is not None and meant is not None:
            shares.append(check.resolution / meant)
    assert max(shares) > ROUNDED


@pytest.mark.parametrize("claim_id", sorted(ALWAYS))
def test_trivial_is_the_best_that_always_holds(claim_id: str) -> None:
    assert str(claim(claim_id).trivial) == ALWAYS[claim_id]


@pytest.mark.parametrize("claim_id", CLAIMED)
def test_the_last_step_of_a_proof_is_the_formula_of_the_claim(claim_id: str) -> None:
    found = claim(claim_id)
    *_, last = found.derivation().steps
    # Whether the step holds is tried with all others, in `test_verdicts`.
    alone = Derivation((last,)).proves(found.statement, checked=False)
    assert alone is Proof.PROVED, f"it ends in {last.title}"


@pytest.mark.parametrize("claim_id", COMPUTED)
def test_what_a_computed_check_depends_on_is_its_instance(claim_id: str) -> None:
    for check in claim(claim_id).checks:
        if isinstance(check.quantity, Computed):
            compute = check.quantity.compute
            assert inspect.isfunction(compute) or hasattr(compute, "__wrapped__")
            function = inspect.unwrap(compute)
            assert function.__closure__ is None
            assert "<locals>" not in function.__qualname__
            assert function.__defaults__ is None
            assert set(check.quantity.given) == set(inspect.signature(function).parameters)


@pytest.mark.parametrize("claim_id", IDS)
def test_no_identity_prints_the_same_on_both_sides(claim_id: str) -> None:
    for step in claim(claim_id).derivation().steps:
        if isinstance(step, Identity):
            assert latex(step.left) != latex(step.right), step.title


@pytest.mark.usefixtures("steps_are_granted")
def test_what_is_called_proved_is_many_and_not_all() -> None:
    proofs = Counter(found.proof for found in claims())
    assert proofs[Proof.PROVED] >= 70
    # A conjecture has no proof, and a published one that is refuted is proved to be false.
    for found in claims():
        if found.status is Status.CONJECTURE and found.expected is not Outcome.REFUTED:
            assert found.proof is not Proof.PROVED, found.id


def test_sampled_checks_hold_layer_sizes_and_start() -> None:
    for found in claims():
        for check in found.checks:
            if not isinstance(check.quantity, Computed):
                assert {"layer", "width", "batch", "depth", "start"} <= set(check.instance)
