"""The site shows every claim: a page, a citation, a derivation, and a test behind each of them.

What is tested here is the library that makes the pages, which needs no Sphinx; the build itself
fails on any warning.
"""

import doctest
import importlib
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from math_core import LatexError

import depthlaw
from depthlaw.numerics.verify import verify
from depthlaw.render.mathml import convert
from depthlaw.theory.claim import Claim, Outcome
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.outcome import Proof
from depthlaw.theory.claim.registry import claim, claim_ids, claims, papers
from depthlaw.theory.claim.steps import Argued, Identity
from depthlaw.theory.errors import UnknownNameError

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
IDS = claim_ids()
BIBLIOGRAPHY = (DOCS / "references.bib").read_text(encoding="utf-8")
KEYS = set(re.findall(r"^@\w+\{(\w+),$", BIBLIOGRAPHY, flags=re.MULTILINE))
NEEDS_SPHINX = {"directives", "register", "visitors"}
PLAIN = sorted({path.stem for path in (DOCS / "_extension").glob("[a-z]*.py")} - NEEDS_SPHINX)


def _package() -> ModuleType:
    """Return the site's extension, a package in a folder that is none."""
    folder = DOCS / "_extension"
    spec = util.spec_from_file_location(
        "_extension", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_package()
claim_page = importlib.import_module("_extension.claim_page")
derivations = importlib.import_module("_extension.derivations")
docstrings = importlib.import_module("_extension.docstrings")
evidence = importlib.import_module("_extension.evidence")
formulas = importlib.import_module("_extension.claim_latex")
gallery = importlib.import_module("_extension.gallery")
generate = importlib.import_module("_extension.generate")
jobs = importlib.import_module("_extension.jobs")
links = importlib.import_module("_extension.links")
markdown = importlib.import_module("_extension.markdown")
overview = importlib.import_module("_extension.overview")
pictures = importlib.import_module("_extension.pictures")
reference = importlib.import_module("_extension.reference")


def untried(found: Claim) -> dict[str, Any]:
    """Return a verdict as a verification would write it, had it tried only the derivation."""
    return {
        "id": found.id,
        "verdict": str(found.expected),
        "as_expected": True,
        "checks": [],
        "derivation": {
            "steps": [
                {"title": s.title, "ground": str(s.ground), "holds": True, "detail": "as stated"}
                for s in found.derivation().steps
            ]
        },
    }


@pytest.fixture(scope="module")
def run() -> Any:
    verdicts = [untried(claim(claim_id)) for claim_id in IDS]
    return evidence.Evidence.of({"claims": verdicts, "level": 0.1, "seed": 7, "budget": "quick"})


@pytest.fixture(scope="module")
def page_of(run: Any) -> Callable[[str], str]:
    @cache
    def page(claim_id: str) -> str:
        return str(claim_page.claim_page(claim(claim_id), run))

    return page


# Every claim


@pytest.mark.usefixtures("steps_are_granted")
@pytest.mark.parametrize("claim_id", IDS)
def test_a_claim_has_a_page_with_all_there_is_to_it(
    claim_id: str, page_of: Callable[[str], str]
) -> None:
    found, page = claim(claim_id), page_of(claim_id)
    assert page.startswith(f"# {claim_id}\n")
    assert formulas.claim_latex(found) in page
    assert f"{{cite:t}}`{found.source.key}`" in page
    for text in (found.title, found.source.place, *(a.statement for a in found.assumptions)):
        assert markdown.words(text) in page
    for parameter in found.parameters:
        assert f"`{parameter.name}`" in page
    for text in found.errata:
        assert f"- {markdown.words(text)}\n" in page
    for sibling in found.siblings:
        assert overview.link(sibling) in page


@pytest.mark.parametrize("claim_id", IDS)
def test_a_claim_has_a_citation(claim_id: str) -> None:
    assert claim(claim_id).source.key in KEYS


@pytest.mark.usefixtures("steps_are_granted")
@pytest.mark.parametrize("claim_id", IDS)
def test_a_claim_has_a_derivation_on_its_page_step_by_step(
    claim_id: str, page_of: Callable[[str], str]
) -> None:
    _, _, derivation = page_of(claim_id).partition("## Derivation\n")
    steps = claim(claim_id).derivation().steps
    assert steps
    place = 0
    for number, step in enumerate(steps, start=1):
        badge = markdown.badge(str(step.ground), derivations.KINDS[step.ground])
        line = f"{number}. {markdown.words(step.title)} {badge}\n"
        assert line in derivation[place:]
        place = derivation.index(line, place)
        for part in formulas.step_latex(step).splitlines():
            assert part in derivation[place:]


def test_a_claim_has_a_test_for_its_statement_derivation_and_verdict() -> None:
    covered = {}
    for name in ("test_registry", "test_verdicts"):
        path = ROOT / "tests" / "claims" / f"{name}.py"
        spec = util.spec_from_file_location(f"site_{name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for test in vars(module).values():
            for mark in getattr(test, "pytestmark", ()):
                if mark.name == "parametrize" and mark.args[0] == "claim_id":
                    covered[test.__name__] = set(mark.args[1])
    whole = [name for name, ids in covered.items() if ids == set(IDS)]
    for word in ("statement", "derivation", "verdict"):
        assert any(word in name for name in whole), f"no test of every claim's {word}"


def test_every_entry_of_the_bibliography_is_complete_and_used() -> None:
    assert {found.source.key for found in claims()} == KEYS
    assert {paper.key for paper in papers().values()} == KEYS
    for entry in BIBLIOGRAPHY.split("\n@")[1:]:
        for field in ("author", "title", "year", "url"):
            assert re.search(rf"^  {field} += \{{.+\}},$", entry, flags=re.MULTILINE), entry


# A page tells what was found


@pytest.fixture(scope="module")
def lemma_run() -> Any:
    return evidence.Evidence.of(verify("orthogonalization.lemma-4-sharp").to_json())


def test_a_page_tells_each_instance_with_both_sides(lemma_run: Any) -> None:
    page = claim_page.claim_page(claim("orthogonalization.lemma-4-sharp"), lemma_run)
    checks = lemma_run.verdicts["orthogonalization.lemma-4-sharp"]["checks"]
    assert checks
    for check in checks:
        assert f"`{check['verdict']}` {markdown.words(check['label'])}\n" in page
        assert markdown.words(check["advice"][1:]) in page
    assert f"level {lemma_run.level:g}" in page


def test_a_page_without_a_run_checks_the_derivation_itself() -> None:
    page = claim_page.claim_page(claim("orthogonalization.lemma-4-sharp"))
    assert "proved again" in page
    assert "expected" in page


@pytest.mark.usefixtures("steps_are_granted")
def test_a_failed_step_stops_the_build(run: Any) -> None:
    verdict = untried(claim("orthogonalization.lemma-8"))
    verdict["derivation"]["steps"][0] |= {"holds": False, "detail": "differs by 1"}
    document = {"claims": [verdict], "level": 0.1, "seed": 0, "budget": "quick"}
    broken = evidence.Evidence.of(document)
    (told,) = broken.failed_steps
    assert "orthogonalization.lemma-8" in told
    assert "differs by 1" in told
    assert run.failed_steps == []


def test_an_unexpected_verdict_is_told(run: Any) -> None:
    verdict = untried(claim("orthogonalization.lemma-8")) | {"as_expected": False}
    document = {"claims": [verdict], "level": 0.1, "seed": 0, "budget": "quick"}
    assert evidence.Evidence.of(document).unexpected == ["orthogonalization.lemma-8"]
    assert run.unexpected == []


def test_what_is_false_is_marked_false_by_the_machine() -> None:
    x = depthlaw.theory.writing.symbols.n
    steps = (Identity("misprint", x, 2 * x), Argued("words", "for the reader"))
    found = replace(claim("orthogonalization.lemma-8"), derivation=lambda: Derivation(steps))
    text = derivations.derivation_text(found)
    assert text.startswith("Proof: argued. 2 steps, of which 2 rests on words; 1 FAILED.")
    assert "**FAILED**" in text.partition("2. ")[0]
    assert "**FAILED**" not in text.partition("2. ")[2]


@pytest.mark.parametrize("claim_id", IDS)
def test_symbols_written_in_latex_are_kept_as_written(claim_id: str) -> None:
    found = claim(claim_id)
    shown = formulas.claim_latex(found)
    for symbol in found.quantity.free_symbols:
        if "\\" in symbol.name or "(" in symbol.name:
            assert symbol.name in shown


@pytest.mark.parametrize("claim_id", IDS)
def test_every_formula_is_valid(claim_id: str) -> None:
    """As the site shows it, and as the command line and the report do."""
    found, steps = claim(claim_id), claim(claim_id).derivation().steps
    printed = {found.latex(), *(step.latex() for step in steps)}
    shown = {formulas.claim_latex(found), *map(formulas.step_latex, steps)}
    shown |= {formulas.symbol_latex(p.symbol) for p in found.parameters}
    for formula in sorted((printed | shown) - {""}):
        # Outside of cases and stacked lines a double backslash is an escape gone wrong.
        assert "cases" in formula or "\\\\" not in formula, formula
        assert convert(formula, display=True).startswith("<math")


def test_a_formula_that_is_not_valid_is_refused() -> None:
    with pytest.raises(LatexError, match="undefinedcommand"):
        convert(r"\undefinedcommand{x}", display=True)


# Tables over the registry


def rows_of(table: str) -> list[str]:
    return [line for line in table.splitlines() if line.startswith("|")][2:]


@pytest.mark.usefixtures("steps_are_granted")
@pytest.mark.parametrize("paper", papers())
def test_the_table_of_a_paper_has_a_row_for_each_claim(paper: str, run: Any) -> None:
    rows = rows_of(overview.claims_table(paper, run))
    chosen = [claim_id for claim_id in IDS if claim_id.startswith(f"{paper}.")]
    assert len(rows) == len(chosen)
    for row, claim_id in zip(rows, chosen, strict=True):
        assert overview.page_of(claim_id) in row
        assert str(claim(claim_id).expected) in row


def test_a_paper_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(UnknownNameError, match=r"paper = isometri: .* did you mean isometry"):
        overview.claims_table("isometri")


def test_what_the_bibliography_prints_of_a_paper_is_what_its_claims_say() -> None:
    for paper in papers().values():
        entry = BIBLIOGRAPHY.partition(f"{{{paper.key},")[2].partition("\n@")[0]
        found = dict(re.findall(r"^  (\w+) += \{(.+)\},$", entry, flags=re.MULTILINE))
        assert (found["title"], found["year"]) == (paper.title, str(paper.year))
        names = [name.partition(",")[0] for name in found["author"].split(" and ")]
        assert names == list(paper.authors)


@pytest.mark.usefixtures("steps_are_granted")
def test_the_counts_by_verdict_add_up(run: Any) -> None:
    *papers, last = (
        [int(n) for n in re.findall(r"(?<=\| )(?:\*\*)?(\d+)(?:\*\*)?(?= \|)", row)]
        for row in rows_of(overview.verdicts_table(run))
    )
    *outcomes, every, proved = last
    assert every == len(IDS) == sum(outcomes) == sum(row[-2] for row in papers)
    assert proved == sum(found.proof is Proof.PROVED for found in claims())
    assert proved == sum(row[-1] for row in papers)
    refuted = sum(found.expected is Outcome.REFUTED for found in claims())
    assert refuted in last


def test_every_erratum_is_listed_with_the_claim_that_shows_it() -> None:
    rows = "\n".join(rows_of(overview.errata()))
    for found in claims():
        for text in found.errata:
            cell = markdown.words(text).replace("|", r"\|")
            (row,) = [r for r in rows.splitlines() if f"| {cell} |" in r]
            assert overview.link(found.id) in row


def test_a_false_statement_is_listed_even_without_an_erratum() -> None:
    false = replace(claim("orthogonalization.theorem-1"), errata=())
    (row,) = rows_of(overview.errata([false]))
    assert "False as printed" in row
    assert overview.link("orthogonalization.theorem-1-corrected") in row


def test_every_parameter_is_in_the_notation() -> None:
    text = overview.notation()
    for found in claims():
        for parameter in found.parameters:
            assert f"| `{parameter.name}` |" in text


# Markup

PLAIN_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="`", exclude_categories=["C", "Z"])
)


