"""Routes have the law of the network: they agree with each other and with known distributions.

Every two-sample comparison is a Kolmogorov–Smirnov test at level `LEVEL` divided by the number of
comparisons in this file. Wrong laws (the controls) must be rejected at the same level, with the
same samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from depthlaw.numerics.sampling.haar import frames
from depthlaw.numerics.sampling.matrices import factor
from depthlaw.numerics.sampling.routes import Route, choose_route, exact_routes
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.streams import stream
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.network import (
    Activate,
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
    Variance,
    Weights,
)
from depthlaw.theory.network.gram import mean_cosine, orthogonality_gap, trace_normalised

Array = NDArray[np.float64]

LEVEL = 1e-6
SAMPLES = 5000
DEPTH = 2

RELU = Activate(partial(np.maximum, 0.0), "relu")
TANH = Activate(np.tanh, "tanh")
CENTRE, SCALE = Recenter(Over.FEATURES), Rescale(Over.FEATURES)

LAYERS: dict[str, tuple[Operation, ...]] = {
    "linear": (Linear(),),
    "linear, recentred": (Linear(), Recenter()),
    "two linear": (Linear(), Recenter(), Linear(variance=Variance.UNIT)),
    "layer norm, linear": (Linear(), CENTRE, SCALE),
    "rescaled, then centred": (Linear(), SCALE, CENTRE),
    "rescaled, then both": (Linear(), SCALE, Recenter(), CENTRE),
    "pre-norm": (SCALE, Recenter(), Linear()),
    "batch norm": (Linear(), Rescale()),
    "batch norm, relu": (Linear(), Recenter(), Rescale(), RELU),
    "relu, batch norm": (Linear(), RELU, Recenter(), Rescale()),
    "batch norm, two linear": (Linear(), Recenter(), Rescale(), Linear(), RELU),
    "layer norm": (Linear(), TANH, CENTRE, SCALE),
    "rms norm": (Linear(), RELU, SCALE),
    "mixed": (Linear(), TANH, SCALE, CENTRE, Recenter()),
    "residual": (Linear(residual=0.5), Rescale()),
    "residual, relu": (Linear(residual=2.0, variance=Variance.UNIT), RELU, SCALE),
    "haar": (Linear(Weights.HAAR), Rescale()),
    "haar residual": (Linear(Weights.HAAR, residual=0.7), RELU, Recenter(), SCALE),
    "mean": (Linear(mean=-1.5), Rescale()),
    "mean, recentred": (Linear(mean=2.0), Recenter(), RELU),
    "mean, residual": (Linear(variance=Variance.UNIT, residual=0.5, mean=1.0), Rescale()),
    "activation first": (TANH, Linear(), Rescale()),
}
"""Every order of operations that takes a path of its own through the routes."""

WIDTHS = (2, 7)
FEW_NEURONS = ("linear", "pre-norm", "batch norm, relu", "layer norm", "residual", "haar", "mean")
"""Below the batch a width takes paths of its own, which do not depend on all of the layer."""
BATCH = 3
START = np.array([[2.0, 0.7, -0.3], [0.7, 1.0, 0.1], [-0.3, 0.1, 0.5]])
START_IN_THE_PLANE = np.array([[1.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 1.0]])
"""Rank 2: two neurons can have it."""


def initial_gram(width: int) -> Array:
    return START if width >= BATCH else START_IN_THE_PLANE


@dataclass(frozen=True)
class Sample:
    """Functionals of the last Gram matrix, by name; each of shape (SAMPLES,)."""

    values: dict[str, Array]


def one_plus_volume(gram: Array) -> Array:
    """1 + det(nG/tr G): the 1 drowns the rounding of a determinant that is zero."""
    return np.asarray(1 + np.linalg.det(gram.shape[-1] * trace_normalised(gram)))


FUNCTIONALS = {
    "gap": orthogonality_gap,
    "volume": one_plus_volume,
    "cosine": mean_cosine,
    "log trace": lambda G: np.log(np.trace(G, axis1=-2, axis2=-1)),
    "entry": lambda G: G[:, 0, 1],
    "diagonal": lambda G: G[:, 1, 1],
}


@cache
def draw(layer: tuple[Operation, ...], width: int, route: Route | None, seed: int) -> Sample:
    network = Network(width=width, batch=BATCH, layer=layer)
    run = simulate(
        network,
        depth=DEPTH,
        replicas=SAMPLES,
        seed=seed,
        initial_gram=initial_gram(width),
        observables=FUNCTIONALS,
        route=route,
    )
    # A functional that is constant in law differs between routes by rounding, which is no
    # difference in law: single precision forgets it. A dead network (NaN) becomes a value too.
    kept = {
        name: np.nan_to_num(values[:, -1].astype(np.float32), nan=-9.0, neginf=-99.0)
        for name, values in run.values.items()
    }
    kept["degenerate"] = run.degenerate.sum(axis=1).astype(np.float32)
    return Sample({name: values.astype(np.float64) for name, values in kept.items()})


def smallest_p_value(one: Sample, other: Sample) -> float:
    return min(
        float(stats.ks_2samp(values, other.values[name], method="asymp").pvalue)
        for name, values in one.values.items()
    )


def comparisons() -> list[Any]:
    """Every exact route of every network, to be compared with the one that draws all weights."""
    found = []
    for name, layer in LAYERS.items():
        for width in WIDTHS:
            reasons = exact_routes(Network(width=width, batch=BATCH, layer=layer))
            repeated = width < BATCH and name not in FEW_NEURONS
            exact = [route for route, reason in reasons.items() if reason is None]
            found += [
                pytest.param(name, width, route, marks=pytest.mark.slow if repeated else ())
                for route in exact
                if route is not Route.EXPLICIT
            ]
    return found


COMPARISONS = comparisons()
THRESHOLD = LEVEL / (len(COMPARISONS) * (len(FUNCTIONALS) + 1))


@pytest.mark.parametrize(("name", "width", "route"), COMPARISONS)
def test_routes_have_the_law_of_explicit_weights(name: str, width: int, route: Route) -> None:
    layer = LAYERS[name]
    seed = 100 + list(Route).index(route)
    explicit = draw(layer, width, Route.EXPLICIT, seed=99)
    assert smallest_p_value(draw(layer, width, route, seed=seed), explicit) > THRESHOLD


@pytest.mark.parametrize(
    ("right", "wrong", "widths"),
    [
        pytest.param("linear", "linear", (7, 6), id="one degree of freedom too few"),
        pytest.param("layer norm, linear", "linear", (7, 7), id="no normalisation"),
        pytest.param("layer norm, linear", "rescaled, then both", (7, 7), id="order of operations"),
        pytest.param("batch norm", "haar", (7, 7), id="orthogonal for Gaussian weights"),
        pytest.param("batch norm", "residual", (7, 7), id="a residual too many"),
        pytest.param("batch norm", "batch norm", (2, 3), id="narrow, one neuron too many"),
        pytest.param("layer norm", "rms norm", (7, 7), id="another activation"),
    ],
)
def test_wrong_laws_are_told_apart(right: str, wrong: str, widths: tuple[int, int]) -> None:
    one = draw(LAYERS[right], widths[0], None, seed=11)
    other = draw(LAYERS[wrong], widths[1], None, seed=12)
    assert smallest_p_value(one, other) < THRESHOLD


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param(Linear(), Linear(variance=Variance.UNIT), id="missing 1/√d"),
        pytest.param(Linear(residual=0.5), Linear(residual=0.6), id="residual strength"),
        pytest.param(Linear(mean=1.0), Linear(mean=1.2), id="mean of the weights"),
        pytest.param(Linear(), Linear(Weights.UNIFORM), id="uniform for Gaussian weights"),
    ],
)
def test_wrong_weights_are_told_apart(right: Linear, wrong: Linear) -> None:
    one = draw((right,), 2, Route.EXPLICIT, seed=13)
    other = draw((wrong,), 2, Route.EXPLICIT, seed=14)
    assert smallest_p_value(one, other) < THRESHOLD


@pytest.mark.parametrize("route", list(Route))
@pytest.mark.parametrize("width", [1, 2, 5])
def test_diagonal_of_a_linear_layer_is_chi_square(route: Route, width: int) -> None:
    network = Network(width=width, batch=3, layer=(Linear(),))
    gram = np.ones((3, 3)) if width == 1 else START_IN_THE_PLANE
    run = simulate(
        network, depth=1, replicas=SAMPLES, seed=3, initial_gram=gram, route=route, observables={}
    )
    ratios = width * run.final_gram[:, 1, 1] / gram[1, 1]
    assert stats.kstest(ratios, stats.chi2(width).cdf).pvalue > LEVEL
    assert stats.kstest(ratios, stats.chi2(width + 1).cdf).pvalue < LEVEL


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_batch_norm_has_the_mean_of_a_projected_gaussian(route: Route) -> None:
    # For z ~ N(0, diag(a, b)): E z_1²/‖z‖² = √a/(√a + √b), and each neuron's share is in [0, 1].
    a, b, width, replicas = 4.0, 1.0, 20, 3000
    network = Network(width=width, batch=2, layer=(Linear(), Rescale()))
    run = simulate(
        network,
        depth=1,
        replicas=replicas,
        seed=5,
        initial_gram=np.diag([a, b]),
        route=route,
        observables={},
    )
    share = run.final_gram[:, 0, 0].mean() / 2
    margin = math.sqrt(math.log(2 / LEVEL) / (2 * replicas * width))
    expected = math.sqrt(a) / (math.sqrt(a) + math.sqrt(b))
    assert abs(share - expected) <= margin
    assert abs(share - a / (a + b)) > margin


@pytest.mark.parametrize(("width", "columns"), [(2, 1), (2, 2), (6, 3), (3, 3)])
def test_frames_are_uniform(width: int, columns: int) -> None:
    generators = [stream(21, replica) for replica in range(SAMPLES)]
    Q = frames(generators, width, columns)
    rounding = 8 * width * columns * np.finfo(float).eps
    assert np.abs(Q.swapaxes(1, 2) @ Q - np.eye(columns)).max() < rounding
    squares = Q[:, 0, -1] ** 2
    law = stats.beta(1 / 2, (width - 1) / 2)
    assert stats.kstest(squares, law.cdf).pvalue > LEVEL
    positive = int((Q[:, 0, -1] > 0).sum())
    assert stats.binomtest(positive, SAMPLES).pvalue > LEVEL
    if width == columns:
        # Without the sign correction Householder's method fixes the determinant.
        reflections = int((np.linalg.det(Q) < 0).sum())
        assert stats.binomtest(reflections, SAMPLES).pvalue > LEVEL


def test_a_haar_layer_keeps_the_gram_matrix() -> None:
    network = Network(width=5, batch=3, layer=(Linear(Weights.HAAR),))
    for route in (Route.STATE, Route.EXPLICIT):
        run = simulate(network, depth=3, replicas=20, initial_gram=START, route=route)
        rounding = 3 * 100 * np.finfo(float).eps * np.trace(START)
        assert np.abs(run.final_gram - START).max() < rounding


def test_factor_reproduces_singular_and_graded_matrices() -> None:
    grams = np.stack(
        [np.ones((3, 3)), START, START_IN_THE_PLANE, np.diag([1.0, 1e-30, 0.0]), np.zeros((3, 3))]
    )
    sizes = np.sqrt(np.diagonal(grams, axis1=1, axis2=2))
    F = factor(grams, scale=2.0)
    errors = np.abs(F @ F.swapaxes(1, 2) - 4 * grams)
    # Relative to the sizes of the two samples: n² eps from the threshold, as much from rounding.
    allowed = 4 * 2 * 9 * np.finfo(float).eps * sizes[:, :, None] * sizes[:, None, :]
    assert (errors <= allowed).all()


def test_recentred_factor_is_that_of_the_projected_matrix() -> None:
    P = np.eye(3) - 1 / 3
    F = factor(START[None], recentred=True)[0]
    rounding = 2 * 9 * np.finfo(float).eps * np.trace(START)
    assert F.shape == (3, 2)
    assert np.abs(F @ F.T - P @ START @ P).max() < rounding
    assert factor(np.eye(1)[None], recentred=True).shape == (1, 1, 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear", Route.WISHART),
        ("rescaled, then both", Route.WISHART),
        ("pre-norm", Route.WISHART),
        ("batch norm", Route.GRAM),
        ("layer norm", Route.GRAM),
        ("residual", Route.STATE),
        ("haar", Route.STATE),
        ("activation first", Route.STATE),
    ],
)
def test_a_wide_layer_takes_the_narrowest_exact_route(name: str, expected: Route) -> None:
    assert choose_route(Network(width=1000, batch=BATCH, layer=LAYERS[name])) is expected


def test_uniform_weights_take_the_explicit_route() -> None:
    network = Network(width=7, batch=3, layer=(Linear(Weights.UNIFORM), Rescale()))
    assert choose_route(network) is Route.EXPLICIT


@pytest.mark.parametrize(
    ("layer", "route", "words"),
    [
        ((Linear(), Rescale()), "wishart", "rescale acts on single neurons"),
        ((Linear(), RELU), "wishart", "relu acts on single neurons"),
        ((Linear(residual=1.0),), "wishart", "residual"),
        ((Linear(residual=1.0),), "gram", "residual"),
        ((Linear(Weights.HAAR),), "gram", "haar weights"),
        ((Linear(mean=1.0), Rescale()), "gram", "share a shift by 1ᵀH"),
        ((Linear(mean=1.0),), "wishart", "share a shift by 1ᵀH"),
        ((Linear(), SCALE, RELU), "gram", "relu acts on neurons after"),
        ((Linear(), CENTRE, Rescale()), "gram", "rescale acts on neurons after"),
        ((RELU, Linear()), "gram", "before the layer's first linear"),
        ((CENTRE, Linear()), "gram", "before the layer's first linear"),
        ((CENTRE, Linear()), "wishart", "before the layer's first linear"),
        ((Linear(Weights.UNIFORM),), "state", "uniform weights"),
    ],
)
def test_a_route_that_is_not_exact_is_refused_with_the_reason(
    layer: tuple[Operation, ...], route: str, words: str
) -> None:
    network = Network(width=7, batch=3, layer=layer)
    with pytest.raises(ArgumentError, match=f"route = {route}.*{words}"):
        choose_route(network, route)


def test_an_unknown_route_is_refused_with_its_neighbours() -> None:
    with pytest.raises(UnknownNameError, match="wishart"):
        choose_route(Network(width=7, batch=3, layer=(Linear(),)), "wishard")
