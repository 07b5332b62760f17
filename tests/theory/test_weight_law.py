"""A law of one's own: what is refused, exact moments, and what a simulation draws from it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.routes import Route, choose_route
from depthlaw.numerics.streams import stream
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Linear, Network, Rescale, Variance, Weights
from depthlaw.theory.network.weight_law import WeightLaw, symmetric

HALF = Fraction(1, 2)
RADEMACHER = WeightLaw((-1, 1), (HALF, HALF))
LEVEL = 1e-6


@given(st.integers(1, 50), st.integers(1, 50))
def test_a_symmetric_law_on_three_points_has_its_moments(size: int, share: int) -> None:
    # ±v with probability p each and 0 otherwise: v² = 1/(2p).
    p = Fraction(share, 2 * (share + size))
    v = sp.sqrt(sp.Rational(1, 1) / (2 * sp.Rational(p.numerator, p.denominator)))
    law = WeightLaw((-v, 0, v), (p, 1 - 2 * p, p))
    assert law.moment(1) == 0
    assert law.moment(2) == 1
    assert law.moment(4) == 1 / (2 * sp.Rational(p.numerator, p.denominator))
    assert law.thresholds[-1] == law.denominator


RARE = Fraction(1, 2**70)
LARGE = sp.sqrt(2**69)


@pytest.mark.parametrize(
    ("values", "probabilities", "words"),
    [
        ((-1, 2), (Fraction(2, 3), Fraction(1, 3)), "variance 2:"),
        ((-1, 1), (Fraction(1, 4), Fraction(3, 4)), "a law of mean 1/2"),
        ((-2, 2), (HALF, HALF), "variance 4"),
        ((-1, 0, 1), (Fraction(1, 3),) * 3, "variance 2/3"),
        ((-1, 1), (HALF, Fraction(1, 3)), "add up to 1"),
        ((-1, 1), (HALF,), "one for each value"),
        ((-1, -1, 1, 1), (Fraction(1, 4),) * 4, "name each value once"),
        ((-1, 1), (0.5, 0.5), "exact ones"),
        ((-1, 1), (Fraction(3, 2), -HALF), "above 0"),
        ((), (), "add up to 1"),
        ((-(10**400), 10**400), (HALF, HALF), "variance 1 leaves no room"),
        ((-sp.exp(99), sp.exp(99)), (HALF, HALF), "variance 1 leaves no room"),
        (
            (-1, 0, 1),
            (
                Fraction(1, 2) - Fraction(1, 2**70),
                Fraction(1, 2**69),
                Fraction(1, 2) - Fraction(1, 2**70),
            ),
            "variance",
        ),
        ((-LARGE, 0, LARGE), (RARE, 1 - 2 * RARE, RARE), "common denominator"),
        ((float("nan"), 1), (HALF, HALF), "finite"),
        ((sp.Symbol("v"), 1), (HALF, HALF), "real numbers"),
        ((-sp.I, sp.I), (HALF, HALF), "real numbers"),
    ],
)
def test_other_laws_are_refused(
    values: Sequence[Any], probabilities: Sequence[Any], words: str
) -> None:
    with pytest.raises(ArgumentError, match=words):
        WeightLaw(tuple(values), tuple(probabilities))


def test_a_skewed_law_is_a_law_but_no_network_takes_it() -> None:
    skewed = WeightLaw((2, Fraction(-1, 2)), (Fraction(1, 5), Fraction(4, 5)))
    assert (skewed.moment(1), skewed.moment(2), skewed.moment(3)) == (0, 1, Fraction(3, 2))
    assert symmetric(RADEMACHER) is RADEMACHER
    for refused in (symmetric, Linear):
        with pytest.raises(ArgumentError, match="weights = a law with the value -1/2"):
            refused(skewed)


def test_the_order_of_values_does_not_make_another_law() -> None:
    assert WeightLaw((1, -1), (HALF, HALF)) == RADEMACHER
    assert hash(WeightLaw((1.0, -1.0), (HALF, HALF))) == hash(RADEMACHER)


def test_draws_have_the_probabilities() -> None:
    law = WeightLaw((-2, 0, 2), (Fraction(1, 8), Fraction(3, 4), Fraction(1, 8)))
    d, replicas = 40, 50
    W = draw_weights(
        Linear(law, Variance.UNIT), d, [stream(7, replica) for replica in range(replicas)]
    )
    assert set(np.unique(W)) == {-2.0, 0.0, 2.0}
    for value, share in zip(law.values, law.probabilities, strict=True):
        # Hoeffding for 3 shares at LEVEL together.
        margin = np.sqrt(np.log(6 / LEVEL) / (2 * W.size))
        assert abs((float(value) == W).mean() - float(share)) <= margin
        assert abs((float(value) == W).mean() - (float(share) + 1 / 16)) > margin


def test_irrational_values_are_drawn_to_the_last_place() -> None:
    sixth = Fraction(1, 6)
    law = WeightLaw((-sp.sqrt(3), 0, sp.sqrt(3)), (sixth, 1 - 2 * sixth, sixth))
    W = draw_weights(Linear(law, Variance.UNIT), 30, [stream(2, 0)])
    assert set(np.unique(W)) == {-(3**0.5), 0.0, 3**0.5}


def test_only_explicit_weights_have_this_law() -> None:
    network = Network(5, 3, (Linear(RADEMACHER), Rescale()))
    assert choose_route(network) is Route.EXPLICIT
    for route in (Route.GRAM, Route.STATE):
        with pytest.raises(ArgumentError, match="with law=-1@1/2;1@1/2 weights"):
            choose_route(network, route)


def test_a_mean_is_added_in_units_of_the_standard_deviation() -> None:
    d = 16
    for law in (Weights.GAUSSIAN, Weights.UNIFORM, RADEMACHER):
        for variance in Variance:
            plain = draw_weights(Linear(law, variance), d, [stream(1, 0)])
            moved = draw_weights(Linear(law, variance, mean=2.0), d, [stream(1, 0)])
            shift = 2 / 4 * (1 / 4 if variance is Variance.FAN_IN else 1)
            eps = np.finfo(float).eps
            assert np.abs(moved - plain - shift).max() <= 4 * eps * np.abs(plain).max()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mean": float("nan")}, "mean = nan"),
        ({"mean": float("inf")}, "mean = inf"),
        ({"mean": 1.0, "weights": Weights.HAAR}, "orthogonal matrix has no mean"),
        ({"weights": "banana"}, "one of gaussian, uniform, haar"),
    ],
)
def test_impossible_linear_operations_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        Linear(**options)
