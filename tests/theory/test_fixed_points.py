"""Fixed points, the four cases, rates, depths, trajectories, and the order–chaos quantities."""

import math
import sys
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.activations import activation, from_text
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.hermite.normal import centred
from depthlaw.theory.kernels import (
    Case,
    CorrelationMap,
    Decay,
    Fate,
    Phase,
    centred_map,
    critical_point,
    decide_case,
    depth_to_reach,
    fixed_points,
    normalised_map,
    order_chaos,
    rate,
    trajectory,
)
from depthlaw.theory.kernels.fixed_points import _bracket, _without_slope
from depthlaw.theory.kernels.phases import _scale, square_mean
from depthlaw.theory.kernels.rates import _double_exponential
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.values import Enclosure, Exact

# fixed_points.md, "To reproduce": κ(0), κ′(0), κ′(1), ρ*, κ′(ρ*), case; to all printed digits
TABLE = {
    "tanh": ("0", ".93047", "1.17781", "0", ".93047", 1),
    "sin": ("0", ".85092", "1.31304", "0", ".85092", 1),
    "erf": ("0", ".91358", "1.22570", "0", ".91358", 1),
    "relu": (None, "0.5", "1", "1", "1", 3),
    "exp": (None, None, "1", "1", "1", 3),
    "cos": (".64805", "0", None, "1", ".76159", 2),
    "sigmoid": (".85214", ".14552", ".15283", "1", ".15283", 2),
    "gelu": (".18714", ".58793", "1.07203", ".760402", ".93273", 4),
    "elu": (".03995", ".89930", "1.03590", ".597568", ".96971", 4),
}
CURVED = (*TABLE, "silu", "mish", "softplus", "selu", "abs", "step", "sign", "relu_squared",
          "hard_tanh", "gaussian", "normal_cdf", "monomial(2)", "hermite(3)", "celu(2)",
          "gelu_tanh")  # fmt: skip


SMOOTH = ("gelu_tanh", "mish", "silu", "softplus")
"""Without a closed form, like `tanh` and `sigmoid`."""


def alike(names: Iterable[str]) -> list[Any]:
    """Return names as parameters; what repeats others of its kind is slow."""
    return [pytest.param(n, marks=pytest.mark.slow if n in SMOOTH else ()) for n in names]


def mapped(name: str) -> CorrelationMap:
    return normalised_map(activation(name))


def printed_as(value: arb, printed: str | None) -> bool:
    if printed is None:
        return True
    digits = len(printed.partition(".")[2])
    with precision(128):
        return bool(abs(value - ball(Fraction(printed))) <= ball(Fraction(1, 2 * 10**digits)))


@pytest.mark.parametrize("name", TABLE)
def test_table_of_the_sheet(name: str) -> None:
    f = mapped(name)
    start, first, last, place, slope, case = TABLE[name]
    found = fixed_points(f)
    with precision(128):
        assert printed_as(ball_of(f.at_zero), start)
        assert printed_as(ball_of(f.slope_at_zero), first)
        assert printed_as(ball_of(f.slope_at_one), last)
    assert printed_as(found.attractor.location.ball, place)
    assert printed_as(found.attractor.slope.ball, slope)
    assert found.case == case


def test_exact_entries_of_the_table() -> None:
    assert sp.simplify(mapped("relu").at_zero - 1 / sp.pi) == 0
    assert sp.simplify(mapped("exp").at_zero - sp.exp(-1)) == 0
    assert sp.simplify(mapped("exp").slope_at_zero - sp.exp(-1)) == 0
    cosine = mapped("cos").slope_at_one - sp.tanh(1)
    assert sp.simplify(cosine.rewrite(sp.exp)) == 0


@pytest.mark.parametrize("slope", ["-0.5", "0", "0.01", "1/3", "0.999999", "7"])
def test_two_slopes_are_case_three_exactly(slope: str) -> None:
    """κ′(1) = 1 as an equality for every a·min(x, 0) + b·max(x, 0) that is not linear."""
    f = mapped(f"two_slope({slope};1)")
    assert decide_case(f) is Case.COLLAPSES_SLOWLY
    assert fixed_points(f).attractor.location == Exact(sp.Integer(1))
    found = rate(f)
    assert (found.decay, found.power) == (Decay.POLYNOMIAL, 2)
    a = sp.Rational(slope)
    wanted = sp.Rational(9, 2) * sp.pi**2 * ((1 + a**2) / (1 - a) ** 2) ** 2
    assert isinstance(found.constant, Exact)
    assert sp.simplify(found.constant.expression - wanted) == 0