@given(PLAIN_TEXT)
def test_words_mean_themselves(text: str) -> None:
    escaped = markdown.words(text)
    # Indices and powers are set as such, without the sign before them and brackets around them.
    set_smaller = r"\{su[bp]\}`([^`]*)`"
    said = re.sub(r"\\(.)", r"\1", re.sub(set_smaller, r"\1", escaped))
    kept = re.sub(r"[_^{}()]", "", text)
    assert re.sub(r"[_^{}()]", "", said) == kept
    rest = re.sub(set_smaller, "", escaped)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_{}\[\]<>|$~#]", rest)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("σ_min(H_0) ≤ 1", "σ{sub}`min`(H{sub}`0`) ≤ 1"),
        ("(Σσ_i³)² ≤ α_min²", "(Σσ{sub}`i`³)² ≤ α{sub}`min`²"),
        ("H_{ℓ+1}", "H{sub}`ℓ+1`"),
        ("(log β)^{−1}", "(log β){sup}`−1`"),
        ("width^(-1/4)", "width{sup}`-1/4`"),
        ("slope_at_one > 0", r"slope\_at\_one \> 0"),
        ("x_long", r"x\_long"),
    ],
)
def test_indices_and_powers_are_set_and_names_are_not(text: str, shown: str) -> None:
    assert markdown.words(text) == shown


