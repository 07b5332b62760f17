"""The real batch size at which the pair of odd-point states is born: a saddle-node, enclosed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp
from flint import arb, arb_mat

from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Enclosure

_BITS = 128
_NEAR = ("2.14418172", "5.10707512")
"""Where the search for s and m starts; a wrong start finds nothing and proves nothing."""


@dataclass(frozen=True)
class SaddleNode:
    """F = 0 and dF/ds = 0 at once: the spread s and the real batch size n_c where that happens."""

    spread: Enclosure
    batch: Enclosure


@lru_cache(maxsize=1)
def threshold() -> SaddleNode:
    """Return the saddle-node, the only one in a box of half-width 2^{-20} around it.

    The interval Newton step for (F, dF/ds) as functions of (s, m) maps a box into its inside,
    which proves that exactly one solution lies in the box.

    Examples
    --------
    >>> found = threshold()
    >>> 6 < found.batch.lower <= found.batch.upper < 7
    True
    """
    with precision(_BITS):
        functions, jacobian = _system()
        point = [arb(value).mid() for value in _NEAR]
        for _ in range(8):
            point = [arb(value.mid()) for value in _newton(functions, jacobian, point, point)]
        box = [value + arb(0, arb(2) ** -20) for value in point]
        image = _newton(functions, jacobian, point, box)
        if not all(b.contains_interior(value) for b, value in zip(box, image, strict=True)):
            raise DepthlawError("the saddle-node was not proved: the interval step left its box")
        for _ in range(4):
            middle = [arb(value.mid()) for value in image]
            step = _newton(functions, jacobian, middle, image)
            image = [a.intersection(b) for a, b in zip(image, step, strict=True)]
        return SaddleNode(Enclosure(image[0]), Enclosure(image[1] + 1))


Function = Callable[[list[arb]], arb]


def _system() -> tuple[list[Function], list[list[Function]]]:
    """Return (F, dF/ds) and its Jacobian in (s, m), derived from the closed_forms."""
    s, m = closed_forms.s, sp.Symbol("m", positive=True)
    F = closed_forms.excess(m, s, sp.acos(closed_forms.cosine_of(m, s)))
    both = [F, sp.diff(F, s)]

    def compiled(expression: sp.Expr) -> Function:
        return lambda at: evaluate(expression, {s: at[0], m: at[1]})

    return [compiled(f) for f in both], [[compiled(sp.diff(f, x)) for x in (s, m)] for f in both]


def _newton(
    functions: list[Function],
    jacobian: list[list[Function]],
    point: list[arb],
    box: list[arb],
) -> list[arb]:
    """Return point − J(box)⁻¹ f(point)."""
    J = arb_mat([[entry(box) for entry in row] for row in jacobian])
    values = arb_mat([[f(point)] for f in functions])
    step = J.solve(values)
    return [point[i] - step[i, 0] for i in range(len(point))]
