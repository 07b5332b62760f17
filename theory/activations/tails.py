"""How a formula behaves far out: bounds that hold for all |x| ≥ T on one side of the line.

With t = |x| ≥ T ≥ 1 every part u of the formula gets

- ends of the interval of its values, which may be infinite;
- an upper envelope |u| ≤ A t^d e^{Bt + Ct²}, where one was found;
- a lower envelope of the same form, where the sign of u is the same for all t.

A sum takes its lower envelope from the one term that outweighs all others for every t ≥ T.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp
from flint import arb

from depthlaw.theory.activations.envelopes import (
    INFINITE,
    ONE,
    ZERO,
    Envelope,
    Tail,
    absolute,
    greater,
    largest,
    lesser,
    product,
    raised_end,
    rank,
    ratio,
    slowest,
    smallest,
    steep,
    total_of,
)
from depthlaw.theory.rigorous.quotient import Quotient
from depthlaw.theory.rigorous.ranges import between, real_range
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.writing.variable import X

_SIGMOIDAL = {sp.tanh: 1, sp.erf: 1, sp.atan: 2}


class _Complement(sp.Function):
    """erfc(u), left as it is: SymPy writes erfc(−u) as 2 − erfc(u), which hides how small it is."""

    nargs = 1


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
                low, high = greater(low, -most), lesser(high, most)
        if lower is not None:
            least = lower.smallest(self.T)
            if found.sign > 0:
                low = greater(low, least)
            elif found.sign < 0:
                high = lesser(high, -least)
        size = greater(-low, high)
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
            t = Envelope(ONE, ONE)
            return Tail(self.T, INFINITE, t, t) if self.side > 0 else Tail(-INFINITE, -self.T, t, t)
        if isinstance(e, Quotient):
            return self.of(e.as_formula())
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul:
            parts = [self.of(part) for part in e.args]
            found = parts[0]
            for part in parts[1:]:
                found = product(found, part)
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
            return absolute(self.of(e.args[0]))
        if isinstance(e, sp.Max | sp.Min):
            return self._extreme(e)
        return self._by_range(e)

    def _by_range(self, e: sp.Expr) -> Tail:
        """Bound a function of bounded range, such as a sine."""
        inner = self.of(e.args[0]) if len(e.args) == 1 else None
        if isinstance(e, sp.sin | sp.cos | sp.sign | sp.Heaviside) and inner is not None:
            z = sp.Dummy(real=True)
            value = ONE - 2 * ONE.union(ZERO)
            if inner.low.is_finite() and inner.high.is_finite():
                value = real_range(e.func(z), z, between(inner.low, inner.high))
            elif inner.sign and isinstance(e, sp.sign | sp.Heaviside):
                value = arb(inner.sign if isinstance(e, sp.sign) else (inner.sign + 1) // 2)
            upper = inner.upper if isinstance(e, sp.sin) else None
            small = upper is not None and bool(upper.largest(self.T) < 1)
            return Tail(value.lower(), value.upper(), upper if small else None)
        return Tail(-INFINITE, INFINITE, None)

    def _sum(self, e: sp.Expr) -> Tail:
        # tanh, erf and their like are ±1 less what vanishes: the 1 may cancel.
        args = [self._unsaturated(part) for part in e.args]
        whole = sp.Add(*args)
        if not whole.is_Add or whole != e:
            return self.of(whole)
        parts = [self.of(part) for part in e.args]
        low, high = total_of([p.low for p in parts]), total_of([-p.high for p in parts])
        lower, sign = self._outweighing(parts)
        return Tail(
            greater(low, ZERO) if sign > 0 else low,
            lesser(-high, ZERO) if sign < 0 else -high,
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
            shares = [ratio(u, reference).largest(self.T) for u in found]
            if all(share.is_finite() for share in shares):
                candidate = replace(reference, scale=reference.scale * sum(shares, start=ZERO))
                if best is None or candidate.at(self.T) < best.at(self.T):
                    best = candidate
        if best is not None:
            return best
        # The largest of every exponent: t ≥ 1.
        return Envelope(
            sum((u.scale for u in found), start=ZERO),
            largest([u.power for u in found]),
            largest([u.linear for u in found]),
            largest([u.quadratic for u in found]),
        )

    def _outweighing(self, parts: Sequence[Tail]) -> tuple[Envelope | None, int]:
        """Return the lower envelope of a sum, and its sign."""
        signs = {p.sign for p in parts}
        if len(signs) == 1 and signs != {0}:
            # Of one sign: every term is a lower bound, the one that grows most the best.
            lowers = [p.lower for p in parts if p.lower is not None]
            return max(lowers, key=rank, default=None), signs.pop()
        if any(p.upper is None for p in parts):
            return None, 0
        for i, part in enumerate(parts):
            if part.lower is None or not part.sign:
                continue
            rest = sum(
                (
                    ratio(other.upper, part.lower).largest(self.T)
                    for j, other in enumerate(parts)
                    if j != i and other.upper is not None and other.sign != part.sign
                ),
                start=ZERO,
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
                base = absolute(base)
            if not whole and not base.high >= 0:
                return Tail(-INFINITE, INFINITE, None)
            low = base.low if whole else greater(base.low, ZERO)
            ends = [raised_end(end, p, n if whole else None) for end in (low, base.high)]
            return Tail(ends[0], ends[1], upper, lower, base.huge)
        if base.lower is None or not base.sign or (not whole and base.sign < 0):
            return Tail(-INFINITE, INFINITE, None)
        flip = base.sign < 0
        upper = base.lower.raised(p)
        lower = base.upper.raised(p) if base.upper else None
        size = absolute(base) if flip else base
        most = INFINITE if not size.low > 0 else size.low**p
        least = size.high**p if size.high.is_finite() else ZERO
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
        exact = Envelope(coefficients[0].exp(), ZERO, s * coefficients[1], coefficients[2])
        whole, other = self.of(expanded), self.of(sp.Add(*rest))
        low = whole.low.exp().lower() if whole.low.is_finite() else ZERO
        high = whole.high.exp().upper() if whole.high.is_finite() else INFINITE
        upper, lower = self._exponential_of(other, 1), self._exponential_of(other, -1)
        huge = other.sign > 0 and (other.huge or steep(other.lower)) and whole.sign > 0
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
        return Envelope(ONE, ZERO, grown) if size.power <= 1 else (
            Envelope(ONE, ZERO, ZERO, grown)
        )  # fmt: skip

    def _logarithm(self, u: sp.Expr) -> Tail:
        small = u - 1
        v = self.of(small) if small.is_Mul or isinstance(small, sp.exp) else None
        if v is not None and v.sign > 0 and v.high.is_finite():
            # v/(1 + v) ≤ log(1 + v) ≤ v
            lower = v.lower and replace(v.lower, scale=(v.lower.scale / (1 + v.high)).lower())
            return Tail(ZERO, (1 + v.high).log().upper(), v.upper, lower)
        if isinstance(small, sp.exp):
            # max(w, 0) ≤ log(1 + e^w) ≤ log 2 + max(w, 0)
            w, two = self.of(small.args[0]), arb(2).log().upper()
            upper = self._total_upper([Envelope(two), w.upper]) if w.upper else None
            lower = w.lower if w.sign > 0 else None
            high = (two + w.high).upper() if w.high.is_finite() else INFINITE
            return Tail(greater(w.low, ZERO), greater(high, two), upper, lower, w.huge)
        inner = self.of(u)
        if inner.sign <= 0:
            return Tail(-INFINITE, INFINITE, None)
        low = inner.low.log().lower() if inner.low > 0 else -INFINITE
        high = inner.high.log().upper() if inner.high.is_finite() else INFINITE
        A, a = inner.upper, inner.lower
        if A is None or a is None:
            return Tail(low, high, None)
        # log u lies between log a + d log t + bt + ct² for the two envelopes; log t ≤ √t ≤ t ≤ t².
        constant = abs(A.scale.log()) + abs(a.scale.log()) + abs(A.power) + abs(a.power)
        linear, quadratic = abs(A.linear) + abs(a.linear), abs(A.quadratic) + abs(a.quadratic)
        power = slowest(linear, quadratic)
        upper = Envelope((constant + linear + quadratic).upper(), power)
        # Of a part that grows as e^{bt}, or shrinks so, the logarithm grows as bt.
        lower = None
        for envelope, sign in ((a, 1), (A, -1)):
            b = sign * envelope.linear
            c, d = sign * envelope.quadratic, sign * envelope.power
            slope = b + (sign * envelope.scale.log()).min(ZERO) / self.T
            if slope > 0 and c >= 0 and d >= 0:
                lower = Envelope(slope.lower(), ONE)
                low, high = (greater(low, ZERO), high) if sign > 0 else (low, lesser(high, ZERO))
        return Tail(low, high, upper, lower)

    def _sigmoidal(self, e: sp.Expr) -> Tail:
        f, inner = e.func, self.of(e.args[0])
        z = sp.Dummy(real=True)
        limit = arb.pi() / 2 if f is sp.atan else ONE

        def at(end: arb, infinite: arb) -> arb:
            return real_range(f(z), z, end) if end.is_finite() else infinite

        low, high = at(inner.low, -limit).lower(), at(inner.high, limit).upper()
        most = inner.upper.largest(self.T) if inner.upper else INFINITE
        if inner.upper is None or not most < 1:
            return Tail(low, high, Envelope(limit.upper()))
        # Concave on the positive side: f(m)/m |u| ≤ |f(u)| ≤ f′(0)|u| for |u| ≤ m.
        steepest = 2 / arb.pi().sqrt() if f is sp.erf else ONE
        upper = replace(inner.upper, scale=(inner.upper.scale * steepest).upper())
        lower = inner.lower and replace(
            inner.lower, scale=(inner.lower.scale * at(most, limit) / most).lower()
        )
        return Tail(low, high, upper, lower)

    def _erfc(self, e: sp.Expr) -> Tail:
        u = e.args[0]
        inner = self.of(u)
        z = sp.Dummy(real=True)
        low = real_range(sp.erfc(z), z, inner.high).lower() if inner.high.is_finite() else ZERO
        high = real_range(sp.erfc(z), z, inner.low).upper() if inner.low.is_finite() else arb(2)
        if not inner.low >= 1:
            return Tail(low, high, Envelope(arb(2)))
        # e^{−u²}/(2u√π) ≤ erfc u ≤ e^{−u²} for u ≥ 1.
        weight = self.of(sp.exp(sp.expand(-(u**2))))
        lower = None
        if weight.lower and inner.upper:
            lower = weight.lower.times(inner.upper.raised(arb(-1)))
            lower = replace(lower, scale=(lower.scale / (2 * arb.pi().sqrt())).lower())
        return Tail(greater(low, ZERO), high, weight.upper, lower)

    def _asinh(self, inner: Tail) -> Tail:
        low = inner.low.asinh().lower() if inner.low.is_finite() else -INFINITE
        high = inner.high.asinh().upper() if inner.high.is_finite() else INFINITE
        if inner.upper is None:
            return Tail(low, high, None)
        # asinh(A t^d e^{Bt+Ct²}) ≤ log(2A + 1) + d log t + Bt + Ct², and log t ≤ √t ≤ t ≤ t².
        A, d, B, C = (
            inner.upper.scale,
            inner.upper.power.max(ZERO),
            inner.upper.linear.max(ZERO),
            inner.upper.quadratic.max(ZERO),
        )
        power = slowest(B, C)
        grown = Envelope(((2 * A + 1).log() + d + B + C).upper(), power)
        small = inner.upper.largest(self.T) < 1
        return Tail(low, high, inner.upper if small else grown)

    def _extreme(self, e: sp.Expr) -> Tail:
        parts = [self.of(part) for part in e.args]
        pick = largest if isinstance(e, sp.Max) else smallest
        upper = self._total_upper([p.upper for p in parts])
        return Tail(pick([p.low for p in parts]), pick([p.high for p in parts]), upper)
