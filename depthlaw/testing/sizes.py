"""The sizes that strategies are asked for, checked."""

from __future__ import annotations

from depthlaw.theory.errors import ArgumentError, integer


def sizes(what: str, least: int, most: int) -> tuple[int, int]:
    """Return both ends of a range of sizes, whole numbers ≥ 1 in order."""
    low, high = integer(f"min_{what}", least), integer(f"max_{what}", most)
    if low > high:
        raise ArgumentError(f"min_{what}", low, f"it must be at most max_{what} = {high}")
    return low, high
