"""Order and chaos on an activation's card: where variance and correlation settle."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.render.numbers import number_text
from depthlaw.render.page import Page, table
from depthlaw.theory.activations import Activation
from depthlaw.theory.kernels.phases import OrderChaos, Phase, order_chaos
from depthlaw.theory.values import Enclosure, Exact, as_json

PHASES = {
    Phase.ORDERED: "ordered: nearby inputs become indistinguishable",
    Phase.CHAOTIC: "chaotic: nearby inputs separate",
    Phase.CRITICAL: "critical: χ₁ = 1",
    Phase.UNDECIDED: "not decided: χ₁ is too near 1, or the variance is not known to settle",
    Phase.NO_FIXED_POINT: "none: the variance settles at no q* > 0",
}


@dataclass(frozen=True)
class Order:
    """The order–chaos quantities, with the variances that they belong to."""

    weight: Fraction
    bias: Fraction
    start: Fraction
    found: OrderChaos

    @classmethod
    def of(cls, activation: Activation, weight: Fraction, bias: Fraction, start: Fraction) -> Order:
        """Gather them for σ_w², σ_b² and the variance of the first layer."""
        return cls(weight, bias, start, order_chaos(activation, weight, bias, start=start))


def order_document(order: Order) -> dict[str, Any]:
    """Return them as plain data; what does not exist is null.

    >>> from depthlaw.theory.activations import activation
    >>> relu = Order.of(activation("relu"), Fraction(1), Fraction(1), Fraction(1))
    >>> document = order_document(relu)
    >>> document["fate"], document["phase"], document["variance"]["lower"]
    ('settles', 'ordered', 2.0)
    """
    found = order.found
    return {
        "weight_variance": as_json(_exact(order.weight)),
        "bias_variance": as_json(_exact(order.bias)),
        "start": as_json(_exact(order.start)),
        "fate": str(found.fate),
        "reason": found.fate.reason,
        "phase": str(found.phase),
        "variance": as_json(found.variance),
        "variance_slope": as_json(found.slope),
        "variance_depth_scale": _or_null(found.variance_depth_scale),
        "chi": as_json(found.chi_one),
        "correlation": _or_null(found.fixed_point),
        "correlation_depth_scale": _or_null(found.depth_scale),
        "variance_fixed_points": [
            {
                "variance": as_json(point.variance),
                "slope": as_json(point.slope),
                "attracting": point.attracting,
            }
            for point in found.fixed_points
        ],
        "searched": as_json(found.searched),
        "complete": found.complete,
    }


def _exact(number: Fraction) -> Exact:
    return Exact(sp.Rational(number.numerator, number.denominator))


def _or_null(value: Enclosure | None) -> dict[str, Any] | None:
    return None if value is None else as_json(value)


def add_order(page: Page, order: Order) -> None:
    """Append them, for a reader."""
    found = order.found
    page.heading("Order and chaos: weights of variance gain²/width, biases of variance v")
    rows = table()
    for column in ("", "value"):
        rows.add_column(column)
    rows.add_row("weight variance gain²", number_text(_exact(order.weight), 7))
    rows.add_row("bias variance v", number_text(_exact(order.bias), 7))
    rows.add_row("variance settles at q*", number_text(found.variance, 7))
    for label, value in (
        ("V′(q*)", found.slope),
        ("layers ξ_q for the variance", found.variance_depth_scale),
        ("χ₁", found.chi_one),
        ("correlation settles at c*", found.fixed_point),
        ("layers ξ_c for the correlation", found.depth_scale),
    ):
        if value is not None and not value.ball.is_nan():
            rows.add_row(label, number_text(value, 7))
    page.add(rows)
    page.add(f"  Phase: {PHASES[found.phase]}.")
    page.add(f"  From q = {float(order.start):g}, {found.fate.reason}.")
    for point in found.fixed_points:
        kind = {True: "attracts", False: "repels", None: "has V′ too near 1 to tell"}
        page.add(f"  Fixed point q = {number_text(point.variance, 10)} {kind[point.attracting]}.")
    if not found.complete:
        page.add("  Further fixed points of the variance could not be excluded.")
    elif found.searched.ball.is_finite():
        page.add(f"  There are no others above 0 and below {number_text(found.searched, 3)}.")
