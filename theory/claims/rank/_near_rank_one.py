"""Next to rank one: M → ssᵀ, with a second direction v ⟂ s that is followed through one layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Argued, Domain, Identity, Parameter, Step
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _log_pdet as pdet
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rank.enumeration import log_volume_series
from depthlaw.theory.rank.single_entry import log_volume_coefficient
from depthlaw.theory.symbols import d
from depthlaw.theory.values import Exact
from depthlaw.theory.weight_law import WeightLaw

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


def direction(signs: Sequence[int], entries: Sequence[int]) -> Direction:
    """Return the direction with these entries."""
    return Direction(tuple(signs), tuple(Fraction(v) for v in entries))


def spike(width: int) -> Direction:
    """Return the direction that is concentrated most on one neuron: (d−1, −1, …, −1), s = 1."""
    return direction([1] * width, [width - 1] + [-1] * (width - 1))


def growth_steps() -> tuple[Step, ...]:
    """Return the growth rate from the log-pseudo-determinant drift at rank two."""
    v = sp.symbols("v_1:4", real=True)
    shares = [sp.Rational(1, 3) + x**2 for x in v]
    double = sum(share**2 for share in shares) * 3
    single = sum(shares) * 3
    near = {pdet.K: 2, pdet.SINGLE: 2 * d, pdet.DOUBLE: 3 + d * Q}
    return (
        *pdet.steps(),
        Argued(
            "at M = ssᵀ + small, rank two",
            "M² → d ssᵀ, so (M²)_ii → d, and P → ssᵀ/d + vvᵀ; pdet M = λ₁λ₂ with λ₁ → d fixed",
        ),
        Identity(
            "Σ P_ii (M²)_ii = d(1 + Σ v²), at d = 3",
            single,
            3 * (1 + sum(x**2 for x in v)),
        ),
        Identity(
            "Σ P_ii² (M²)_ii = d(1/d + (2/d) Σ v² + Σ v⁴), at d = 3",
            double,
            3
            * (sp.Rational(1, 3) + sp.Rational(2, 3) * sum(x**2 for x in v) + sum(x**4 for x in v)),
        ),
        Identity("with Σ v² = 1, the drift at k = 2 is", pdet.DRIFT.subs(near), GROWTH),
    )
