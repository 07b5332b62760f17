"""The texts of a command line that make up a network, and errors in the words that were typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from depthlaw.theory.errors import ArgumentError, UnknownNameError

if TYPE_CHECKING:
    from depthlaw.theory.network import Network, Operation


def read_positions(text: str | None) -> tuple[int, ...]:
    """Return the shape of a sample that is written 8x8 or 16; empty if there is none.

    >>> read_positions("8x4"), read_positions(None)
    ((8, 4), ())

    Raises
    ------
    ArgumentError
        If it is anything else.
    """
    if text is None:
        return ()
    parts = [part.strip() for part in text.split("x")]
    # The lengths keep a short text from asking for a number that fills the memory.
    if all(re.fullmatch(r"\d{1,18}", part, re.ASCII) and int(part) for part in parts):
        return tuple(map(int, parts))
    raise ArgumentError(
        "positions",
        text or "''",
        "write the shape of a sample: 16 for a sequence of 16 tokens, 8x8 for an image",
    )


def read_operations(argument: str, text: str | None) -> tuple[Operation, ...]:
    """Return the operations of the layer, the stem or the head; none if there is no text.

    Raises
    ------
    UnknownNameError
        For an operation or option that does not exist, with the nearest ones that do.
    ArgumentError
        If the text cannot be read, under the name of the option that it was typed for.
    """
    if text is None:
        return ()
    from depthlaw.theory.network.text import parse_layer

    try:
        return parse_layer(text)
    except UnknownNameError:
        raise
    except ArgumentError as error:
        if error.argument != "layer":
            raise
        raise ArgumentError(argument, error.value, error.advice) from None


@contextmanager
def as_typed(network: Network, **names: str) -> Iterator[None]:
    """Let errors name what somebody typed, where the library knows it by another name."""
    try:
        yield
    except ArgumentError as error:
        if error.argument in names:
            raise ArgumentError(names[error.argument], error.value, error.advice) from None
        if error.argument == "initial_state":
            raise ArgumentError("start", error.value, error.advice) from None
        if error.argument != "initial_gram":
            raise
        # What `start` and `correlation` build, which nobody typed here.
        entry = "width" if network.inputs is None else "inputs"
        lifted = "" if network.stem else "; --stem linear takes any start to the width first"
        raise ArgumentError(
            entry, network.entry, f"the start is {error.value}, and {error.advice}{lifted}"
        ) from None
