"""What both forms of Theorem 4 share: the bound, its threshold, and where they are tried."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Check, Requires
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.writing.symbols import ell, n

SCALE = 4 * n / setting.DET
FORMULA = SCALE * setting.BETA**-ell
"""exp(−ℓ log β − n log I(G⁰) + log 4n), where I(G⁰)ⁿ = det G⁰ at unit diagonal."""
NAMES = ("batch", "depth", "strength", "determinant")


def deep_enough(relation: sp.Rel) -> Requires:
    """Return the condition that the depth is past the threshold."""
    return Requires(
        relation, "before that depth the theorem says nothing: go deeper", argument="depth"
    )


def checks(*depths: int) -> tuple[Check, ...]:
    """Return the shared instances at these depths: the first past the threshold, or their own.

    They are written down, for what they follow from takes work, and a claim that is only listed
    should do none. `deep_enough` refuses one that is too small.
    """
    found = (
        recursion.Instance(instance.label, instance.start, instance.activation, depth)
        for instance, depth in zip(recursion.INSTANCES, depths, strict=True)
    )
    return tuple(recursion.gap_check(instance, *NAMES) for instance in dict.fromkeys(found))
