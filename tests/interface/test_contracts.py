"""What other programs read: one strict JSON document, keys that do not change."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import depthlaw
from depthlaw.numerics.estimation.confidence import mean_bounds
from depthlaw.numerics.simulate import simulate
from depthlaw.render.summary import RANGES
from depthlaw.theory.claim import Claim, registry
from depthlaw.theory.claim.steps import Ground
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.network.observables import OBSERVABLES
from depthlaw.theory.network.text import parse_layer

if TYPE_CHECKING:
    from tests.interface.conftest import Command

CHEAP = "orthogonalization.lemma-4-sharp"
PRINTED = "orthogonalization.theorem-1"
CLAIMS = registry.claims()


@pytest.mark.usefixtures("steps_are_granted")
def test_claims_lists_the_registry(command: Command) -> None:
    found = command("claims", "--json")
    assert (found.status, found.err) == (0, "")
    entries = found.document["claims"]
    assert [entry["id"] for entry in entries] == list(registry.claim_ids())
    for entry in entries:
        claim = registry.claim(entry["id"])
        assert entry == {
            "id": claim.id,
            "title": claim.title,
            "status": str(claim.status),
            "expected": str(claim.expected),
            "proof": str(claim.proof),
            "source": str(claim.source),
        }


@pytest.mark.usefixtures("steps_are_granted")
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_show_has_every_part_of_a_claim(claim: Claim, command: Command) -> None:
    shown = command("show", claim.id, "--json").document
    assert shown["statement"]["latex"] == claim.latex()
    assert "\\" not in shown["statement"]["unicode"]
    assert [p["name"] for p in shown["parameters"]] == [p.name for p in claim.parameters]
    assert shown["assumptions"] == [a.statement for a in claim.assumptions]
    steps = claim.derivation().steps
    assert [s["title"] for s in shown["derivation"]] == [s.title for s in steps]
    for shown_step, step in zip(shown["derivation"], steps, strict=True):
        assert shown_step["ground"] == step.ground
        assert bool(shown_step["text"]) == (step.ground is not Ground.MACHINE)
    assert shown["errata"] == list(claim.errata)
    assert shown["siblings"] == list(claim.siblings)
    assert [check["label"] for check in shown["checks"]] == [check.label for check in claim.checks]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_bound_is_the_claim_s_bound(
    claim: Claim, command: Command, written: Callable[..., list[str]]
) -> None:
    parameters = claim.checks[0].parameters
    found = command("bound", claim.id, *written(parameters), "--json")
    assert (found.status, found.err) == (0, "")
    document = found.document
    assert set(document) == {"claim", "parameters", "bound", "trivial", "vacuous"}
    assert document["claim"] == claim.id
    assert set(document["bound"]) == {"lower", "upper", "kind", "exact"}
    value = claim.bound(**parameters)
    assert document["bound"]["lower"] == value.lower <= value.upper == document["bound"]["upper"]
    assert document["bound"]["kind"] == value.kind
    assert document["vacuous"] is claim.vacuous(**parameters)
    assert (document["trivial"] is None) == (claim.trivial is None)


def test_bound_says_where_it_is_vacuous(command: Command) -> None:
    words = ("bound", "orthogonalization.theorem-1-corrected", "batch=8", "depth=40", "alpha=0.1")
    wide = command(*words, "width=1e6", "--json").document
    narrow = command(*words, "width=1000", "--json").document
    assert not wide["vacuous"]
    assert wide["bound"]["upper"] < wide["trivial"]
    assert narrow["vacuous"]
    assert narrow["bound"]["lower"] >= narrow["trivial"]
    assert wide["parameters"] == {"batch": 8, "width": 10**6, "depth": 40, "alpha": 0.1}


def test_numbers_beyond_floats_stay_json(command: Command) -> None:
    words = ("bound", "orthogonalization.theorem-1-corrected", "batch=8", "width=8", "depth=1")
    document = command(*words, "alpha=1e-900", "--json").document
    assert document["bound"]["upper"] == "inf"
    assert document["vacuous"] is True


SUMMED = ("mean", "lower", "upper", "median", "smallest", "largest")
SIMULATE = (
    "simulate",
    *("--layer", "linear,rescale"),
    *("--batch", "4"),
    *("--width", "64"),
    *("--depth", "3"),
    *("--replicas", "50"),
)


def test_simulate_has_every_layer_and_observable(command: Command) -> None:
    found = command(*SIMULATE, "--seed", "5", "--level", "0.01", "--json")
    assert (found.status, found.err) == (0, "")
    document = found.document
    assert document["network"] == {"width": 64, "batch": 4, "layer": "linear,rescale"}
    assert (document["seed"], document["level"], document["route"]) == (5, 0.01, "gram")
    assert (document["replicas"], document["degenerate"], document["dropped"]) == (50, 0, 0)
    assert [layer["depth"] for layer in document["layers"]] == [0, 1, 2, 3]
    run = simulate(
        Network(64, 4, parse_layer("linear,rescale")),
        depth=3,
        replicas=50,
        seed=5,
        initial_gram=equicorrelated(4, 0.5),
    )
    for layer in document["layers"]:
        assert set(layer) == {"depth", "part", "degenerate", "undefined", *RANGES}
        for name, observable in OBSERVABLES.items():
            shown = layer[name]
            assert set(shown) == set(SUMMED)
            assert observable.lowest(4) <= shown["lower"] <= shown["mean"]
            assert shown["mean"] <= shown["upper"] <= observable.highest(4)
            seen = run.values[name][:, layer["depth"]]
            if layer["depth"] == 0:
                assert set(shown.values()) == {float(seen[0])}
                continue
            middle = float(np.median(seen))
            found = (shown["smallest"], shown["median"], shown["largest"])
            assert found == (seen.min(), middle, seen.max())
            assert shown["mean"] == float(seen.mean())
            # All intervals hold together: each has an equal share of the level.
            share = 0.01 / (3 * len(RANGES))
            ends = (observable.lowest(4), observable.highest(4))
            expected = mean_bounds(seen, lowest=ends[0], highest=ends[1], level=share)
            assert (shown["lower"], shown["upper"]) == expected


LAYERS = [
    "linear,recenter,rescale",
    "linear:residual=0.1:mean=0.3,gelu,rescale:features",
    "linear:law=-1@1/2;1@1/2,tanh(2*x)+0.1,rescale",
    "linear:haar,elu(1/3)",
]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("start", [("--correlation", "-1/7"), ("--start", "isotropic"), ()])
def test_the_document_of_a_simulation_alone_repeats_it(
    layer: str, start: tuple[str, ...], command: Command
) -> None:
    sizes = ("--batch", "3", "--width", "20", "--depth", "4", "--replicas", "5", "--seed", "11")
    found = command("simulate", "--layer", layer, *sizes, *start, "--level", "0.02", "--json")
    document = found.document
    # From the command line …
    program, *words = shlex.split(document["command"])
    again = command(*words)
    assert program == "depthlaw"
    assert again.out == found.out
    # … and through Python, bit for bit.
    network = document["network"]
    run = simulate(
        Network(network["width"], network["batch"], parse_layer(network["layer"])),
        depth=document["depth"],
        replicas=document["replicas"],
        seed=document["seed"],
        route=document["route"],
        initial_gram=equicorrelated(network["batch"], document["start"]["correlation"]),
    )
    for at in document["layers"]:
        for name in OBSERVABLES:
            seen = run.values[name][:, at["depth"]]
            assert at[name]["median"] == float(np.median(seen))
            assert (at[name]["smallest"], at[name]["largest"]) == (seen.min(), seen.max())
    assert document["version"] == depthlaw.__version__


def test_sixteen_replicas_are_drawn_unless_asked_otherwise(command: Command) -> None:
    document = command(*SIMULATE[:-2], "--json").document
    assert document["replicas"] == 16
    assert document["start"] == {"name": "equicorrelated", "correlation": 0.5}


def test_what_solves_a_simulation_is_told_too(command: Command) -> None:
    words = (*SIMULATE, "--solve", "depth", "--target", "0.5", "--seed", "3", "--json")
    document = command(*words).document
    assert document["start"] == {"name": "equicorrelated", "correlation": 0.5}
    assert (document["seed"], document["replicas"], document["depth"]) == (3, 50, 3)
    assert document["solved"]["parameter"] == "depth"


def test_simulate_finds_what_must_happen(command: Command) -> None:
    # Two samples, recentred: every neuron becomes (1, −1) or (−1, 1).
    words = ("--layer", "linear,recenter,rescale", "--batch", "2", "--width", "9", "--depth", "2")
    found = command("simulate", *words, "--start", "isotropic", "--json").document
    start, *layers = found["layers"]
    assert start["mean_cosine"] == dict.fromkeys(SUMMED, 0)
    for layer in layers:
        assert layer["stable_rank"]["lower"] == layer["stable_rank"]["mean"] == 1
        assert layer["mean_cosine"]["lower"] == layer["mean_cosine"]["mean"] == -1


def test_the_start_is_the_one_asked_for(command: Command) -> None:
    words = (*SIMULATE[:-4], "--depth", "0", "--json")
    for correlation in ("0.5", "-1/4", "0.999"):
        (start,) = command(*words, "--correlation", correlation).document["layers"]
        gram = equicorrelated(4, float(Fraction(correlation)))
        for name, observable in OBSERVABLES.items():
            assert start[name]["mean"] == float(observable.function(gram))
    (default,) = command(*words).document["layers"]
    assert default["mean_cosine"]["mean"] == 0.5


def test_replicas_that_die_have_no_mean(command: Command) -> None:
    words = ("--layer", "linear,relu", "--batch", "3", "--width", "2", "--depth", "20")
    document = command("simulate", *words, "--replicas", "30", "--json").document
    last = document["layers"][-1]
    assert 0 < last["undefined"] <= 30
    assert last["isometry"] == dict.fromkeys(SUMMED)


def test_seeds_fix_the_result_and_intervals_shrink(command: Command) -> None:
    first = command(*SIMULATE, "--seed", "1", "--json")
    assert command(*SIMULATE, "--seed", "1", "--json").out == first.out
    assert command(*SIMULATE, "--seed", "2", "--json").out != first.out
    more = command(*SIMULATE[:-1], "500", "--seed", "1", "--json").document
    for few, many in zip(first.document["layers"][1:], more["layers"][1:], strict=True):
        assert span(many["isometry"]) < span(few["isometry"])


def span(interval: dict[str, Any]) -> float:
    return float(interval["upper"] - interval["lower"])


@pytest.mark.parametrize("route", ["auto", "gram", "state", "explicit"])
def test_exact_routes_can_be_forced(route: str, command: Command) -> None:
    document = command(*SIMULATE, "--route", route, "--json").document
    assert document["route"] == ("gram" if route == "auto" else route)


def test_verify_has_a_verdict_for_each_claim(command: Command) -> None:
    found = command(
        "verify", CHEAP, "orthogonalization.lemma-4", CHEAP, "--level", "0.01", "--json"
    )
    assert (found.status, found.err) == (0, "")
    document = found.document
    assert document["schema"].startswith("depthlaw.verdicts/")
    assert (document["level"], document["seed"], document["budget"]) == (0.01, 0, "quick")
    assert [entry["id"] for entry in document["claims"]] == [CHEAP, "orthogonalization.lemma-4"]
    for entry in document["claims"]:
        keys = {"id", "verdict", "expected", "as_expected", "tightness", "samples", "advice"}
        assert keys <= set(entry)
        assert entry["verdict"] == entry["expected"] == "CERTIFIED"
        assert entry["as_expected"] is True
    sharp = document["claims"][0]["tightness_interval"]
    assert sharp["lower"] <= 1 <= sharp["upper"]
    for check in document["claims"][0]["checks"]:
        assert {"label", "parameters", "verdict", "value", "bound", "trivial"} <= set(check)
