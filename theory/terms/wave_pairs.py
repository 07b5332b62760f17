"""E[cos(ωX + ϑ) g(Y)] for a centred Gaussian pair, g a wave, or a power times an exponential."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.terms.factors import Factor, Wave


def wave_pair(
    first: Factor, second: Factor, q1: sp.Expr, q2: sp.Expr, r: sp.Expr
) -> sp.Expr | None:
    """Return the mean, or None where no rule applies.

    Two waves: cos a cos b = ½ cos(a+b) + ½ cos(a−b) and E cos(U + ψ) = e^{−Var U/2} cos ψ. A wave
    and e^{tY}: the exponential moves X by tr. A power of Y is a derivative in t.
    """
    if not isinstance(first.special, Wave):
        return wave_pair(second, first, q2, q1, r)
    w, phase = first.special.frequency, first.special.phase
    if isinstance(second.special, Wave):
        v, other = second.special.frequency, second.special.phase
        plus, minus = sp.cos(phase + other) / 2, sp.cos(phase - other) / 2
        front = sp.exp(-(w**2 * q1 + v**2 * q2) / 2)
        # plus·e^{−wvr} + minus·e^{wvr}, written in hyperbolic functions
        even, odd = sp.simplify(plus + minus), sp.simplify(minus - plus)
        return front * (even * sp.cosh(w * v * r) + odd * sp.sinh(w * v * r))
    if second.special is not None or second.quadratic != 0:
        return None
    t = sp.Dummy("t", real=True)
    value = sp.exp((t**2 * q2 - w**2 * q1) / 2) * sp.cos(w * t * r + phase)
    return sp.diff(value, t, second.power).subs(t, second.linear)
