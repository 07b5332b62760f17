"""Verdicts decide the exit status, and their file is written whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from depthlaw.numerics.verify import Progress, verify
from depthlaw.render import json_text, progress, verdict_file
from depthlaw.theory.claim import Check, Claim, Computed, Outcome, registry
from depthlaw.theory.values import Enclosure

if TYPE_CHECKING:
    from tests.interface.conftest import Command

CHEAP = "orthogonalization.lemma-4-sharp"
BOTH = ["report.html", "verdicts.json"]
Install = Callable[[Claim], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Let the registry hold another claim under every id."""

    def put(claim: Claim) -> None:
        monkeypatch.setattr(registry, "claim", lambda _: claim)

    return put


def undecidable() -> Claim:
    """A claim about a number that is known too badly to compare."""
    claim = registry.claim(CHEAP)
    wide = Computed(lambda: Enclosure.between(0, 1))
    check = Check("known badly", {"batch": 4, "lyapunov": Fraction(1, 8)}, wide)
    return replace(claim, checks=(check,))


def test_an_expected_verdict_ends_in_0(command: Command) -> None:
    found = command("verify", CHEAP)
    assert (found.status, found.err) == (0, "")
    assert "CERTIFIED" in found.out
    assert "1 claim: 1 as expected." in found.out


def test_an_unexpected_verdict_ends_in_1(install: Install, command: Command) -> None:
    install(replace(registry.claim(CHEAP), expected=Outcome.REFUTED))
    found = command("verify", CHEAP)
    assert (found.status, found.err) == (1, "")
    assert "expected REFUTED" in found.out
    assert "1 NOT as expected" in found.out
    shown = command("verify", CHEAP, "--json")
    assert shown.status == 1
    assert shown.document["claims"][0]["as_expected"] is False
    assert shown.document["as_expected"] is False


def test_a_refuted_claim_is_shown_with_its_instance(install: Install, command: Command) -> None:
    claim = registry.claim(CHEAP)
    assert claim.control is not None
    install(claim.perturbed(claim.control))
    found = command("verify", CHEAP)
    # A negative control is expected to be refuted.
    assert found.status == 0
    refuting = verify(registry.claim(CHEAP))[CHEAP].deciding
    assert refuting is not None
    assert f"instance: {refuting.label}" in found.out


def test_an_undecided_verdict_ends_in_3(install: Install, command: Command) -> None:
    install(undecidable())
    assert "1 undecided" in command("verify", CHEAP).out
    found = command("verify", CHEAP, "--json")
    assert (found.status, found.err) == (3, "")
    assert found.document["claims"][0]["verdict"] == "INCONCLUSIVE"
    assert found.document["claims"][0]["as_expected"] is None
    assert found.document["undecided"] == [CHEAP]
    assert found.document["as_expected"] is True


