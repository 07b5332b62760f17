"""Files that a user names: read whole, if that ends and fits."""

from __future__ import annotations

import os
import select
import stat

from depthlaw.theory.errors import ArgumentError

LARGEST = 64 * 2**20
"""Bytes in a file; a Gram matrix of 1 600 samples in 17 digits has about as many."""
PATIENCE = 10.0
"""Seconds that a pipe may be silent."""
_PIECE = 2**16


def read_text(argument: str, path: str) -> str:
    """Return the text in a file or a pipe.

    Raises
    ------
    ArgumentError
        If there is no such file, it cannot be read, is larger than `LARGEST`, is a pipe into
        which nobody writes, or is no text.
    """
    if not path.strip():
        raise ArgumentError(argument, repr(path), "name a file")
    try:
        content = _content(argument, path)
    except (OSError, ValueError) as error:
        if isinstance(error, ArgumentError):
            raise
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ArgumentError(argument, path, f"the file cannot be read: {reason}") from None
    try:
        # What some editors put in front of a text is not part of it.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ArgumentError(argument, path, "the file cannot be read: it is no text") from None
    if not text.strip():
        raise ArgumentError(argument, path, "the file is empty")
    return text


def _content(argument: str, path: str) -> bytes:
    # Opening a pipe that nobody writes into would wait for ever.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        content = bytearray()
        while piece := _piece(argument, path, file, begun=bool(content)):
            content += piece
            if len(content) > LARGEST:
                raise ArgumentError(
                    argument, path, f"the file is larger than {LARGEST // 2**20} MB, or has no end"
                )
        return bytes(content)
    finally:
        os.close(file)


def _piece(argument: str, path: str, file: int, *, begun: bool) -> bytes:
    """Return the next bytes, none at the end; a pipe may keep us waiting for them."""
    while True:
        try:
            piece = os.read(file, _PIECE)
            # A pipe has no end before anybody wrote into it.
            if piece or begun or not stat.S_ISFIFO(os.fstat(file).st_mode):
                return piece
        except BlockingIOError:
            pass
        if not select.select([file], [], [], PATIENCE)[0]:
            raise ArgumentError(argument, path, f"nothing came out of it for {PATIENCE:g} seconds")
        begun = True
