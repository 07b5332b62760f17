"""What is written in the documentation: claims that exist, code that runs, numbers that are so."""

import ast
import inspect
import re
from fractions import Fraction
from pathlib import Path

import pytest
from flint import arb

import depthlaw
from depthlaw import activation, claims, simulate
from depthlaw.main import main
from depthlaw.theory.activations import from_text
from depthlaw.theory.claim import Outcome
from depthlaw.theory.claim.check import Computed, ParameterValue
from depthlaw.theory.claim.registry import claim, claim_ids
from depthlaw.theory.decomposition import fixed_points
from depthlaw.theory.isometry.depth import depth_to_isometry
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.orthogonalization.isometry_slope import isometry_slope
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.values import Exact, Value

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = ["index.md", "tutorial.md", "bibliography.md", "how-to/*.md", "theory/*.md"]
PAGES = {
    str(path.relative_to(DOCS)): path.read_text(encoding="utf-8")
    for pattern in WRITTEN
    for path in sorted(DOCS.glob(pattern))
}
FENCE = re.compile(r"^(`{3,}|:{3,})(\S.*)?$", re.MULTILINE)
NOTEBOOK = "format_name: myst"


def table(page: str, heading: str) -> list[list[str]]:
    """Return the rows below the table whose first line starts with `heading`, cells stripped."""
    block = PAGES[page].partition(f"\n{heading}")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("| ").split("|")] for row in block.splitlines()[2:]]


def openings(text: str) -> list[str]:
    """Return what stands behind the fences that open a block: a directive, or a language."""
    return [words for _, words in FENCE.findall(text) if words]


def rounded(value: Value, shown: str) -> bool:
    """Whether everything that `value` can be is printed as `shown`, to its decimals."""
    places = len(shown.partition(".")[2])
    ends = {f"{end:.{places}f}".removeprefix("0") for end in (value.lower, value.upper)}
    return ends == {shown.removeprefix("0")}


def test_every_page_that_was_planned_is_there() -> None:
    assert {"index.md", "tutorial.md", "how-to/index.md", "theory/index.md"} <= set(PAGES)
    assert len(PAGES) >= 16


@pytest.mark.parametrize("page", PAGES)
def test_code_is_run_or_typed_into_a_shell(page: str) -> None:
    for words in openings(PAGES[page]):
        assert words.startswith("{") or words == "console", words
        if "code-cell" in words:
            assert words == "{code-cell} ipython3"
            assert NOTEBOOK in PAGES[page].partition("# ")[0]


def test_code_that_nobody_runs_would_be_noticed() -> None:
    assert openings("```python\n1\n```\n") == ["python"]


def shown_programs(page: str) -> list[str]:
    """Return the Python files that a page's shell sessions print."""
    found = re.findall(r"^\$ cat \w+\.py\n(.*?)^(?:\$|```)", PAGES[page], re.DOTALL | re.MULTILINE)
    return [str(program) for program in found]


def test_programs_for_a_cluster_compile_and_use_what_there_is() -> None:
    programs = shown_programs("how-to/cluster.md")
    assert len(programs) == 2
    known = inspect.signature(simulate).parameters
    for program in programs:
        tree = ast.parse(program)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "depthlaw":
                assert {alias.name for alias in node.names} <= set(depthlaw.__all__)
        (call,) = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "simulate"
        ]
        assert {keyword.arg for keyword in call.keywords} <= set(known)


@pytest.mark.parametrize("page", PAGES)
def test_every_claim_it_names_exists(page: str) -> None:
    papers = "|".join(sorted({name.partition(".")[0] for name in claim_ids()}))
    named = set(re.findall(rf"(?<![\w/.-])((?:{papers})\.[a-z0-9-]+)\b(?!\.md)", PAGES[page]))
    assert named <= set(claim_ids())


@pytest.mark.parametrize("page", PAGES)
def test_every_page_it_points_to_exists(page: str) -> None:
    for target in re.findall(r"\{doc\}`(?:[^`<]*<)?([^`>]+)>?`", PAGES[page]):
        assert (DOCS / page).parent.joinpath(f"{target}.md").resolve().is_file(), target


def test_every_page_is_in_a_table_of_contents() -> None:
    listed = {"index.md"}
    for page, text in PAGES.items():
        for body in re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL):
            entries = [line for line in body.splitlines() if line and not line.startswith(":")]
            listed |= {str(Path(page).parent / f"{entry}.md") for entry in entries}
    assert set(PAGES) <= listed


