"""The parts of a verdict as a notebook shows them."""

from __future__ import annotations

from collections.abc import Sequence

from depthlaw.numerics.verify.check_verdict import CheckVerdict, Tightness
from depthlaw.theory.claim.check import Budget
from depthlaw.theory.values import Value
from depthlaw.theory.writing.markup import paragraph, strong, table, words


def checks_table(checks: Sequence[CheckVerdict]) -> str:
    """Return a table with a row for each check.

    >>> from depthlaw.numerics.verify import verify
    >>> checks = verify("orthogonalization.lemma-4-sharp").verdicts[0].checks
    >>> checks_table(checks).count("<tr>") == 1 + len(checks)
    True
    """
    headings = ("check", "verdict", "value", "bound", "how known", "tightness", "samples")
    return table(headings, [_row(check) for check in checks])


def conditions(budget: Budget, level: float, seed: int) -> str:
    """Return the sentence on the conditions of a run."""
    return paragraph(words(f"Budget {budget}, level {level:g} for the whole run, seed {seed}."))


def ratio_text(tightness: Tightness | None) -> str:
    """Return a ratio with four digits."""
    return "–" if tightness is None else f"{tightness.ratio:.4g}"


def _row(check: CheckVerdict) -> tuple[str, ...]:
    return (
        words(check.label),
        strong(check.outcome),
        words(_number(check.value)),
        words(_number(check.bound)),
        words(check.value.kind if check.value is not None else "–"),
        words(ratio_text(check.tightness)),
        words(check.samples or "–"),
    )


def _number(value: Value | None) -> str:
    return "–" if value is None else str(value)
