"""What both forms of Lemma 8 share: 1/n − p_n, enclosed, on spectra that are fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import Check, Computed
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import n

QUANTITY = 1 / n - sp.Symbol("p_n")


def _shortfall(spectrum: Sequence[Fraction], batch: Any, place: Any) -> Enclosure:
    return Enclosure(ball(Fraction(1, batch)) - expected_spectrum(spectrum)[place])


def _check(label: str, spectrum: Sequence[Fraction]) -> Check:
    batch = len(spectrum)
    place = min(range(batch), key=lambda i: spectrum[i])

    return Check(
        label,
        {"batch": batch, "smallest": spectrum[place]},
        Computed(_shortfall, {"spectrum": spectrum, "batch": batch, "place": place}),
    )


def checks() -> tuple[Check, ...]:
    """Return spectra from near isometry, where the sharp form is tight, to near singularity."""
    return (
        *(
            _check(
                f"near isometry, one small eigenvalue, n = {n}",
                setting.flat(n, Fraction(99, 100 * n)),
            )
            for n in (2, 4, 16, 64)
        ),
        *(
            _check(f"one small eigenvalue, n = {n}", setting.flat(n, Fraction(1, 5 * n)))
            for n in (2, 3, 8, 32)
        ),
        *(
            _check(f"one large eigenvalue, n = {n}", setting.outlier(n, Fraction(1, 2 * n)))
            for n in (3, 8, 32)
        ),
        _check("geometric spectrum, n = 6", setting.geometric(6, Fraction(1, 2))),
        _check("steep geometric spectrum, n = 5", setting.geometric(5, Fraction(1, 1000))),
        _check("nearly singular, n = 4", setting.flat(4, Fraction(1, 10**8))),
    )
