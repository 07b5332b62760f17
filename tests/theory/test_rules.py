"""A rule is true where its hypotheses are found to hold, and they are not where it is false."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from depthlaw.theory.claim import (
    LAYER,
    AmGm,
    CauchySchwarz,
    Holder,
    Identity,
    Induction,
    IntermediateValue,
    Jensen,
    Markov,
    Minkowski,
    MonotoneIntegral,
    RotationInvariance,
    SchurOstrowski,
    Tangent,
    Tonelli,
    TouchingParabola,
    TowerProperty,
    UnionBound,
    Uses,
    VertexMaximum,
)
from depthlaw.theory.claim.rules.rule import Rule
from depthlaw.theory.claim.steps import Ground
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.evaluate import evaluate

x, y, m = sp.symbols("x y m", positive=True)
t = sp.Symbol("t", nonnegative=True)
n = sp.Symbol("n", integer=True, positive=True)
numbers = st.fractions(Fraction(1, 50), 20, max_denominator=50)
samples = st.lists(numbers, min_size=1, max_size=5)
CONVEX = (x**2, 1 / x, -sp.log(x), x * sp.log(x), sp.exp(x))
CONCAVE = (sp.sqrt(x), sp.log(x), -(x**2), x / (1 + x))
ROUNDING = 1e-12


def at(expression: sp.Expr, symbol: sp.Symbol, value: object) -> float:
    return float(expression.subs(symbol, sp.Rational(value)))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("f", CONVEX + CONCAVE)
def test_curvature_decides_which_way_jensen_and_tangents_go(f: sp.Expr) -> None:
    convex = f in CONVEX
    assert Jensen("", f, x, m).check().holds is convex
    assert Jensen("", f, x, m, concave=True).check().holds is not convex
    assert Tangent("", f, x, m).check().holds is convex
    assert Tangent("", f, x, m, concave=True).check().holds is not convex


@pytest.mark.parametrize("f", CONVEX + CONCAVE)
@given(values=samples)
def test_jensen_holds_for_every_mean_over_samples(f: sp.Expr, values: list[Fraction]) -> None:
    rule = Jensen("", f, x, m, concave=f in CONCAVE)
    left = mean([at(f, x, value) for value in values])
    right = at(rule.right, m, sum(values) / len(values))
    slack = ROUNDING * (1 + abs(left))
    assert left <= right + slack if rule.relation == "<=" else left >= right - slack


@pytest.mark.parametrize("f", CONVEX + CONCAVE)
@given(place=numbers, point=numbers)
def test_tangents_stay_on_their_side(f: sp.Expr, place: Fraction, point: Fraction) -> None:
    rule = Tangent("", f, x, sp.Rational(point), concave=f in CONCAVE)
    left, right = at(f, x, place), at(rule.right, x, place)
    slack = ROUNDING * (1 + abs(left) + abs(right))
    assert left <= right + slack if rule.relation == "<=" else left >= right - slack


@given(pairs=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5), p=st.fractions(1, 5))
def test_means_of_products_and_sums(pairs: list[tuple[Fraction, Fraction]], p: Fraction) -> None:
    first, second = ([float(pair[k]) for pair in pairs] for k in (0, 1))
    products = mean([a * b for a, b in zip(first, second, strict=True)])
    assert CauchySchwarz("", x, y).check().holds
    squares = mean([a**2 for a in first]) * mean([b**2 for b in second])
    assert products**2 <= squares * (1 + ROUNDING)
    power = float(p)

    def norm(values: list[float], q: float) -> float:
        return mean([value**q for value in values]) ** (1 / q)

    assert Minkowski("", x, y, sp.Rational(p)).check().holds
    together = norm([a + b for a, b in zip(first, second, strict=True)], power)
    assert together <= (norm(first, power) + norm(second, power)) * (1 + ROUNDING)
    if p > Fraction(11, 10):
        rule = Holder("", x, y, sp.Rational(p))
        assert rule.check().holds
        bound = norm(first, power) * norm(second, float(rule.conjugate))
        assert products <= bound * (1 + ROUNDING)


@given(values=samples)
def test_the_geometric_mean_is_the_smaller(values: list[Fraction]) -> None:
    a = sp.IndexedBase("a", positive=True)
    i = sp.Symbol("i", integer=True, positive=True)
    rule = AmGm("", a[i], i, sp.Integer(len(values)))
    assert rule.check().holds
    entries = {a[k]: sp.Rational(value) for k, value in enumerate(values, start=1)}
    left, right = (side.doit().subs(entries) for side in (rule.left, rule.right))
    assert float(left) <= float(right) * (1 + ROUNDING)


@given(values=st.lists(numbers, min_size=2, max_size=5))
def test_convex_sums_are_largest_at_a_vertex(values: list[Fraction]) -> None:
    size, least, total = len(values), min(values), sum(values)
    for f in CONVEX + CONCAVE:
        rule = VertexMaximum(
            "", f, x, sp.Rational(least), sp.Rational(total), sp.Integer(size), f in CONCAVE
        )
        assert rule.check().holds
        value, vertex = sum(at(f, x, entry) for entry in values), float(rule.right)
        slack = ROUNDING * (1 + abs(value) + abs(vertex))
        assert value <= vertex + slack if f in CONVEX else value >= vertex - slack


@pytest.mark.parametrize("f", [sp.log(x), x**3, sp.sqrt(x), -1 / x, x**2])
@given(place=numbers, meets=numbers, touches=numbers)
def test_a_touching_parabola_changes_sides_where_it_meets(
    f: sp.Expr, place: Fraction, meets: Fraction, touches: Fraction
) -> None:
    assume(meets != touches)
    rule = TouchingParabola("", f, x, sp.Rational(meets), sp.Rational(touches), place <= meets)
    assert rule.check().holds
    with precision(256):
        left, right = (evaluate(side, {x: ball(place)}) for side in (rule.left, rule.right))
    assert not (left > right if place <= meets else left < right)


@given(values=st.tuples(numbers, numbers), share=st.fractions(0, Fraction(1, 2)))
def test_schur_convex_functions_fall_when_entries_move_together(
    values: tuple[Fraction, Fraction], share: Fraction
) -> None:
    a, b = values
    moved = (a + share * (b - a), b - share * (b - a))
    for f, concave in (
        (x**2 + y**2, False),
        (sp.exp(x) + sp.exp(y), False),
        (x * y, True),
        (sp.sqrt(x) + sp.sqrt(y), True),
    ):
        # A sum of one function of each is Schur-convex where that is convex; the machine finds
        # the sign only where it factors, so that polynomials are asked for.
        if f.is_polynomial():
            assert SchurOstrowski("", f, x, y, concave).check().holds
            assert not SchurOstrowski("", f, x, y, not concave).check().holds
        before, after = (
            float(f.subs({x: sp.Rational(u), y: sp.Rational(v)})) for u, v in (values, moved)
        )
        slack = ROUNDING * (1 + abs(before))
        assert after >= before - slack if concave else after <= before + slack


@given(
    factor=st.fractions(0, Fraction(9, 10)),
    noise=st.fractions(0, 3),
    start=st.fractions(0, 9),
    losses=st.lists(st.fractions(0, 1), min_size=1, max_size=6),
)
def test_an_induction_bounds_every_sequence_that_obeys_its_step(
    factor: Fraction, noise: Fraction, start: Fraction, losses: list[Fraction]
) -> None:
    r, c, s = (sp.Rational(value) for value in (factor, noise, start))
    bound = r**LAYER * s + c / (1 - r)
    assert Induction("", "x_k", r * x + c, x, s, bound).check().holds or r == 0
    value = sp.Rational(losses[0]) * s
    for k, loss in enumerate(losses[1:], start=1):
        value = sp.Rational(loss) * (r * value + c)
        assert value <= bound.subs(LAYER, k)


def test_an_induction_in_letters() -> None:
    c, s = sp.symbols("c s", nonnegative=True)
    share = sp.Symbol("q", positive=True)  # r = 1/(1+q) lies below 1
    below = 1 / (1 + share)
    bound = below**LAYER * s + c / (1 - below)
    assert Induction("", "x_k", below * x + c, x, s, bound).check().holds
    assert not Induction("", "x_k", below * x + 2 * c, x, s, bound).check().holds
    assert not Induction("", "x_k", below * x + c, x, 2 * s + c, bound).check().holds
    assert not Induction("", "x_k", -x, x, s, s).check().holds


ZERO, TWO = sp.Integer(0), sp.Integer(2)
CONTINUOUS = (
    x**3 - 2,
    sp.exp(x) - 3,
    sp.log(x),
    sp.sqrt(x) - 1,
    sp.acos(x / 3) - 1,
    sp.atan(x) - sp.Rational(1, 2),
    x**x - 2,
    1 / (1 + x) - sp.Rational(1, 2),
)
BROKEN = (
    1 / (x - 1),  # a pole where the sign changes
    sp.sign(x - 1),
    sp.floor(x) - sp.Rational(1, 2),
    sp.tan(x) + 1 / x**9 - 2,
    sp.log(x - 1),
    sp.acos(x) - 1,
    sp.sqrt(x - 1) - sp.Rational(1, 2),
)


@pytest.mark.parametrize("f", CONTINUOUS)
def test_a_continuous_function_that_changes_its_sign_has_a_zero(f: sp.Expr) -> None:
    falling = at(f, x, Fraction(2)) < 0
    root = float(sp.nsolve(f, x, (0.01, 1.99), solver="bisect"))
    for low, high in ((ZERO, TWO), (sp.Integer(1), TWO), (ZERO, sp.Integer(1))):
        rule = IntermediateValue("", f, x, low, high, falling)
        assert rule.check().holds is bool(low < root < high)
        assert not replace(rule, falling=not falling).check().holds


@pytest.mark.parametrize("f", BROKEN)
def test_what_may_jump_is_not_taken_for_continuous(f: sp.Expr) -> None:
    for falling in (False, True):
        assert not IntermediateValue("", f, x, ZERO, TWO, falling).check().holds


def test_a_zero_in_letters_needs_both_signs_for_all_their_values() -> None:
    box = {y: (Fraction(0), Fraction(3, 2))}
    assert IntermediateValue("", x**2 - y, x, ZERO, TWO, box=box).check().holds
    assert not IntermediateValue("", x**2 - y, x, ZERO, TWO).check().holds
    assert not IntermediateValue("", x**2 - 3 * y, x, ZERO, TWO, box=box).check().holds
    for low, high in ((TWO, TWO), (-TWO, TWO), (ZERO, y)):  # x is positive, and y no number
        assert not IntermediateValue("", x - 1, x, low, high).check().holds


@pytest.mark.parametrize("powers", [(2, 0), (2, 2), (4, 2), (4, 4)])
def test_directions_have_the_moments_of_a_dirichlet_law(powers: tuple[int, int]) -> None:
    """(u_1², …, u_n²) is Dirichlet(1/2, …), whose moments are Pochhammer symbols."""
    rule = RotationInvariance("", x ** powers[0] * y ** powers[1], (x, y), sum(powers), n)
    assert rule.check().holds
    gaussian = sp.Mul(*(sp.factorial2(power - 1) for power in powers if power))
    half = sp.Rational(1, 2)
    dirichlet = sp.Mul(*(sp.rf(half, power // 2) for power in powers)) / sp.rf(
        n / 2, sum(powers) // 2
    )
    assert Identity("", gaussian / rule.factor, sp.expand_func(dirichlet)).check().holds


@given(values=samples)
def test_the_mean_of_an_integral_is_the_integral_of_the_mean(values: list[Fraction]) -> None:
    shown = [sp.Rational(value) for value in values]
    average = sum((sp.exp(-t * value) for value in shown), sp.Integer(0)) / len(shown)
    rule = Tonelli("", sp.exp(-t * x), average, t, sp.Integer(0), sp.oo, sp.Integer(2))
    assert rule.check().holds
    (integral,) = rule.left.atoms(sp.Integral)
    means = sum((integral.subs(x, value).doit() for value in shown), sp.Integer(0)) / len(shown)
    assert sp.simplify(rule.right.doit() - 2 * means) == 0


def test_conditions_that_fail_are_named() -> None:
    k = sp.Symbol("k", integer=True, positive=True)
    real = sp.Symbol("z", real=True)
    false: list[Rule] = [
        Holder("", x, y, sp.Rational(1, 2)),
        Holder("", real, y, sp.Integer(2)),
        Minkowski("", x, y, sp.Rational(1, 2)),
        Markov("", real, x),
        Markov("", x, real),
        TouchingParabola("", 1 / x, x, m, sp.Integer(1)),
        TouchingParabola("", sp.log(x), x, m, m),
        MonotoneIntegral("", 1 / (1 + t), 1 / (1 + t) ** 2, t, sp.Integer(0), sp.oo),
        RotationInvariance("", x**2 * y, (x, y), 2, n),
        RotationInvariance("", x, (x,), 1, n),
        Tonelli("", real, x, t, sp.Integer(0), sp.oo),
        TowerProperty("", real, real),
        UnionBound("", "A", real, k, n),
        CauchySchwarz("", sp.I * x, y),
    ]
    for rule in false:
        result = rule.check()
        assert not result.holds
        assert result.ground is Ground.RULE
        assert result.detail.startswith("not shown: ")


def test_another_claim_is_used_only_where_it_is_proved_and_its_hypotheses_hold() -> None:
    assert "no claim" in Uses("", "rank.no-such-lemma").check().detail
    # A conjecture has no proof that could be used.
    assert not Uses("", "rank.soft-rank").check().holds
