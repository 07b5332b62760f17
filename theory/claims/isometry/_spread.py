"""Which numbers of given sum and sum of squares have the largest, and the smallest, product.

Three numbers m + d_i with Σ d_i = 0 and Σ d_i² = 6δ² have the product m³ − 3mδ² + d₁d₂d₃, and
|d₁d₂d₃| ≤ 2δ³ with equality exactly where two of them coincide. So where n positive numbers have
the largest product, every three of them are two equal ones and one that is not smaller: n − 1 are
equal and one is larger. Where they have the smallest one, n − 1 are equal and one is smaller, or
one of them is 0.
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Identity, Step


def steps() -> tuple[Step, ...]:
    """Return the steps of the argument above."""
    m, x, y = sp.symbols("m x y", real=True)
    z = -x - y
    square = (x**2 + y**2 + z**2) / 6
    return (
        Identity(
            "three numbers of mean m: their product, with δ² a sixth of the sum of the d_i²",
            sp.expand((m + x) * (m + y) * (m + z)),
            sp.expand(m**3 - 3 * m * square + x * y * z),
        ),
        Identity(
            "4δ⁶ − (d₁d₂d₃)² is the square of a Vandermonde product over 27",
            sp.expand(4 * square**3 - (x * y * z) ** 2),
            sp.expand(((x - y) * (y - z) * (z - x)) ** 2 / 27),
        ),
        Argued(
            "from three to n",
            "any three of an extremal n-tuple are extremal for their own sum and sum of squares; "
            "the product is largest with n − 1 equal and one larger, smallest with one smaller "
            "(or zero)",
        ),
    )
