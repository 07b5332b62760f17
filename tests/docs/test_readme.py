"""The README says what is so: its example, table, numbers, commands, links and picture."""

import re
import shlex
import sys
import tomllib
import xml.etree.ElementTree as ET
from contextlib import redirect_stdout
from dataclasses import replace
from fractions import Fraction
from importlib import util
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest

from depthlaw import claim, smallest_not_vacuous
from depthlaw.commands.app import application
from depthlaw.theory.claim import Outcome
from depthlaw.theory.claim.registry import claim_ids, claims, papers

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def script(name: str) -> ModuleType:
    """Return a script of the docs folder, which is no package, as a module."""
    spec = util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLES = script("readme_tables")


def example() -> tuple[str, str]:
    """Return the code of the README's example and the output printed below it."""
    ((code, output),) = re.findall(r"```python\n(.*?)```\n+```text\n(.*?)```", README, re.DOTALL)
    return code, output


def test_the_example_prints_what_stands_below_it() -> None:
    code, output = example()
    printed = StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == output


def test_the_example_is_short() -> None:
    assert len(example()[0].splitlines()) <= 15


def test_the_table_of_papers_is_that_of_the_registry() -> None:
    assert TABLES.with_table(README, TABLES.papers_table(claims())) == README


def test_a_claim_expected_otherwise_would_change_the_table() -> None:
    first, *others = claims()
    moved = replace(first, expected=Outcome.REFUTED)
    assert first.expected is not Outcome.REFUTED
    assert TABLES.papers_table([moved, *others]) != TABLES.papers_table([first, *others])


def test_the_table_adds_up() -> None:
    *papers, total = [
        [int(cell) if cell.isdigit() else 0 for cell in row.strip("| ").split(" | ")[2:]]
        for row in TABLES.papers_table(claims()).splitlines()[2:]
    ]
    assert [sum(column) for column in zip(*papers, strict=True)] == total
    *verdicts, count, proved = total
    assert sum(verdicts) == count == len(claim_ids())
    assert proved <= count


@pytest.mark.parametrize("text", ["no marker", f"{TABLES.START}\n{TABLES.START}\n{TABLES.END}"])
def test_a_readme_without_the_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="exactly once"):
        TABLES.with_table(text, "table")


def test_every_claim_it_names_exists() -> None:
    names = "|".join(papers())
    named = set(re.findall(rf"\b((?:{names})\.[a-z0-9-]+)", README))
    assert named
    assert named <= set(claim_ids())


def test_the_width_it_names_is_the_first_at_which_theorem_1_says_something() -> None:
    theorem = claim("orthogonalization.theorem-1-corrected")
    alpha = Fraction(1, 8)
    found = smallest_not_vacuous(theorem, "width", batch=8, depth=10**3, alpha=alpha)
    shown = re.search(r"([\d ]+) neurons for a batch of 8", README)
    assert shown is not None
    assert int(shown[1].replace(" ", "")) == found.smallest


def test_the_counterexample_it_names_is_one_of_the_checks() -> None:
    shown = re.search(r"n = (\d+) samples, at depth (\d+) and\s+every width from 10¹⁴", README)
    assert shown is not None
    n, depth = int(shown[1]), int(shown[2])
    tried = [check.parameters for check in claim("orthogonalization.theorem-1").checks]
    assert (n, depth, 10**14) in [(p["batch"], p["depth"], p["width"]) for p in tried]


@pytest.mark.parametrize("line", re.findall(r"^ {4}(depthlaw .*)$", README, re.MULTILINE))
def test_the_commands_are_understood(line: str) -> None:
    _, *words = shlex.split(line, comments=True)
    command, *_ = application().parse_args(words, exit_on_error=False, print_error=False)
    assert command.__name__ == words[0]


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", README))
def test_what_it_links_to_is_there(target: str) -> None:
    assert (ROOT / target).is_file()


def test_the_extras_that_it_installs_exist() -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"'\.\[(\w+)\]'", README)
    assert {"cli", "test", "docs"} <= set(named) <= set(known["optional-dependencies"])


def test_the_layout_names_the_folders_that_are_there() -> None:
    folders = re.findall(r"^\| `(\w+)/` \|", README, re.MULTILINE)
    assert len(folders) == 6
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_picture_is_a_small_svg_with_its_words_in_the_alternative_text() -> None:
    ((words, target),) = re.findall(r"!\[(.*?)\]\((.*?)\)", README, re.DOTALL)
    path = ROOT / target
    assert path.stat().st_size < 150_000
    assert ET.parse(path).getroot().tag.endswith("svg")
    assert "Theorem 1" in words


def test_the_picture_shows_the_claims_bounds() -> None:
    picture = script("readme_picture")
    n, ell, d, alpha = picture.BATCH, picture.DEPTH, 65_536, Fraction(9, 80)
    printed, sharp = (
        claim(f"orthogonalization.{name}").bound(batch=n, depth=ell, width=d, alpha=alpha)
        for name in ("theorem-1-corrected", "tight-gap")
    )
    assert picture.published(d, alpha) == printed.upper
    # √ rounds to the nearest float: half an ulp of the root is an ulp of the square.
    assert abs(picture.sharper(d, alpha) ** 2 / sharp.upper - 1) <= 2 * 2**-52
    assert picture.sharper(d, Fraction(1, n + 2)) is None
