"""The fixed-point claims crossed with the catalogue, and the numbers the papers print."""

import re
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb

from depthlaw.numerics.verify import Report, verify
from depthlaw.theory.activations import activation
from depthlaw.theory.activations.catalogue import PLAIN
from depthlaw.theory.claim.check import Budget, Computed, Deferred, ParameterValue
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.registry import claim, claim_ids
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._truncated import truncated_slope
from depthlaw.theory.claims.fixed_points.theorem_1_case_4 import printed_rate
from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.kernels import centred_map, normalised_map
from depthlaw.theory.residual import flow
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Asymptotic, Exact

IDS = [claim_id for claim_id in claim_ids() if claim_id.startswith("fixed-points.")]
CASES = {
    1: "fixed-points.theorem-1-case-1",
    2: "fixed-points.theorem-1-case-2",
    3: "fixed-points.theorem-1-case-3",
    4: "fixed-points.theorem-1-case-4-corrected",
}
ISSUED = [f"fixed-points.theorem-1-case-{case}" for case in (1, 2, 3, 4)] + [
    "fixed-points.theorem-1-case-4-corrected"
]


def catalogue_names(claim_id: str) -> set[str]:
    """Return the activations of the catalogue that a claim's checks name."""
    subjects = {check.label.partition(", ρ₀")[0] for check in claim(claim_id).checks}
    return {s for s in subjects if not s.startswith("κ = ") and not s.endswith("centred")}


@pytest.fixture(scope="module")
def refuted() -> Report:
    return verify("fixed-points.theorem-1-case-4", budget="standard")


def test_ids_that_other_programs_rely_on() -> None:
    assert set(ISSUED) <= set(IDS)


@pytest.mark.parametrize("case", CASES)
def test_checks_of_a_case_are_of_that_case(case: int) -> None:
    for name in catalogue_names(CASES[case]):
        assert setting.catalogue(name).case == case, name


def test_every_curved_activation_of_the_catalogue_is_checked_in_one_case() -> None:
    named = [catalogue_names(claim_id) for claim_id in CASES.values()]
    for name in set(PLAIN) - {"identity"}:
        assert sum(name in names for names in named) == 1, name


def test_printed_case_4_is_refuted_by_proof(refuted: Report) -> None:
    checks = refuted.verdicts[0].checks
    failing = [check for check in checks if check.outcome is Outcome.REFUTED]
    assert {check.label.partition(",")[0] for check in failing} == {
        "monomial(2)",
        "gelu",
        "silu",
        "mish",
    }
    for check in failing:
        assert check.samples == 0
        assert check.value is not None
        assert check.bound is not None
        assert check.value.lower > check.bound.upper
    standing = [check for check in checks if check.outcome is Outcome.CERTIFIED]
    assert {"elu", "gelu"} & {check.label.partition(",")[0] for check in standing}


def test_the_counterexample_has_the_printed_digits(refuted: Report) -> None:
    square = refuted.verdicts[0].checks[0]
    assert square.label.startswith("monomial(2)")
    assert square.value is not None
    assert square.bound is not None
    assert f"{square.value.lower:.5f}" == f"{square.value.upper:.5f}" == "0.03514"
    assert f"{square.bound.lower:.5f}" == f"{square.bound.upper:.5f}" == "0.01474"


@pytest.mark.parametrize(
    ("name", "fails"), [("gelu", True), ("silu", True), ("mish", True), ("elu", False)]
)
def test_the_necessary_condition_of_the_printed_rate(name: str, fails: bool) -> None:
    subject = setting.catalogue(name)
    with precision(128):
        product = printed_rate(subject) * subject.slope_at_one
        assert bool(product < 1) == fails
        assert bool(product > 1) != fails


def test_gelu_needs_twenty_thousand_layers_to_refute_it() -> None:
    """α κ′(1) = 1 − 8.5·10^{−5}: from moderate starts the printed bound stands."""
    gelu = setting.catalogue("gelu")
    with precision(128):
        product = printed_rate(gelu) * gelu.slope_at_one
        assert ball(Fraction(99_991, 100_000)) < product < ball(Fraction(99_992, 100_000))


def test_a_wrong_case_is_refuted() -> None:
    """ReLU fed to case 2 with the printed slope .95 overtakes the bound."""
    relu = setting.catalogue("relu")
    start, depth = Fraction(999, 1000), 100
    bound = claim("fixed-points.theorem-1-case-2").bound(
        depth=depth, start=start, slope_at_one=Fraction(95, 100)
    )
    with precision(128):
        assert 1 - relu.after(start, depth) > bound.ball


@pytest.mark.parametrize(("name", "printed"), [("relu", ".95"), ("selu", ".06")])
def test_twenty_five_terms_give_the_printed_slopes(name: str, printed: str) -> None:
    with precision(128):
        total = truncated_slope(name, 25)
        exact = setting.catalogue(name).slope_at_one
        assert f"{float(total):.2f}".endswith(printed)
        assert exact - total > ball(Fraction(1, 100))


def test_layer_norm_slopes_of_the_sheet() -> None:
    slope = centred_map(activation("relu")).slope_at_one
    assert sp.simplify(slope - sp.pi / (sp.pi - 1)) == 0
    assert re.match(r"1\.46694", str(sp.N(slope, 8)))


def test_asymptotic_claims_say_so_and_improve_with_depth() -> None:
    for claim_id, at in (
        ("fixed-points.exp-asymptotics", {"start": 0}),
        ("fixed-points.relu-asymptotics", {"leak": 0}),
    ):
        name = "exp" if "exp" in claim_id else "relu"
        errors = []
        for depth in (100, 400, 1600):
            leading = claim(claim_id).bound(depth=depth, **at)
            assert isinstance(leading, Asymptotic)
            with precision(128):
                left = 1 - setting.catalogue(name).after(Fraction(0), depth)
                errors.append(abs(left / leading.ball - 1))
        assert errors[2] < errors[1] < errors[0]


