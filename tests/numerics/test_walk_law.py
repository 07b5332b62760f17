"""Networks of any operations have the law of networks with explicit weights, on every route."""

import os
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy import stats

from depthlaw.numerics.sampling.routes import Route, exact_routes
from depthlaw.numerics.sampling.walk import covariance, draws, scores, streamed, weights
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.testing import architectures
from depthlaw.theory.network import Array, Attention, Conv, Network
from depthlaw.theory.network.text import parse_layer

FUNCTIONALS = {
    "trace": lambda G: np.trace(G, axis1=-2, axis2=-1),
    "first square": lambda G: G[:, 0, 0],
    "last square": lambda G: G[:, -1, -1],
    "first product": lambda G: G[:, 0, 1],
    "last product": lambda G: G[:, 0, -1],
    "largest": lambda G: G.max(axis=(-2, -1)),
    "sum": lambda G: G.sum(axis=(-2, -1)),
    "Frobenius": lambda G: (G**2).sum(axis=(-2, -1)),
    "log det": lambda G: np.linalg.slogdet(G + 1e-6 * np.eye(G.shape[-1]))[1],
}
"""Of Gram matrices, shape (replicas, n, n); they see scale, signs and order."""

LEVEL = 1e-6
"""Of one comparison of two laws. The tests make some hundred, always with the same numbers."""


def start(network: Network) -> Array:
    """A batch that is not isotropic, whose features have a mean."""
    rng = np.random.default_rng(5)
    return rng.standard_normal((network.entry, network.columns)) + 0.3


def run(network: Network, route: Route | None, *, replicas: int, seed: int) -> Trajectory:
    return simulate(
        network,
        depth=2,
        replicas=replicas,
        seed=seed,
        initial_state=start(network),
        observables=FUNCTIONALS,
        route=route,
    )


def p_value(network: Network, route: Route) -> float:
    """The p value that a route and explicit weights have one law."""
    return p_values(network, [route])[route]


def p_values(network: Network, routes: list[Route]) -> dict[Route, float]:
    """The same for several routes, beside the same explicit weights."""
    explicit = run(network, Route.EXPLICIT, replicas=1000, seed=1007)
    return {
        route: same_law(run(network, route, replicas=1000, seed=7), explicit) for route in routes
    }


def same_law(one: Trajectory, two: Trajectory) -> float:
    """The p value that two samples have one law, for all functionals together."""
    found = list(_p_values(one, two))
    return min(found, default=1.0) * max(1, len(found))


def _p_values(one: Trajectory, two: Trajectory) -> Iterator[float]:
    # The scale below which differences are rounding: that of the start, or of what came of it.
    scale = max(np.nanmax(np.abs(t.values["trace"])) for t in (one, two))
    # What has vanished in law is zero, or what rounding made of it: the same.
    gone = [~(t.values["trace"] > 1e-12 * scale) for t in (one, two)]
    tables = [
        tuple(
            np.where(out, np.nan, t.values[name]) for t, out in zip((one, two), gone, strict=True)
        )
        for name in FUNCTIONALS
    ]
    tables.append((one.dead_units, two.dead_units))
    for table, other in tables:
        for x, y in zip(table.T[1:], other.T[1:], strict=True):
            gone, gone_too = np.isnan(x), np.isnan(y)
            if gone.mean() != gone_too.mean():
                counts = [[g.sum(), len(g) - g.sum()] for g in (gone, gone_too)]
                yield float(stats.fisher_exact(counts).pvalue)
            x, y = (np.round(v[~np.isnan(v)] / scale, 9) for v in (x, y))
            if min(len(x), len(y)) > 5 and np.ptp(np.concatenate([x, y])) > 1e-8:
                yield float(stats.ks_2samp(x, y, method="asymp").pvalue)


def network(
    layer: str,
    width: int,
    batch: int = 3,
    positions: tuple[int, ...] = (),
    stem: str = "",
    head: str = "",
    inputs: int | None = None,
) -> Network:
    return Network(
        width,
        batch,
        parse_layer(layer),
        positions=positions,
        stem=parse_layer(stem) if stem else (),
        head=parse_layer(head) if head else (),
        inputs=inputs,
    )


