"""In a notebook every object shows what it is and how it is known, and nothing else runs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from depthlaw import (
    Linear,
    Network,
    Rescale,
    activation,
    claim,
    initialise,
    rank_chain,
    rank_network,
    simulate,
)
from depthlaw.numerics.verify import Report, verify
from depthlaw.theory.values import Asymptotic, Enclosure, Estimate, Exact, Numeric, Value
from depthlaw.theory.writing.latex import latex
from depthlaw.theory.writing.markup import formula, words

LEMMA = "orthogonalization.lemma-4"
ATTACK = "<script>alert(1)</script>$x$ & \\(y\\)"
THIRD = Enclosure.of(Fraction(1, 3))
VALUES: list[tuple[Value, tuple[str, ...]]] = [
    (Exact(sp.sqrt(2)), ("exact", r"\sqrt{2}")),
    (THIRD, ("proved to lie in", repr(THIRD.lower), repr(THIRD.upper))),
    (Asymptotic(THIRD, "O(1/width)"), ("leading term", "O(1/width)", "not a bound")),
    (Numeric(0.5, 0.25), ("0.5", "without a proof")),
    (Estimate(0.5, 0.25, 0.75, 0.001, 32, 7), ("0.25, 0.75", "0.001", "32 samples", "seed 7")),
]
OBJECTS = [
    *(value for value, _ in VALUES),
    claim(LEMMA),
    activation("relu"),
    verify(LEMMA),
    verify(LEMMA).verdicts[0],
]


def read(markup: str) -> ElementTree.Element:
    """Parse what a notebook shows; it must be closed and escaped throughout."""
    return ElementTree.fromstring(f"<div>{markup}</div>")


def text_of(markup: str) -> str:
    return "".join(read(markup).itertext())


def test_no_result_prints_its_tables() -> None:
    network = Network(30, 3, (Linear(), Rescale()))
    run = simulate(network, depth=200, replicas=20, initial_gram=np.eye(3))
    chain = rank_chain(rank_network(4, 4), depth=100, replicas=20, burn_in=20)
    weights = initialise([50, 50], np.eye(50))
    for shown in (*OBJECTS, run, chain, weights):
        assert len(repr(shown)) < 800


@pytest.fixture(scope="module")
def report() -> Report:
    return verify([LEMMA, "orthogonalization.theorem-1"])


@pytest.mark.parametrize("shown", OBJECTS, ids=lambda shown: type(shown).__name__)
def test_every_object_is_closed_markup_without_script(shown: Any) -> None:
    tree = read(shown._repr_html_())
    names = {element.tag for element in tree.iter()}
    assert names <= {"div", "p", "strong", "span", "table", "thead", "tbody", "tr", "th", "td"}
    assert "".join(tree.itertext()).strip()


@pytest.mark.parametrize(("value", "known"), VALUES, ids=[str(v.kind) for v, _ in VALUES])
def test_a_value_says_how_it_is_known(value: Value, known: tuple[str, ...]) -> None:
    shown = text_of(value._repr_html_())
    for part in known:
        assert part in shown


def test_a_claim_is_shown_by_its_statement() -> None:
    lemma = claim(LEMMA)
    assert lemma._repr_latex_() == rf"$\displaystyle {lemma.latex()}$"
    shown = text_of(lemma._repr_html_())
    for part in (lemma.id, lemma.title, rf"\({lemma.latex()}\)", str(lemma.source)):
        assert part in shown


def test_a_leading_term_is_called_one() -> None:
    rate = claim("decomposition.norm-ratio")
    assert rate.remainder is not None
    assert f"relative error {rate.remainder}" in text_of(rate._repr_html_())
    assert "relative error" not in text_of(claim(LEMMA)._repr_html_())


def test_an_activation_is_shown_by_its_formula() -> None:
    square = activation("hermite(2)")
    assert latex(square.expression) in square._repr_latex_()
    assert square.name in text_of(square._repr_html_())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Enclosure.of(2), r"[2.0,\ 2.0]"),
        (Enclosure.of(Fraction(1, 2**100)), rf"[{str(2.0**-100)[:-4]} \cdot 10^{{-31}}"),
        (Enclosure.of(0), r"[0.0,\ 0.0]"),
        (Exact(sp.pi / 2), r"\frac{\pi}{2}"),
    ],
)
def test_a_number_in_latex_has_all_its_digits(value: Enclosure | Exact, shown: str) -> None:
    assert shown in value._repr_latex_()


def test_a_verdict_has_a_row_for_each_check(report: Report) -> None:
    for verdict in report.verdicts:
        tree = read(verdict._repr_html_())
        rows = tree.findall(".//tbody/tr")
        assert len(rows) == len(verdict.checks)
        for row, check in zip(rows, verdict.checks, strict=True):
            shown = "".join(row.itertext())
            assert shown.startswith(check.label)
            assert str(check.outcome) in shown
            assert check.value is not None
            assert str(check.value.kind) in shown
        words_shown = "".join(tree.itertext())
        assert verdict.advice in words_shown
        assert verdict.derivation.summary() in words_shown


def test_a_report_has_a_row_for_each_claim(report: Report) -> None:
    rows = read(report._repr_html_()).findall(".//tbody/tr")
    shown = ["".join(row.itertext()) for row in rows]
    assert len(shown) == len(report.verdicts)
    for row, verdict in zip(shown, report.verdicts, strict=True):
        assert row.startswith(verdict.claim.id)
        assert str(verdict.outcome) in row
        assert "as expected" in row


def test_what_a_stranger_calls_a_claim_is_only_text() -> None:
    stranger = replace(
        claim(LEMMA),
        id="mine.stranger",
        title=ATTACK,
        statement=replace(claim(LEMMA).statement, quantity=sp.Symbol(ATTACK)),
        checks=(replace(claim(LEMMA).checks[0], label=ATTACK),),
    )
    run = verify(stranger)
    for shown in (stranger, run, run.verdicts[0]):
        markup = shown._repr_html_()
        assert "<script" not in markup
        assert ATTACK in text_of(markup)
        for element in read(markup).iter("span"):
            # Only formulas are typeset: in words nothing is looked for.
            if ATTACK in (element.text or "") and element.get("class") != "math":
                assert "mathjax_ignore" in (element.get("class") or "")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_text_and_formulas_arrive_letter_for_letter(text: str) -> None:
    assert text_of(words(text)) == text
    assert text_of(formula(text)) == rf"\({text}\)"


def test_names_in_latex_are_printed_as_they_stand() -> None:
    name = r"\lambda_{\max}(G^\ell)"
    symbol = sp.Symbol(name)
    assert latex(symbol + 1) == f"{name} + 1"
    assert latex(symbol**2) == rf"\left({name}\right)^{{2}}"
    plain = sp.Symbol("rho_ell")
    assert latex(plain) == sp.latex(plain) == r"\rho_{\ell}"


def test_showing_needs_no_extra() -> None:
    code = (
        "import sys, depthlaw\n"
        f"run = depthlaw.verify({LEMMA!r})\n"
        "run._repr_html_(), run.verdicts[0]._repr_html_(), run.verdicts[0].claim._repr_html_()\n"
        "extras = {'jinja2', 'matplotlib', 'rich', 'cyclopts', 'math_core', 'IPython'}\n"
        "assert not extras & set(sys.modules), extras & set(sys.modules)\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=100)
    assert (found.returncode, found.stderr) == (0, b"")
