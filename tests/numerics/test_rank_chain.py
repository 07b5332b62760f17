"""Long chains: their law, streaming, executors, averages with intervals, bad input."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.numerics.chains.averages import Basis, batch_means, ergodic_average
from depthlaw.numerics.chains.chain import ChainAverages, full_rank_gram, rank_chain
from depthlaw.numerics.chains.covariance import covariance_chain
from depthlaw.numerics.chains.layers import rank_network, step_covariance, step_matrix, step_state
from depthlaw.numerics.chains.linear_chain import deep_chain
from depthlaw.numerics.chains.observables import rank_observables
from depthlaw.numerics.chains.runner import Options, Steps, run
from depthlaw.numerics.chains.window import Window
from depthlaw.numerics.estimation.confidence import mean_bounds
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.routes import Route
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.streams import stream
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.network import Activate, Linear, Network, Weights
from depthlaw.theory.network.gram import stable_rank
from depthlaw.theory.network.observables import Observable
from depthlaw.theory.network.weight_law import WeightLaw

Array = NDArray[np.float64]

EPS = float(np.finfo(np.float64).eps)
LEVEL = 1e-6
RADEMACHER = WeightLaw((-1, 1), (Fraction(1, 2), Fraction(1, 2)))
SPARSE = WeightLaw((-2, 0, 2), (Fraction(1, 8), Fraction(3, 4), Fraction(1, 8)))
RELU = Activate(partial(np.maximum, 0.0), "relu")


def inverse_rank(gram: Array) -> Array:
    return 1 / stable_rank(gram)


def share(lowest: float) -> Observable:
    return Observable("inverse", inverse_rank, lambda n: lowest, lambda n: 1.0)


def first_layer(width: int, batch: int, **options: Any) -> Array:
    """Return ‖M‖_F²/(tr M)² after one layer from equal singular values, for each replica."""
    run = rank_chain(
        rank_network(width, batch, **options),
        depth=2,
        replicas=3000,
        blocks=2,
        seed=5,
        initial_state=np.sqrt(batch) * np.eye(width, batch),
        observables={"inverse": share(1 / min(width, batch))},
    )
    return run.block_means("inverse")[:, 0]


@pytest.mark.parametrize("weights", [Weights.GAUSSIAN, Weights.UNIFORM, RADEMACHER])
def test_one_layer_has_the_exact_mean_of_every_symmetric_law(
    weights: Weights | WeightLaw,
) -> None:
    # From M = I the rows are w_i/‖w_i‖ with independent symmetric entries: E c_ij² = 1/N.
    d = N = 6
    exact = (1 + (d - 1) / N) / d
    values = first_layer(d, N, weights=weights)
    lower, upper = mean_bounds(values, lowest=1 / d, highest=1, level=LEVEL)
    assert lower <= exact <= upper
    shifted = first_layer(d, N, weights=weights, mean=2.0)
    assert mean_bounds(shifted, lowest=1 / d, highest=1, level=LEVEL)[0] > exact


def test_haar_weights_keep_orthogonal_rows_apart() -> None:
    values = first_layer(5, 5, weights=Weights.HAAR)
    assert np.abs(values - 1 / 5).max() < 5**3 * EPS


sizes = st.integers(1, 6)
strengths = st.sampled_from([0.01, 0.1, 1.0, 10.0, math.inf])
laws = st.sampled_from([Weights.GAUSSIAN, Weights.UNIFORM, Weights.HAAR])


@given(sizes, sizes, strengths, laws, st.integers(0, 2**32))
def test_the_chains_on_h_and_m_take_the_same_path(
    width: int, batch: int, strength: float, weights: Weights, seed: int
) -> None:
    generator = stream(seed, 0)
    H = generator.standard_normal((width, batch))
    H /= np.sqrt(np.square(H).mean(axis=1, keepdims=True))
    linear = rank_network(width, batch, strength, weights=weights).layer[0]
    assert isinstance(linear, Linear)
    for _ in range(5):
        W = draw_weights(linear, width, [generator])[0]
        M = H @ H.T / batch
        A = step_matrix(W, strength)
        sizes_ = np.sqrt(np.square(A @ H).mean(axis=1))
        if not sizes_.min() > 0:
            # One neuron and W = −1/γ: both chains end with the same sentence.
            for step, what in ((step_state, H), (step_covariance, M)):
                with pytest.raises(ArgumentError, match="makes a neuron zero"):
                    step(what, W, strength)
            return
        # |M_ij| ≤ 1, so an entry of A M Aᵀ sums d² terms of size at most Σ|A_i|Σ|A_k|, and each of
        # the three products and the two normalisations rounds that sum d or N times.
        terms = float((np.abs(A).sum(axis=1) / sizes_).max()) ** 2
        H = step_state(H, W, strength)
        allowed = 16 * (width + batch) * EPS * terms
        assert np.abs(H @ H.T / batch - step_covariance(M, W, strength)).max() <= allowed


@pytest.mark.parametrize("strength", [0.3, math.inf])
@pytest.mark.parametrize("batch", [3, 5, 40])
def test_the_chain_on_m_has_the_mean_of_the_chain_on_h(strength: float, batch: int) -> None:
    d = 5
    network = rank_network(d, batch, strength)
    H = stream(2, 7).standard_normal((d, batch))
    M = H @ H.T / batch
    there = rank_chain(network, depth=30, burn_in=10, replicas=300, seed=1, initial_state=H)
    here = covariance_chain(
        network, depth=30, burn_in=10, replicas=300, seed=2, initial_covariance=M
    )
    assert set(here.sums) == {"stable_rank", "soft_rank(0.5)"}
    for name in here.sums:
        # Two intervals of the same mean, from different weights, overlap.
        one, other = (ergodic_average(run, name, level=LEVEL / 2) for run in (there, here))
        assert one.lower <= other.upper
        assert other.lower <= one.upper
    assert np.abs(np.trace(here.final_gram, axis1=1, axis2=2) - d).max() <= 8 * d * EPS


def test_the_chain_on_m_has_the_path_of_the_chain_on_h() -> None:
    # Haar weights and γ < 1: a layer is well conditioned, and errors grow slowly.
    d, batch, depth, gamma = 6, 4, 12, 0.3
    network = rank_network(d, batch, gamma, weights=Weights.HAAR)
    H = stream(2, 8).standard_normal((d, batch))
    H /= np.sqrt(np.square(H).mean(axis=1, keepdims=True))
    there = rank_chain(
        network,
        depth=depth,
        replicas=3,
        blocks=2,
        seed=4,
        initial_state=H,
        route=Route.EXPLICIT,
    )
    here = covariance_chain(
        network, depth=depth, replicas=3, blocks=2, seed=4, initial_covariance=H @ H.T / batch
    )
    # A layer multiplies an error of M by at most (1+γ)², and by as much again through D, of which
    # every entry is at least (1−γ)².
    growth = sum((2 * ((1 + gamma) / (1 - gamma)) ** 2) ** k for k in range(depth))
    difference = there.block_means("stable_rank") - here.block_means("stable_rank")
    assert np.abs(difference).max() <= 16 * d**3 * EPS * growth


def test_the_chain_on_m_is_the_same_for_any_workers() -> None:
    network = rank_network(5, 5, 0.4)
    alone = covariance_chain(network, depth=40, replicas=5, seed=3)
    with ThreadPoolExecutor(2) as executor:
        shared = covariance_chain(network, depth=40, replicas=5, seed=3, executor=executor)
    assert identical(alone, shared)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"initial_covariance": np.eye(3)}, "4 neurons have a square one"),
        ({"initial_covariance": -np.eye(4)}, "no negative eigenvalue"),
        ({"network": rank_network(4, 2)}, "a matrix of rank 4: a batch of 2"),
        ({"network": rank_network(4, 4, activation=RELU)}, "take rank_chain for others"),
        ({"network": rank_network(4, 4, normalise=False)}, "take rank_chain for others"),
        ({"network": None}, "must be a Network"),
        ({"observables": {"r": stable_rank}}, "must be an Observable"),
        ({"burn_in": 30}, "burn_in = 30"),
    ],
)
def test_impossible_chains_on_m_are_refused(options: dict[str, Any], words: str) -> None:
    given_options = {"network": rank_network(4, 4), "depth": 30, "replicas": 1, **options}
    with pytest.raises(ArgumentError, match=words):
        covariance_chain(given_options.pop("network"), **given_options)


@pytest.mark.parametrize("strength", [0.3, math.inf])
def test_a_chain_is_its_steps(strength: float) -> None:
    d, N, depth = 5, 4, 6
    network = rank_network(d, N, strength, weights=Weights.UNIFORM)
    start = stream(0, 0).standard_normal((d, N))
    run = rank_chain(network, depth=depth, replicas=2, blocks=2, seed=3, initial_state=start)
    linear = network.layer[0]
    assert isinstance(linear, Linear)
    for replica in range(2):
        generator, H, growth = stream(3, replica), start, 1.0
        for _ in range(depth):
            W = draw_weights(linear, d, [generator])[0]
            moved = step_matrix(W, strength) @ H
            rows = np.sqrt(np.square(moved).mean(axis=1))
            # What a layer multiplies an error by: its matrix over the least norm of a row.
            growth = 1 + growth * (1 + np.linalg.norm(step_matrix(W, strength)) / rows.min())
            H = step_state(H, W, strength)
        allowed = growth * 8 * d * N * EPS
        assert np.abs(run.final_gram[replica] - H.T @ H / d).max() <= allowed


def test_the_averages_are_those_of_the_whole_path() -> None:
    network = rank_network(6, 6, 0.5)
    run = rank_chain(network, depth=47, burn_in=5, every=3, replicas=4, blocks=4, seed=2)
    path = simulate(
        network,
        depth=47,
        replicas=4,
        seed=2,
        initial_gram=np.eye(6),
        route=Route.EXPLICIT,
        observables={"stable_rank": stable_rank},
    ).values["stable_rank"]
    seen = path[:, 8:48:3]
    assert run.counts.sum() == seen.shape[1] == 14
    pieces = np.split(seen, np.cumsum(run.counts)[:-1], axis=1)
    means = np.stack([piece.mean(axis=1) for piece in pieces], axis=1)
    # Sums of at most 14 numbers below 6.
    assert np.abs(run.block_means("stable_rank") - means).max() <= 14 * 6 * EPS
    assert np.abs(run.time_averages("stable_rank") - seen.mean(axis=1)).max() <= 28 * 6 * EPS


all_laws = st.sampled_from([*Weights, RADEMACHER, SPARSE])


@given(sizes, sizes, strengths, all_laws, st.integers(1, 9), st.integers(0, 2**32))
def test_soft_ranks_stay_above_their_bound_along_every_chain(
    width: int,
    batch: int,
    strength: float,
    weights: Weights | WeightLaw,
    tenths: int,
    seed: int,
) -> None:
    # Theorem 2's first inequality holds path by path, whatever the law; τ = 1 would be a tie.
    tau = tenths / 10
    network = rank_network(width, batch, strength, weights=weights)
    start = stream(seed, 1).standard_normal((width, batch))
    run = rank_chain(
        network,
        depth=6,
        replicas=2,
        blocks=2,
        seed=seed,
        initial_state=start,
        observables=rank_observables(network, (tau,)),
    )
    if run.degenerate.any():
        return  # A neuron was zero: M has not trace d, and the lemma does not apply.
    soft, r = run.time_averages(f"soft_rank({tau:g})"), run.time_averages("stable_rank")
    assert (soft >= (1 - tau) ** 2 * r * (1 - 8 * width * batch * EPS)).all()
    assert (run.time_averages("numerical_rank") >= r * (1 - 8 * width * batch * EPS)).all()


@given(st.integers(1, 300), st.integers(0, 40), st.integers(1, 7), st.integers(2, 9))
def test_blocks_are_consecutive_and_nearly_equal(
    length: int, burn_in: int, every: int, blocks: int
) -> None:
    depth = burn_in + length
    if length // every < blocks:
        with pytest.raises(ArgumentError, match="blocks"):
            Window.checked(depth, burn_in, every, blocks, fewest=2)
        return
    window = Window.checked(depth, burn_in, every, blocks, fewest=2)
    found = [window.block_of(layer) for layer in range(1, depth + 1)]
    numbers = [block for block in found if block is not None]
    assert numbers == sorted(numbers)
    assert np.bincount(numbers, minlength=blocks).tolist() == window.counts.tolist()
    assert window.counts.max() - window.counts.min() <= 1
    assert all(block is None for block in found[: burn_in + every - 1])


def identical(one: ChainAverages, other: ChainAverages) -> bool:
    return (
        all(np.array_equal(values, other.sums[name]) for name, values in one.sums.items())
        and np.array_equal(one.final_gram, other.final_gram)
        and np.array_equal(one.degenerate, other.degenerate)
    )


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_result_is_the_same_for_any_workers(
    pool: Callable[[int], Executor], workers: int
) -> None:
    network = rank_network(6, 6, 0.2, weights=RADEMACHER)
    alone = rank_chain(network, depth=60, replicas=5, seed=(4, 2))
    with pool(workers) as executor:
        assert identical(
            alone, rank_chain(network, depth=60, replicas=5, seed=(4, 2), executor=executor)
        )


def test_replicas_do_not_know_how_many_they_are() -> None:
    network = rank_network(6, 6, activation=Activate(np.tanh, "tanh"))
    together = rank_chain(network, depth=50, replicas=7, seed=1)
    apart = rank_chain(network, depth=50, replicas=1, seed=1, first_replica=6)
    assert np.array_equal(together.sums["stable_rank"][6:], apart.sums["stable_rank"])
    other = rank_chain(network, depth=50, replicas=1, seed=2, first_replica=6)
    assert not np.array_equal(other.sums["stable_rank"], apart.sums["stable_rank"])


def test_rounds_join_to_one_run() -> None:
    network = rank_network(5, 5)
    rounds = [
        rank_chain(network, depth=30, replicas=count, first_replica=first, seed=8)
        for first, count in ((0, 2), (2, 3))
    ]
    assert identical(rounds[0].join(rounds[1]), rank_chain(network, depth=30, replicas=5, seed=8))
    with pytest.raises(ArgumentError, match="ends before replica 5"):
        rounds[1].join(rounds[0])
    with pytest.raises(ArgumentError, match="seed = 9: the first round had 8"):
        rounds[0].join(rank_chain(network, depth=30, replicas=1, first_replica=2, seed=9))


class Counter:
    """A kind of chain that knows its layer and its replicas, and nothing else."""

    def __init__(self, replicas: range) -> None:
        self.replicas, self.layer = np.array(replicas), 0

    def steps(self, layers: range) -> Steps:
        for layer in layers:
            self.layer = layer
            yield

    def observe(self) -> dict[str, Array]:
        return {"pair": self.replicas[:, None] + [0.0, self.layer]}

    def last(self) -> dict[str, Array]:
        return {"layer": np.full(len(self.replicas), self.layer)}


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_new_kind_of_chain_is_a_state(pool: Callable[[int], Executor] | None) -> None:
    # Its tasks are as large as those of a wide network: several blocks, and several legs.
    network = rank_network(512, 512)
    executor = pool(2) if pool else None
    options = Options.checked(
        network,
        depth=300,
        burn_in=100,
        every=4,
        blocks=2,
        replicas=5,
        first_replica=7,
        seed=0,
        executor=executor,
        progress=None,
    )
    sums, last, numbers = run(Counter, Route.EXPLICIT, options, lambda *found: found)
    assert numbers == range(7, 12)
    if executor is not None:
        executor.shutdown()
    replicas = np.arange(7, 12)[:, None]
    assert last["layer"].tolist() == 5 * [300]
    seen = [range(104, 204, 4), range(204, 304, 4)]
    assert np.array_equal(sums["pair"][..., 0], 25 * replicas + np.zeros(2))
    assert np.array_equal(sums["pair"][..., 1], 25 * replicas + [sum(part) for part in seen])


@pytest.mark.parametrize("chain", [rank_chain, covariance_chain, deep_chain])
def test_what_no_process_can_be_sent_is_refused(chain: Callable[..., object]) -> None:
    observables = {"r": Observable("r", lambda G: stable_rank(G), lambda n: 0, lambda n: n)}
    with ProcessPoolExecutor(1) as pool, pytest.raises(ArgumentError, match="observable r cannot"):
        chain(rank_network(4, 4), depth=40, replicas=2, observables=observables, executor=pool)


def peak(depth: int) -> int:
    with ThreadPoolExecutor(1) as executor:
        tracemalloc.start()
        rank_chain(rank_network(4, 4), depth=depth, replicas=2, executor=executor)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return found


def test_memory_does_not_grow_with_depth() -> None:
    peak(100)
    short, long = peak(200), peak(1500)
    # A table of one observable alone would take 8 bytes for every replica and layer.
    assert long - short < 8 * 2 * (1500 - 200) / 2


def test_progress_counts_every_layer() -> None:
    seen: list[tuple[int, int]] = []
    rank_chain(
        rank_network(4, 4), depth=30, replicas=3, progress=lambda done, of: seen.append((done, of))
    )
    assert seen[-1] == (90, 90)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_intervals_hold_the_mean_of_many_more_chains() -> None:
    network = rank_network(4, 4)
    few = rank_chain(network, depth=60, burn_in=20, replicas=40, seed=1)
    many = rank_chain(network, depth=60, burn_in=20, replicas=1500, seed=2)
    sharp = ergodic_average(many, level=LEVEL)
    assert sharp.basis is Basis.REPLICAS
    assert sharp.upper - sharp.lower < 0.2
    wide = ergodic_average(few, level=LEVEL)
    assert wide.lower <= sharp.upper
    assert sharp.lower <= wide.upper
    # Negative control: the conjectured limit √d is no stationary mean at d = 4.
    assert not sharp.lower <= 2.0 <= sharp.upper
    blocks = batch_means(many, level=LEVEL)
    assert blocks.lower <= sharp.upper
    assert sharp.lower <= blocks.upper
    assert (blocks.samples, sharp.samples, sharp.seed) == (1500 * 20, 1500, 2)
    assert abs(sharp.drift - (sharp.second_half - sharp.first_half)) == 0


def made_up(values: Array) -> ChainAverages:
    """Chains whose blocks of ten layers have these means."""
    replicas, blocks = values.shape
    return ChainAverages(
        network=Network(4, 4, (Linear(),)),
        route=Route.EXPLICIT,
        seed=0,
        depth=10 * blocks,
        burn_in=0,
        every=1,
        replicas=replicas,
        first_replica=0,
        sums={"stable_rank": 10 * values},
        counts=np.full(blocks, 10),
        ranges={"stable_rank": (1.0, 4.0)},
        degenerate=np.zeros(replicas, dtype=np.int64),
        final_gram=np.empty((replicas, 4, 4)),
    )


@pytest.mark.parametrize(("replicas", "blocks"), [(1, 8), (4, 3)])
def test_batch_means_cover_at_their_level_where_their_assumption_holds(
    replicas: int, blocks: int
) -> None:
    # 2000 runs with independent normal blocks: misses are binomial with probability 1/10.
    runs, level = 2000, 0.1
    draws = 2 + 0.1 * stream(9, 0).standard_normal((runs, replicas, blocks))
    found = [batch_means(made_up(values), level=level) for values in draws]
    missed = sum(not f.lower <= 2 <= f.upper for f in found)
    # Chernoff–Hoeffding for a binomial at LEVEL, both sides.
    margin = math.sqrt(math.log(2 / LEVEL) / (2 * runs))
    assert abs(missed / runs - level) <= margin


def test_a_run_says_where_its_start_still_shows() -> None:
    values = np.linspace(1, 3, 20)[None] * np.ones((3, 1))
    found = batch_means(made_up(values))
    assert found.drift > found.upper - found.mean
    # In a trend consecutive blocks lie on the same side of the mean.
    assert found.correlation > 0
    assert "second minus first half" in str(found)
    assert math.isnan(batch_means(made_up(np.full((2, 6), 2.0))).correlation)


def test_a_range_that_is_a_point_needs_no_chance() -> None:
    run = rank_chain(rank_network(1, 3), depth=30, replicas=2)
    found = ergodic_average(run)
    assert found.lower == found.upper == 1


@given(st.integers(1, 9), st.integers(1, 9))
def test_the_default_start_has_the_rank_and_no_more(width: int, batch: int) -> None:
    G = full_rank_gram(width, batch)
    k = min(width, batch)
    values = np.linalg.eigvalsh(G)
    expected = np.concatenate([np.zeros(batch - k), np.ones(k)])
    assert np.abs(values - expected).max() <= 8 * batch**2 * EPS


@pytest.mark.parametrize("batch", [2, 8])
def test_other_routes_have_the_same_mean(batch: int) -> None:
    network = rank_network(8, batch, 0.5)
    means = [
        ergodic_average(
            rank_chain(network, depth=25, burn_in=5, replicas=400, seed=seed, route=route),
            level=LEVEL / 2,
        )
        for seed, route in ((1, Route.STATE), (2, Route.EXPLICIT))
    ]
    assert means[0].lower <= means[1].upper
    assert means[1].lower <= means[0].upper


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"burn_in": 40}, "burn_in = 40: it must be below the depth, 40"),
        ({"burn_in": -1}, "burn_in = -1"),
        ({"every": 0}, "every = 0"),
        ({"blocks": 1}, "blocks = 1"),
        ({"blocks": 41}, "only 40 layers are observed"),
        ({"depth": 0}, "depth = 0"),
        ({"replicas": 0}, "replicas = 0"),
        ({"observables": {"r": stable_rank}}, "must be an Observable"),
        ({"initial_gram": np.eye(3)}, "initial_gram"),
    ],
)
def test_impossible_runs_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        rank_chain(rank_network(4, 4), **{"depth": 40, "replicas": 2, **options})


@pytest.mark.parametrize("strength", [0.0, -1.0, math.nan, -math.inf, "1", True])
def test_impossible_strengths_are_refused(strength: Any) -> None:
    with pytest.raises(ArgumentError, match="strength"):
        rank_network(4, 4, strength)
    with pytest.raises(ArgumentError, match="strength"):
        step_state(np.eye(2), np.eye(2), strength)


def test_other_mistakes_are_sentences() -> None:
    with pytest.raises(ArgumentError, match="batch = 0"):
        rank_network(4, 0)
    no_network: Any = "linear"
    with pytest.raises(ArgumentError, match="must be a Network"):
        rank_chain(no_network, depth=4, replicas=1)
    with pytest.raises(ArgumentError, match="τ lies between"):
        rank_observables(rank_network(4, 4), (0.5, 1.5))
    run = rank_chain(rank_network(4, 4), depth=30, replicas=2)
    with pytest.raises(UnknownNameError, match="stable_rank"):
        ergodic_average(run, "stabel_rank")
    with pytest.raises(ArgumentError, match="level"):
        batch_means(run, level=1.0)
    with pytest.raises(ArgumentError, match="makes a neuron zero"):
        step_state(np.eye(2), np.zeros((2, 2)))
    dead = rank_network(1, 2, normalise=False, activation=RELU)
    vanished = rank_chain(dead, depth=200, replicas=3)
    with pytest.raises(ArgumentError, match="replicas vanished"):
        ergodic_average(vanished)
    with pytest.raises(ArgumentError, match="NaN or infinity"):
        rank_chain(
            rank_network(2, 2, activation=Activate(np.exp, "exp"), normalise=False),
            depth=99,
            replicas=1,
        )