@given(st.lists(PLAIN_TEXT, min_size=1, max_size=4))
def test_a_row_has_as_many_bars_as_cells_whatever_is_in_them(cells: list[str]) -> None:
    row = rows_of(markdown.table(["h"] * len(cells), [[markdown.words(cell) for cell in cells]]))
    assert len(re.findall(r"(?<!\\)\|", row[0])) == len(cells) + 1


@pytest.mark.usefixtures("steps_are_granted")
@pytest.mark.parametrize("name", PLAIN)
def test_the_examples_of_the_extension_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"_extension.{name}")).failed == 0


# Pictures


def test_a_picture_is_the_same_each_time_and_says_where_the_bound_is_vacuous(
    tmp_path: Path,
) -> None:
    found = claim("orthogonalization.theorem-1-corrected")
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    assert pictures.draw(found, first)
    assert pictures.draw(found, second)
    assert first.read_bytes() == second.read_bytes()
    assert "vacuous" in first.read_text(encoding="utf-8")


def test_a_claim_without_a_number_to_vary_has_no_picture(tmp_path: Path) -> None:
    found = replace(claim("orthogonalization.theorem-1"), checks=())
    assert not pictures.draw(found, tmp_path / "none.svg")
    assert not list(tmp_path.iterdir())


# Computing once


