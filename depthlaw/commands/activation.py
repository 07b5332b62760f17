"""``depthlaw activation``: what an activation does to correlations, on one page."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from depthlaw.commands.files import read_text
from depthlaw.commands.options import Json, Real, Whole, read_real
from depthlaw.theory.errors import ArgumentError, UnknownNameError

if TYPE_CHECKING:
    import sympy as sp

    from depthlaw.render.order_text import Order
    from depthlaw.theory.activations import Activation
    from depthlaw.theory.isometry.depth import IsometryDepth

ORDER = 8
GAP = 0.01


def activation(
    name: str | None = None,
    /,
    *,
    expr: str | None = None,
    order: Whole = ORDER,
    gain: str | None = None,
    bias: str | None = None,
    start: str | None = None,
    plot: str | None = None,
    gram: str | None = None,
    gap: Real | None = None,
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
        Take x to phi(gain x); a number like 1.5, 3/2 or sqrt(2), read exactly. Together with `bias`
        it sets the weight variance gain² of order and chaos.
    bias
        Variance of a bias, at least 0: say also where variance and correlation settle with depth,
        in wide networks with weights of variance gain²/width.
    start
        Variance of the first layer for `bias`; 1 unless given.
    plot
        File for a figure (.png, .pdf, .svg): the function, its kernel map, correlations by depth.
    gram
        File with a Gram matrix of unit diagonal, numbers separated by commas, a row on each line:
        say also after how many layers its isometry gap is small.
    gap
        How small: the isometry gap to reach; 0.01 unless given.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.render.activation_text import Card, add_card, card_document
    from depthlaw.render.isometry_text import add_depths, depths_document
    from depthlaw.render.json_text import print_json
    from depthlaw.render.order_text import add_order, order_document
    from depthlaw.render.page import Page

    card = Card.of(chosen(name, expr, gain), order)
    depths = _depths(card.activation, gram, gap)
    order_found = _order(name, expr, gain, bias, start)
    if plot is not None:
        from depthlaw.render.activation_plot import save_plot

        save_plot(card, plot)
    if json:
        isometry = {} if depths is None else {"isometry": depths_document(depths)}
        chaos = {} if order_found is None else {"gain": order_document(order_found)}
        print_json(card_document(card) | isometry | chaos)
        return 0
    page = Page()
    add_card(page, card)
    if depths is not None:
        add_depths(page, depths)
    if order_found is not None:
        add_order(page, order_found)
    if plot is not None:
        page.add("", f"Drawn in {plot}.")
    page.write()
    return 0


def _order(
    name: str | None, expr: str | None, gain: str | None, bias: str | None, start: str | None
) -> Order | None:
    """Return order and chaos of φ itself: the gain is the size of the weights there."""
    if bias is None:
        if start is not None:
            raise ArgumentError("start", start, "it belongs to --bias, the variance of a bias")
        return None
    from depthlaw.render.order_text import Order

    weight = Fraction(1) if gain is None else _square(gain)
    first = Fraction(1) if start is None else _fraction("start", start)
    return Order.of(chosen(name, expr, None), weight, _fraction("bias", bias), first)


def _square(gain: str) -> Fraction:
    """Return the weight variance that belongs to a gain that was typed."""
    square = _gain(gain) ** 2
    if not square.is_Rational:
        advice = "beside --bias its square, the weight variance, must be a decimal or a fraction"
        raise ArgumentError("gain", gain, advice)
    return Fraction(int(square.p), int(square.q))


def _gain(text: str) -> sp.Expr:
    from depthlaw.theory.writing.parse import parse_constant

    try:
        return parse_constant(text)
    except UnknownNameError as error:
        raise ArgumentError("gain", text, f"it is no number: {error}") from None
    except ArgumentError as error:
        raise ArgumentError("gain", text, error.advice) from None


def _fraction(argument: str, text: str) -> Fraction:
    """Return an exact number that was typed."""
    from depthlaw.theory.writing.parse import parse_number

    try:
        number = parse_number(text)
    except ArgumentError as error:
        raise ArgumentError(argument, text, error.advice) from None
    if not number.is_Rational:
        raise ArgumentError(argument, text, "give a decimal or a fraction")
    return Fraction(int(number.p), int(number.q))


def _depths(activation: Activation, path: str | None, gap: float | None) -> IsometryDepth | None:
    if path is None:
        if gap is not None:
            raise ArgumentError("gap", gap, "name the file of a Gram matrix: --gram FILE")
        return None
    from depthlaw.theory.isometry.depth import depth_to_isometry

    return depth_to_isometry(read_matrix(path), activation, GAP if gap is None else gap)


def read_matrix(path: str) -> list[list[float]]:
    """Return the matrix in a file of numbers separated by commas, a row on each line.

    Raises
    ------
    ArgumentError
        If the file cannot be read, has no end, or holds anything but rows of equally many numbers.
    """
    rows = [
        [read_real(f"gram, line {number}", entry.strip()) for entry in line.split(",")]
        for number, line in enumerate(read_text("gram", path).splitlines(), start=1)
        if line.strip()
    ]
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise ArgumentError("gram", path, "all its rows must have equally many numbers")
    return rows


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

    if (name is None) == (expr is None):
        given = "missing" if name is None else name
        raise ArgumentError("activation", given, "give either a name or --expr with a formula in x")
    found = activations.activation(name) if name is not None else activations.from_text(expr or "")
    if gain is None:
        return found
    try:
        return found.gain(_gain(gain))
    except ArgumentError as error:
        raise ArgumentError("gain", gain, error.advice) from None
