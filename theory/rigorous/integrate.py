"""Integrals with a proved error, over a finite interval and of a holomorphic integrand."""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import Number, ball

Integrand = Callable[[acb, bool], acb]


def integral(integrand: Integrand, lower: Number, upper: Number) -> arb:
    """Return a ball that contains the integral of a real function over [`lower`, `upper`].

    Parameters
    ----------
    integrand
        Called as ``integrand(x, analytic)`` with a complex ball `x`. Where `analytic` is true the
        result must be not-a-number unless the function is holomorphic on all of `x`: hand the flag
        on to every `acb` function that takes one (``x.sqrt(analytic)``, ``x.rsqrt(analytic)``, …).
        Forgetting it makes the "enclosure" wrong without a sign of it.
    lower, upper
        Finite end points. A tail needs a bound of its own, added by the caller.

    Raises
    ------
    DepthlawError
        If no finite enclosure was reached, as with a pole on the interval.

    Examples
    --------
    >>> area = integral(lambda x, analytic: (1 - x * x).sqrt(analytic), -1, 1)
    >>> area.overlaps(arb.pi() / 2)
    True
    """
    result = acb.integral(integrand, acb(ball(lower)), acb(ball(upper)))
    if not result.is_finite() or not result.imag.contains(0):
        raise DepthlawError(
            f"the integral over [{lower}, {upper}] has no finite enclosure: "
            "split it at the singular points or raise the precision"
        )
    return result.real
