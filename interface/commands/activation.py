"""``depthlaw activation``: what an activation does to correlations, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depthlaw.commands.options import Json, Whole
from depthlaw.theory.errors import ArgumentError

if TYPE_CHECKING:
    from depthlaw.theory.activations import Activation

ORDER = 8


def activation(
    name: str | None = None,
    /,
    *,
    expr: str | None = None,
    order: Whole = ORDER,
    gain: str | None = None,
    plot: str | None = None,
    json: Json = False,
) -> int:
    """Show an activation's Hermite coefficients, kernel map, fixed point and rate.

    Parameters
    ----------
    name
        A name of the catalogue, like gelu, elu(0.5) or hermite(3).
    expr
        Instead of a name: a formula in x, like "tanh(2*x)".
    order
        Highest order in the table of coefficients, at most 200.
    gain
        Take x to phi(gain x); a number like 1.5 or 3/2, read exactly.
    plot
        File for a figure (.png, .pdf, .svg): the function, its kernel map, correlations by depth.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.render.activation_text import Card, add_card, card_document
    from depthlaw.render.json_text import print_json
    from depthlaw.render.page import Page

    card = Card.of(chosen(name, expr, gain), order)
    if plot is not None:
        from depthlaw.render.activation_plot import save_plot

        save_plot(card, plot)
    if json:
        print_json(card_document(card))
        return 0
    page = Page()
    add_card(page, card)
    if plot is not None:
        page.add("", f"Drawn in {plot}.")
    page.write()
    return 0


def chosen(name: str | None, expr: str | None, gain: str | None) -> Activation:
    """Return the activation that the command line asks for.

    Raises
    ------
    ArgumentError, UnknownNameError
        If there is none, or both a name and a formula are given.

    Examples
    --------
    >>> chosen(None, "tanh(x)", "2").pieces == chosen(None, "tanh(2*x)", None).pieces
    True
    """
    from depthlaw.theory import activations
    from depthlaw.theory.parse import parse_number

    if (name is None) == (expr is None):
        given = "missing" if name is None else name
        raise ArgumentError("activation", given, "give either a name or --expr with a formula in x")
    found = activations.activation(name) if name is not None else activations.from_text(expr or "")
    if gain is None:
        return found
    try:
        return found.gain(parse_number(gain))
    except ArgumentError as error:
        raise ArgumentError("gain", gain, error.advice) from None
