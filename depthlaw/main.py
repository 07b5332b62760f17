"""The command ``depthlaw``: reads the command line, runs one command, returns its exit status.

======  ==========================================================================
status  meaning
======  ==========================================================================
0       done
1       a verdict is not the expected one (``verify`` only)
2       bad usage, or an output that cannot be written to: one sentence on stderr
3       nothing is wrong, something undecided (``verify`` only)
130     interrupted from the keyboard: nothing half-written is left
141     whoever read the output went away (``depthlaw claims | head -1``)
======  ==========================================================================

Starting must be quick, so nothing here loads NumPy, SymPy, SciPy or flint; a command does, when it
runs.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

from depthlaw.render.letters import fitting
from depthlaw.render.streams import require_stdout, silence
from depthlaw.theory.errors import DepthlawError

INSTALL = "the command line needs its extra: run pip install 'depthlaw[cli]'"

LONGEST_WORD = 200
"""Longer words of a complaint, such as 1e900 written out, are shortened in the middle."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    argv
        The words after ``depthlaw``; by default those this process was started with.

    Returns
    -------
    int
        0, 1, 2, 3, 130 or 141, as above.

    Examples
    --------
    >>> main(["bound", "orthogonalization.lemma-4", "batch=4", "lyapunov=1/8", "--json"])
    ... # doctest: +ELLIPSIS
    {
      "claim": "orthogonalization.lemma-4",
    ...
    0
    """
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        return _run(words)
    except DepthlawError as error:
        return _complain(str(error), 2)
    except (MemoryError, OverflowError):
        return _complain(
            "this machine cannot hold numbers or arrays so large: take smaller ones", 2
        )
    except KeyboardInterrupt:
        status = _complain("interrupted, nothing was saved", 130)
        if argv is None:
            # The interpreter would wait for threads that are in the middle of a layer.
            os._exit(status)
        return status
    except BrokenPipeError:
        silence(sys.stdout)
        return 141
    except OSError as error:
        # Commands see to the files that they open: what is left is standard output.
        silence(sys.stdout)
        place = error.filename or "standard output"
        return _complain(f"{place} cannot be written to: {error.strerror}", 2)


def _run(words: list[str]) -> int:
    try:
        import cyclopts
        import rich  # noqa: F401  (asked for here, so that the advice below comes at once)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("cyclopts", "rich"):
            raise
        return _complain(INSTALL, 2)
    from depthlaw.commands.app import application
    from depthlaw.commands.usage import explained

    try:
        command, bound, _ = application().parse_args(words, exit_on_error=False, print_error=False)
    except cyclopts.CycloptsError as error:
        raise explained(error) from None
    require_stdout()
    try:
        # Help and version are commands of the framework, which return nothing.
        status = command(*bound.args, **bound.kwargs) or 0
        sys.stdout.flush()
    except SystemExit:
        # So the framework ends where whoever read its help went away.
        raise BrokenPipeError from None
    return status


def _complain(sentence: str, status: int) -> int:
    """Write one line to stderr, whatever characters the user's words put into it."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in sentence)
    line = re.sub(rf"\S{{{LONGEST_WORD},}}", lambda word: f"{word[0][:40]}…{word[0][-20:]}", line)
    if sys.stderr is not None:
        encoding = sys.stderr.encoding or "utf-8"
        safe = fitting(line, encoding).encode(encoding, "backslashreplace").decode(encoding)
        try:
            print(f"depthlaw: {safe}", file=sys.stderr, flush=True)
        except OSError:
            silence(sys.stderr)
    return status