def job(name: str = "job", key: str = "1", code: str = "print('done')", **more: Any) -> Any:
    return jobs.Job(name, key, ("-c", code), **more)


def test_a_job_runs_once_for_each_state_of_its_sources(tmp_path: Path) -> None:
    first = job(code="import time; print(time.time_ns())")
    jobs.run_all([first], tmp_path, search=tmp_path)
    printed = first.output(tmp_path)
    assert printed
    jobs.run_all([first], tmp_path, search=tmp_path)
    assert first.output(tmp_path) == printed
    second = replace(first, key="2")
    jobs.run_all([second], tmp_path, search=tmp_path)
    assert second.output(tmp_path) not in (None, printed)
    assert first.output(tmp_path) is None


def test_a_job_that_fails_says_why_and_is_run_again(tmp_path: Path) -> None:
    failing = job(code="raise SystemExit('no such thing')")
    for _ in range(2):
        with pytest.raises(jobs.JobFailedError, match="no such thing"):
            jobs.run_all([failing], tmp_path, search=tmp_path)
    jobs.run_all([replace(failing, accepted=(0, 1))], tmp_path, search=tmp_path)


def test_a_job_that_takes_too_long_has_no_result(tmp_path: Path) -> None:
    slow = job(code="import time; time.sleep(60)", seconds=0.2)
    jobs.run_all([slow], tmp_path, search=tmp_path)
    assert slow.output(tmp_path) is None


