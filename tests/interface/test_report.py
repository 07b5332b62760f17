"""The report says what the verdicts say, to anybody, whatever a claim is called."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from depthlaw import claim
from depthlaw.numerics.verify import Report, verify
from depthlaw.plots.canvas import Scale, scale_for
from depthlaw.plots.check_intervals import SIGNS, ratio_text
from depthlaw.render.latex_text import unicode_words
from depthlaw.render.mathml import mathml
from depthlaw.render.verdict_file import PAGE_MARK, ReportFolder, verdict_document
from depthlaw.report import picture as pictures
from depthlaw.report import render_report
from depthlaw.report.environment import PACKAGES, versions
from depthlaw.report.reproduce import card_command, run_command
from depthlaw.theory.claim import Check, Computed, Outcome, Parameter, registry
from depthlaw.theory.claim.parameter import Domain
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.values import Enclosure

if TYPE_CHECKING:
    from tests.interface.conftest import Command

CHEAP = "orthogonalization.lemma-4-sharp"
SAMPLED = "orthogonalization.theorem-5"
FALSE = "orthogonalization.theorem-1"
BOTH = ["report.html", "verdicts.json"]
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{ 7 * 7 }}"
LARGEST = 5_000_000 // 125
"""Bytes for each claim: a registry of 125 makes a page of at most 5 MB."""


@pytest.fixture(scope="module")
def report() -> Report:
    return verify([CHEAP, SAMPLED, FALSE])


@pytest.fixture(scope="module")
def page(report: Report) -> str:
    return render_report(report)


def card(page: str, claim_id: str) -> str:
    """Return the part of a page that is the card of one claim."""
    (found,) = re.findall(
        rf'<article class="card" id="claim-{re.escape(claim_id)}".*?</article>', page, re.DOTALL
    )
    return str(found)


def spoken(text: str) -> str:
    """Return text as autoescaping writes it."""
    return escape(text, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


# --- what the page says


def test_the_same_run_gives_the_same_page(report: Report, page: str) -> None:
    assert render_report(report) == page


def test_every_claim_has_a_card_with_all_that_was_found(report: Report, page: str) -> None:
    for verdict in report.verdicts:
        found = card(page, verdict.claim.id)
        assert spoken(unicode_words(verdict.claim.title)) in found
        assert f'aria-hidden="true">{SIGNS[verdict.outcome]}</span> {verdict.outcome}' in found
        assert "<math" in found
        assert spoken(unicode_words(str(verdict.claim.source))) in found
        assert found.count('scope="rowgroup"') == len(verdict.checks)
        for check in verdict.checks:
            assert spoken(unicode_words(check.label)) in found
            assert spoken(unicode_words(check.advice)) in found
            assert set(check.parameters) <= set(re.findall(r"(\w+) = ", found))
        for step in verdict.derivation.results:
            assert spoken(unicode_words(step.title)) in found
            assert f'<span class="ground">{step.ground}' in found
        for erratum in verdict.claim.errata:
            assert spoken(unicode_words(erratum)) in found
        assert spoken(card_command(report, verdict)) in found


def test_the_summary_counts_and_names_what_to_look_at(report: Report, page: str) -> None:
    assert "3 claims: 3 as expected." in page
    for outcome in {verdict.outcome for verdict in report.verdicts}:
        assert outcome.meaning in page
    first = page[page.index('id="first"') : page.index('id="read"')]
    assert re.findall(r'href="#claim-([^"]*)"', first) == [FALSE]


def test_a_surprise_comes_first_and_loudly() -> None:
    wrong = replace(claim(CHEAP), id="mine.wrong", expected=Outcome.REFUTED)
    page = render_report(verify([claim(FALSE), wrong]))
    first = page[page.index('id="first"') : page.index('id="read"')]
    assert first.index("Not as expected") < first.index(wrong.id) < first.index("refuted here")
    assert "NOT as expected, which was REFUTED" in card(page, wrong.id)


def test_what_the_run_was_made_with_is_named(report: Report, page: str) -> None:
    for name in ("python", "depthlaw", *PACKAGES):
        assert f"<dt>{name}</dt><dd>{versions()[name]}</dd>" in page
    assert f"<dt>seed</dt><dd>{report.seed}</dd>" in page
    assert f"<dt>level</dt><dd>{report.level:g}</dd>" in page
    assert f"<dt>budget</dt><dd>{report.budget}</dd>" in page
    assert sys.prefix not in page


def test_an_empty_verdict_still_makes_a_page() -> None:
    page = render_report(verify(replace(claim(CHEAP), id="mine.empty", checks=())))
    assert "<svg class=" not in card(page, "mine.empty")
    assert "INCONCLUSIVE" in card(page, "mine.empty")


def test_a_claim_takes_its_share_of_five_megabytes(report: Report, page: str) -> None:
    for verdict in report.verdicts:
        assert len(card(page, verdict.claim.id).encode()) <= LARGEST


@pytest.mark.slow
def test_the_whole_registry_fits_and_no_formula_is_left_as_source() -> None:
    page = render_report(verify())
    assert len(page.encode()) <= 5_000_000
    assert page.count('<article class="card"') == len(registry.claim_ids())
    assert '<div class="formula"><code>' not in page


# --- commands


def test_the_command_of_the_page_gives_the_run(report: Report, command: Command) -> None:
    program, *words = shlex.split(run_command(report))
    assert program == "depthlaw"
    found = command(*words, "--json")
    assert found.document == json.loads(json.dumps(verdict_document(report)))


def test_the_command_of_a_card_gives_its_checks_to_the_last_digit(
    report: Report, command: Command
) -> None:
    verdict = report[SAMPLED]
    found = command(*shlex.split(card_command(report, verdict))[1:], "--json")
    (again,) = found.document["claims"]
    before = json.loads(json.dumps(verdict.to_json()))
    assert again["checks"] == before["checks"]
    # A run at the whole level has narrower intervals, so that this could have failed.
    assert verify(SAMPLED).verdicts[0].checks != verdict.checks


def test_the_whole_registry_needs_no_ids(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = tuple(verdict.claim.id for verdict in report.verdicts)
    monkeypatch.setattr(registry, "claim_ids", lambda: ids)
    assert run_command(report).startswith("depthlaw verify --budget")


def test_a_claim_of_ones_own_is_run_from_python() -> None:
    own = verify(replace(claim(CHEAP), id="mine.own", title="mine"))
    assert run_command(own).startswith("depthlaw.verify(claims, ")
    assert card_command(own, own.verdicts[0]).startswith("depthlaw.verify(claims, ")


# --- strangers' words


def hostile() -> Report:
    """Return verdicts on a claim all of whose words are markup."""
    original = claim(CHEAP)
    symbol = sp.Symbol(rf"\text{{{ATTACK}}}")
    parameter = Parameter("lyapunov", symbol, Domain.REAL, 0, ATTACK)
    check = Check(ATTACK, {"batch": 4, "lyapunov": 1}, Computed(lambda: Enclosure.of(0)))
    stranger = replace(
        original,
        id="mine.hostile",
        title=ATTACK,
        source=replace(original.source, place=ATTACK),
        statement=replace(original.statement, quantity=symbol, formula=symbol),
        parameters=(original.parameters[0], parameter),
        assumes=(),
        checks=(check,),
        errata=(ATTACK,),
        siblings=(ATTACK,),
    )
    return verify(stranger)


def test_words_of_a_claim_are_never_markup() -> None:
    page = render_report(hostile())
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    assert page.count(spoken(ATTACK)) >= 5


def test_the_page_lets_no_script_run_but_its_own(page: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{digest}'" in page
    )


@given(st.text(max_size=30))
def test_any_formula_becomes_harmless_markup(latex: str) -> None:
    found = mathml(latex)
    names = set(re.findall(r"<\s*/?\s*([^\s>/]+)", found))
    assert names <= {"math", "code"} or all(re.fullmatch("m[a-z]+", name) for name in names)


@pytest.mark.parametrize(
    "made",
    [
        '<math><a href="elsewhere">x</a></math>',
        '<math><mi onclick="alert(1)">x</mi></math>',
        '<math><mi href="elsewhere">x</mi></math>',
        "<math><script>alert(1)</script></math>",
        "<math><meta/></math>",
        "<math><mi>x</math>",
    ],
)
def test_what_a_converter_makes_is_not_trusted(made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Converter:
        def convert_with_local_state(self, latex: str, *, displaystyle: bool) -> str:
            return made if displaystyle else latex

    monkeypatch.setattr("depthlaw.render.mathml._CONVERTER", Converter())
    assert mathml("x<y") == "<code>x&lt;y</code>"
    assert mathml("<math><mi>x</mi></math>", display=False) == "<math><mi>x</mi></math>"


# --- the picture


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
def test_an_axis_keeps_the_order_of_numbers_and_shows_them_all(numbers: list[float]) -> None:
    axis = pictures._Axis.over(numbers)
    places = [axis.place(number) for number in sorted(numbers)]
    assert places == sorted(places)
    assert all(pictures.LEFT <= place <= pictures.RIGHT for place in places)
    texts = [text for _, text in axis.ticks()]
    assert len(set(texts)) == len(texts) <= 8
    assert all(pictures.LEFT <= place <= pictures.RIGHT for place, _ in axis.ticks())


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_equal_ratios_are_equally_far_apart_on_a_logarithmic_axis(a: float, b: float) -> None:
    numbers = sorted([a, b])
    if scale_for(numbers) is Scale.LOG:
        middle = pictures._Axis.over(numbers).place(numbers[0] ** 0.5 * numbers[1] ** 0.5)
        # Places are rounded to a tenth.
        assert abs(middle - (pictures.LEFT + pictures.RIGHT) / 2) <= 0.1


@given(st.none() | st.floats(0, allow_nan=False))
def test_a_ratio_is_short_and_says_how_large_it_is(ratio: float | None) -> None:
    text = ratio_text(ratio)
    assert len(text) <= 12
    assert "e" not in text
    if (
        ratio is not None and 1e-300 < ratio < 1e308
    ):  # written with fewer digits it is still a float
        number, _, power = text.removeprefix("×").partition("·10")
        digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        assert math.isclose(float(f"{number}e{digits or 0}"), ratio, rel_tol=6e-3)


@pytest.mark.parametrize("ratio", [1.0, 4.6, 461.2, 4612.0, 46_123.0, 4.6123e7, 1e-300, math.inf])
def test_a_picture_has_room_for_its_ratios(
    report: Report, ratio: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "ratio_text", lambda _: ratio_text(ratio))
    drawn = pictures.picture(report.verdicts[0])
    assert drawn is not None
    # Letters of 10.5 units: a digit takes .65 of that at most in the fonts that browsers use.
    for row in drawn.rows:
        assert drawn.right + drawn.gap + 0.65 * 10.5 * len(row.ratio) <= drawn.width


def test_the_picture_shows_the_bound_where_the_table_has_it(report: Report) -> None:
    for verdict in report.verdicts:
        drawn = pictures.picture(verdict)
        assert drawn is not None
        for row, check in zip(drawn.rows, verdict.checks, strict=True):
            assert check.value is not None
            assert check.bound is not None
            assert row.dot is not None
            assert row.bound is not None
            if check.outcome is Outcome.CERTIFIED:
                assert row.dot <= row.bound  # all three are upper bounds
            if row.band is not None:
                assert row.band[0] <= row.dot <= row.band[1]


# --- the files


@pytest.fixture
def written(tmp_path: Path, command: Command) -> tuple[Path, dict[str, str]]:
    """A folder with an earlier report, and what it holds."""
    folder = tmp_path / "report"
    assert command("verify", CHEAP, "--report", str(folder)).status == 0
    return folder, contents(folder)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_the_page_and_the_data_are_of_one_run(
    tmp_path: Path, command: Command, report: Report
) -> None:
    found = command("verify", CHEAP, "--report", str(tmp_path / "new"), "--seed", "5")
    assert "report.html" in found.out
    held = contents(tmp_path / "new")
    assert sorted(held) == BOTH
    assert json.loads(held["verdicts.json"])["seed"] == 5
    assert held["report.html"] == render_report(verify(CHEAP, seed=5))


def test_an_earlier_report_is_updated(
    written: tuple[Path, dict[str, str]], command: Command
) -> None:
    folder, before = written
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert command("verify", CHEAP, "--report", str(folder), "--seed", "5").status == 0
    after = contents(folder)
    assert after.pop("notes.txt") == "mine"
    assert sorted(after) == BOTH
    assert all(after[name] != before[name] for name in BOTH)


def refused(command: Command, folder: Path, *advice: str) -> None:
    found = command("verify", CHEAP, "--report", str(folder))
    assert (found.status, found.out) == (2, "")
    assert found.err.startswith(f"depthlaw: report = {folder}: ")
    assert found.err.count("\n") == 1
    for words in advice:
        assert words in found.err


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("text", ["", "<!DOCTYPE html><title>mine</title>", "[1]", "\udcff"])
def test_a_file_of_ours_by_name_only_stays(
    name: str, text: str, tmp_path: Path, command: Command
) -> None:
    (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    refused(command, tmp_path, f"its {name} was not written by depthlaw")
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("name", BOTH)
def test_a_link_is_not_followed_nor_replaced(
    name: str, written: tuple[Path, dict[str, str]], command: Command, tmp_path: Path
) -> None:
    folder, before = written
    target = tmp_path / "elsewhere"
    (folder / name).rename(target)
    (folder / name).symlink_to(target)
    refused(command, folder, f"its {name} was not written by depthlaw")
    assert (folder / name).is_symlink()
    assert target.read_text(encoding="utf-8") == before[name]
    target.unlink()  # a link to nothing is no free place either
    refused(command, folder, f"its {name} was not written by depthlaw")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, command: Command) -> None:
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    refused(command, tmp_path, "it holds thesis.tex", "name a new or an empty folder")
    assert os.listdir(tmp_path) == ["thesis.tex"]


def test_a_folder_with_hidden_files_counts_as_empty(tmp_path: Path, command: Command) -> None:
    (tmp_path / ".DS_Store").touch()
    assert command("verify", CHEAP, "--report", str(tmp_path)).status == 0


def test_a_folder_that_cannot_be_written_to_is_refused(command: Command) -> None:
    # The kernel's own folder: not even the superuser makes files there.
    refused(command, Path("/proc/depthlaw-report"), "it cannot be written to")


def test_a_link_to_nothing_is_no_folder(tmp_path: Path, command: Command) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    refused(command, tmp_path / "link", "it cannot be written to")
    assert os.listdir(tmp_path) == ["link"]


@pytest.mark.parametrize("earlier", [True, False])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("good", range(2))
def test_when_the_system_refuses_halfway_the_earlier_files_come_back(
    good: int,
    error: BaseException,
    earlier: bool,
    tmp_path: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "report"
    if earlier:
        command("verify", CHEAP, "--report", str(folder))
    before = contents(folder) if earlier else None
    really, calls = os.replace, iter(range(10))

    def fail(source: Path, target: Path) -> None:
        if next(calls) >= good:
            raise error
        really(source, target)

    monkeypatch.setattr(os, "replace", fail)
    found = command("verify", CHEAP, "--report", str(folder), "--seed", "3")
    monkeypatch.undo()
    assert (found.status, found.out) == (130 if isinstance(error, KeyboardInterrupt) else 2, "")
    assert (contents(folder) if earlier else None) == before
    assert folder.exists() == earlier


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    # A limit on the size of files stands for the disk: the data still fit, the page does not.
    folder = tmp_path / "report"
    code = (
        "import resource, sys\nfrom depthlaw.main import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000))\n"
        f"sys.exit(main(['verify', {CHEAP!r}, '--report', {str(folder)!r}]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=100)
    assert (found.returncode, found.stdout) == (2, b"")
    assert b"it cannot be written to (File too large)" in found.stderr
    assert not folder.exists()


def test_file_systems_without_second_names_serve_too(
    written: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(1, "Operation not permitted")

    folder, _ = written
    monkeypatch.setattr(os, "link", refuse)
    texts = {
        "verdicts.json": '{"schema": "depthlaw.verdicts/1", "claims": []}',
        "report.html": PAGE_MARK,
    }
    ReportFolder(folder).write(texts)
    assert contents(folder) == texts


def test_a_file_that_appears_during_the_run_stays(written: tuple[Path, dict[str, str]]) -> None:
    folder, before = written
    (folder / "report.html").write_text("somebody else's", encoding="utf-8")
    with pytest.raises(ArgumentError, match=r"its report\.html was not written by depthlaw"):
        ReportFolder(folder).write({"verdicts.json": "{}", "report.html": "page"})
    assert contents(folder) == {**before, "report.html": "somebody else's"}


def test_a_missing_extra_is_said_before_the_run(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: Any, **__: Any) -> None:
        raise AssertionError("the run began")

    for name in [name for name in sys.modules if name.startswith("depthlaw.report")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setattr("depthlaw.numerics.verify.verify", run)
    found = command("verify", CHEAP, "--report", str(tmp_path / "new"))
    assert (found.status, found.out) == (2, "")
    assert found.err == "depthlaw: --report needs jinja2: run pip install 'depthlaw[cli]'\n"
    assert os.listdir(tmp_path) == []
