"""Lemma 7: the Lyapunov function is close to its prediction in mean square.

E (V̂(H_{ℓ+1}) − (1/n − p_n))² ≤ 1/d given H_ℓ.

Its proof gives the fluctuation of Lemma 6, which is (1 − Σp²)/d.

Example: the same bound as Lemma 6.

>>> from depthlaw.theory.claim.registry import claim
>>> CLAIM.bound(width=7).upper == claim("orthogonalization.lemma-6").bound(width=7).upper
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Check,
    Identity,
    Observed,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_6 as fluctuation
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import gram
from depthlaw.theory.writing.symbols import d


def _check(label: str, spectrum: Sequence[Fraction], *, width: int, replicas: int) -> Check:
    entries, n = tuple(spectrum), len(spectrum)

    def square_error(observed: Observed) -> setting.Array:
        predicted = 1 / n - fluctuation.expected(entries).min()
        error: setting.Array = observed["lyapunov"][:, -1] - predicted
        return error**2

    return Check(
        label,
        {"width": width},
        setting.measured(
            spectrum,
            width=width,
            depth=1,
            observables={"lyapunov": gram.lyapunov},
            per_replica=square_error,
            highest=1 / n**2,
        ),
        replicas=replicas,
    )


def _derivation() -> Steps:
    total = sp.Symbol("P", nonnegative=True)
    yield from pairs.smallest_eigenvalue()
    yield from pairs.fluctuation()
    yield Sign("which is below 1/d by", total / d)
    yield Identity("the sum", (1 - total) / d + total / d, 1 / d)


CLAIM = declare(
    __name__,
    "the Lyapunov function is close to its prediction",
    upper(
        sp.Function("E")(sp.Symbol(r"(\hat{V}(H_{\ell+1}) - (1/n - p_n))^2")),
        1 / d,
        trivial=sp.Integer(1),
    ),
    source=PAPER.at("Lemma 7"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH,),
    assumes=(*setting.MODEL,),
    checks=(
        _check("isometry, n = 2", setting.flat(2), width=4, replicas=2000),
        _check("isometry, n = 4", setting.flat(4), width=20, replicas=2000),
        _check(
            "geometric spectrum, n = 5",
            setting.geometric(5, Fraction(1, 2)),
            width=20,
            replicas=2000,
        ),
        _check(
            "one small eigenvalue, n = 3", setting.flat(3, Fraction(1, 30)), width=10, replicas=2000
        ),
    ),
    derivation=_derivation,
    decreasing=("width",),
    control=Fraction(1, 6),
    siblings=("orthogonalization.lemma-6", "orthogonalization.lemma-6-exact"),
)
