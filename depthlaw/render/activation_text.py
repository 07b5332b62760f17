"""An activation's card: Hermite coefficients, kernel map, fixed point, rate, layers it takes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp
from rich.text import Text

from depthlaw.render.letters import fitting
from depthlaw.render.mathematics import unicode_formula, unicode_line
from depthlaw.render.numbers import number_text, short
from depthlaw.render.page import Page, table
from depthlaw.theory.activations import Activation
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.hermite.routes import check_order
from depthlaw.theory.hermite.series import coefficients
from depthlaw.theory.kernels.correlation_map import (
    CorrelationMap,
    centred_map,
    isometry_strength,
    normalised_map,
)
from depthlaw.theory.kernels.fixed_points import (
    Case,
    FixedPoints,
    decide_case,
    fixed_points,
)
from depthlaw.theory.kernels.rates import Decay, Rate, depth_to_reach, rate
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.terms.closed_kernel import RHO
from depthlaw.theory.values import Enclosure, Exact, as_json, as_value

BITS = 128
LONGEST_FORMULA = 60
"""Longer exact numbers are shown by their digits alone."""
START = Fraction(1, 2)
CLOSE = Fraction(1, 100)
ASSUMES = (
    "infinite width and independent Gaussian weights",
    "pre-activations of mean square 1 in every layer, as normalising them before φ makes them "
    "(without it their mean square changes with depth, and with it all that follows)",
)
"""What the map of correlations stands on; it is part of every card."""
CASES = {
    Case.ORTHOGONALISES: "case 1: every pair of inputs becomes orthogonal",
    Case.COLLAPSES: "case 2: every pair of inputs collapses onto one direction, geometrically",
    Case.COLLAPSES_SLOWLY: "case 3: every pair of inputs collapses onto one direction, slowly",
    Case.SETTLES_BETWEEN: "case 4: every pair settles at a correlation strictly between 0 and 1",
}


@dataclass(frozen=True)
class Card:
    """What is shown of one activation; the map is that of φ/√(E φ²)."""

    activation: Activation
    hermite: tuple[Exact | Enclosure, ...]
    map: CorrelationMap

    @classmethod
    def of(cls, activation: Activation, order: int) -> Card:
        """Gather a card.

        Raises
        ------
        ArgumentError
            If `order` is out of range, or the activation is zero.

        Examples
        --------
        >>> from depthlaw.theory.activations import activation
        >>> Card.of(activation("relu"), 2).fixed.case
        <Case.COLLAPSES_SLOWLY: 3>
        """
        check_order(order)
        return cls(activation, coefficients(activation, order), normalised_map(activation))

    @cached_property
    def strength(self) -> Exact | Enclosure | None:
        """β, or None for a constant."""
        try:
            return as_value(isometry_strength(self.activation))
        except ArgumentError:
            return None

    @cached_property
    def case(self) -> Case | None:
        """Which of the four cases holds; None where they do not apply or it is not decided."""
        try:
            return decide_case(self.map)
        except DepthlawError:
            return None

    @cached_property
    def fixed(self) -> FixedPoints | None:
        """The fixed points, or None where there are no cases or they could not be enclosed."""
        try:
            return None if self.case is None else fixed_points(self.map)
        except DepthlawError:
            return None

    @cached_property
    def rate(self) -> Rate | None:
        """The rate of approach, where it is known."""
        try:
            return None if self.fixed is None else rate(self.map)
        except DepthlawError:
            return None

    @cached_property
    def closed_form(self) -> sp.Expr | None:
        """κ(ρ)/κ(1) as a formula in ρ, or None."""
        closed = self.map.kernel.closed
        if closed is None:
            return None
        scale = sp.together(self.map.scale)
        shown = closed.unit.replace(
            lambda e: e.is_Pow and e.exp.is_Rational and e.exp.q == 2,
            lambda e: sp.expand(e.base) ** e.exp,
        )
        return sp.Add(*(scale * term for term in sp.Add.make_args(shown)))

    @cached_property
    def layers(self) -> tuple[Fraction, Fraction, int] | None:
        """A start, a correlation within 0.01 of the limit, and the layers from one to the other."""
        if self.fixed is None:
            return None
        limit = Fraction(self.fixed.attractor.location.lower).limit_denominator(10**6)
        start = START if abs(START - limit) > 2 * CLOSE else Fraction(9, 10)
        goal = limit + (CLOSE if start > limit else -CLOSE)
        try:
            return start, goal, depth_to_reach(self.map, start, goal)
        except DepthlawError:
            return None


def card_document(card: Card) -> dict[str, Any]:
    """Return a card as plain data.

    >>> from depthlaw.theory.activations import activation
    >>> document = card_document(Card.of(activation("tanh"), 3))
    >>> document["case"], [entry["k"] for entry in document["hermite"]]
    (1, [0, 1, 2, 3])
    """
    f, fixed = card.map, card.fixed
    with precision(BITS):
        return {
            "name": card.activation.name,
            "expression": str(card.activation.expression),
            "hermite": [{"k": k, **as_json(c)} for k, c in enumerate(card.hermite)],
            "second_moment": as_json(as_value(f.kernel.at_one)),
            "isometry_strength": None if card.strength is None else as_json(card.strength),
            "kernel": {
                "closed_form": None if card.closed_form is None else str(card.closed_form),
                "at_zero": as_json(as_value(f.at_zero)),
                "slope_at_zero": as_json(as_value(f.slope_at_zero)),
                "slope_at_one": as_json(as_value(f.slope_at_one)),
            },
            "fixed_point": None if fixed is None else as_json(fixed.attractor.location),
            "slope_at_fixed_point": None if fixed is None else as_json(fixed.attractor.slope),
            "case": None if card.case is None else int(card.case),
            "assumes": list(ASSUMES),
            "rate": None if card.rate is None else rate_document(card.rate),
        }


def rate_document(found: Rate) -> dict[str, Any]:
    """Return a rate as plain data: ``decay``, ``power``, ``constant``."""
    return {
        "decay": str(found.decay),
        "power": found.power,
        "constant": as_json(found.constant),
    }


def add_card(page: Page, card: Card) -> None:
    """Append a card, for a reader."""
    f = card.map
    page.add(Text(card.activation.name, style="bold"))
    _formula(page, "φ(x) = ", card.activation.expression)
    page.heading("Hermite coefficients c_k = E φ(x) h_k(x), x ~ N(0, 1)")
    rows = table()
    for column in ("k", "c_k", "exactly"):
        rows.add_column(column)
    with precision(BITS):
        for k, c in enumerate(card.hermite):
            rows.add_row(str(k), number_text(c, 7), _exactly(c))
        page.add(rows)
        page.heading("Kernel map κ(ρ) = E φ(X)φ(Y) / E φ²")
        if card.closed_form is not None:
            _formula(page, "κ(ρ) = ", card.closed_form.xreplace({RHO: sp.Symbol("rho")}))
        else:
            page.add("  κ(ρ) has no closed form here; its Hermite series encloses it")
        facts = table()
        for column in ("", "value", "exactly"):
            facts.add_column(column)
        numbers = [
            ("E φ²", as_value(f.kernel.at_one)),
            ("κ(0)", as_value(f.at_zero)),
            ("κ′(0)", as_value(f.slope_at_zero)),
            ("κ′(1)", as_value(f.slope_at_one)),
        ]
        if card.strength is not None:
            numbers.append(("isometry strength β", card.strength))
        if card.fixed is not None:
            numbers.append(("fixed point ρ*", card.fixed.attractor.location))
            numbers.append(("κ′(ρ*)", card.fixed.attractor.slope))
        for label, value in numbers:
            facts.add_row(label, number_text(value, 7), _exactly(value))
        page.add(facts)
        page.heading("With depth")
        for sentence in sentences(card):
            page.add(f"  {sentence}")


def sentences(card: Card) -> list[str]:
    """Return what happens with depth, in words, after what is assumed."""
    assumed = f"Assumed: {'; '.join(ASSUMES)}."
    if card.case is None:
        if card.map.is_linear:
            return [assumed, "φ is affine: none of the four cases of joudaki2025 applies."]
        return [
            assumed,
            "Which case holds is not decided: κ(0) = 0 or κ′(1) = 1 is too near to tell.",
        ]
    said = [assumed, f"{CASES[card.case]} (joudaki2025, Theorem 1)."]
    if card.fixed is None:
        return [*said, "Where that correlation lies was not enclosed: κ is not known well enough."]
    if card.rate is not None:
        said.append(rate_sentence(card.rate))
    if card.layers is not None:
        start, goal, depth = card.layers
        said.append(
            f"From correlation {short(float(start))} to {short(float(goal))}, "
            f"0.01 from the limit, it takes {depth} layers."
        )
    if card.case is not Case.ORTHOGONALISES:
        slope = number_text(as_value(centred_map(card.activation).slope_at_zero))
        said.append(f"Layer normalisation after φ makes it case 1, with rate {slope}.")
    return said


def rate_sentence(found: Rate) -> str:
    """Return the rate of approach as a sentence.

    >>> from depthlaw.theory.activations import activation
    >>> "ℓ²" in rate_sentence(rate(normalised_map(activation("relu"))))
    True
    """
    constant = number_text(found.constant)
    if found.decay is Decay.GEOMETRIC:
        value = as_json(found.constant)
        if (float(value["lower"]), float(value["upper"])) == (0, 1):
            return "The distance from the limit shrinks geometrically; the factor was not enclosed."
        return f"The distance from the limit shrinks by the factor {constant} in each layer."
    if found.decay is Decay.POLYNOMIAL:
        power = {1: "ℓ", 2: "ℓ²"}[found.power]
        exact = _exactly(found.constant)
        shown = f", exactly ({exact})/{power}" if exact and exact != constant else ""
        return f"After ℓ layers the distance is about {constant}/{power}{shown}."
    return (
        f"The correlation is raised to the power {found.power} in each layer: "
        f"|ρ_ℓ| ≤ |ρ_0|^({found.power}^ℓ)."
    )


def _exactly(value: Exact | Enclosure) -> str:
    if not isinstance(value, Exact):
        return ""
    text = unicode_formula(value.expression)
    one_line = text if "\n" not in text else unicode_line(value.expression)
    return one_line if len(one_line) <= LONGEST_FORMULA else ""


def _formula(page: Page, left: str, expression: sp.Expr) -> None:
    lines = unicode_formula(expression, encoding=page.encoding).splitlines()
    left = fitting(left, page.encoding)
    middle = len(lines) // 2
    for number, line in enumerate(lines):
        page.add("  " + (left if number == middle else " " * len(left)) + line)
