"""What a bound says at given parameters has three answers, and ends of ranges may be floats."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.numerics.verify import verify
from depthlaw.render.bound_text import Evaluation, bound_document, what_it_says
from depthlaw.theory.claim.check import Check, Computed
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.ends import simplest
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.parameter import Domain
from depthlaw.theory.claim.registry import claim, claims
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.claim.statement import upper
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.values import Enclosure, Estimate, Value

THEOREM = claim("orthogonalization.theorem-1-corrected")
NO_EXPENSIVE_BOUND = [
    found
    for found in claims()
    if found.statement.by is None and all(p.domain is not Domain.SPECTRUM for p in found.parameters)
]
EXTREMES = (
    *(0, 1, 2, 3, 16, 10**6, 10**18, 10**60, 10**300, -1),
    *(Fraction(1, 2), Fraction(1, 3), Fraction(1, 10**300), 1 - Fraction(1, 10**40), 0.1),
)


def test_no_share_of_eigenvalues_survives_above_the_end_of_the_spectrum() -> None:
    """The leading term is exactly 0 at s = 2, where the statement ends, and tiny just below."""
    from depthlaw.theory.claims.rank import surviving_count as count

    assert count.FORMULA.subs(count.SHARE.symbol, 2) == 0
    statement = claim("rank.surviving-count")
    with pytest.raises(ArgumentError, match="share = 2: "):
        statement.bound(width=1024, batch=100, share=2)
    below = {"width": 1024, "batch": 100, "share": 2 - Fraction(1, 10**12)}
    found = Evaluation.of(statement, below)
    assert 0 < found.sides.bound.lower <= found.sides.bound.upper < 1e-15
    assert found.sides.vacuous is False


def test_more_bits_decide_where_the_first_do_not() -> None:
    deep = {"width": 10, "batch": 4, "depth": 10**300, "alpha": Fraction(1, 10**300)}
    found = Evaluation.of(THEOREM, deep)
    assert found.sides.vacuous is True
    assert math.isclose(found.sides.bound.lower, 12 / math.sqrt(10) * 1e300, rel_tol=1e-12)


@pytest.mark.parametrize("sense", list(Sense))
@pytest.mark.parametrize(
    "bound",
    [arb.nan(), arb.pos_inf(), arb.neg_inf(), arb(0, math.inf), arb(10) ** 400],
    ids=["nan", "inf", "-inf", "whole line", "beyond floats"],
)
def test_what_is_not_known_to_be_finite_never_says_something(sense: Sense, bound: arb) -> None:
    for trivial in (None, Enclosure.of(1)):
        assert sense.vacuous(Enclosure(bound), trivial) is not False
        assert sense.vacuous(Enclosure.of(1), Enclosure(bound)) is not False


@given(st.data())
def test_at_the_extremes_of_its_parameters_a_bound_is_finite_or_not_called_informative(
    data: st.DataObject,
) -> None:
    found = data.draw(st.sampled_from(NO_EXPENSIVE_BOUND))
    given_ = {p.name: data.draw(st.sampled_from(EXTREMES), label=p.name) for p in found.parameters}
    try:
        evaluation = Evaluation.of(found, given_)
    except DepthlawError:
        return
    document = json.loads(json.dumps(bound_document(evaluation), default=str))
    assert document["vacuous"] in (True, False, None)
    ends = (evaluation.sides.bound.lower, evaluation.sides.bound.upper)
    if evaluation.sides.vacuous is False:
        assert all(map(math.isfinite, ends))
    if evaluation.sides.vacuous is None:
        assert what_it_says(evaluation).startswith("It cannot be told here whether")


def test_an_exact_tie_says_nothing() -> None:
    assert claim("orthogonalization.lemma-8").vacuous(batch=10**60, smallest=0) is True
    assert claim("isometry.lemma-a4").vacuous(batch=4, largest=Fraction(1, 3)) is True


def _undecided(value: Value) -> Claim:
    """Return a claim whose bound may be better than what is trivial, or not: nobody can tell."""
    return _bounded(Enclosure.between(Fraction(1, 2), 2), value)


def _bounded(bound: Value, value: Value) -> Claim:
    """Return a claim on a quantity of at most 1, with one check."""
    lemma = claim("orthogonalization.lemma-4")
    return Claim(
        id="own.undecided",
        title="a bound that is known too roughly",
        statement=upper(
            sp.Symbol("x"),
            sp.Integer(1),
            trivial=sp.Integer(1),
            by=lambda _: bound,
        ),
        source=lemma.source,
        status=lemma.status,
        expected=Outcome.CERTIFIED,
        parameters=(),
        checks=(Check("one", {}, Computed(lambda: value)),),
        derivation=lemma.derivation,
        control=None,
    )


def test_what_cannot_be_told_is_neither_vacuous_nor_informative() -> None:
    roughly = _undecided(Enclosure.of(0))
    assert roughly.vacuous() is None
    assert bound_document(Evaluation.of(roughly, {}))["vacuous"] is None
    verdict = verify(roughly).verdicts[0]
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "cannot be told" in verdict.checks[0].advice
    assert verify(_undecided(Enclosure.of(3))).verdicts[0].outcome is Outcome.REFUTED


@pytest.mark.parametrize("slack", [Fraction(1, 10**5), Fraction(1, 10**12), Fraction(1, 3)])
def test_a_ratio_of_one_is_not_put_into_words(slack: Fraction) -> None:
    near = _bounded(Enclosure.of(1 - slack), Enclosure.of((1 - slack) ** 2))
    advice = verify(near).verdicts[0].checks[0].advice
    says = what_it_says(Evaluation.of(near, {}))
    for text in (advice, says):
        assert ("1.5 times " in text) == (slack == Fraction(1, 3))
        assert " 1 times " not in text
    # An estimate of what attains the bound may come out above it.
    above = Estimate(0.51, 0.4, 0.6, 0.01, 100, 0)
    measured = verify(_bounded(Enclosure.of(Fraction(1, 2)), above)).verdicts[0].checks[0]
    assert " times looser" not in measured.advice


def test_numbers_come_in_every_kind() -> None:
    exact = THEOREM.bound(width=100_000, batch=4, depth=10, alpha=Fraction(1, 8))
    for width in (np.int64(100_000), np.float32(100_000), 1e5, np.array(100_000)):
        same = THEOREM.bound(width=width, batch=np.int32(4), depth=10.0, alpha=np.float32(0.125))
        assert (same.lower, same.upper) == (exact.lower, exact.upper)
    for wrong in (True, "4", 4.5, 1j, None, [4]):
        with pytest.raises(ArgumentError, match="batch = "):
            THEOREM.bound(width=100, batch=wrong, depth=10, alpha=0.1)


def test_one_over_n_is_at_most_one_over_n_however_it_was_computed() -> None:
    lemma = claim("orthogonalization.lemma-4")
    for n in (*range(2, 100), *range(101, 2001, 19)):
        for computed in (
            1 / n,
            0.1 / n * 10,
            100 * (1 / n) / 100,
            1 - (n - 1) / n if n < 9 else 1 / n,
        ):
            taken = lemma.accept({"batch": n, "lyapunov": computed})["lyapunov"]
            assert taken == (Fraction(1, n) if Fraction(computed) * n > 1 else Fraction(computed))
        with pytest.raises(ArgumentError, match="at most 1/batch"):
            lemma.accept({"batch": n, "lyapunov": (1 + 1e-12) / n})
        with pytest.raises(ArgumentError, match="at most 1/batch"):
            lemma.accept({"batch": n, "lyapunov": Fraction(1, n) + Fraction(1, 10**30)})


def test_an_end_that_is_a_root_takes_the_computednext_to_it() -> None:
    theorem = claim("orthogonalization.theorem-1")
    for n in range(2, 200):
        alpha = 1 / math.sqrt(n)
        taken = theorem.accept({"width": 10**6, "batch": n, "depth": 3, "alpha": alpha})["alpha"]
        assert abs(taken - Fraction(alpha)) <= Fraction(4, 2**53) * Fraction(alpha)
        assert taken**2 * n <= 1


def test_an_end_that_is_left_out_stays_left_out() -> None:
    tight = claim("orthogonalization.tight-gap")
    for n in (n for n in range(2, 60) if Fraction(1 / (n + 2)) * (n + 2) <= 1):
        with pytest.raises(ArgumentError, match=r"alpha .* must satisfy α > 1/\(n \+ 2\)"):
            tight.accept({"width": 10**6, "batch": n, "depth": 3, "alpha": 1 / (n + 2)})


@given(st.fractions(max_denominator=10**4), st.fractions(min_value=0, max_denominator=10**6))
def test_the_simplest_fraction_has_the_smallest_denominator(low: Fraction, size: Fraction) -> None:
    found = simplest(low, low + size)
    assert low <= found <= low + size
    below = range(max(1, found.denominator - 50), found.denominator)
    assert not any(math.ceil(low * q) <= (low + size) * q for q in below)
