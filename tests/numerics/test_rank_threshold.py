"""The mean of the weights that breaks the rank is bracketed by decided comparisons."""

from __future__ import annotations

from typing import Any

import pytest

from depthlaw.numerics.chains.threshold import collapse_threshold
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Weights


def test_the_threshold_is_bracketed_by_decided_means() -> None:
    found = collapse_threshold(24, depth=60, burn_in=30, precision=0.5)
    assert found.decided
    assert found.upper - found.lower <= 0.5
    # The two ends and log₂(4/0.5) halvings share the level.
    assert {average.level for _, average in found.tried} == {0.05 / (2 + 3)}
    tried = dict(found.tried)
    assert tried[found.lower].upper < found.target < tried[found.upper].lower
    for mean, average in found.tried:
        # What decided every halving agrees with what it led to.
        assert (average.mean > found.target) == (mean >= found.upper)
    # The rank survives |m| near 1 and is lost at 2 (the sheet's simulation, at other widths).
    assert found.lower >= 0.5
    assert found.upper <= 2.5


def test_too_few_chains_leave_it_undecided() -> None:
    found = collapse_threshold(
        16, depth=40, burn_in=20, precision=1e-3, replicas=48, weights=Weights.UNIFORM
    )
    assert not found.decided
    last = found.tried[-1][1]
    assert last.lower <= found.target <= last.upper
    assert last.samples == 48


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target": 0.05}, "target = 0.05: 1/r averages"),
        ({"target": 1.0}, "target"),
        ({"largest": 0.0}, "largest = 0.0"),
        ({"largest": 0.1}, "it must lie between the intervals"),
        ({"precision": -1.0}, "precision = -1.0"),
        ({"weights": Weights.HAAR}, "orthogonal matrix has no mean"),
        ({"replicas": 0}, "replicas = 0"),
    ],
)
def test_impossible_searches_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        collapse_threshold(12, **{"depth": 20, "burn_in": 10, "replicas": 32, **options})
