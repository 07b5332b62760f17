"""V(q)/q − 1 next to q = 0, as a series in t = √q with a proved remainder.

Let φ be a power series on either side of 0 for |x| < R, and g(x) = (φ(x)² + φ(−x)²)/2 = Σ g_j x^j
for x > 0. Then E φ(√q z)² = Σ g_j E|z|^j q^{j/2}, up to what |x| > R/2 adds: as a share of q^{J/2}
that part grows with q while q < (R/20)², so that its value at the top bounds it below.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import acb, arb

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.activations.growth import GrowthBound
from depthlaw.theory.activations.piece import X
from depthlaw.theory.kernels.isolate import Local
from depthlaw.theory.kernels.scaled import scaled_growth
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.holomorphic import compile_holomorphic
from depthlaw.theory.rigorous.zero import ball_of, sign_of

_TERMS = 8
_POINTS = 128
_FAR = 10


def sides(activation: Activation) -> tuple[sp.Expr, sp.Expr]:
    """Return φ(−x) and φ(x) next to 0, as formulas for x > 0."""
    left = next(p for p in activation.pieces if p.upper.is_infinite or p.upper >= 0)
    right = next(p for p in activation.pieces if p.upper.is_infinite or p.upper > 0)
    return left.expression.subs(X, -X), right.expression


def limit_at_zero(activation: Activation, weight: Fraction) -> sp.Expr | None:
    """Return lim σ_w² E φ(√q z)²/q as q → 0, exactly; None unless φ(0±) = 0 is proved."""
    total = sp.Integer(0)
    for formula in sides(activation):
        start = formula.subs(X, 0)
        if start.is_finite is not True or sign_of(start) != 0:
            return None
        slope = sp.diff(formula, X).subs(X, 0)
        if slope.is_finite is not True:
            return None
        total += slope**2
    return sp.Rational(weight) * total / 2


def near_zero(activation: Activation, weight: Fraction, bias: Fraction) -> Local | None:
    """Return V(q)/q − 1 on an interval next to 0, or None where φ is no power series there.

    Below the interval, W has the sign that it has at its low end.
    """
    if activation.growth.start > 0:
        return None
    left, right = sides(activation)
    radius = arb(1)
    for cut in activation.breakpoints:
        if sign_of(cut) != 0:
            radius = radius.min(abs(ball_of(cut)).lower())
    for _ in range(8):
        both = [_taylor(side, radius) for side in (left, right)]
        if both[0] is not None and both[1] is not None:
            break
        radius /= 2
    else:
        return None
    limit, J = limit_at_zero(activation, weight), _TERMS
    smooth = bool(left.subs(X, -X) == right)
    g, rest = [arb(0)] * J, arb(0)
    for c, most in (side for side in both if side is not None):
        if limit is not None:
            c[0] = arb(0)
        for j in range(J):
            g[j] += sum((c[i] * c[j - i] for i in range(j + 1)), start=arb(0)) / 2
        # |Σ_{j≥J} c x^j| ≤ 2 M² (x/R)^J for x ≤ R/2, and half of it for each side
        rest += most**2 * radius ** (-J)
    if smooth:
        g = [arb(0) if j % 2 else value for j, value in enumerate(g)]
    top = arb((radius / (2 * _FAR)).mid())
    w, moments = ball(weight), [_absolute_moment(j) for j in range(J + 3)]
    far = _beyond(activation, top) + _polynomial_beyond(g, top)
    rest = (w * (rest * (moments[J + 2] + moments[J]) + far)).abs_upper()
    lead = w * g[2] - 1
    if limit is not None and bias == 0 and sign_of(limit - 1) == 0:
        lead = arb(0)
    terms = {-2: ball(bias) + w * g[0], -1: w * g[1] * moments[1], 0: lead}
    terms |= {j - 2: w * g[j] * moments[j] for j in range(3, J)}

    def value(t: arb) -> arb:
        return _powers(terms, t) + arb(0, (rest * abs(t) ** (J - 2)).abs_upper())

    def slope(t: arb) -> arb:
        # dW/dt = (2/t)(V′ − V/q), each known up to `rest` t^{J−2}
        derived = {k - 1: k * a for k, a in terms.items() if k}
        return _powers(derived, t) + arb(0, (4 * rest * abs(t) ** (J - 3)).abs_upper())

    return Local(
        _bottom(terms, rest, top),
        top,
        value,
        slope,
        lambda t: t * t,
        lambda t: value(t) + t * slope(t) / 2,
    )


def _bottom(terms: dict[int, arb], rest: arb, top: arb) -> arb:
    """Return a t below which the leading term decides the sign of W."""
    leading = next((k for k, a in terms.items() if a != 0), None)
    t = arb(top)
    if leading is None or terms[leading].contains(0):
        return t / 2
    for _ in range(1000):
        others = rest * t ** (_TERMS - 2 - leading)
        for k, a in terms.items():
            if k > leading:
                others += abs(a) * t ** (k - leading)
        if others < abs(terms[leading]):
            break
        t /= 2
    return t / 2


def _powers(terms: dict[int, arb], t: arb) -> arb:
    return sum((a * t**k for k, a in terms.items() if a != 0), start=arb(0))


def _taylor(formula: sp.Expr, radius: arb) -> tuple[list[arb], arb] | None:
    """Return the first coefficients at 0, and a bound on |φ| over the disc |z| ≤ R.

    The mean over N points of |z| = R/4 misses c_k by at most M R^{−k} 4^{−N}/(1 − 4^{−N}).
    """
    f = compile_holomorphic(formula, X)
    most = arb(0)
    cells = 8
    for i in range(cells):
        for j in range(cells):
            x = radius * arb(2 * i + 1 - cells) / cells
            y = radius * arb(2 * j + 1 - cells) / cells
            half = arb(0, (radius / cells).abs_upper())
            value = f(acb(x + half, y + half), True)
            if not value.is_finite():
                return None
            most = most.max(value.abs_upper())
    N, circle = _POINTS, radius / 4
    places = [acb(arb(2 * n) / N).exp_pi_i() for n in range(N)]
    values = [f(place * circle, False) for place in places]
    found = []
    for k in range(_TERMS):
        total = sum((v * places[-n * k % N] for n, v in enumerate(values)), start=acb(0)).real
        error = most * radius ** (-k) * arb(4) ** (1 - N)
        found.append(total / N / circle**k + arb(0, error.abs_upper()))
    return found, most


def _absolute_moment(j: int) -> arb:
    """E|z|^j = 2^{j/2} Γ((j+1)/2)/√π."""
    return arb(2) ** (arb(j) / 2) * ((arb(j) + 1) / 2).gamma() / arb.pi().sqrt()


def _beyond(activation: Activation, top: arb) -> arb:
    """Bound E[φ(√q z)²(1 + z²); |z| > 10]/q^{J/2} for q ≤ top²: 1 + z² ≤ 2e^{|z|}."""
    growth = scaled_growth(activation, top * top)
    wide = GrowthBound(growth.scale, growth.linear + 0.5, growth.quadratic)
    return 2 * wide.square_beyond(_FAR) / top**_TERMS


def _polynomial_beyond(g: list[arb], top: arb) -> arb:
    """Bound what Σ g_j x^j (1 + z²) itself adds there: |z|^k ≤ 10^k e^{z²/4 − 25} for k ≤ 10."""
    share = 2 * arb(_FAR) ** (_TERMS + 2) * arb(-25).exp() * arb(2).sqrt() * arb(5).erfc()
    return share * sum((abs(a) * top**j for j, a in enumerate(g)), start=arb(0)) / top**_TERMS