def test_the_rate_of_exp() -> None:
    found = rate(mapped("exp"))
    assert (found.decay, found.power) == (Decay.POLYNOMIAL, 1)
    assert found.constant == Exact(sp.Integer(2))


def test_selu_is_case_one_exactly() -> None:
    """Its constants solve E φ = 0 and E φ² = 1: an equality, not 10^{−17}."""
    assert decide_case(mapped("selu")) is Case.ORTHOGONALISES
    assert printed_as(ball_of(mapped("selu").slope_at_one), "1.0716")


@pytest.mark.parametrize(
    "name", alike(n for n in CURVED if n not in ("celu(2)", "selu", "hard_tanh"))
)
def test_there_is_no_other_fixed_point(name: str) -> None:
    """Subdivision finds f(ρ) ≠ ρ away from the fixed points that are claimed to be all."""
    f = mapped(name)
    found = fixed_points(f)
    known = [p.location.ball for p in (found.attractor, *found.others)]
    gap = arb(1) / 64
    todo = [(arb(-1), arb(1))]
    for _ in range(2000):
        if not todo:
            return
        low, high = todo.pop()
        piece = low.union(high)
        if any(abs(piece - place) < gap for place in known):
            continue
        middle = (low + high) / 2
        with precision(128):
            value = f.over(0, piece) - piece
            around = f.point(0, middle) - middle + (f.over(1, piece) - 1) * (piece - middle)
        if value > 0 or value < 0 or around > 0 or around < 0:
            continue
        todo += [(low, middle), (middle, high)]
    raise AssertionError(f"undecided near {todo[-1]}")


@pytest.mark.parametrize("name", alike(CURVED))
def test_fixed_points_are_fixed_and_the_attractor_attracts(name: str) -> None:
    f = mapped(name)
    found = fixed_points(f)
    assert found.attractor.attracting
    assert not any(point.attracting for point in found.others)
    for point in (found.attractor, *found.others):
        place = point.location.ball
        assert f.over(0, place).overlaps(place)
    start = trajectory(f, Fraction(1, 2), 1)
    target = found.attractor.location.ball
    before, after = abs(start[0].ball - target), abs(start[1].ball - target)
    assert after < before or target.overlaps(start[0].ball)


def test_interval_newton_is_sharp() -> None:
    with precision(200):
        place = fixed_points(mapped("monomial(2)")).attractor.location.ball
        assert place.contains(arb(1) / 2)
        assert place.rad() < arb(2) ** -150
    assert fixed_points(mapped("silu")).attractor.location.ball.rad() < arb(10) ** -15


def test_affine_functions_have_no_case() -> None:
    for name in ("identity", "polynomial(1;2)", "polynomial(3)"):
        with pytest.raises(ArgumentError, match="affine"):
            decide_case(mapped(name))


def test_centred_maps_are_case_one() -> None:
    for name in ("relu", "gelu", "sigmoid", "exp", "softplus"):
        assert decide_case(centred_map(activation(name))) is Case.ORTHOGONALISES
        assert decide_case(normalised_map(centred(activation(name)))) is Case.ORTHOGONALISES


def test_residual_maps_have_the_same_fixed_points() -> None:
    f = mapped("monomial(2)")
    g = f.residual(Fraction(1, 2))
    assert fixed_points(g).attractor.location.ball.contains(arb(1) / 2)
    assert fixed_points(g).attractor.slope.ball > fixed_points(f).attractor.slope.ball


@pytest.mark.parametrize("name", ["tanh", "gelu", "sigmoid", "cos", "elu", "monomial(2)"])
def test_geometric_rates_are_seen_in_trajectories(name: str) -> None:
    """Successive distances have a ratio that tends to the rate, from one side: f is convex."""
    f = mapped(name)
    target, slope = fixed_points(f).attractor.location.ball, rate(f).constant.ball
    path = trajectory(f, Fraction(1, 3), 40)
    with precision(256):
        ratios = []
        for before, after in zip(path[-9:], path[-8:], strict=False):
            ratios.append((after.ball - target) / (before.ball - target))
        errors = [abs(ratio - slope) for ratio in ratios]
    assert errors[-1] < errors[0] or errors[0].overlaps(arb(0))