def test_an_unexpected_verdict_outweighs_an_undecided_one(
    monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    wrong = replace(registry.claim("orthogonalization.lemma-4"), expected=Outcome.REFUTED)
    held = {CHEAP: undecidable(), wrong.id: wrong}
    monkeypatch.setattr(registry, "claim", lambda claim_id: held[claim_id])
    found = command("verify", CHEAP, wrong.id)
    assert found.status == 1
    assert "1 NOT as expected, 1 undecided" in found.out


def test_the_help_names_the_exit_statuses(command: Command) -> None:
    shown = " ".join(command("verify", "--help").out.split())
    for words in ("Exit status 0", "1 if one is not", "2 for a mistake", "3 if nothing is wrong"):
        assert words in shown


def test_the_headline_has_the_best_and_the_worst_ratio(command: Command) -> None:
    lemma = "orthogonalization.lemma-4"
    entry = command("verify", lemma, "--json").document["claims"][0]
    best, worst = entry["tightness_best"]["ratio"], entry["tightness_worst"]["ratio"]
    assert entry["tightness"] == best < worst
    assert f"{best:.4g}…{worst:.4g}" in command("verify", lemma).out


def test_the_file_holds_what_json_prints(tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "new" / "reports"
    found = command("verify", CHEAP, "--report", str(folder), "--json")
    assert found.status == 0
    assert (folder / "verdicts.json").read_text(encoding="utf-8") == found.out
    assert sorted(os.listdir(folder)) == BOTH


def test_an_older_file_of_ours_is_replaced(tmp_path: Path, command: Command) -> None:
    words = ("verify", CHEAP, "--report", str(tmp_path), "--json")
    command(*words, "--seed", "1")
    command(*words, "--seed", "2")
    document = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
    assert document["seed"] == 2


@pytest.mark.parametrize("when", ["run", "replace", "fsync"])
def test_an_interrupt_leaves_the_old_file_and_no_other(
    when: str, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    words = ("verify", CHEAP, "--report", str(tmp_path))
    before = command(*words, "--json").out
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    if when == "run":
        monkeypatch.setattr(json_text, "as_data", interrupt)
    else:
        monkeypatch.setattr(os, when, interrupt)
    found = command(*words, "--seed", "1")
    monkeypatch.undo()
    assert (found.status, found.out) == (130, "")
    assert found.err == "depthlaw: interrupted, nothing was saved\n"
    assert sorted(os.listdir(tmp_path)) == BOTH
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    assert (tmp_path / "verdicts.json").read_text(encoding="utf-8") == before


def test_a_full_disk_is_one_sentence(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    found = command("verify", CHEAP, "--report", str(tmp_path))
    assert (found.status, found.out) == (2, "")
    assert "No space left on device" in found.err
    assert os.listdir(tmp_path) == []


def test_a_file_that_appears_during_the_run_stays(
    tmp_path: Path, command: Command, install: Install
) -> None:
    path = tmp_path / "verdicts.json"

    def compute() -> Enclosure:
        path.write_text("somebody else's", encoding="utf-8")
        return Enclosure.of(0)

    claim = undecidable()
    install(replace(claim, checks=(replace(claim.checks[0], quantity=Computed(compute)),)))
    found = command("verify", CHEAP, "--report", str(tmp_path))
    assert found.status == 2
    assert path.read_text(encoding="utf-8") == "somebody else's"


def test_documents_name_their_schema(tmp_path: Path) -> None:
    report = verify(CHEAP)
    document = verdict_file.verdict_document(report)
    assert document["schema"] == verdict_file.SCHEMA
    assert {key: document[key] for key in report.to_json()} == report.to_json()


def test_the_whole_registry_is_the_default(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def listen(claims: tuple[Claim, ...], **options: object) -> object:
        asked.extend(claim.id for claim in claims)
        assert callable(options.pop("progress"))
        assert options == {"budget": "quick", "level": 1e-3, "seed": 0}
        return verify(CHEAP)

    monkeypatch.setattr("depthlaw.numerics.verify.verify", listen)
    assert command("verify").status == 0
    assert asked == list(registry.claim_ids())


def test_a_terminal_sees_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress.checking([CHEAP]) as checks:
        assert checks is not None
        checks(Progress(CHEAP, "label", 3, 9))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert CHEAP in shown.err
    assert "3/9" in shown.err


def test_a_log_hears_of_long_runs_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0
    monkeypatch.setattr(progress, "monotonic", lambda: now)
    with progress.checking(["other", CHEAP]) as checks, progress.counting("layers") as count:
        assert checks is not None
        assert count is not None
        for tenths in range(550):
            now = tenths / 10
            checks(Progress(CHEAP, "n ≤ 4", tenths, 550))
            count(tenths, 550)
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 6
    assert lines[0] == f"depthlaw: 30 s · claim 2 of 2 · {CHEAP} · n ≤ 4 · 300/550 samples"
    assert lines[1] == "depthlaw: 30 s · 300 of 550 layers"
    assert lines[-1].startswith("depthlaw: 50 s · ")


def test_short_runs_leave_the_log_empty(command: Command) -> None:
    assert command("verify", CHEAP).err == ""


def test_without_stderr_there_is_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with progress.checking([CHEAP]) as checks, progress.counting("layers") as count:
        assert (checks, count) == (None, None)
