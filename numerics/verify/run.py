"""Check claims: derivations, deterministic instances with proved error, sampled ones at a level."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from depthlaw.numerics.sampling.arguments import check_helpers
from depthlaw.numerics.verify.conditions import Conditions, stream
from depthlaw.numerics.verify.judge import judge
from depthlaw.numerics.verify.verdict import Report, Verdict
from depthlaw.theory.claim import registry
from depthlaw.theory.claim.check import Budget, Computed
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.errors import ArgumentError, integer, items, known_name, probability


@dataclass(frozen=True)
class Progress:
    """Where a verification is: the claim, the check, trajectories drawn and at most to be drawn."""

    claim: str
    check: str
    done: int
    most: int


def verify(
    claims: Iterable[Claim | str] | Claim | str | None = None,
    *,
    budget: Budget | str = Budget.QUICK,
    level: float = 1e-3,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Check claims and return their verdicts.

    Parameters
    ----------
    claims
        Claims (your own, too) or ids; None for the whole registry.
    budget
        quick, standard or thorough: which checks run, and how many trajectories they may draw.
    level
        Probability, over the whole run, that any sampled check is judged wrongly. It is divided
        evenly among the sampled checks.
    seed
        Whole number ≥ 0. Verdicts do not depend on the executor.
    executor
        Any `concurrent.futures.Executor`; default: one thread for each core.
    progress
        Called with a `Progress` as the run goes on.

    Returns
    -------
    Report
        One verdict for each claim, in the order given.

    Raises
    ------
    ArgumentError, UnknownNameError
        For an impossible level or seed, an unknown budget or claim, two claims with one id, or a
        claim of your own with an id of the registry.

    Examples
    --------
    >>> report = verify("orthogonalization.lemma-4-sharp")
    >>> str(report["orthogonalization.lemma-4-sharp"].outcome)
    'CERTIFIED'
    """
    budget = _budget(budget)
    check_helpers(executor, progress)
    chosen = _resolve(claims)
    level = probability("level", level)
    seed = integer("seed", seed, at_least=0)
    report = progress or (lambda _: None)
    checks = [
        [check for check in claim.checks if budget.includes(check.budget)] for claim in chosen
    ]
    sampled = sum(not isinstance(check.quantity, Computed) for group in checks for check in group)
    share = level / max(sampled, 1)
    own = ThreadPoolExecutor(os.cpu_count()) if executor is None else None
    verdicts = []
    try:
        for claim, group in zip(chosen, checks, strict=True):
            judged = []
            for check in group:

                def count(
                    done: int, most: int, claim: str = claim.id, label: str = check.label
                ) -> None:
                    report(Progress(claim, label, done, most))

                count(0, 0)
                terms = Conditions(
                    share,
                    seed,
                    stream(seed, claim.id, check.label),
                    budget,
                    executor or own,
                    count,
                )
                judged.append(judge(claim, check, terms))
            derivation = claim.derivation().check()
            verdicts.append(Verdict(claim, tuple(judged), derivation, level, seed, budget))
    finally:
        if own is not None:
            own.shutdown(cancel_futures=True)
    return Report(tuple(verdicts), level, seed, budget)


def _budget(budget: Budget | str) -> Budget:
    return Budget(known_name("budget", budget, list(Budget)))


def _resolve(claims: Iterable[Claim | str] | Claim | str | None) -> list[Claim]:
    if claims is None:
        return list(registry.claims())
    if isinstance(claims, Claim | str):
        claims = [claims]
    found = [
        registry.claim(item) if isinstance(item, str) else item
        for item in items("claims", claims, "claims or claim ids")
    ]
    known = set(registry.claim_ids())
    chosen: dict[str, Claim] = {}
    for item in found:
        if not isinstance(item, Claim):
            raise ArgumentError("claims", item, "give claims or claim ids")
        if chosen.setdefault(item.id, item) is not item:
            raise ArgumentError("claims", item.id, "two claims have this id: give each its own")
        # A negative control keeps its claim's id on purpose: the same trajectories judge both.
        own = item.id not in known or item.negative_control
        if not own and registry.claim(item.id) is not item:
            raise ArgumentError(
                "id", item.id, "the registry has a claim of this id: give yours another"
            )
    return list(chosen.values())
