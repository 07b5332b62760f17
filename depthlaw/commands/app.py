"""The application that the commands make up."""

from __future__ import annotations

import cyclopts
from rich.console import Console

import depthlaw
from depthlaw.commands.activation import activation
from depthlaw.commands.bound import bound
from depthlaw.commands.claims import claims
from depthlaw.commands.predict import predict
from depthlaw.commands.show import show
from depthlaw.commands.simulate import simulate
from depthlaw.commands.verify import verify
from depthlaw.render.streams import terminal_columns

HELP = "Does the theory of deep random networks with normalisation hold, and where?"


def application() -> cyclopts.App:
    """Return the command-line application.

    >>> all(name in application() for name in ("claims", "bound", "activation", "verify"))
    True
    """
    app = cyclopts.App(
        name="depthlaw",
        console=Console(width=terminal_columns()),
        help=HELP,
        help_format="markdown",
        version=depthlaw.__version__,
        default_parameter=cyclopts.Parameter(negative=()),
    )
    for command in (claims, show, bound, activation, predict, simulate, verify):
        app.command(command)
    return app
