"""Pages for people: nothing is cut, everything fits a terminal, colours stay on terminals."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from depthlaw.render.mathematics import unicode_name
from depthlaw.render.page import Page, table
from depthlaw.render.simulation import MOST_ROWS, chosen_depths
from depthlaw.theory.claim import Claim, registry
from depthlaw.theory.claim import Outcome as Found

if TYPE_CHECKING:
    from tests.interface.conftest import Command, Outcome

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
CHEAP = "orthogonalization.lemma-4-sharp"
BOUND = "bound orthogonalization.theorem-1-corrected batch=8 depth=40 alpha=0.1 "
SIMULATE = "simulate --layer linear,rescale --batch 8 --width 64 --depth 30 --replicas 9"
VERIFY = "verify orthogonalization.lemma-4-sharp orthogonalization.theorem-1"
PAGES = ["claims", f"show {CHEAP}", "show orthogonalization.theorem-1", BOUND + "width=1e6"]
PAGES += [BOUND + "width=9", SIMULATE, VERIFY]


@pytest.fixture
def on_terminal(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command line as if stdout were a terminal of 80 columns with colours."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run(*words: str) -> Outcome:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        return command(*words)

    return run


@pytest.mark.parametrize("typed", PAGES)
def test_off_a_terminal_there_is_plain_text_only(typed: str, command: Command) -> None:
    found = command(*typed.split())
    assert (found.status, found.err) == (0, "")
    assert "\x1b" not in found.out
    assert not [line for line in found.out.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize("typed", PAGES)
def test_a_terminal_of_80_columns_is_enough(typed: str, on_terminal: Command) -> None:
    found = on_terminal(*typed.split()).out
    assert ESCAPE.search(found)
    lines = ESCAPE.sub("", found).splitlines()
    assert lines
    assert max(map(cell_len, lines)) <= 80
    # What does not fit is wrapped: Rich marks what it cuts off with an ellipsis at the end.
    assert not [line for line in lines if line.rstrip().endswith("…")]


def test_no_color_is_honoured(on_terminal: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (BOUND + "width=9").split()
    coloured = re.compile(r"\x1b\[(?:[0-9]+;)*(?:3[0-7]|9[0-7]|38)[;m]")
    assert coloured.search(on_terminal(*words).out)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured.search(on_terminal(*words).out)


def test_force_color_does_not_colour_a_pipe(
    monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in command(*(BOUND + "width=9").split()).out


def test_every_claim_has_one_line_in_a_pipe(command: Command) -> None:
    lines = command("claims").out.splitlines()
    for claim in registry.claims():
        (line,) = [line for line in lines if line.startswith(f"{claim.id} ")]
        for part in (str(claim.status), str(claim.expected), claim.title, str(claim.source)):
            assert part in line


def test_every_id_can_be_read_on_a_narrow_terminal(on_terminal: Command) -> None:
    words = ESCAPE.sub("", on_terminal("claims").out).split()
    assert set(registry.claim_ids()) <= set(words)


@pytest.mark.parametrize("claim", registry.claims(), ids=lambda claim: claim.id)
def test_show_tells_everything(claim: Claim, command: Command) -> None:
    page = command("show", claim.id).out
    parts = [claim.title, claim.latex(), str(claim.source), str(claim.expected), *claim.errata]
    parts += [step.title for step in claim.derivation().steps]
    parts += [check.label for check in claim.checks]
    parts += [f"{p.name} (" for p in claim.parameters]
    for part in (*parts, *claim.siblings):
        assert part in page


def test_bound_says_whether_it_says_anything(command: Command) -> None:
    assert "It says nothing here" in command(*(BOUND + "width=9").split()).out
    assert "It says something here" in command(*(BOUND + "width=1e6").split()).out
    words = "bound orthogonalization.theorem-1 batch=8 depth=40 alpha=0.1 width=1e6"
    assert "false in general" in command(*words.split()).out
    assert registry.claim("orthogonalization.theorem-1").expected is Found.REFUTED


def test_the_table_of_layers_is_short_and_says_so(command: Command) -> None:
    page = command(*SIMULATE.split()).out
    table_lines = page.partition("\n\n")[0].splitlines()
    depths = [int(line.split()[0]) for line in table_lines if re.match(r" *\d+ ", line)]
    assert depths == chosen_depths(30)
    assert f"{31 - len(depths)} layers are left out" in page


@pytest.mark.parametrize("depth", [0, 1, 19, 20, 21, 100, 10**6])
def test_chosen_depths_are_increasing_and_reach_both_ends(depth: int) -> None:
    chosen = chosen_depths(depth)
    assert chosen == sorted(set(chosen))
    assert (chosen[0], chosen[-1]) == (0, depth)
    assert len(chosen) <= MOST_ROWS + 1


def test_dead_replicas_are_reported(command: Command) -> None:
    words = "simulate --layer linear,relu,rescale --batch 3 --width 2 --depth 9 --replicas 30"
    page = command(*words.split()).out
    assert "undefined" in page
    assert "stayed zero" in page


def test_verify_repeats_no_claim_that_is_simply_fine(command: Command) -> None:
    page = command(*VERIFY.split()).out
    advice = [line for line in page.splitlines() if "•" in line]
    assert len(advice) == 1
    assert "orthogonalization.theorem-1: as expected" in advice[0]
    assert "see orthogonalization.theorem-1-corrected" in advice[0]
    for heading in ("claim", "verdict", "value", "bound", "tightness", "samples"):
        assert heading in page.splitlines()[0]


def test_a_page_is_silent_until_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    page = Page()
    rows = table()
    rows.add_column("one")
    rows.add_row("[bold]two[/bold]")
    page.add(rows)
    assert capsys.readouterr().out == ""
    page.write()
    assert "[bold]two[/bold]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"V(H_{\ell+1})", "V(Hₗ₊₁)"),
        (r"V(H_{\ell+1})^2", "V(Hₗ₊₁)²"),
        (r"\hat{V}(H_{\ell+1}) \mid H_\ell", "V\u0302(Hₗ₊₁) | Hₗ"),
        (r"\|C - \mathbb{E}C\|_F^2", "‖C - EC‖_F²"),
        (r"\Lambda_\ell", "Λₗ"),
        (r"\lambda_{ij}^{n}", "λᵢⱼⁿ"),
        (r"\unknown{x}", "unknownx"),
        ("plain", "plain"),
    ],
)
def test_latex_becomes_letters(latex: str, text: str) -> None:
    assert unicode_name(latex) == text
