"""The correlation that all columns of a start share."""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.errors import ArgumentError, Real, at_ends, finite


def shared_correlation(columns: int, correlation: object) -> Real:
    """Return ρ₀ of any two of n columns, in [−1/(n−1), 1]; 1/2 if nothing is given.

    Raises
    ------
    ArgumentError
        If it is outside; a float that is an end but for rounding is taken for it.

    Examples
    --------
    >>> shared_correlation(3, -0.5) == -0.5 and shared_correlation(9, None) == Fraction(1, 2)
    True
    """
    n = columns
    least = Fraction(-1, n - 1) if n > 1 else Fraction(-1)
    given = Fraction(1, 2) if correlation is None else correlation
    c = at_ends(finite("correlation", given), least, 1, of=given)
    if not least <= c <= 1:
        raise ArgumentError(
            "correlation",
            correlation,
            f"{n} columns can only share one between {float(least):.6g} and 1",
        )
    return c