def test_a_changed_file_changes_the_fingerprint(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text("1", encoding="utf-8")
    before = evidence.fingerprint(path)
    assert evidence.fingerprint(path) == before
    path.write_text("2", encoding="utf-8")
    assert evidence.fingerprint(path) != before


# Gallery, reference, links


def test_the_gallery_shows_every_script_with_its_settings() -> None:
    shown = gallery.reproductions(DOCS / "reproductions")
    assert {each.script for each in shown} == {
        path.stem for path in (DOCS / "reproductions").glob("[a-z]*.py")
    }
    index = gallery.index_page(shown, {each.script: "" for each in shown})
    for each in shown:
        assert each.paper in KEYS
        assert f"{each.script}.png" in index
        page = gallery.script_page(each, "found 0.5\npicture: out/x.png\n", 60)
        assert markdown.words(each.settings) in page
        assert "found 0.5" in page
        assert "out/x.png" not in page


def test_a_script_that_did_not_run_has_no_picture_and_says_so() -> None:
    shown = gallery.reproductions(DOCS / "reproductions")[0]
    page = gallery.script_page(shown, None, 60)
    assert "longer than 60 seconds" in page
    assert ".png" not in page
    assert ".png" not in gallery.index_page([shown], {shown.script: None})


@pytest.mark.parametrize("listed", ["", "| `gone.py` | 1 | n = 2 |\n| `here.py` | 1 | n = 2 |\n"])
def test_scripts_and_their_list_must_agree(listed: str, tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text('"""A title."""', encoding="utf-8")
    (tmp_path / "README.md").write_text(listed, encoding="utf-8")
    with pytest.raises(ValueError, match="here" if not listed else "gone"):
        gallery.reproductions(tmp_path)


def test_the_reference_has_every_public_name_and_no_claim() -> None:
    index = reference.index_page()
    for name in depthlaw.__all__:
        assert f"`{name} " in index or f"`{name}`" in index
    for area in reference.AREAS.values():
        for package, modules in reference.public_modules(area).items():
            assert package in index
            assert not package.startswith("depthlaw.theory.claims")
            page = reference.package_page(package, modules)
            assert page.count(".. automodule:: ") == len(modules) == len(set(modules))


@pytest.fixture
def site(tmp_path: Path) -> tuple[Any, Path]:
    source = tmp_path / "docs"
    shutil.copytree(
        DOCS / "reproductions", source / "reproductions", ignore=shutil.ignore_patterns("*.png")
    )
    return generate.Site(source, tmp_path / "store", seconds=60), source


@pytest.mark.usefixtures("steps_are_granted")
def test_pages_are_written_once_and_stale_ones_removed(site: tuple[Any, Path], run: Any) -> None:
    made, source = site
    made.write(run)
    pages = {path.relative_to(source / "theory" / "claims") for path in source.rglob("claims/*/*")}
    expected = {Path(claim_id.replace(".", "/") + ".md") for claim_id in IDS}
    assert pages == expected | {Path(paper, "index.md") for paper in papers()}
    before = {path: path.stat().st_mtime_ns for path in source.rglob("*.*")}
    stale = source / "theory" / "claims" / "rank" / "withdrawn.md"
    stale.write_text("", encoding="utf-8")
    made.write(run)
    assert {path: path.stat().st_mtime_ns for path in source.rglob("*.*")} == before


def test_what_is_written_is_ignored_by_git() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert f"/docs/{generate.CLAIMS.as_posix()}/" in ignored
    assert f"/docs/{generate.REFERENCE.as_posix()}/" in ignored
    assert f"/docs/{generate.GALLERY.as_posix()}/*.md" in ignored
    assert f"!/docs/{generate.GALLERY.as_posix()}/README.md" in ignored


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<p id="here"></p><a href="#here">x</a><a href="other.html#there">x</a>', None),
        ('<a href="#nowhere">x</a>', "#nowhere leads nowhere"),
        ('<a href="gone.html">x</a>', "gone.html leads nowhere"),
        ('<a href="other.html#gone">x</a>', "other.html#gone leads nowhere"),
        ('<a href="https://example.org/">x</a>', None),
        ('<script src="https://example.org/x.js"></script>', "loads https://example.org/x.js"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "loads //example.org/x.css"),
    ],
)
def test_links_within_the_site_lead_somewhere_and_nothing_is_loaded_from_elsewhere(
    body: str, told: str | None, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(body, encoding="utf-8")
    (tmp_path / "other.html").write_text('<p id="there"></p>', encoding="utf-8")
    assert links.findings(tmp_path) == ([f"index.html: {told}"] if told else [])


def test_an_empty_site_is_a_finding(tmp_path: Path) -> None:
    assert links.findings(tmp_path)
