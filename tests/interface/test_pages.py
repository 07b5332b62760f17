"""Pages for people: nothing is cut, everything fits a terminal, colours stay on terminals."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import sympy as sp
from rich.cells import cell_len

from depthlaw.render.latex_text import unicode_name, unicode_words
from depthlaw.render.letters import fitting
from depthlaw.render.mathematics import unicode_line, unicode_statement
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
ARCHITECTURE = (
    "simulate --layer residual(layernorm,attention:heads=4),residual(layernorm,relu,linear)"
)
ARCHITECTURE += " --stem linear --head linear:width=3 --batch 2 --positions 4 --width 16 --depth 9"
ARCHITECTURE += " --replicas 20 --observables second_moment,mean_cosine,isometry_gap,dead_units"
PAGES += [BOUND + "width=9", SIMULATE, ARCHITECTURE, VERIFY]


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


@pytest.mark.parametrize("columns", ["0", "1", "-5", "99999999999999", "many", ""])
@pytest.mark.parametrize("typed", ["--help", f"show {CHEAP}", BOUND + "width=9", "claims"])
def test_any_number_of_columns_will_do(
    columns: str, typed: str, on_terminal: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as terminal:  # pytest itself reads COLUMNS when it prints a result
        terminal.setenv("COLUMNS", columns)
        found = on_terminal(*typed.split())
    assert (found.status, found.err) == (0, "")
    assert found.out.strip()
    assert max(map(len, found.out.splitlines())) <= 1200


@pytest.mark.parametrize("typed", PAGES)
def test_a_terminal_of_80_columns_is_enough(typed: str, on_terminal: Command) -> None:
    found = on_terminal(*typed.split()).out
    assert ESCAPE.search(found)
    lines = ESCAPE.sub("", found).splitlines()
    assert lines
    assert max(map(cell_len, lines)) <= 80
    # What does not fit is wrapped: Rich marks what it cuts off with an ellipsis at the end.
    assert not [line for line in lines if line.rstrip().endswith("…")]


@pytest.mark.parametrize("replicas", [1, 2, 16, 300])
def test_a_table_of_layers_loses_no_number(replicas: int, on_terminal: Command) -> None:
    words = f"simulate --layer linear,rescale --batch 4 --width 1e4 --depth 3 --replicas {replicas}"
    page = ESCAPE.sub("", on_terminal(*words.split()).out)
    spans = [0] * 4
    # Where all six do not fit side by side they have tables below each other.
    for part in page.split("─\n")[1:]:
        rows = re.split(r"\n *\d  ", part.partition("\n\n")[0])
        for depth, row in enumerate(rows):
            spans[depth] += len(re.findall(r"[\d.]…-?[\d.]", row))
    assert spans == [0, *[6 * (replicas > 1)] * 3]
    assert ("One replica" in page) == (replicas == 1)
    # Many replicas know a mean well, fewer the median of the second moment.
    assert ("[" in page) == (replicas >= 16)
    assert ("No mean is known well" in page) == (replicas < 300)


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
            assert unicode_words(part) in line


def test_every_id_can_be_read_on_a_narrow_terminal(on_terminal: Command) -> None:
    words = ESCAPE.sub("", on_terminal("claims").out).split()
    assert set(registry.claim_ids()) <= set(words)


COMMAND = re.compile(
    r"\\|[_^]\{|\$|t?frac(?!tion)|sqrt|math[a-z]|operatorname|varepsilon|vartheta|varrho|tilde|nabla"
    r"|cdot|\bdots|infty|\b(?:ell|quad|neq?|leq?|geq?)\b"
)
"""What is LaTeX wherever it stands."""
IN_FORMULAS = re.compile(r"\b(?:sum|prod|int|left|right|text|hat|bar)(?![a-z])")
"""What is LaTeX in a formula, and may be English in a sentence."""


@pytest.mark.usefixtures("steps_are_granted")
@pytest.mark.parametrize("claim", registry.claims(), ids=lambda claim: claim.id)
def test_show_tells_everything_and_nothing_in_latex(claim: Claim, command: Command) -> None:
    page = command("show", claim.id).out
    assert not COMMAND.search(page)
    parts = [claim.title, str(claim.source), str(claim.expected), *claim.errata]
    parts += [step.title for step in claim.derivation().steps]
    parts += [check.label for check in claim.checks]
    parts += [f"{p.name} (" for p in claim.parameters]
    for part in (*parts, *claim.siblings):
        assert unicode_words(part) in page


@pytest.mark.parametrize("claim", registry.claims(), ids=lambda claim: claim.id)
def test_no_bound_is_told_in_latex(
    claim: Claim, command: Command, written: Callable[..., list[str]]
) -> None:
    bound = command("bound", claim.id, *written(claim.checks[0].parameters)).out
    assert not COMMAND.search(bound)
    drawn = [line for line in bound.splitlines() if line.startswith("  ")]
    for formula in (unicode_statement(claim), *drawn):
        assert not IN_FORMULAS.search(formula)


def test_latex_on_a_terminal_would_be_noticed() -> None:
    for text in ("frac1L sumₗ", "I/sqrtn", r"\ell", "β^{−ℓ}", "sqrt n", "varepsilonₗ", "nablaᵥ"):
        assert COMMAND.search(text), text
    assert IN_FORMULAS.search("sumₗ rank")


def test_the_lists_of_claims_hold_no_latex(command: Command) -> None:
    for page in (command("claims").out, command(*VERIFY.split()).out):
        assert not COMMAND.search(page)


@pytest.mark.parametrize("claim", registry.claims(), ids=lambda claim: claim.id)
def test_a_statement_fits_a_terminal(claim: Claim) -> None:
    for width in (60, 100):
        lines = unicode_statement(claim, width=width).splitlines()
        assert max(map(cell_len, lines)) <= width
    assert unicode_statement(claim, encoding="ascii").isascii()


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


def test_verify_repeats_only_claims_of_which_there_is_more_to_say(command: Command) -> None:
    page = command(*VERIFY.split()).out
    advice = [line for line in page.splitlines() if "•" in line]
    assert [line.split()[1] for line in advice] == [
        "orthogonalization.lemma-4-sharp:",  # says nothing at rank one, where it is an equality
        "orthogonalization.theorem-1:",
    ]
    assert "says nothing on 1 of" in advice[0]
    assert "as expected" in advice[1]
    assert "see orthogonalization.theorem-1-corrected" in advice[1]
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
        (r"\frac1L \sum_\ell r(H_\ell)", "(1/L) Σₗ r(Hₗ)"),
        (r"\|C^{1/2} - I/\sqrt{n}\|_F^2", "‖C^(1/2) - I/√n‖_F²"),
        (r"\frac{|f(\rho)|}{1 - |f(\rho)|}", "|f(ρ)|/(1 - |f(ρ)|)"),
        (r"\tfrac{2n}{n+2}\lambda_{min}", "(2n/(n+2)) λₘᵢₙ"),
        (r"-\log\det F(\bar a)", "-log det F(a\u0304)"),
        (r"\mathrm{rank}_\tau(H) \ne \text{odd state}", "rank_τ(H) ≠ odd state"),
        (r"\unknown{x}", "unknownx"),
        ("plain", "plain"),
    ],
)
def test_latex_becomes_letters(latex: str, text: str) -> None:
    assert unicode_name(latex) == text


@pytest.mark.parametrize(
    ("prose", "text"),
    [
        ("falls like β^{−ℓ}", "falls like β⁻ˡ"),
        ("Σ_{k≥2} a_k ρ^{k−1}", "Σ_(k≥2) aₖ ρᵏ⁻¹"),
        ("a_k = c_k², Σλ_i = 1", "aₖ = cₖ², Σλᵢ = 1"),
        ("10^14 and R^n", "10¹⁴ and Rⁿ"),
        ("e^{ρst}", "e^(ρst)"),
        ("slope_at_one, initial_gram", "slope_at_one, initial_gram"),
        ("max{1 − κ(0), 1/2}", "max{1 − κ(0), 1/2}"),
    ],
)
def test_prose_keeps_its_words(prose: str, text: str) -> None:
    assert unicode_words(prose) == text
    assert unicode_words(text) == text


def test_exact_numbers_are_mathematics() -> None:
    assert unicode_line(sp.sqrt(2) * sp.pi**2 / 3 - sp.E) == "-e + √2·π²/3"
    assert unicode_line(sp.sqrt(1 + sp.sqrt(3))) == "√(1 + √3)"


def test_a_letter_has_a_spelling_wherever_a_page_needs_one() -> None:
    seen = {
        character
        for claim in registry.claims()
        for text in (claim.title, *claim.errata, *(a.statement for a in claim.assumptions))
        for character in unicode_words(text)
    }
    for character in sorted(seen):
        assert "?" not in fitting(character, "ascii"), character
    assert fitting("≤", "ascii") != fitting("≥", "ascii")
    assert fitting("é ≤ ½", "latin-1") == "é <= ½"
