"""Bounds A·t^d·e^{Bt+Ct²} on a function far out, from above and below, and how they combine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flint import arb

ZERO, ONE, INFINITE = arb(0), arb(1), arb.pos_inf()


@dataclass(frozen=True)
class Envelope:
    """t ↦ `scale` t^`power` e^{`linear` t + `quadratic` t²}."""

    scale: arb
    power: arb = ZERO
    linear: arb = ZERO
    quadratic: arb = ZERO

    def times(self, other: Envelope) -> Envelope:
        """Return the product."""
        return Envelope(
            self.scale * other.scale,
            self.power + other.power,
            self.linear + other.linear,
            self.quadratic + other.quadratic,
        )

    def raised(self, p: arb) -> Envelope:
        """Return the `p`-th power."""
        return Envelope(self.scale**p, self.power * p, self.linear * p, self.quadratic * p)

    def at(self, t: arb) -> arb:
        """Return the value."""
        exponent = self.linear * t + self.quadratic * t * t
        return self.scale * (self.power * t.log() + exponent).exp()

    def largest(self, T: arb) -> arb:
        """Return an upper bound for t ≥ T: the value at T if it decreases from there."""
        d, B, C = self.power, self.linear, self.quadratic
        # t d/dt log = d + Bt + 2Ct² ≤ 0, each way to see it for all t ≥ T.
        falls = (C <= 0 and d.max(ZERO) / T + B + 2 * C * T <= 0) or (
            C < 0 and B + 2 * C * T <= 0 and d <= 0
        )
        return self.at(T).upper() if falls else INFINITE

    def smallest(self, T: arb) -> arb:
        """Return a lower bound for t ≥ T: the value at T if it increases from there."""
        d, B, C = self.power, self.linear, self.quadratic
        rises = C >= 0 and d.min(ZERO) / T + B + 2 * C * T >= 0 and (B >= 0 or C > 0)
        return self.at(T).lower() if rises else ZERO


@dataclass(frozen=True)
class Tail:
    """What is known of a formula for all t ≥ T."""

    low: arb
    high: arb
    upper: Envelope | None
    lower: Envelope | None = None
    huge: bool = False
    """Whether it certainly outgrows every e^{Ct²}."""

    @property
    def sign(self) -> int:
        """The sign, as far as it is known to be the same everywhere."""
        return 1 if self.low > 0 or (self.lower and self.low >= 0) else (
            -1 if self.high < 0 or (self.lower and self.high <= 0) else 0
        )  # fmt: skip


def slowest(linear: arb, quadratic: arb) -> arb:
    """Return the power of t that bounds √t, and t and t² unless their factors are exactly 0."""
    if quadratic == 0:
        return arb("0.5") if linear == 0 else arb(1)
    return arb(2)


def steep(envelope: Envelope | None) -> bool:
    """Whether t^d e^{Bt+Ct²} grows faster than every multiple of t²."""
    if envelope is None or not envelope.scale > 0:
        return False
    C, B, d = envelope.quadratic, envelope.linear, envelope.power
    return bool(C > 0 or (C == 0 and (B > 0 or (B == 0 and d > 2))))


def rank(envelope: Envelope) -> tuple[float, float, float, float]:
    """Return the order in which envelopes outgrow each other."""
    parts = (envelope.quadratic, envelope.linear, envelope.power, envelope.scale)
    a, b, c, d = (float(part.mid()) for part in parts)
    return a, b, c, d


def ratio(one: Envelope | None, other: Envelope | None) -> Envelope:
    """Return an envelope of the quotient of two; unbounded where that is not known."""
    if one is None or other is None or not other.scale > 0:
        return Envelope(INFINITE, ZERO, ONE)
    return one.times(other.raised(arb(-1)))


def lesser(a: arb, b: arb) -> arb:
    """Return the lesser of two ends."""
    return a if a <= b else b


def greater(a: arb, b: arb) -> arb:
    """Return the greater of two ends."""
    return a if a >= b else b


def largest(values: Sequence[arb]) -> arb:
    """Return the largest of some upper ends."""
    ends = [value.upper() if value.is_finite() else value for value in values]
    found = ends[0]
    for end in ends[1:]:
        found = greater(found, end)
    return found


def smallest(values: Sequence[arb]) -> arb:
    """Return the smallest of some lower ends."""
    return -largest([-value for value in values])


def total_of(lows: Sequence[arb]) -> arb:
    """Return a lower bound on a sum from those of its terms."""
    total = ZERO
    for low in lows:
        if not low.is_finite():
            return -INFINITE
        total = (total + low).lower()
    return total


def raised_end(end: arb, p: arb, whole: int | None) -> arb:
    """Return an end to a power, `whole` if that is a whole number."""
    if not end.is_finite():
        return end if end > 0 or (whole is not None and whole % 2) else INFINITE
    if whole is not None:
        return end**whole
    return end**p if end > 0 else ZERO


def times(a: arb, b: arb) -> arb:
    """Return the product of two ends, 0 · ∞ being 0."""
    if a == 0 or b == 0:
        return ZERO
    if a.is_finite() and b.is_finite():
        return a * b
    return INFINITE if (a > 0) == (b > 0) else -INFINITE


def product(one: Tail, two: Tail) -> Tail:
    """Return what is known of a product."""
    ends = [times(a, b) for a in (one.low, one.high) for b in (two.low, two.high)]
    low, high = smallest(ends), largest(ends)
    upper = one.upper.times(two.upper) if one.upper and two.upper else None
    lower = one.lower.times(two.lower) if one.lower and two.lower else None
    if lower is not None:
        # A product of definite signs has one, whatever rounding left of the interval.
        low = greater(low, ZERO) if one.sign == two.sign else low
        high = high if one.sign == two.sign else lesser(high, ZERO)
    huge = (one.huge and two.lower is not None and not two.lower.quadratic < 0) or (
        two.huge and one.lower is not None and not one.lower.quadratic < 0
    )
    return Tail(low, high, upper, lower, huge)


def absolute(inner: Tail) -> Tail:
    """Return what is known of the absolute value."""
    if inner.sign:
        flip = inner.sign < 0
        low, high = (-inner.high, -inner.low) if flip else (inner.low, inner.high)
        return replace(inner, low=greater(low, ZERO), high=high)
    return replace(inner, low=ZERO, high=greater(-inner.low, inner.high), lower=None)
