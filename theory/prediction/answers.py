"""Where theory has no answer: one sentence, which ends the prediction instead of a number."""

from __future__ import annotations


class NoAnswer(Exception):  # noqa: N818  (no mistake of anybody's: it never leaves `predict`)
    """Theory has no answer from here on; the message says why, and what to do."""


def no_answer(operation: str, why: str) -> NoAnswer:
    """Return what to raise at an operation.

    >>> str(no_answer("linear:unit", "the second moment grows with the width"))
    'linear:unit: the second moment grows with the width'
    """
    return NoAnswer(f"{operation}: {why}")