def test_kernel_numbers_are_looked_up_only_when_a_check_runs() -> None:
    built: list[str] = []

    def find() -> dict[str, ParameterValue]:
        built.append("now")
        return {"slope": Fraction(1, 2)}

    deferred = Deferred(find)
    assert built == []
    assert (dict(deferred), len(deferred)) == ({"slope": Fraction(1, 2)}, 1)
    assert built == ["now"]
    # What is found late is held against the claim when it is read.
    with pytest.raises(UnknownNameError, match="slope"):
        claim("fixed-points.theorem-1-case-1").accept(deferred)


def test_rounding_brackets_a_ball() -> None:
    with precision(100):
        third = arb(1) / 3
        low, high = setting.below(third), setting.above(third)
        assert low < Fraction(1, 3) < high
        assert high - low < Fraction(1, 2**90)


def test_weighted_maps_have_their_weights() -> None:
    weights = (Fraction(1, 7), Fraction(0), Fraction(2, 7), Fraction(4, 7))
    f = setting.weighted(*weights).map
    with precision(128):
        for k, a in enumerate(weights):
            assert (f.point(k, arb(0)) / arb.fac_ui(k)).overlaps(ball(a))


@pytest.mark.parametrize("time", [Fraction(1, 10), Fraction(1), Fraction(20)])
def test_the_flow_of_the_sine_solves_its_equation(time: Fraction) -> None:
    """sinh ρ/sinh 1 − ρ: halving the time and going twice ends in the same place."""
    f = normalised_map(activation("sin"))
    whole = flow(f, Fraction(3, 4), time)
    with precision(128):
        middle = flow(f, Fraction(3, 4), time / 2)
        low, high = (flow(f, side(middle), time / 2) for side in (setting.below, setting.above))
        assert whole.overlaps(low.union(high))
        assert low < high


def test_a_flow_without_closed_form_is_refused() -> None:
    with pytest.raises(DepthlawError, match="no closed kernel map"):
        flow(normalised_map(activation("tanh")), Fraction(1, 2), Fraction(1))


@pytest.mark.parametrize(
    ("claim_id", "parameters", "named"),
    [
        ("theorem-1-case-1", {"depth": 1, "start": 1, "slope_at_zero": 0}, "start"),
        ("theorem-1-case-1", {"depth": 1, "start": -1, "slope_at_zero": 0}, "start"),
        ("theorem-1-case-1", {"depth": 1, "start": 0, "slope_at_zero": 1}, "slope_at_zero"),
        ("theorem-1-case-2", {"depth": 1, "start": 0, "slope_at_one": 1}, "slope_at_one"),
        (
            "theorem-1-case-3",
            {"depth": 1, "start": 0, "at_zero": Fraction(1, 2), "slope_at_zero": Fraction(1, 2)},
            "slope_at_zero",
        ),
        (
            "theorem-1-case-4",
            {"depth": 1, "start": 0, "at_zero": 0, "attractor": Fraction(1, 2), "slope": 0},
            "at_zero",
        ),
        (
            "theorem-1-case-4-sharp",
            {"depth": 1, "start": -0.5, "attractor": Fraction(1, 2), "slope": 0},
            "start",
        ),
        ("hyperbolic-gauge", {"depth": 1, "start": 0, "attractor": 0.5, "slope": 0}, "start"),
        ("relu-slope", {"leak": 1}, "leak"),
        ("relu-asymptotics", {"depth": 0, "leak": 0}, "depth"),
        ("precision-depth", {"start": 0.5, "precision": 0.5, "slope_at_one": 0.5}, "precision"),
        ("double-exponential", {"depth": 1, "start": 0.5, "order": 1}, "order"),
        ("residual", {"strength": 1, "slope": 0.5}, "strength"),
        ("kernel-ode", {"time": 0, "start": 0.5, "slope_at_zero": 0}, "time"),
        ("normalisation-unchanged", {"kernel": 1.5}, "kernel"),
    ],
)
def test_bad_parameters_are_named(
    claim_id: str, parameters: dict[str, float | Fraction], named: str
) -> None:
    with pytest.raises(ArgumentError, match=f"^{named} = "):
        claim(f"fixed-points.{claim_id}").bound(**parameters)


def test_exact_slopes_are_exact() -> None:
    assert claim("fixed-points.relu-slope").bound(leak=Fraction(1, 3)) == Exact(sp.Integer(1))


@pytest.mark.parametrize(
    "claim_id",
    [
        *("layer-norm", "theorem-1-case-1", "theorem-1-case-2", "theorem-1-case-3"),
        *("theorem-1-case-4", "theorem-1-case-4-sharp"),
    ],
)
def test_the_printed_quantity_is_the_one_that_is_computed(claim_id: str) -> None:
    found = claim(f"fixed-points.{claim_id}")
    compared = 0
    for check in found.checks:
        quantity = check.quantity
        assert isinstance(quantity, Computed)
        if set(quantity.given) != {"subject", "start", "depth"} or check.budget is not Budget.QUICK:
            continue
        subject = quantity.given["subject"]
        with precision(256):
            at = {setting.rho_ell: subject.after(quantity.given["start"], quantity.given["depth"])}
            if found.quantity.has(setting.star):
                at[setting.star] = subject.attractor
            computed = quantity.value().ball
            printed = evaluate(found.quantity, at)
        assert printed.overlaps(computed), check.label
        compared += min(printed.rel_accuracy_bits(), computed.rel_accuracy_bits()) > 20
    assert compared
