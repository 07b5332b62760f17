"""Turns the framework's complaints into the package's own: argument, value, what to do."""

from __future__ import annotations

import cyclopts

from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError


def explained(error: cyclopts.CycloptsError) -> DepthlawError:
    """Return what is wrong with a command line, as one sentence for its user."""
    if isinstance(error.__cause__, DepthlawError):
        return error.__cause__
    match error:
        case cyclopts.UnknownCommandError():
            word = (error.unused_tokens or ["''"])[0]
            what = "option" if word.startswith("-") else "command"
            known = [name for name in error.app or () if name.startswith("-") == (what == "option")]
            return UnknownNameError(what, word, known)
        case cyclopts.UnknownOptionError():
            return _unknown_option(error)
        case cyclopts.MissingArgumentError() if error.argument is not None:
            return _missing(error)
        case cyclopts.CoercionError() if error.token is not None:
            return ArgumentError(_name(error.token), error.token.value, "it cannot be read")
        case cyclopts.RepeatArgumentError():
            value = error.token.value or "(a flag)"
            return ArgumentError(_name(error.token), value, "it is given twice")
        case cyclopts.UnusedCliTokensError() if error.unused_tokens:
            command = " ".join(["depthlaw", *(error.command_chain or ())])
            advice = f"{command} takes nothing here; see {command} --help"
            return ArgumentError("argument", error.unused_tokens[0], advice)
    error.verbose = False
    return DepthlawError(" ".join(str(error).split()))


def _name(token: cyclopts.Token) -> str:
    return (token.keyword or "argument").lstrip("-")


def _unknown_option(error: cyclopts.UnknownOptionError) -> DepthlawError:
    given = error.token.keyword or error.token.value
    name = given.partition("=")[0]
    if tuple(error.command_chain or ())[:1] == ("bound",):
        return ArgumentError(
            "option", name, "parameters of a claim are written name=value, like width=1000"
        )
    known = [
        option
        for argument in error.argument_collection
        for option in argument.names
        if option.startswith("--")
    ]
    return UnknownNameError("option", name, [*known, "--help"])


def _missing(error: cyclopts.MissingArgumentError) -> DepthlawError:
    assert error.argument is not None
    name = error.argument.name.lstrip("-").lower()
    command = " ".join(["depthlaw", *(error.command_chain or ())])
    return ArgumentError(name, "missing", f"{command} needs it; see {command} --help")
