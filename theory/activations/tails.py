"""How a formula behaves far out: bounds that hold for all |x| ≥ T on one side of the line.

With t = |x| ≥ T ≥ 1 every part u of the formula gets

- ends of the interval of its values, which may be infinite;
- an upper envelope |u| ≤ A t^d e^{Bt + Ct²}, where one was found;
- a lower envelope of the same form, where the sign of u is the same for all t.

A sum takes its lower envelope from the one term that outweighs all others for every t ≥ T.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp
from flint import arb

from depthlaw.theory.rigorous.quotient import Quotient
from depthlaw.theory.rigorous.ranges import between, real_range
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.variable import X

_ZERO, _ONE, _INF = arb(0), arb(1), arb.pos_inf()
_SIGMOIDAL = {sp.tanh: 1, sp.erf: 1, sp.atan: 2}


class _Complement(sp.Function):
    """erfc(u), left as it is: SymPy writes erfc(−u) as 2 − erfc(u), which hides how small it is."""

    nargs = 1


@dataclass(frozen=True)
class Envelope:
    """t ↦ `scale` t^`power` e^{`linear` t + `quadratic` t²}."""

    scale: arb
    power: arb = _ZERO
    linear: arb = _ZERO
    quadratic: arb = _ZERO

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
        falls = (C <= 0 and d.max(_ZERO) / T + B + 2 * C * T <= 0) or (
            C < 0 and B + 2 * C * T <= 0 and d <= 0
        )
        return self.at(T).upper() if falls else _INF

    def smallest(self, T: arb) -> arb:
        """Return a lower bound for t ≥ T: the value at T if it increases from there."""
        d, B, C = self.power, self.linear, self.quadratic
        rises = C >= 0 and d.min(_ZERO) / T + B + 2 * C * T >= 0 and (B >= 0 or C > 0)
        return self.at(T).lower() if rises else _ZERO


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


def tail(expression: sp.Expr, side: int, start: arb) -> Tail:
    """Return bounds of a formula for `side` · x ≥ `start` ≥ 1, where it is defined.

    >>> bound = tail(X - sp.exp(X) + 1, 1, arb(24))
    >>> bound.sign, bound.upper.linear == 1
    (-1, True)
    """
    return _Analysis(side, start).of(expression)


class _Analysis:
    def __init__(self, side: int, start: arb) -> None:
        self.side, self.T = side, start
        self.known: dict[sp.Expr, Tail] = {}

    def of(self, e: sp.Expr) -> Tail:
        if e not in self.known:
            self.known[e] = self._sharpened(self._node(e))
        return self.known[e]

    def _sharpened(self, found: Tail) -> Tail:
        """Let the envelopes narrow the interval, and the interval replace an envelope."""
        low, high, upper, lower = found.low, found.high, found.upper, found.lower
        if upper is not None:
            most = upper.largest(self.T)
            if most.is_finite():
                low, high = _most(low, -most), _least(high, most)
        if lower is not None:
            least = lower.smallest(self.T)
            if found.sign > 0:
                low = _most(low, least)
            elif found.sign < 0:
                high = _least(high, -least)
        size = _most(-low, high)
        if upper is None and size.is_finite():
            upper = Envelope(size)
        if lower is None and (low > 0 or high < 0):
            lower = Envelope(low if low > 0 else -high)
        return replace(found, low=low, high=high, upper=upper, lower=lower)

    def _node(self, e: sp.Expr) -> Tail:
        if not e.has(X):
            value = ball_of(e)
            return Tail(value.lower(), value.upper(), Envelope(abs(value).upper()))
        if e == X:
            t = Envelope(_ONE, _ONE)
            return Tail(self.T, _INF, t, t) if self.side > 0 else Tail(-_INF, -self.T, t, t)
        if isinstance(e, Quotient):
            return self.of(e.as_formula())
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul:
            parts = [self.of(part) for part in e.args]
            found = parts[0]
            for part in parts[1:]:
                found = _product(found, part)
            return found
        if e.is_Pow:
            return self._power(self.of(e.base), e.exp)
        if isinstance(e, sp.exp):
            return self._exponential(e.args[0])
        if isinstance(e, sp.log):
            return self._logarithm(e.args[0])
        if isinstance(e, sp.sinh | sp.cosh):
            return self.of(sp.expand(e.rewrite(sp.exp)))
        if e.func in _SIGMOIDAL:
            return self._sigmoidal(e)
        if isinstance(e, sp.erfc | _Complement):
            return self._erfc(e)
        if isinstance(e, sp.asinh):
            return self._asinh(self.of(e.args[0]))
        if isinstance(e, sp.Abs):
            return _absolute(self.of(e.args[0]))
        if isinstance(e, sp.Max | sp.Min):
            return self._extreme(e)
        return self._by_range(e)

    def _by_range(self, e: sp.Expr) -> Tail:
        """Bound a function of bounded range, such as a sine."""
        inner = self.of(e.args[0]) if len(e.args) == 1 else None
        if isinstance(e, sp.sin | sp.cos | sp.sign | sp.Heaviside) and inner is not None:
            z = sp.Dummy(real=True)
            value = _ONE - 2 * _ONE.union(_ZERO)
            if inner.low.is_finite() and inner.high.is_finite():
                value = real_range(e.func(z), z, between(inner.low, inner.high))
            elif inner.sign and isinstance(e, sp.sign | sp.Heaviside):
                value = arb(inner.sign if isinstance(e, sp.sign) else (inner.sign + 1) // 2)
            upper = inner.upper if isinstance(e, sp.sin) else None
            small = upper is not None and bool(upper.largest(self.T) < 1)
            return Tail(value.lower(), value.upper(), upper if small else None)
        return Tail(-_INF, _INF, None)

    def _sum(self, e: sp.Expr) -> Tail:
        # tanh, erf and their like are ±1 less what vanishes: the 1 may cancel.
        args = [self._unsaturated(part) for part in e.args]
        whole = sp.Add(*args)
        if not whole.is_Add or whole != e:
            return self.of(whole)
        parts = [self.of(part) for part in e.args]
        low, high = _total([p.low for p in parts]), _total([-p.high for p in parts])
        lower, sign = self._outweighing(parts)
        return Tail(
            _most(low, _ZERO) if sign > 0 else low,
            _least(-high, _ZERO) if sign < 0 else -high,
            self._total_upper([p.upper for p in parts]),
            lower,
            self._huge(parts),
        )

    def _huge(self, parts: Sequence[Tail]) -> bool:
        return sum(p.huge for p in parts) == 1 and all(p.huge or p.upper for p in parts)

    def _unsaturated(self, part: sp.Expr) -> sp.Expr:
        """Write c·tanh(u), c·erf(u) or c·erfc(u) as ±c less what vanishes, if u grows."""
        for outer in part.args if part.is_Mul else (part,):
            if not (isinstance(outer, sp.tanh | sp.erf | sp.erfc) and outer.has(X)):
                continue
            u = outer.args[0]
            s = self.of(u).sign
            if s == 0 or (part.has(X) and (part / outer).has(X)):
                return part
            if isinstance(outer, sp.tanh):
                small = sp.exp(sp.expand(-2 * s * u))
                return sp.expand(part / outer * s) - part / outer * s * 2 * small / (1 + small)
            if isinstance(outer, sp.erf):
                return part / outer * s - part / outer * s * _Complement(s * u)
            return part if s > 0 else 2 * part / outer - part / outer * _Complement(-u)
        return part

    def _total_upper(self, uppers: Sequence[Envelope | None]) -> Envelope | None:
        found = [u for u in uppers if u is not None]
        if len(found) < len(uppers):
            return None
        best: Envelope | None = None
        for reference in found:
            shares = [_ratio(u, reference).largest(self.T) for u in found]
            if all(share.is_finite() for share in shares):
                candidate = replace(reference, scale=reference.scale * sum(shares, start=_ZERO))
                if best is None or candidate.at(self.T) < best.at(self.T):
                    best = candidate
        if best is not None:
            return best
        # The largest of every exponent: t ≥ 1.
        return Envelope(
            sum((u.scale for u in found), start=_ZERO),
            _largest([u.power for u in found]),
            _largest([u.linear for u in found]),
            _largest([u.quadratic for u in found]),
        )

    def _outweighing(self, parts: Sequence[Tail]) -> tuple[Envelope | None, int]:
        """Return the lower envelope of a sum, and its sign."""
        signs = {p.sign for p in parts}
        if len(signs) == 1 and signs != {0}:
            # Of one sign: every term is a lower bound, the one that grows most the best.
            lowers = [p.lower for p in parts if p.lower is not None]
            return max(lowers, key=_rank, default=None), signs.pop()
        if any(p.upper is None for p in parts):
            return None, 0
        for i, part in enumerate(parts):
            if part.lower is None or not part.sign:
                continue
            rest = sum(
                (
                    _ratio(other.upper, part.lower).largest(self.T)
                    for j, other in enumerate(parts)
                    if j != i and other.upper is not None and other.sign != part.sign
                ),
                start=_ZERO,
            )
            if rest < 1:
                shrunk = (part.lower.scale * (1 - rest)).lower()
                return replace(part.lower, scale=shrunk), part.sign
        return None, 0

    def _power(self, base: Tail, exponent: sp.Expr) -> Tail:
        p = ball_of(exponent)
        whole = bool(exponent.is_Integer)
        n = int(exponent) if whole else 0
        if p > 0:
            upper = base.upper.raised(p) if base.upper else None
            lower = base.lower.raised(p) if base.lower else None
            if whole and n % 2 == 0 and base.low < 0:
                base = _absolute(base)
            if not whole and not base.high >= 0:
                return Tail(-_INF, _INF, None)
            low = base.low if whole else _most(base.low, _ZERO)
            ends = [_raise(end, p, n if whole else None) for end in (low, base.high)]
            return Tail(ends[0], ends[1], upper, lower, base.huge)
        if base.lower is None or not base.sign or (not whole and base.sign < 0):
            return Tail(-_INF, _INF, None)
        flip = base.sign < 0
        upper = base.lower.raised(p)
        lower = base.upper.raised(p) if base.upper else None
        size = _absolute(base) if flip else base
        most = _INF if not size.low > 0 else size.low**p
        least = size.high**p if size.high.is_finite() else _ZERO
        if flip and n % 2:
            least, most = -most, -least
        return Tail(least.lower(), most.upper() if most.is_finite() else most, upper, lower)

    def _exponential(self, u: sp.Expr) -> Tail:
        s, expanded = self.side, sp.expand(u)
        polynomial, rest = sp.Integer(0), []
        for part in sp.Add.make_args(expanded):
            degree = sp.degree(part, X) if part.is_polynomial(X) and part.has(X) else 0
            if not part.has(X) or (part.is_polynomial(X) and degree <= 2):
                polynomial += part
            else:
                rest.append(part)
        coefficients = [ball_of(polynomial.coeff(X, k)) for k in range(3)]
        exact = Envelope(coefficients[0].exp(), _ZERO, s * coefficients[1], coefficients[2])
        whole, other = self.of(expanded), self.of(sp.Add(*rest))
        low = whole.low.exp().lower() if whole.low.is_finite() else _ZERO
        high = whole.high.exp().upper() if whole.high.is_finite() else _INF
        upper, lower = self._exponential_of(other, 1), self._exponential_of(other, -1)
        huge = other.sign > 0 and (other.huge or _steep(other.lower)) and whole.sign > 0
        return Tail(
            low,
            high,
            exact.times(upper) if upper else None,
            exact.times(lower) if lower else None,
            bool(huge),
        )

    def _exponential_of(self, rest: Tail, sign: int) -> Envelope | None:
        """Return an envelope above (`sign` = 1) or below (−1) of the exponential of a part."""
        end = rest.high if sign > 0 else rest.low
        if end.is_finite():
            return Envelope(end.exp())
        size = rest.upper
        if size is None or not (size.linear <= 0 and size.quadratic <= 0 and size.power <= 2):
            return None
        grown = sign * size.scale
        return Envelope(_ONE, _ZERO, grown) if size.power <= 1 else (
            Envelope(_ONE, _ZERO, _ZERO, grown)
        )  # fmt: skip

    def _logarithm(self, u: sp.Expr) -> Tail:
        small = u - 1
        v = self.of(small) if small.is_Mul or isinstance(small, sp.exp) else None
        if v is not None and v.sign > 0 and v.high.is_finite():
            # v/(1 + v) ≤ log(1 + v) ≤ v
            lower = v.lower and replace(v.lower, scale=(v.lower.scale / (1 + v.high)).lower())
            return Tail(_ZERO, (1 + v.high).log().upper(), v.upper, lower)
        if isinstance(small, sp.exp):
            # max(w, 0) ≤ log(1 + e^w) ≤ log 2 + max(w, 0)
            w, two = self.of(small.args[0]), arb(2).log().upper()
            upper = self._total_upper([Envelope(two), w.upper]) if w.upper else None
            lower = w.lower if w.sign > 0 else None
            high = (two + w.high).upper() if w.high.is_finite() else _INF
            return Tail(_most(w.low, _ZERO), _most(high, two), upper, lower, w.huge)
        inner = self.of(u)
        if inner.sign <= 0:
            return Tail(-_INF, _INF, None)
        low = inner.low.log().lower() if inner.low > 0 else -_INF
        high = inner.high.log().upper() if inner.high.is_finite() else _INF
        A, a = inner.upper, inner.lower
        if A is None or a is None:
            return Tail(low, high, None)
        # log u lies between log a + d log t + bt + ct² for the two envelopes; log t ≤ √t ≤ t ≤ t².
        constant = abs(A.scale.log()) + abs(a.scale.log()) + abs(A.power) + abs(a.power)
        linear, quadratic = abs(A.linear) + abs(a.linear), abs(A.quadratic) + abs(a.quadratic)
        power = _slowest(linear, quadratic)
        upper = Envelope((constant + linear + quadratic).upper(), power)
        # Of a part that grows as e^{bt}, or shrinks so, the logarithm grows as bt.
        lower = None
        for envelope, sign in ((a, 1), (A, -1)):
            b = sign * envelope.linear
            c, d = sign * envelope.quadratic, sign * envelope.power
            slope = b + (sign * envelope.scale.log()).min(_ZERO) / self.T
            if slope > 0 and c >= 0 and d >= 0:
                lower = Envelope(slope.lower(), _ONE)
                low, high = (_most(low, _ZERO), high) if sign > 0 else (low, _least(high, _ZERO))
        return Tail(low, high, upper, lower)

    def _sigmoidal(self, e: sp.Expr) -> Tail:
        f, inner = e.func, self.of(e.args[0])
        z = sp.Dummy(real=True)
        limit = arb.pi() / 2 if f is sp.atan else _ONE

        def at(end: arb, infinite: arb) -> arb:
            return real_range(f(z), z, end) if end.is_finite() else infinite

        low, high = at(inner.low, -limit).lower(), at(inner.high, limit).upper()
        most = inner.upper.largest(self.T) if inner.upper else _INF
        if inner.upper is None or not most < 1:
            return Tail(low, high, Envelope(limit.upper()))
        # Concave on the positive side: f(m)/m |u| ≤ |f(u)| ≤ f′(0)|u| for |u| ≤ m.
        steepest = 2 / arb.pi().sqrt() if f is sp.erf else _ONE
        upper = replace(inner.upper, scale=(inner.upper.scale * steepest).upper())
        lower = inner.lower and replace(
            inner.lower, scale=(inner.lower.scale * at(most, limit) / most).lower()
        )
        return Tail(low, high, upper, lower)

    def _erfc(self, e: sp.Expr) -> Tail:
        u = e.args[0]
        inner = self.of(u)
        z = sp.Dummy(real=True)
        low = real_range(sp.erfc(z), z, inner.high).lower() if inner.high.is_finite() else _ZERO
        high = real_range(sp.erfc(z), z, inner.low).upper() if inner.low.is_finite() else arb(2)
        if not inner.low >= 1:
            return Tail(low, high, Envelope(arb(2)))
        # e^{−u²}/(2u√π) ≤ erfc u ≤ e^{−u²} for u ≥ 1.
        weight = self.of(sp.exp(sp.expand(-(u**2))))
        lower = None
        if weight.lower and inner.upper:
            lower = weight.lower.times(inner.upper.raised(arb(-1)))
            lower = replace(lower, scale=(lower.scale / (2 * arb.pi().sqrt())).lower())
        return Tail(_most(low, _ZERO), high, weight.upper, lower)

    def _asinh(self, inner: Tail) -> Tail:
        low = inner.low.asinh().lower() if inner.low.is_finite() else -_INF
        high = inner.high.asinh().upper() if inner.high.is_finite() else _INF
        if inner.upper is None:
            return Tail(low, high, None)
        # asinh(A t^d e^{Bt+Ct²}) ≤ log(2A + 1) + d log t + Bt + Ct², and log t ≤ √t ≤ t ≤ t².
        A, d, B, C = (
            inner.upper.scale,
            inner.upper.power.max(_ZERO),
            inner.upper.linear.max(_ZERO),
            inner.upper.quadratic.max(_ZERO),
        )
        power = _slowest(B, C)
        grown = Envelope(((2 * A + 1).log() + d + B + C).upper(), power)
        small = inner.upper.largest(self.T) < 1
        return Tail(low, high, inner.upper if small else grown)

    def _extreme(self, e: sp.Expr) -> Tail:
        parts = [self.of(part) for part in e.args]
        pick = _largest if isinstance(e, sp.Max) else _smallest
        upper = self._total_upper([p.upper for p in parts])
        return Tail(pick([p.low for p in parts]), pick([p.high for p in parts]), upper)


def _slowest(linear: arb, quadratic: arb) -> arb:
    """Return the power of t that bounds √t, and t and t² unless their factors are exactly 0."""
    if quadratic == 0:
        return arb("0.5") if linear == 0 else arb(1)
    return arb(2)


def _steep(envelope: Envelope | None) -> bool:
    """Whether t^d e^{Bt+Ct²} grows faster than every multiple of t²."""
    if envelope is None or not envelope.scale > 0:
        return False
    C, B, d = envelope.quadratic, envelope.linear, envelope.power
    return bool(C > 0 or (C == 0 and (B > 0 or (B == 0 and d > 2))))


def _rank(envelope: Envelope) -> tuple[float, float, float, float]:
    parts = (envelope.quadratic, envelope.linear, envelope.power, envelope.scale)
    a, b, c, d = (float(part.mid()) for part in parts)
    return a, b, c, d


def _ratio(one: Envelope | None, other: Envelope | None) -> Envelope:
    if one is None or other is None or not other.scale > 0:
        return Envelope(_INF, _ZERO, _ONE)
    return one.times(other.raised(arb(-1)))


def _least(a: arb, b: arb) -> arb:
    return a if a <= b else b


def _most(a: arb, b: arb) -> arb:
    return a if a >= b else b


def _largest(values: Sequence[arb]) -> arb:
    ends = [value.upper() if value.is_finite() else value for value in values]
    found = ends[0]
    for end in ends[1:]:
        found = _most(found, end)
    return found


def _smallest(values: Sequence[arb]) -> arb:
    return -_largest([-value for value in values])


def _total(lows: Sequence[arb]) -> arb:
    total = _ZERO
    for low in lows:
        if not low.is_finite():
            return -_INF
        total = (total + low).lower()
    return total


def _raise(end: arb, p: arb, whole: int | None) -> arb:
    if not end.is_finite():
        return end if end > 0 or (whole is not None and whole % 2) else _INF
    if whole is not None:
        return end**whole
    return end**p if end > 0 else _ZERO


def _times(a: arb, b: arb) -> arb:
    """Return the product of two ends, 0 · ∞ being 0."""
    if a == 0 or b == 0:
        return _ZERO
    if a.is_finite() and b.is_finite():
        return a * b
    return _INF if (a > 0) == (b > 0) else -_INF


def _product(one: Tail, two: Tail) -> Tail:
    ends = [_times(a, b) for a in (one.low, one.high) for b in (two.low, two.high)]
    low, high = _smallest(ends), _largest(ends)
    upper = one.upper.times(two.upper) if one.upper and two.upper else None
    lower = one.lower.times(two.lower) if one.lower and two.lower else None
    if lower is not None:
        # A product of definite signs has one, whatever rounding left of the interval.
        low, high = (
            (_most(low, _ZERO), high) if one.sign == two.sign else (low, _least(high, _ZERO))
        )
    huge = (one.huge and two.lower is not None and not two.lower.quadratic < 0) or (
        two.huge and one.lower is not None and not one.lower.quadratic < 0
    )
    return Tail(low, high, upper, lower, huge)


def _absolute(inner: Tail) -> Tail:
    if inner.sign:
        flip = inner.sign < 0
        low, high = (-inner.high, -inner.low) if flip else (inner.low, inner.high)
        return replace(inner, low=_most(low, _ZERO), high=high)
    return replace(inner, low=_ZERO, high=_most(-inner.low, inner.high), lower=None)
