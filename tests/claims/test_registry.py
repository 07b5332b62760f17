"""Promises that every claim keeps, whoever adds it."""

import re
import subprocess
import sys
from dataclasses import replace

import pytest
import sympy as sp

from depthlaw.theory.claim import listing, registry
from depthlaw.theory.claim.consistency import require_consistent
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.registry import claim, claim_ids
from depthlaw.theory.errors import UnknownNameError

IDS = claim_ids()
ISSUED = [
    "theorem-1",
    "theorem-1-corrected",
    "theorem-5",
    "lemma-4",
    "lemma-4-sharp",
    "lemma-6",
    "lemma-6-exact",
    "lemma-8",
    "lemma-8-sharp",
    "sharp-lyapunov",
    "stationary-gap",
]


@pytest.mark.parametrize("statement", ISSUED)
def test_ids_that_other_programs_rely_on(statement: str) -> None:
    assert claim(f"orthogonalization.{statement}").id in IDS


@pytest.mark.parametrize("claim_id", IDS)
def test_parameters_that_are_found_late_are_those_of_the_claim(claim_id: str) -> None:
    found = claim(claim_id)
    checks = [replace(check, parameters=dict(check.parameters)) for check in found.checks]
    require_consistent(found.parameters, checks)


@pytest.mark.parametrize("claim_id", IDS)
def test_the_statement_prints(claim_id: str) -> None:
    found = claim(claim_id)
    assert isinstance(found.statement.relation, sp.Basic)
    assert found.latex().strip()
    assert found.title
    assert found.source.key
    assert found.source.place


@pytest.mark.parametrize("claim_id", IDS)
def test_siblings_exist_and_false_statements_have_one(claim_id: str) -> None:
    found = claim(claim_id)
    for sibling in found.siblings:
        assert sibling in IDS
    if found.status is Status.PUBLISHED and found.expected is Outcome.REFUTED:
        assert found.siblings
        assert found.errata


@pytest.mark.parametrize("claim_id", IDS)
def test_a_control_goes_with_every_claim_that_should_stand(claim_id: str) -> None:
    found = claim(claim_id)
    assert (found.control is None) == (found.expected is Outcome.REFUTED)


@pytest.mark.parametrize("claim_id", IDS)
def test_checks_meet_the_assumptions_they_are_checked_under(claim_id: str) -> None:
    found = claim(claim_id)
    for check in found.checks:
        found.accept(check.parameters)


@pytest.mark.parametrize("claim_id", IDS)
def test_an_instance_is_written_the_same_in_every_run(claim_id: str) -> None:
    for check in claim(claim_id).checks:
        # Where an object lies in memory tells nobody which one it was.
        assert " at 0x" not in str(check.document())


def test_unknown_claims_suggest_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=re.escape("orthogonalization.theorem-1")):
        claim("orthogonalisation.theorem-1")


@pytest.mark.parametrize("paper", registry.papers())
def test_a_paper_names_all_its_claims(paper: str) -> None:
    ids = [found.id for found in registry.claims(paper)]
    assert ids == [known for known in registry.claim_ids() if known.split(".")[0] == paper]
    assert registry.claims(ids[0]) == (registry.claim(ids[0]),)
    with pytest.raises(UnknownNameError, match=paper):
        registry.claims(f"{paper}s")


def test_a_list_reads_from_the_files_what_the_claims_say() -> None:
    for entry, found in zip(listing.listed(), registry.claims(), strict=True):
        for name in ("id", "title", "status", "expected", "source"):
            assert getattr(entry, name) == getattr(found, name)


def test_a_list_loads_no_claim_and_no_formula() -> None:
    code = (
        "import sys; from depthlaw.theory.claim.listing import listed; found = listed();"
        "heavy = ('sympy', 'numpy', 'scipy', *(f'depthlaw.theory.claims.{e.id}' for e in found));"
        "loaded = {name.replace('_', '-') for name in sys.modules};"
        "print(len(found), sorted(m for m in heavy if m.replace('_', '-') in loaded))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == [str(len(IDS)), "[]\n"]


def test_a_field_that_is_computed_is_taken_from_the_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_DECLARED", "\n")
    assert listing.listed(IDS[0])[0].title == claim(IDS[0]).title
