"""What checking a claim can end in. Each member says what happened, and what to do about it."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The verdict on a claim, or on one check of it."""

    CERTIFIED = "CERTIFIED"
    SUPPORTED = "SUPPORTED"
    REFUTED = "REFUTED"
    VACUOUS = "VACUOUS"
    INCONCLUSIVE = "INCONCLUSIVE"
    ASSUMPTION_FAILED = "ASSUMPTION_FAILED"

    @property
    def meaning(self) -> str:
        """One sentence for a reader who meets the word for the first time."""
        return _MEANING[self]

    @property
    def agrees(self) -> bool:
        """Whether the claim stood where it said something."""
        return self in (Outcome.CERTIFIED, Outcome.SUPPORTED)

    def fulfils(self, expected: Outcome) -> bool | None:
        """Return whether this outcome is the expected one; None where the budget ended undecided.

        A proof fulfils the expectation of a supported claim, not the other way round.

        >>> Outcome.CERTIFIED.fulfils(Outcome.SUPPORTED)
        True
        >>> Outcome.SUPPORTED.fulfils(Outcome.CERTIFIED)
        False
        """
        if self is expected:
            return True
        if self is Outcome.INCONCLUSIVE:
            return None
        return self is Outcome.CERTIFIED and expected is Outcome.SUPPORTED


_MEANING = {
    Outcome.CERTIFIED: "proved on every instance tried, with exact numbers or proved error bounds",
    Outcome.SUPPORTED: "holds on every instance tried, at the stated level, all instances together",
    Outcome.REFUTED: "false on an instance that meets its assumptions",
    Outcome.VACUOUS: "the bound is no better than what is trivially true",
    Outcome.INCONCLUSIVE: "the budget ended before the two sides could be told apart",
    Outcome.ASSUMPTION_FAILED: "the assumptions did not hold where the claim was tried",
}


def combine(outcomes: list[Outcome]) -> Outcome:
    """Return the verdict on a claim from those on its checks.

    One refutation refutes. Checks where the bound is vacuous, or the assumptions failed, say
    nothing against the claim and count only if there is no other. An undecided check leaves the
    claim undecided, and one sampled check makes a certified claim a supported one.

    >>> str(combine([Outcome.VACUOUS, Outcome.SUPPORTED, Outcome.CERTIFIED]))
    'SUPPORTED'
    """
    if Outcome.REFUTED in outcomes:
        return Outcome.REFUTED
    for silent in (Outcome.VACUOUS, Outcome.ASSUMPTION_FAILED):
        if outcomes and all(outcome is silent for outcome in outcomes):
            return silent
    speaking = [o for o in outcomes if o not in (Outcome.VACUOUS, Outcome.ASSUMPTION_FAILED)]
    if not speaking or Outcome.INCONCLUSIVE in speaking:
        return Outcome.INCONCLUSIVE if speaking or not outcomes else Outcome.ASSUMPTION_FAILED
    return Outcome.SUPPORTED if Outcome.SUPPORTED in speaking else Outcome.CERTIFIED


class Proof(StrEnum):
    """How far a statement is proved here, whatever its checks say."""

    PROVED = "proved"
    """Every step that carries the proof is checked by machine, or cited with its reference."""
    ARGUED = "argued"
    """Some step that carries the proof is words, or the steps end before the statement."""
    NONE = "none"
    """There is no proof."""


class Status(StrEnum):
    """Where a statement comes from."""

    PUBLISHED = "published"
    CORRECTED = "corrected"
    SHARPENED = "sharpened"
    CONJECTURE = "conjecture"

    @property
    def meaning(self) -> str:
        """What the word says, for a reader who meets it for the first time."""
        return _ORIGIN[self]


_ORIGIN = {
    Status.PUBLISHED: "as the paper prints it",
    Status.CORRECTED: "a published statement with an error removed",
    Status.SHARPENED: "ours, beside or beyond what the paper states, and proved",
    Status.CONJECTURE: "not proved; no counterexample is known",
}
