"""Inverse questions: the answer meets the target, its predecessor does not, and bounds do fall."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.registry import claim, claims
from depthlaw.theory.claim.solve import smallest, smallest_not_vacuous
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.values import certainly_at_most

THEOREM = claim("orthogonalization.theorem-1-corrected")
SOLVABLE = [found for found in claims() if found.decreasing]


@given(
    batch=st.integers(2, 12),
    depth=st.integers(20, 400),
    share=st.fractions(Fraction(1, 2), 1, max_denominator=20),
    target=st.fractions(Fraction(1, 10), 1, max_denominator=100),
)
def test_the_answer_meets_the_target_and_its_predecessor_does_not(
    batch: int, depth: int, share: Fraction, target: Fraction
) -> None:
    others = {"batch": batch, "depth": depth, "alpha": share / batch}
    if 2 * (1 - 2 * share / (3 * batch)) ** depth >= target:
        with pytest.raises(ArgumentError, match="target = "):
            smallest(THEOREM, "width", target, **others)
        return
    found = smallest(THEOREM, "width", target, **others).smallest
    at = THEOREM.bound(**others, width=found).ball
    assert at <= float(target) * (1 + 2**-50)
    if found > batch:
        assert THEOREM.bound(**others, width=found - 1).ball > float(target) * (1 - 2**-50)


@pytest.mark.parametrize("batch", [2, 3, 4, 8, 16])
def test_theorem_1_speaks_from_the_width_that_the_sheet_gives(batch: int) -> None:
    found = smallest_not_vacuous(
        THEOREM, "width", batch=batch, depth=10**5, alpha=Fraction(1, batch)
    )
    threshold = Fraction(9 * batch**5, batch - 1)
    assert found.smallest == int(threshold) + 1


def test_the_sharp_bound_speaks_orders_of_magnitude_earlier() -> None:
    at = {"batch": 8, "depth": 10**4, "alpha": Fraction(1, 8)}
    printed = smallest_not_vacuous(THEOREM, "width", **at).smallest
    tight = smallest_not_vacuous(claim("orthogonalization.tight-gap"), "width", **at).smallest
    assert 1000 * tight < printed


@pytest.mark.parametrize("found", SOLVABLE, ids=lambda c: c.id)
def test_bounds_fall_with_what_they_are_said_to_fall_with(found: Claim) -> None:
    for check in found.checks:
        start = found.accept(check.parameters)
        here = found.bound(**start)
        for name in found.decreasing:
            value = start[name]
            assert isinstance(value, int)
            for factor in (2, 10, 1000):
                further = found.bound(**{**start, name: factor * value})
                assert certainly_at_most(further, here) is not False


@pytest.mark.parametrize(
    ("parameter", "target", "others", "says"),
    [
        ("alpha", 0.1, {"batch": 4, "width": 100, "depth": 5}, "there is no such parameter"),
        ("width", 0.0, {"batch": 4, "depth": 50, "alpha": Fraction(1, 4)}, "target = 0"),
        ("width", float("nan"), {"batch": 4, "depth": 50, "alpha": Fraction(1, 4)}, "target = nan"),
        ("width", 0.1, {"batch": 4, "depth": 2, "alpha": Fraction(1, 4)}, "stays above"),
        ("depth", 0.1, {"batch": 4, "width": 100, "alpha": Fraction(1, 4)}, "stays above"),
        ("width", 0.1, {"batch": 4, "depth": 2, "alpha": Fraction(1, 2)}, "alpha = 0.5"),
        ("width", 0.1, {"batch": 4, "depth": 2, "width": 8, "alpha": Fraction(1, 4)}, "width = 8"),
        ("width", 0.1, {"batch": 4, "alpha": Fraction(1, 4)}, "depth = missing"),
    ],
)
def test_bad_questions_are_one_sentence(
    parameter: str, target: float, others: dict[str, object], says: str
) -> None:
    with pytest.raises((ArgumentError, UnknownNameError), match=says):
        smallest(THEOREM, parameter, target, **others)
