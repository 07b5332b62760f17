"""The commands that give a run, and each of its cards, once more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from depthlaw.numerics.verify import Report, Verdict
from depthlaw.theory.claim import Claim, Computed, registry


def run_command(report: Report) -> str:
    """Return the command that gives the whole run, or a call where a claim is not registered.

    >>> from depthlaw.numerics.verify import verify
    >>> report = verify("orthogonalization.lemma-4", seed=7)
    >>> run_command(report)
    'depthlaw verify orthogonalization.lemma-4 --budget quick --level 0.001 --seed 7'
    """
    ids = [verdict.claim.id for verdict in report.verdicts]
    if not _registered(verdict.claim for verdict in report.verdicts):
        return _call(ids, report, report.level)
    everything = ids == list(registry.claim_ids())
    return _command([] if everything else ids, report, report.level)


def card_command(report: Report, verdict: Verdict) -> str:
    """Return the command that gives one verdict of a run, to the last digit.

    A run shares its level evenly among its sampled checks. A run of one claim has fewer, so that it
    is given the part of the level that this claim had.
    """
    sampled = _sampled(verdict)
    total = sum(_sampled(other) for other in report.verdicts)
    level = report.level if not sampled else _level_for(report.level / total, sampled)
    if not _registered([verdict.claim]):
        return _call([verdict.claim.id], report, level)
    return _command([verdict.claim.id], report, level)


def _sampled(verdict: Verdict) -> int:
    return sum(
        not isinstance(check.quantity, Computed) and verdict.budget.includes(check.budget)
        for check in verdict.claim.checks
    )


def _level_for(share: float, checks: int) -> float:
    """Return the level whose part for one of `checks` checks is exactly `share`."""
    level = share * checks
    # Multiplying and dividing again may round to a neighbour; one of these three comes back.
    near = (level, math.nextafter(level, 0), math.nextafter(level, 1))
    return next((candidate for candidate in near if candidate / checks == share), level)


def _registered(claims: Iterable[Claim]) -> bool:
    known = set(registry.claim_ids())
    return all(claim.id in known and registry.claim(claim.id) is claim for claim in claims)


def _command(ids: Sequence[str], report: Report, level: float) -> str:
    words = ["depthlaw", "verify", *ids, "--budget", str(report.budget)]
    return " ".join([*words, "--level", repr(level), "--seed", str(report.seed)])


def _call(ids: Sequence[str], report: Report, level: float) -> str:
    """Return Python for claims that only their author's program knows."""
    names = ", ".join(ids)
    return (
        f'depthlaw.verify(claims, budget="{report.budget}", level={level!r}, seed={report.seed})'
        f"  # claims: {names}"
    )