CASES = {
    "pre-norm block": network(layer="residual(layernorm,linear:width=4x,relu,linear)", width=5),
    "narrower than the batch": network(
        layer="residual(layernorm,linear:width=4x,relu,linear)", width=3, batch=4
    ),
    "width 1": network(layer="residual(rmsnorm,linear)", width=1),
    "width 2 with means": network(layer="residual(layernorm,linear)", width=2, batch=4),
    "gated": network(
        layer="residual(rmsnorm,linear:width=6x,glu(silu),linear):scale=0.5:skip=0.8", width=8
    ),
    "norm before the activation": network(layer="linear:bias=0.3,layernorm,relu", width=6),
    "norm after the activation": network(layer="linear:bias=0.3,relu,layernorm", width=6),
    "weights with a mean": network(layer="linear:variance=2:mean=0.5:bias=0.1,relu", width=6),
    "a residual with a mean": network(layer="residual(linear:mean=1)", width=5),
    "causal heads": network(layer="layernorm,attention:heads=2:causal", width=6, batch=4),
    "two sequences, odd heads": network(
        layer="residual(layernorm,attention:heads=3:head_width=2:causal:window=2:temperature=0.5),"
        "residual(layernorm,linear:width=4x,gelu,linear)",
        width=5,
        batch=2,
        positions=(3,),
    ),
    "heads wider than the batch": network(layer="attention:head_width=9", width=4, batch=3),
    "uniform attention": network(layer="residual(attention:uniform:causal)", width=5, batch=4),
    "averages": network(layer="residual(average,linear)", width=5, batch=4),
    "convolution": network(
        layer="conv:3:variance=2:bias=0.1,batchnorm,relu", width=4, batch=2, positions=(5,)
    ),
    "convolution in the plane": network(
        layer="conv:3x3:circular:width=5,relu,conv:3x1", width=4, batch=2, positions=(3, 3)
    ),
    "convolution of few pixels": network(
        layer="conv:3:variance=2:bias=0.1,relu", width=4, batch=2, positions=(3,)
    ),
    "a branch with a norm at its end": network(layer="residual(linear,layernorm)", width=5),
    "batch norm in a branch": network(
        layer="residual(linear,batchnorm,relu,linear):skip=0.5", width=6
    ),
    "nested": network(
        layer="residual(layernorm,residual(linear:mean=1,relu,linear),linear)", width=5
    ),
    "widths that change": network(
        layer="linear:width=2x,relu,residual(layernorm,linear:width=2x),linear:width=3,tanh",
        width=5,
        head="linear:width=2",
    ),
    "stem and head": network(
        layer="residual(layernorm,linear)",
        width=5,
        stem="linear:width=5,relu",
        inputs=3,
        head="layernorm,linear:width=2,relu",
    ),
    "an activation on the stream": network(layer="residual(relu,linear)", width=5),
    "an activation at a branch's end": network(layer="residual(linear,relu)", width=5),
    "pre-activation": network(
        layer="residual(batchnorm,relu,linear:width=2x,batchnorm,relu,linear)", width=5
    ),
    "after a sum": network(layer="residual(batchnorm,linear),relu", width=5),
    "epsilon": network(layer="linear,rescale:features:epsilon=0.1,relu,recenter:features", width=6),
}


def sampled_routes(net: Network) -> list[Route]:
    exact = [route for route, why_not in exact_routes(net).items() if why_not is None]
    return [route for route in exact if route in (Route.GRAM, Route.STATE)]


@pytest.mark.parametrize("case", CASES)
def test_every_route_has_the_law_of_explicit_weights(case: str) -> None:
    net = CASES[case]
    found = p_values(net, sampled_routes(net))
    assert found
    assert min(found.values()) > LEVEL, found


@pytest.mark.parametrize(
    "layer", ["linear,rescale", "linear,gelu,layernorm:epsilon=0", "linear:mean=0.5,recenter,relu"]
)
def test_plain_layers_have_one_law_in_both_engines(layer: str) -> None:
    """The same samples laid out as positions of one sample make a walk of a plain layer."""
    operations = parse_layer(
        layer.replace("layernorm:epsilon=0", "recenter:features,rescale:features")
    )
    plain = Network(6, 4, operations)
    walked = Network(6, 1, operations, positions=(4,))
    assert plain.is_plain
    assert not walked.is_plain
    for route in (Route.STATE, Route.EXPLICIT):
        one = run(plain, route, replicas=1000, seed=1)
        assert same_law(one, run(walked, route, replicas=1000, seed=2)) > LEVEL