def test_polynomial_rates_are_seen_in_trajectories() -> None:
    """ℓ^p (1 − ρ_ℓ) approaches the constant as ℓ doubles."""
    for name in ("relu", "exp"):
        found = rate(mapped(name))
        path = trajectory(mapped(name), Fraction(1, 2), 800)
        errors = []
        for depth in (100, 200, 400, 800):
            with precision(128):
                scaled = depth**found.power * (1 - path[depth].ball) / found.constant.ball
            errors.append(abs(scaled - 1))
        assert errors[3] < errors[2] < errors[1] < errors[0]


@pytest.mark.parametrize(("name", "power"), [("hermite(3)", 3), ("hermite(2)", 2)])
def test_double_exponential_rates(name: str, power: int) -> None:
    found = rate(mapped(name))
    assert (found.decay, found.power) == (Decay.DOUBLE_EXPONENTIAL, power)
    path = trajectory(mapped(name), Fraction(1, 2), 4)
    assert path[4].ball.overlaps((arb(1) / 2) ** (power**4))


@settings(max_examples=settings.default.max_examples // 4)
@given(
    name=st.sampled_from(["tanh", "relu", "gelu", "cos", "sin", "exp", "sigmoid"]),
    start=st.fractions(-1, 1, max_denominator=100),
)
def test_trajectories_stay_between_their_start_and_one(name: str, start: Fraction) -> None:
    for rho in trajectory(mapped(name), start, 12):
        assert rho.lower >= -1 or rho.ball.overlaps(arb(-1))
        assert not rho.ball > 1


def test_trajectories_keep_their_accuracy() -> None:
    for name, digits in (("relu", 100), ("tanh", 18), ("gelu", 100)):
        last = trajectory(mapped(name), Fraction(1, 3), 100)[-1].ball
        assert last.rad() < arb(10) ** -digits


def test_the_printed_case_four_rate_is_refuted() -> None:
    """φ = x²/√3: α = 2/3 as printed lets the distance at ℓ = 20 be .01474, and it is .03514."""
    path = trajectory(mapped("monomial(2)"), Fraction(99, 100), 20)
    distance = path[20].ball - arb(1) / 2
    assert printed_as(distance, ".03514")
    with precision(128):
        printed = (arb(2) / 3) ** 20 * ball(Fraction(49, 100)) * 100
        corrected = (arb(3) / 4) ** 20 * ball(Fraction(49, 100)) * 100
    assert printed_as(printed, ".01474")
    assert distance > printed
    assert distance < corrected


def test_depths() -> None:
    f = mapped("hermite(2)")
    # ρ_ℓ = 2^{−2^ℓ} ≤ 10^{−30} first at ℓ = 7
    assert depth_to_reach(f, Fraction(1, 2), Fraction(1, 10**30)) == 7
    assert depth_to_reach(f, Fraction(1, 2), Fraction(1, 2)) == 0
    relu = mapped("relu")
    depth = depth_to_reach(relu, 0, Fraction(99, 100))
    path = trajectory(relu, 0, depth)
    assert path[depth].lower >= 0.99
    assert path[depth - 1].ball < ball(Fraction(99, 100))


@pytest.mark.parametrize(
    ("start", "target"),
    [(Fraction(1, 2), Fraction(9, 10)), (Fraction(9, 10), Fraction(1, 2)), (1, Fraction(1, 2))],
)
def test_depths_that_are_never_reached(start: Fraction, target: Fraction) -> None:
    with pytest.raises(ArgumentError, match="never passes"):
        depth_to_reach(mapped("gelu"), start, target)


@pytest.mark.parametrize("start", [2, -1.5, float("nan")])
def test_bad_starts(start: float) -> None:
    with pytest.raises(ArgumentError):
        trajectory(mapped("relu"), start, 3)
    with pytest.raises(ArgumentError):
        trajectory(mapped("relu"), 0, -1)


def test_erf_has_a_closed_order_and_chaos() -> None:
    """For erf, V(q) = σ_w² (2/π) arcsin(2q/(1+2q)) + σ_b² and χ_1 = σ_w² (4/π)/√(1+4q)."""
    found = order_chaos(activation("erf"), 2, Fraction(1, 2))
    q = found.variance.ball
    with precision(128):
        image = 4 / arb.pi() * (2 * q / (1 + 2 * q)).asin() + arb(1) / 2
        assert (image - q).contains(0)
        assert found.chi_one.ball.overlaps(8 / arb.pi() / (1 + 4 * q).sqrt())
    assert found.phase is Phase.ORDERED
    assert found.fixed_point is not None
    assert found.fixed_point.ball == 1
    assert found.depth_scale is not None
    assert found.depth_scale.ball.overlaps(-1 / found.chi_one.ball.log())


def test_relu_is_critical_at_two_exactly() -> None:
    assert order_chaos(activation("relu"), 2, 0).phase is Phase.CRITICAL
    assert order_chaos(activation("relu"), 1, 1).phase is Phase.ORDERED
    assert order_chaos(activation("relu"), 1, 1).variance.ball.contains(2)


def test_chaos_of_sine() -> None:
    """sin: V(q) = σ_w² (1 − e^{−2q})/2 and χ_1 = σ_w² (1 + e^{−2q})/2, so that χ_1 = σ_w² − q*."""
    found = order_chaos(activation("sin"), 3, 0)
    with precision(128):
        q = found.variance.ball
        assert q.overlaps(3 * (1 - (-2 * q).exp()) / 2)
        assert found.chi_one.ball.overlaps(3 - q)
        # c ← σ_w² e^{−q} sinh(qc)/q: slope σ_w² e^{−q} at c* = 0
        assert found.depth_scale is not None
        assert found.depth_scale.ball.overlaps(-1 / (3 * (-q).exp()).log())
    assert found.phase is Phase.CHAOTIC
    assert found.fixed_point is not None
    assert found.fixed_point.ball == 0


@pytest.mark.parametrize("name", ["tanh", "hard_tanh", pytest.param("erf", marks=pytest.mark.slow)])
def test_the_critical_line_is_critical(name: str) -> None:
    phi = activation(name)
    weight, bias = critical_point(phi, Fraction(1, 2))
    assert bias.ball > 0
    with precision(128):
        q = ball(Fraction(1, 2))
        assert (weight.ball * square_mean(phi, q) + bias.ball - q).contains(0)
        assert (weight.ball * square_mean(phi.derivative(), q) - 1).contains(0)
    inside = order_chaos(phi, weight.lower * 0.9, bias.upper)
    outside = order_chaos(phi, weight.upper * 1.1, bias.lower)
    assert inside.phase is Phase.ORDERED
    assert outside.phase is Phase.CHAOTIC
    assert outside.fixed_point is not None
    assert 0 < outside.fixed_point.lower <= outside.fixed_point.upper < 1


def test_square_means_agree_with_the_kernel_of_a_gain() -> None:
    for name in ("hard_tanh", "gelu", "softplus", "elu"):
        phi = activation(name)
        with precision(128):
            direct = square_mean(phi, ball(Fraction(9, 4)))
            assert direct.overlaps(ball_of(normalised_map(phi.gain(Fraction(3, 2))).kernel.at_one))


@pytest.mark.parametrize(
    ("name", "weight", "bias", "why"),
    [
        ("tanh", 0, 1, "above 0"),
        ("tanh", -1, 1, "at least 0"),
        ("tanh", 1, -1, "at least 0"),
        ("tanh", float("nan"), 1, "finite"),
    ],
)
def test_bad_order_chaos(name: str, weight: float, bias: float, why: str) -> None:
    with pytest.raises(ArgumentError, match=why):
        order_chaos(activation(name), weight, bias)


@pytest.mark.parametrize(
    ("name", "weight", "bias", "fate", "end"),
    [
        ("relu", 2, Fraction(1, 10), Fate.GROWS, float("inf")),
        ("relu", 3, 1, Fate.GROWS, float("inf")),
        ("relu", 2 + 2**-51, 0, Fate.GROWS, float("inf")),
        ("relu", 2 - 2**-52, 0, Fate.VANISHES, 0),
        ("relu", 2, 0, Fate.KEPT, 1),
        ("leaky_relu(0.3)", 2 / 1.09, 0, Fate.VANISHES, 0),
        ("tanh", 1, 0, Fate.VANISHES, 0),
        ("tanh", Fraction(1, 2), 0, Fate.VANISHES, 0),
        ("sin", 1, 0, Fate.VANISHES, 0),
        ("erf", math.pi / 4, 0, Fate.VANISHES, 0),
    ],
)
def test_where_the_variance_goes_is_an_answer(
    name: str, weight: float, bias: float, fate: Fate, end: float
) -> None:
    found = order_chaos(activation(name), weight, bias)
    assert found.fate is fate
    assert found.variance.lower == found.variance.upper == end
    assert found.fixed_points == ()
    assert found.complete
    assert found.phase is (Phase.CRITICAL if fate is Fate.KEPT else Phase.NO_FIXED_POINT)
    assert found.fate.reason


def test_a_gain_one_rounding_below_two() -> None:
    """V(q) = (1 − 2⁻⁵³) q + 1/8: the only fixed point is at 2⁵⁰."""
    found = order_chaos(activation("relu"), 2 - 2**-52, Fraction(1, 8))
    assert found.variance.ball == 2**50
    assert found.phase is Phase.ORDERED


def test_a_fixed_point_just_above_criticality() -> None:
    """tanh: V(q) = σ_w² (q − 2q² + 17q³/3 − …), so that q* = ε/2 + O(ε²) at σ_w² = 1 + ε."""
    epsilon = Fraction(1, 10**9)
    found = order_chaos(activation("tanh"), 1 + epsilon, 0)
    assert found.fate is Fate.SETTLES
    with precision(128):
        ratio = found.variance.ball / ball(epsilon / 2)
        assert abs(ratio - 1) < 10 * ball(epsilon)
    assert found.slope.ball < 1
    assert found.phase is Phase.CHAOTIC


def test_the_slope_of_the_variance_map() -> None:
    """tanh at (3/2, 0), by mpmath: V(q) = q, V′ by the derivative under the integral."""
    found = order_chaos(activation("tanh"), Fraction(3, 2), 0)
    with mpmath.workdps(30):
        q = mpmath.mpf(found.variance.ball.str(28, radius=False))

        def mean(f: Callable[[mpmath.mpf], mpmath.mpf]) -> mpmath.mpf:
            return 2 * mpmath.quad(lambda z: f(z) * mpmath.npdf(z), range(11))

        root = mpmath.sqrt(q)
        value = 1.5 * mean(lambda z: mpmath.tanh(root * z) ** 2)
        slope = 1.5 * mean(lambda z: mpmath.tanh(root * z) * mpmath.sech(root * z) ** 2 * z / root)
        assert abs(value - q) < 1e-20
        assert abs(mpmath.mpf(found.slope.ball.str(28, radius=False)) - slope) < 1e-18
    assert printed_as(found.slope.ball, "0.695491153857547145")
    with precision(128):
        scale = found.variance_depth_scale
        assert scale is not None
        assert scale.ball.overlaps(-1 / found.slope.ball.log())


def test_jumping_activations_have_a_correlation_fixed_point() -> None:
    """sign: c ← (σ_w² (2/π) arcsin c + σ_b²)/(σ_w² + σ_b²), whatever q is."""
    found = order_chaos(activation("sign"), 1, Fraction(1, 10))
    assert found.chi_one.upper == float("inf")
    assert found.fixed_point is not None
    assert found.depth_scale is not None
    with precision(128):
        c = found.fixed_point.ball
        assert ((2 / arb.pi() * c.asin() + arb(1) / 10) / (arb(11) / 10) - c).contains(0)
        slope = 2 / arb.pi() / (1 - c * c).sqrt() / (arb(11) / 10)
        assert found.depth_scale.ball.overlaps(-1 / slope.log())
    assert printed_as(found.fixed_point.ball, "0.21823803250227388")
    assert printed_as(found.depth_scale.ball, "1.913900551679873")
    assert found.slope.ball == 0
    assert found.variance_depth_scale == Enclosure(arb(0))
    assert len(repr(found)) < 500


@pytest.mark.parametrize("name", ["sign", "step", "sign(x-3)", "sin(x+pi/4)"])
def test_where_every_variance_maps_to_one_it_is_reached_at_once(name: str) -> None:
    """φ(x)² + φ(−x)² is constant: V is, and the variance needs no layers to settle."""
    found = order_chaos((from_text(name) if "x" in name else activation(name)), 2, Fraction(1, 10))
    assert found.slope.ball == 0
    assert found.variance_depth_scale == Enclosure(arb(0))
    assert not activation("tanh").has_constant_square


def test_a_depth_scale_that_may_be_zero_is_not_negative() -> None:
    found = _scale(arb(0, 1e-30))
    assert found.lower() == 0
    assert found.upper() > 0


@pytest.mark.slow
def test_two_attractors_of_gelu() -> None:
    phi, at = activation("gelu"), (Fraction("1.98305826"), Fraction("0.17292239"))
    low, high = order_chaos(phi, *at), order_chaos(phi, *at, start=5)
    assert [p.attracting for p in low.fixed_points] == [True, False, True]
    assert printed_as(low.variance.ball, "3.0350126")
    assert printed_as(high.variance.ball, "3.5665607373")
    assert printed_as(high.chi_one.ball, "1.0000466582")
    assert low.complete
    assert (low.phase, high.phase) == (Phase.ORDERED, Phase.CHAOTIC)
    between = (low.variance.upper + high.variance.lower) / 2
    for point in low.fixed_points:
        with precision(200):
            q = point.variance.ball
            image = ball(at[0]) * square_mean(phi, q, 100) + ball(at[1])
            assert (image - q).contains(0)
    assert low.fixed_points[1].variance.lower > between


@pytest.mark.slow
def test_chaotic_silu_settles_next_to_one() -> None:
    found = order_chaos(activation("silu"), Fraction("1.98800468"), Fraction("0.55514317"))
    assert found.phase is Phase.CHAOTIC
    assert found.fixed_point is not None
    c = found.fixed_point.ball
    assert c < 1
    assert c.rad() < 1e-8
    with precision(160):
        for side, sign in ((-1, 1), (1, -1)):
            place = arb((c + side * 1e-6).mid())
            assert sign * (found.over(0, place) - place) > 0


def test_starts_are_validated() -> None:
    with pytest.raises(ArgumentError, match="start"):
        order_chaos(activation("tanh"), 1, 1, start=0)


def test_a_jump_far_out_settles_next_to_one() -> None:
    """sign(x − 3) is case 4: 1 − ρ* between 2⁻¹⁶ and 2⁻¹², with f′(ρ*) near 1/2."""
    f = normalised_map(from_text("sign(x-3)"))
    place = _without_slope(f, _bracket(f))
    with precision(128):
        gap = 1 - place
        assert arb(2) ** -16 < gap < arb(2) ** -12
        assert gap.rad() < gap * arb(10) ** -9


def test_a_coefficient_that_may_be_zero_is_not_taken_for_zero() -> None:
    """c_2 = 10^{−400} is below every precision, and not 0: the power 2 cannot be excluded."""
    tiny = activation("hermite(2)").multiple(Fraction(1, 10**400))
    with pytest.raises(DepthlawError, match="c_2 is 0 is not decided"):
        _double_exponential(normalised_map(activation("tanh") + tiny))


def test_a_mean_below_every_working_precision_is_still_not_zero() -> None:
    """tanh(x) + 10⁻⁴⁰⁰: what is odd has mean 0 exactly, so that the rest decides."""
    tiny = from_text("tanh(x)") + activation("polynomial(1)").multiple(Fraction(1, 10**400))
    assert decide_case(normalised_map(tiny)) is Case.SETTLES_BETWEEN


def test_an_undecided_case_is_an_error_not_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    # The module: its package has a function of the same name.
    module = sys.modules[decide_case.__module__]
    monkeypatch.setattr(module, "sign_of", lambda number: None)
    with pytest.raises(DepthlawError, match="not decided"):
        decide_case(normalised_map(activation("tanh")))


def test_a_slope_that_is_not_square_integrable_is_chaotic_like_a_jump() -> None:
    """√max(x, 0): V(q) = √q E[z; z > 0] + σ_b², and E φ′² is infinite."""
    phi = from_text("sqrt(max(x,0))")
    found = order_chaos(phi, 1, Fraction(1, 10))
    q = found.variance.ball
    with precision(128):
        assert (q - (q / (2 * arb.pi())).sqrt() - ball(Fraction(1, 10))).contains(0)
    assert found.phase is Phase.CHAOTIC
    assert found.chi_one.ball == arb.pos_inf()
    with pytest.raises(ArgumentError, match="not square-integrable"):
        critical_point(phi, 1)