def test_the_counterexamples_to_theorem_1_are_the_certified_ones() -> None:
    theorem = claim("orthogonalization.theorem-1")
    checks = [check for check in theorem.checks if isinstance(check.quantity, Computed)]
    rows = table("theory/orthogonalization.md", "| $n$ | $\\lambda_{\\min}(H_0)$")
    assert len(rows) == len(checks)
    for (n, _, alpha, ell, width, gap, allowed), check in zip(rows, checks, strict=True):
        exponent = re.search(r"10\^\{(\d+)\}", width)
        assert exponent is not None
        shown = (int(n), Fraction(alpha), int(ell), 10 ** int(exponent[1]))
        assert isinstance(check.quantity, Computed)
        assert shown == tuple(check.parameters[k] for k in ("batch", "alpha", "depth", "width"))
        with precision(128):
            found, bound = check.quantity.value(), theorem.bound_at(check.parameters)
        assert gap == f"${found.lower * 1e4:.3f}\\cdot10^{{-4}}$"
        assert allowed == f"${bound.upper * 1e4:.3f}\\cdot10^{{-4}}$"


def test_the_counterexamples_to_conjecture_f2_are_the_certified_ones() -> None:
    conjecture = claim("orthogonalization.conjecture-f2")
    checks = [check for check in conjecture.checks if isinstance(check.quantity, Computed)]
    rows = table("theory/orthogonalization.md", "| $\\varphi$ | $\\lambda_{\\min}(H_0)$")
    assert len(rows) == len(checks)
    for (_, start, alpha, ell, width, gap, allowed), check in zip(rows, checks, strict=True):
        exponent = re.search(r"10\^\{?(\d+)", width)
        assert exponent is not None
        shown = (Fraction(alpha), int(ell), 10 ** int(exponent[1]))
        assert shown == tuple(check.parameters[k] for k in ("alpha", "depth", "width"))
        assert f"λ_min(H_0) = {start}:" in check.label
        assert isinstance(check.quantity, Computed)
        with precision(128):
            found, bound = check.quantity.value(), conjecture.bound_at(check.parameters)
        # "At least" is rounded down, "allowed" up, both by less than half a percent.
        least, most = (
            float(text.strip("$").replace("\\cdot10^{", "e").rstrip("}")) for text in (gap, allowed)
        )
        assert least <= found.lower < least * 1.005
        assert most * 0.99 < bound.upper <= most


def test_the_slopes_of_odd_activations_are_the_enclosed_ones() -> None:
    block = PAGES["theory/orthogonalization.md"].partition("\n| $\\varphi$ | $x$ |")
    names = block[2].partition("\n")[0].strip("| ").split("|")
    on, off = table("theory/orthogonalization.md", "| $\\varphi$ | $x$ |")
    activations = [
        activation("identity"),
        *map(activation, ("tanh", "sin", "sign", "monomial(3)", "monomial(5)", "monomial(9)")),
        *map(
            from_text,
            (
                "sinh(5*x)",
                "x*(1+sign(abs(x)-1.3))/2",
                "sign(x)*max(abs(x)-1.3,0)",
                "x/(1+x**2)",
            ),
        ),
    ]
    assert len(activations) == len(names) + 1 == len(on) - 1 == len(off) - 1
    for phi, diagonal, cross in zip(activations, on[1:], off[1:], strict=True):
        slope = isometry_slope(phi, 2)
        for shown, factor in ((diagonal, slope.diagonal), (cross, slope.off_diagonal)):
            number = float(shown.strip("*"))
            assert abs(float(factor.mid()) - number) <= 0.0005
            assert ("**" in shown) == bool(factor > arb(2) / 3)


def test_the_odd_point_states_are_the_enclosed_ones() -> None:
    rows = table("theory/decomposition.md", "| $n$ | cosine in the cluster")
    assert [row[0] for row in rows] == ["7", "8", "16", "32", "100"]
    for n, cluster, odd, ratio in rows:
        with precision(128):
            state = fixed_points(int(n)).odd
        assert state is not None
        assert rounded(state.cluster_cosine, cluster)
        assert rounded(state.odd_cosine, odd)
        assert rounded(state.norm_ratio, ratio)


def test_a_number_off_by_one_in_its_last_place_would_be_noticed() -> None:
    with precision(128):
        state = fixed_points(7).odd
    assert state is not None
    assert not rounded(state.cluster_cosine, ".4792")
    assert not rounded(Exact(claim("orthogonalization.lemma-4").formula * 0 + 1), "1.1")


