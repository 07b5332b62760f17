"""Next to rank one: M → ssᵀ, with a second direction v ⟂ s that is followed through one layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Domain,
    Heading,
    Identity,
    Parameter,
    ParameterValue,
    Steps,
)
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _log_pdet as pdet
from depthlaw.theory.claims.rank._indices import i, total
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank.enumeration import log_volume_series
from depthlaw.theory.rank.single_entry import log_volume_coefficient
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import d

Q = sp.Symbol("q", positive=True)
"""‖v‖₄⁴ for ‖v‖ = 1."""
QUARTIC = Parameter("quartic", Q, Domain.REAL, 0, "‖v‖₄⁴/‖v‖₂⁴ of the second direction", above=True)
GROWTH = 4 * d - 4 - 2 * d * Q
QUANTITY = sp.Symbol(
    r"\lim_{\gamma \to 0} \gamma^{-2}\,\mathbb{E}[\log\lambda_2^+ - \log\lambda_2]"
)


@dataclass(frozen=True)
class Direction:
    """A sign pattern s and a direction v ⟂ s, at any scale.

    Raises
    ------
    ArgumentError
        If v is zero or not orthogonal to s.
    """

    signs: tuple[int, ...]
    entries: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        product = sum(s * v for s, v in zip(self.signs, self.entries, strict=True))
        if product != 0 or not any(self.entries):
            shown = ", ".join(map(str, self.entries))
            raise ArgumentError("entries", shown, "v must be orthogonal to s and not zero")

    @property
    def quartic(self) -> Fraction:
        """‖v‖₄⁴/‖v‖₂⁴."""
        square = sum((v**2 for v in self.entries), start=Fraction(0))
        return sum((v**4 for v in self.entries), start=Fraction(0)) / square**2

    def growth(self, law: WeightLaw | None = None) -> Exact:
        """Return the γ² coefficient of E log(λ₂⁺/λ₂), exactly.

        The volume spanned by s and v changes by λ₁⁺λ₂⁺/(λ₁λ₂), and λ₁ = d stays. Without a `law`
        by single-entry weights, else over all weight matrices.
        """
        M = cov.signs(self.signs)
        basis = (tuple(Fraction(s) for s in self.signs), self.entries)
        if law is None:
            found = log_volume_coefficient(M, 2, basis)
        else:
            found = log_volume_series(M, law, 2, basis)[2]
        return Exact(sp.Rational(found))


def growth(signs: tuple[int, ...], entries: tuple[Fraction, ...], law: WeightLaw | None) -> Value:
    """Return the growth of log λ₂ in a direction, over all weights of a law or (None) any law."""
    return Direction(signs, entries).growth(law)


def growth_check(
    label: str, v: Direction, law: WeightLaw | None = None, **parameters: ParameterValue
) -> Check:
    """Return a check of the growth in one direction."""
    return Check(
        f"{label}, weights {law.name}" if law else f"{label}, any law",
        {"width": len(v.signs), **parameters},
        Computed(growth, {"signs": v.signs, "entries": v.entries, "law": law}),
    )


def direction(signs: Sequence[int], entries: Sequence[int]) -> Direction:
    """Return the direction with these entries."""
    return Direction(tuple(signs), tuple(Fraction(v) for v in entries))


def spike(width: int) -> Direction:
    """Return the direction that is concentrated most on one neuron: (d−1, −1, …, −1), s = 1."""
    return direction([1] * width, [width - 1] + [-1] * (width - 1))


def growth_steps() -> Steps:
    """Yield the growth rate from the log-pseudo-determinant drift at rank two."""
    v = sp.IndexedBase("v")
    share = 1 / d + v[i] ** 2
    squares, fourths = sp.symbols("v_2 v_4", real=True)
    yield from pdet.steps()
    yield Heading("At M = ssᵀ + small: P = ssᵀ/d + vvᵀ, M² → d ssᵀ and λ₁ → d stays")
    yield Identity(
        "Σ P_ii (M²)_ii, where P_ii = 1/d + v_i² and (M²)_ii → d",
        total(d * share, i),
        d + d * total(v[i] ** 2, i),
    )
    yield Identity(
        "Σ P_ii² (M²)_ii",
        total(sp.expand(d * share**2), i),
        1 + 2 * total(v[i] ** 2, i) + d * total(v[i] ** 4, i),
    )
    at = (2, d + d * squares, 1 + 2 * squares + d * fourths)
    near = sp.Subs(pdet.DRIFT, (pdet.K, pdet.SINGLE, pdet.DOUBLE), at)
    yield Identity(
        "with Σ v_i² = 1 and Σ v_i⁴ = q, the drift at k = 2 is",
        sp.Subs(near, (squares, fourths), (1, Q)),
        GROWTH,
    )
