"""Settings that hold for every test, and what tests of several folders share."""

import os
from collections.abc import Iterator

import pytest
from flint import ctx
from hypothesis import settings

from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Checked, Derivation, DerivationReport
from depthlaw.theory.claim.rules.rule import Rule
from depthlaw.theory.claim.steps import Step, StepResult

# The machine may be busy; a slow example is no bug. Failing examples print how to run them again.
# Every run of a profile tries the same examples, so that it is red for everybody or for nobody;
# what sets its own settings inherits that, and takes a share of the profile's number of examples.
# CI tries four times as many as the desk. New ones are sought by
# `pytest --hypothesis-profile=search`.
for name, examples in {"desk": 25, "ci": 100}.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        print_blob=True,
        derandomize=True,
        database=None,
    )
settings.register_profile("search", max_examples=100, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("DEPTHLAW_EXAMPLES", "desk"))


@pytest.fixture(autouse=True)
def _global_precision_is_left_alone() -> Iterator[None]:
    """No test, and nothing a test calls, may leave flint's process-wide precision changed."""
    before = ctx.prec
    yield
    assert ctx.prec == before, "the working precision was changed and not put back"


@pytest.fixture
def steps_are_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what only shows derivations: no step is proved again, as `test_verdicts` does.

    Claims and their derivations are the same objects for a whole process. What is granted is
    written on neither, so that a test that runs later finds every step unproved.
    """

    def as_written(step: Step) -> StepResult:
        return StepResult(step.title, step.ground, True, "", getattr(step, "carries", False))

    def granted(derivation: Derivation) -> DerivationReport:
        return DerivationReport(
            tuple(
                Checked(number, part, step, as_written(step))
                for number, part, step in derivation.placed
            )
        )

    def cited(rule: Rule) -> StepResult:
        return StepResult(rule.title, rule.ground, True, rule.reference)

    monkeypatch.setattr(Derivation, "check", granted)
    monkeypatch.setattr(Rule, "check", cited)
    monkeypatch.setattr(Claim, "proof", Claim.outline)
