"""Correlations on residual streams: two routes to each number, and the numbers that are quoted."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import acos, pi, sqrt

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.kernels import centred_map, normalised_map
from depthlaw.theory.residual import (
    constant,
    correlation,
    equal_branches,
    falling_branches,
    flow,
    relu_gap,
    split,
)
from depthlaw.theory.rigorous.balls import ball, precision

HALF, ONE = Fraction(1, 2), Fraction(1)
RATIOS = st.fractions(Fraction(1, 10), 10, max_denominator=20)
MEAN_FIELD = [
    ("relu", normalised_map, ".7511", ".7957"),
    ("tanh", normalised_map, ".4023", ".3700"),
    ("relu", centred_map, ".2544", ".1896"),
]


@given(RATIOS, st.integers(1, 20))
def test_shares_are_those_of_the_variances(ratio: Fraction, depth: int) -> None:
    for branches, shares in (
        ([ONE] * depth, equal_branches),
        ([Fraction(1, j) for j in range(1, depth + 1)], falling_branches),
    ):
        variance = ratio
        for branch, share in zip(branches, shares(ratio, depth), strict=True):
            variance += branch
            assert share == branch / variance


@given(RATIOS, st.integers(1, 20))
def test_split_branches_add_up_to_the_total(total: Fraction, depth: int) -> None:
    grown = ONE
    for share in split(total, depth):
        grown /= 1 - share
    assert grown == 1 + total


@pytest.mark.parametrize(
    ("shares", "argument"),
    [
        (lambda: equal_branches(Fraction(0), 3), "ratio"),
        (lambda: equal_branches(ONE, -1), "depth"),
        (lambda: falling_branches(-ONE, 3), "ratio"),
        (lambda: split(Fraction(0), 3), "total"),
        (lambda: constant(Fraction(0), 3), "share"),
    ],
)
def test_bad_shares_are_refused(shares: Callable[[], Iterator[Fraction]], argument: str) -> None:
    with pytest.raises(ArgumentError, match=argument):
        list(shares())


@given(st.fractions(Fraction(-9, 10), Fraction(99, 100), max_denominator=100), RATIOS)
def test_the_gap_of_relu_is_one_less_its_correlation(start: Fraction, ratio: Fraction) -> None:
    gap = relu_gap(1 - start, equal_branches(ratio, 12))
    rho = float(start)
    for share in equal_branches(ratio, 12):
        kernel = rho + (sqrt(1 - rho**2) - rho * acos(rho)) / pi
        rho += float(share) * (kernel - rho)
    assert float(gap.mid()) == pytest.approx(1 - rho, rel=1e-9)


@pytest.mark.parametrize(("name", "make", "at_64", "at_256"), MEAN_FIELD)
def test_correlations_after_64_and_256_layers(
    name: str, make: Callable[..., object], at_64: str, at_256: str
) -> None:
    f = make(activation(name))
    for depth, shown in ((64, at_64), (256, at_256)):
        rho = correlation(f, HALF, equal_branches(ONE, depth))  # type: ignore[arg-type]
        assert f"{float(rho.mid()):.4f}".removeprefix("0") == shown


@pytest.mark.parametrize(("depth", "shown"), [(10**3, "9.21"), (10**4, "9.23"), (10**5, "9.24")])
def test_the_constant_of_the_logarithm_of_relu(depth: int, shown: str) -> None:
    with precision(128):
        gap = relu_gap(HALF, equal_branches(ONE, depth))
        constant_of_fit = 3 * arb.pi() / (2 * gap).sqrt() - ball(depth).log()
    assert f"{float(constant_of_fit.mid()):.2f}" == shown


def test_post_norm_relu_at_20_000_layers() -> None:
    with precision(128):
        gap = relu_gap(HALF, constant(HALF, 20_000))
    assert f"{float(gap.mid()) * 20_000**2:.1f}" == "177.1"


def test_the_flow_solves_its_equation() -> None:
    f = normalised_map(activation("relu"))
    with precision(96):
        step = arb(2) ** -20
        here, there = (flow(f, HALF, ball(1) + shift) for shift in (arb(0), step))
        slope = (there - here) / step
        assert abs(slope - (f.over(0, here) - here)) < arb(2) ** -15


def test_a_flow_without_a_closed_kernel_is_refused() -> None:
    with pytest.raises(DepthlawError, match="closed"):
        flow(normalised_map(activation("tanh")), HALF, ONE)
