"""Every kind of step can fail, and a failed step is never hidden."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb, ctx

from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.steps import (
    Agreement,
    Argued,
    Cited,
    Ground,
    Identity,
    Limit,
    Order,
    PositiveOnBox,
    Sign,
    Step,
)
from depthlaw.theory.rigorous.balls import ball

x = sp.Symbol("x", positive=True)
WIDE = Fraction(1, 10)

PAIRS: list[tuple[Step, Step]] = [
    (Identity("", (x + 1) ** 2, x**2 + 2 * x + 1), Identity("", (x + 1) ** 2, x**2 + x + 1)),
    (
        Limit("", (1 + 1 / x) ** x, x, sp.oo, sp.E),
        Limit("", (1 + 1 / x) ** x, x, sp.oo, sp.Integer(3)),
    ),
    (Sign("", x + 1, strict=True), Sign("", x - 1)),
    (
        PositiveOnBox("", x**2 - x + 1, {x: (Fraction(0), Fraction(2))}),
        PositiveOnBox("", x**2 - x + sp.Rational(1, 5), {x: (Fraction(0), Fraction(2))}),
    ),
    (
        Agreement("", "", lambda: [arb(2).sqrt()], lambda: [arb(2) ** ball(Fraction(1, 2))]),
        Agreement("", "", lambda: [arb(2).sqrt()], lambda: [ball(Fraction(1_414_213, 10**6))]),
    ),
    (
        Order("", "", lambda: arb.pi(), lambda: ball(Fraction(22, 7))),
        Order("", "", lambda: ball(Fraction(22, 7)), lambda: arb.pi()),
    ),
]


@pytest.mark.parametrize(("good", "bad"), PAIRS, ids=lambda step: type(step).__name__)
def test_a_true_step_holds_and_a_false_one_does_not(good: Step, bad: Step) -> None:
    before = ctx.prec
    assert good.check().holds
    assert not bad.check().holds
    assert ctx.prec == before
    assert isinstance(good.latex(), str)


def test_wide_balls_do_not_agree_by_accident() -> None:
    wide = ball(0).union(ball(1))
    assert not Agreement("", "", lambda: [wide], lambda: [wide]).check().holds


def test_agreement_needs_as_many_numbers_on_both_sides() -> None:
    with pytest.raises(ValueError, match="argument"):
        Agreement("", "", lambda: [arb(1)], lambda: [arb(1), arb(2)]).check()


def test_a_report_counts_grounds_and_shows_failures() -> None:
    report = Derivation(
        (Identity("good", x, x), Identity("bad", x, x + 1), Cited("c", "s"), Argued("a", "t"))
    ).check()
    assert not report.holds
    assert [failure.title for failure in report.failures] == ["bad"]
    assert [report.count(ground) for ground in Ground] == [2, 0, 0, 1, 1]
    assert "1 FAILED" in report.summary()


def test_a_limit_that_sympy_gets_wrong_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    x, n = sp.Symbol("x", positive=True), sp.Symbol("n", integer=True, positive=True)
    to_one = Limit("", (n * x + 1) / (n * x + 2), x, sp.oo, sp.Integer(1))
    assert to_one.check().holds
    monkeypatch.setattr(sp, "limit", lambda *_: sp.Rational(101, 100))
    assert not replace(to_one, value=sp.Rational(101, 100)).check().holds