def compositions(examples: int):  # type: ignore[no-untyped-def]
    return settings(
        max_examples=examples, suppress_health_check=[HealthCheck.too_slow], deadline=None
    )


def agrees(net: Network) -> None:
    if net.columns < 2:
        return
    found = p_values(net, sampled_routes(net))
    assert all(p > LEVEL for p in found.values()), found


@compositions(8 if os.environ.get("DEPTHLAW_EXAMPLES", "desk") == "desk" else 40)
@given(architectures(3, 6))
def test_so_have_random_compositions(net: Network) -> None:
    agrees(net)


@pytest.mark.slow
@compositions(100)
@given(architectures(4, 8))
def test_so_have_many_random_compositions(net: Network) -> None:
    agrees(net)


class Wrong:
    """Samplers that are slightly wrong, each with the case that has to tell."""

    @staticmethod
    def degrees(patch: pytest.MonkeyPatch) -> str:
        right = draws.Draws.bartlett
        patch.setattr(draws.Draws, "bartlett", lambda self, size, k: right(self, size, k + 1))
        return "pre-norm block"

    @staticmethod
    def means_left_out(patch: pytest.MonkeyPatch) -> str:
        right = Moments.centred
        patch.setattr(Moments, "centred", lambda self: right(Moments(self.gram, None, self.width)))
        return "width 2 with means"

    @staticmethod
    def taps_present_only(patch: pytest.MonkeyPatch) -> str:
        right = covariance.convolution

        def wrong(operation: Conv, entering: Moments, net: Network) -> Array:
            ones = Moments(np.ones_like(entering.gram), None, entering.width)
            bare = Conv(operation.kernel, padding=operation.padding)
            return right(operation, entering, net) / right(bare, ones, net)

        patch.setattr(covariance, "convolution", wrong)
        return "convolution of few pixels"

    @staticmethod
    def heads_of_the_width(patch: pytest.MonkeyPatch) -> str:
        right = scores.attention

        def wrong(operation: Attention, entering: Moments, tokens: int, source: draws.Draws):  # type: ignore[no-untyped-def]
            inner = operation.heads * operation.head_neurons(entering.width)
            return right(operation, entering, tokens, source) * inner / entering.width

        patch.setattr(weights, "attention", wrong)
        return "two sequences, odd heads"

    @staticmethod
    def mask_forgotten(patch: pytest.MonkeyPatch) -> str:
        patch.setattr(scores, "allowed", lambda operation, t: np.ones((t, t), dtype=np.bool_))
        return "causal heads"

    @staticmethod
    def cross_term_left_out(patch: pytest.MonkeyPatch) -> str:
        patch.setattr(
            streamed,
            "add_gaussian",
            lambda a, stream, b, fresh, source: Moments(
                a * a * stream.gram
                + b * b * streamed.gaussian_moments(fresh, source, needs_mean=False).gram,
                stream.mean,
                stream.width,
            ),
        )
        return "averages"


@pytest.mark.parametrize("name", [name for name in vars(Wrong) if not name.startswith("_")])
def test_a_wrong_sampler_is_rejected(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = getattr(Wrong, name)(monkeypatch)
    net = CASES[case]
    assert p_value(net, Route.GRAM) < LEVEL


@pytest.mark.parametrize("case", ["an activation on the stream", "an activation at a branch's end"])
def test_moments_alone_would_be_wrong_where_they_are_refused(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = CASES[case]
    assert exact_routes(net)[Route.GRAM] is not None
    if case == "an activation at a branch's end":
        # The sum knows the axes: the next branch, whose neurons have a mean, meets the first.
        monkeypatch.setattr("depthlaw.numerics.sampling.routes.obstacle", lambda found: None)
        assert p_value(net, Route.GRAM) < LEVEL