def test_the_depths_to_isometry_are_those_that_are_found() -> None:
    names = {"tanh": "tanh", "ReLU": "relu", "GELU": "gelu"}
    rows = table("theory/isometry.md", "| activation | exactly")
    assert [row[0] for row in rows] == list(names)
    for name, *depths in rows:
        found = depth_to_isometry(equicorrelated(8, 0.5), activation(names[name]), 0.01)
        crossings = (found.exact, found.sharp, found.unconditional)
        assert depths == [str(crossing.depth) for crossing in crossings if crossing is not None]


def test_the_exponents_of_streams_are_the_enclosed_ones() -> None:
    rows = table("theory/residual.md", "| branch | exponent seen")
    power_law = claim("residual.power-law")
    assert len(rows) == 3
    for (_, seen, limit), check in zip(rows, power_law.checks, strict=False):
        assert "512 to 4096" in check.label
        assert isinstance(check.quantity, Computed)
        with precision(128):
            assert rounded(check.quantity.value(), seen)
            assert rounded(power_law.bound_at(power_law.accept(check.parameters)), limit)


def test_what_the_cubic_law_leaves_out_is_what_its_checks_enclose() -> None:
    rows = table("theory/attention.md", "| scale | with")
    laws = [claim(f"attention.{name}") for name in ("cubic-law", "tilted-cubic-law")]
    outputs = claim("attention.cubic-contraction").checks
    assert len(rows) == 3
    for scale, *shares in rows:
        label = f"8 tokens, width 4, scale {scale}"
        (output,) = [check.quantity for check in outputs if check.label == label]
        assert isinstance(output, Computed)
        for law, shown in zip(laws, shares, strict=True):
            (left_out,) = [check.quantity for check in law.checks if check.label == label]
            assert isinstance(left_out, Computed)
            with precision(200):
                share = left_out.value().ball / output.value().ball
            assert f"{float(share.mid()):.4f}".removeprefix("0") == shown


def test_the_command_in_the_tutorial_prints_what_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = re.search(
        r"^\$ depthlaw (verify .*?)```", PAGES["tutorial.md"], re.DOTALL | re.MULTILINE
    )
    assert shown is not None
    command, _, output = shown[1].partition("\n")
    assert main(command.split()) == 0
    # The terminal decides how far apart the columns are.
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    wanted = [" ".join(line.split()) for line in output.splitlines()]
    assert [line.strip("─") for line in lines if line] == [
        line.strip("─") for line in wanted if line
    ]


def test_the_claims_that_end_vacuous_are_those_that_the_page_on_verdicts_names() -> None:
    text = PAGES["how-to/read_a_verdict.md"]
    assert "No claim in the registry ends like this" in text
    ends = {found.id: found.expected for found in claims()}
    assert Outcome.ASSUMPTION_FAILED not in ends.values()
    vacuous = [name for name, expected in ends.items() if expected is Outcome.VACUOUS]
    assert vacuous == ["residual.curse-of-depth"]
    assert vacuous[0] in text


def test_the_thresholds_of_theorem_1_are_those_of_the_formula() -> None:
    text = PAGES["theory/orthogonalization.md"]
    shown = re.search(r"([\d ]+) for \$n = 2\$, ([\d ]+) for \$n = 4\$, ([\d ]+) for", text)
    assert shown is not None
    theorem = claim("orthogonalization.theorem-1-corrected")
    for n, words in zip((2, 4, 8), shown.groups(), strict=True):
        width = int(words.replace(" ", ""))
        where: dict[str, ParameterValue] = {"batch": n, "depth": 10**6, "alpha": Fraction(1, n)}
        # At 288 and 3 072 themselves both sides are equal, which no ball decides.
        assert theorem.vacuous(width=width - 1, **where)
        assert not theorem.vacuous(width=width + 1, **where)


def cells(text: str) -> list[str]:
    """Return the code cells of a page without what only a notebook understands."""
    found = re.findall(r"^```\{code-cell\}.*?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [re.sub(r"^[%:].*\n", "", str(code), flags=re.MULTILINE) for code in found]


def test_a_cell_that_fails_would_be_noticed() -> None:
    (code,) = cells(
        "```{code-cell} ipython3\n:tags: [hide-input]\n\n%matplotlib inline\n1 / 0\n```\n"
    )
    with pytest.raises(ZeroDivisionError):
        exec(code, {})


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page, text in PAGES.items() if NOTEBOOK in text])
def test_the_code_on_the_pages_runs_outside_a_notebook_too(page: str) -> None:
    names: dict[str, object] = {"__name__": "page"}
    for code in cells(PAGES[page]):
        exec(compile(code, page, "exec"), names)
