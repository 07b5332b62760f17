"""The card of an activation: the keys that programs read, the sentences that people read."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from depthlaw.commands.activation import activation, chosen
from depthlaw.theory.errors import ArgumentError, UnknownNameError

NUMBER = {"lower", "upper", "kind", "exact"}


def document(capsys: pytest.CaptureFixture[str], *args: Any, **options: Any) -> dict[str, Any]:
    assert activation(*args, json=True, **options) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("name", ["gelu", "tanh", "relu", "step", "elu", "exp", "selu", "identity"])
def test_keys_and_order(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, name, order=5)
    assert found.keys() >= {"name", "hermite", "isometry_strength", "kernel", "fixed_point",
                            "slope_at_fixed_point", "case"}  # fmt: skip
    assert [entry["k"] for entry in found["hermite"]] == list(range(6))
    kernel = found["kernel"]
    numbers = [*found["hermite"], found["isometry_strength"], kernel["at_zero"],
               kernel["slope_at_zero"], kernel["slope_at_one"]]  # fmt: skip
    if found["case"] is not None:
        numbers += [found["fixed_point"], found["slope_at_fixed_point"]]
    for number in numbers:
        assert number.keys() >= NUMBER
        assert float(number["lower"]) <= float(number["upper"])
        assert (number["exact"] is not None) == (number["kind"] == "exact")


def test_values_of_the_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    relu = document(capsys, "relu")
    assert relu["case"] == 3
    assert relu["kernel"]["at_zero"]["exact"] == "1/pi"
    assert relu["kernel"]["slope_at_one"]["exact"] == "1"
    assert relu["fixed_point"]["exact"] == "1"
    assert relu["rate"]["decay"] == "polynomial"
    assert relu["rate"]["constant"]["exact"] == "9*pi**2/2"
    gelu = document(capsys, "gelu")
    assert gelu["case"] == 4
    assert f"{gelu['fixed_point']['lower']:.6f}" == "0.760402"
    assert f"{gelu['fixed_point']['upper']:.6f}" == "0.760402"
    assert document(capsys, "step")["kernel"]["slope_at_one"]["lower"] == "inf"
    assert document(capsys, "identity")["case"] is None


def test_a_formula_and_a_gain_are_the_same_as_their_product(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one = document(capsys, None, expr="tanh(2*x)", order=3)
    two = document(capsys, "tanh", gain="2", order=3)
    assert [c["lower"] for c in one["hermite"]] == [c["lower"] for c in two["hermite"]]
    assert one["fixed_point"] == two["fixed_point"]


def test_a_gain_that_is_no_fraction_is_exact(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "relu", gain="sqrt(2)", bias="0")
    assert found["second_moment"]["exact"] == "1"
    assert found["gain"]["weight_variance"]["exact"] == "2"
    assert found["gain"]["phase"] == "critical"
    assert "1.41" not in repr(chosen("relu", None, "sqrt(2)"))
    assert chosen("relu", None, "sqrt(2)").gain(0.1).name == "relu∘sqrt(2)x∘0.1x"
    with pytest.raises(ArgumentError, match="its square"):
        activation("relu", gain="sqrt(pi)", bias="0")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("relu", "case 3"),
        ("tanh", "becomes orthogonal"),
        ("gelu", "settles"),
        ("sigmoid", "case 2"),
        ("hermite(3)", "raised to the power 3"),
        ("identity", "affine"),
        ("step", "inf"),
    ],
)
def test_pages(name: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert activation(name) == 0
    page = capsys.readouterr().out
    assert says in page
    assert "κ(ρ)" in page


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_plots(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / f"relu.{ending}"
    assert activation("relu", plot=str(target)) == 0
    assert target.stat().st_size > 1000
    assert str(target) in capsys.readouterr().out


def test_mistakes(tmp_path: Path) -> None:
    for name, expr in ((None, None), ("relu", "x")):
        with pytest.raises(ArgumentError, match="either a name or"):
            chosen(name, expr, None)
    with pytest.raises(ArgumentError, match="gain = x"):
        chosen("relu", None, "x")
    with pytest.raises(ArgumentError, match="gain = 0"):
        chosen("relu", None, "0")
    with pytest.raises(UnknownNameError, match="relu"):
        chosen("rleu", None, None)
    with pytest.raises(ArgumentError, match="order = 201"):
        activation("relu", order=201)
    with pytest.raises(ArgumentError, match="order = -1"):
        activation("relu", order=-1)
    with pytest.raises(ArgumentError, match="must end in"):
        activation("relu", plot=str(tmp_path / "relu.txt"))
    with pytest.raises(ArgumentError, match="cannot be written"):
        activation("relu", plot=str(tmp_path / "nowhere" / "relu.png"))
    with pytest.raises(ArgumentError, match="zero"):
        activation("polynomial(0)")
    with pytest.raises(ArgumentError, match="not square-integrable"):
        activation(expr="exp(x**2)")


def test_order_and_chaos_on_the_card() -> None:
    """ReLU at σ_w² = σ_b² = 1 settles at q = 2; at σ_w² = 4 it grows, and the card says so."""
    from fractions import Fraction

    from depthlaw.render.order_text import Order, order_document
    from depthlaw.theory.activations import activation

    one = Fraction(1)
    settled = order_document(Order.of(activation("relu"), one, one, one))
    assert settled["variance"]["lower"] == settled["variance"]["upper"] == 2
    assert settled["phase"] == "ordered"
    assert settled["variance_slope"]["lower"] == 0.5
    growing = order_document(Order.of(activation("relu"), Fraction(2), one, one))
    assert growing["fate"] == "grows"
    assert growing["correlation"] is None
    assert growing["variance_fixed_points"] == []


@pytest.mark.parametrize(
    ("expression", "case"),
    [("tanh(x)", 1), ("x**2-1+tanh(x)/1000000", 1), ("log(2+sin(x))", 2), ("max(x,0)**1.5", 4)],
)
def test_formulas_have_a_case_and_say_what_it_assumes(
    expression: str, case: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, None, expr=expression)
    assert found["case"] == case
    assert any("mean square 1" in assumption for assumption in found["assumes"])
    assert activation(expr=expression) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "Assumed: infinite width" in page
    assert "normalising them before φ" in page


@pytest.mark.slow
def test_a_case_is_known_where_its_fixed_point_is_only_bracketed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """sign(x − 3): 1 − ρ* lies between 2⁻¹⁶ and 2⁻¹², and no slope there is known."""
    found = document(capsys, None, expr="sign(x-3)")
    assert found["case"] == 4
    place = found["fixed_point"]
    assert 2**-16 < 1 - float(place["upper"]) <= 1 - float(place["lower"]) < 2**-12


@pytest.mark.parametrize(
    ("expr", "slope_at_one"),
    # E φ′²/E φ²: by Gamma functions, infinite for square roots, by quadrature in mpmath
    [("sqrt(max(x,0))", math.inf), ("abs(x)**0.5", math.inf), ("max(x,0)**.75", 9 / 8),
     ("log(abs(x)+1)", 1.06698185)],
)  # fmt: skip
def test_slopes_that_are_steep_or_infinite_at_one_are_case_4(
    expr: str, slope_at_one: float, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, None, expr=expr)
    assert found["case"] == 4
    assert float(found["kernel"]["slope_at_one"]["lower"]) == pytest.approx(slope_at_one)
