"""Theorem 1 as printed: α is a lower bound on the smallest singular value.

E[V(H_{ℓ+1}); A₁] ≤ 2 (1 − 2α/3)^ℓ + 3n/(α √d): trajectories without A₁ count 0.

The proof uses σ_min² ≥ α. Read as printed the theorem is false for n ≥ 5: near isometry the chain
contracts by n/(n+2) per layer, while α may approach 1/√n and 1 − 2α/3 is then smaller. Two starting
spectra, given as fractions, carry the refutation to explicit finite widths (module
`depthlaw.theory.coupling`), and since 3n/(α√d) falls and the certified lower bound on
E[V; A₁] rises with d, to every larger width. The mean under the condition A₁ is larger still.
At widths that can be simulated the printed form holds, because its floor 3n/(α√d) is so high.

Example: the bound at ℓ = 0 is 2 and the floor.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=4, width=14400, depth=0, alpha=Fraction(1, 2)).contains(
...     2 + Fraction(1, 5))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    ALPHA,
    BATCH,
    DEPTH,
    WIDTH,
    Argued,
    Check,
    Computed,
    Identity,
    Order,
    Outcome,
    ParameterValue,
    Requires,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _theorem_1 as theorem
from depthlaw.theory.coupling import finite_width_gap
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.spectral_map import TwoLevelSpectrum
from depthlaw.theory.symbols import alpha, n
from depthlaw.theory.values import Enclosure

ALPHA_RANGE = Requires(alpha <= 1 / sp.sqrt(n), "σ_min is at most that, since ‖H‖_F = 1")


EXPLICIT_START = Fraction(9025, 10_000) / 32


def _two_level(batch: int, smallest: Fraction) -> TwoLevelSpectrum:
    return TwoLevelSpectrum(batch, batch - 1, ball(smallest), ball(1 - (batch - 1) * smallest))


def _after(spectrum: TwoLevelSpectrum, layers: int) -> TwoLevelSpectrum:
    for _ in range(layers):
        spectrum = spectrum.next()
    return spectrum


def _gap(batch: int, smallest: Fraction, alpha: Fraction, depth: int, width: int) -> Enclosure:
    start = _two_level(batch, smallest)
    found = finite_width_gap(start, depth=depth, width=width, threshold=alpha**2)
    return Enclosure(found.gap)


def _counterexample(
    label: str, *, batch: int, smallest: Fraction, alpha: Fraction, depth: int, width: int
) -> Check:
    """Return a certified check: n − 1 eigenvalues of H_0 are `smallest`, and α² lies below them."""
    parameters: dict[str, ParameterValue] = {
        "batch": batch,
        "width": width,
        "depth": depth,
        "alpha": alpha,
    }
    return Check(
        label,
        parameters,
        Computed(
            _gap,
            {"batch": batch, "smallest": smallest, "alpha": alpha, "depth": depth, "width": width},
        ),
    )


def _derivation() -> Steps:
    root, beyond_two = sp.Symbol("s", positive=True), sp.Symbol("t", positive=True)
    excess = root**2 + 2 - 3 * root
    yield Argued(
        "what the proof needs",
        "Theorem 5 contracts by 1 − (2/3) λ_min with λ_min = σ_min²; the printed theorem "
        "puts α ≤ σ_min in its place, which is larger since σ_min ≤ 1",
    )
    yield Argued(
        "the true rate",
        "near isometry p(λ) − 1/n = (n/(n+2)) (λ − 1/n) to first order (asymptotic-rate); "
        "with α → 1/√n the printed rate is 1 − 2/(3√n), which is smaller iff "
        "n + 2 − 3√n > 0",
    )
    yield Identity("n + 2 − 3√n, with s = √n", excess, (root - 1) * (root - 2))
    yield Identity(
        "beyond n = 4, with s = 2 + t",
        sp.Subs(excess, root, 2 + beyond_two),
        beyond_two * (1 + beyond_two),
    )
    yield Sign(
        "so the printed rate is too small for n ≥ 5",
        beyond_two * (1 + beyond_two),
        strict=True,
    )
    yield Order(
        "an explicit start in the wide limit: n = 32, λ = (a, …, a, 1 − 31a), "
        "a = 0.9025/32, α = √a, layer 77",
        r"2(1 - 2\alpha/3)^{76} < V(\Lambda_{77})",
        lambda: 2 * (1 - 2 * ball(EXPLICIT_START).sqrt() / 3) ** 76,
        lambda: _after(_two_level(32, EXPLICIT_START), 77).gap,
    )
    yield Argued(
        "finite width",
        "stopped when ‖C_k − Λ_k‖_F exceeds r, the chain follows the recursion within ε_k "
        "(module depthlaw.theory.coupling), and V is 1-Lipschitz in ‖·‖_F, so "
        "E[V(H_{ℓ+1}); A₁] ≥ V(Λ_{ℓ+1}) (1 − P(τ ≤ ℓ)) − ε_{ℓ+1}",
    )


CLAIM = declare(
    __name__,
    "orthogonality gap under A₁, α read as a bound on σ_min",
    upper(theorem.QUANTITY, theorem.FORMULA, trivial=setting.HIGHEST_GAP),
    source=PAPER.at("Theorem 1", "α bounds σ_min as Assumption A₁ prints it"),
    status=Status.PUBLISHED,
    expected=Outcome.REFUTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumes=(
        *setting.MODEL,
        setting.WIDTH_AT_LEAST_BATCH,
        ALPHA_RANGE,
        setting.on_a1("σ_min(H_k) ≥ α with ‖H_k‖_F = 1"),
    ),
    checks=(
        _counterexample(
            "n = 32, λ_min(H_0) = 0.9025/n: certified for every d from 10^16",
            batch=32,
            smallest=EXPLICIT_START,
            alpha=Fraction(167_937, 1_000_000),
            depth=76,
            width=10**16,
        ),
        _counterexample(
            "n = 56, λ_min(H_0) = 0.9/n: certified for every d from 10^14",
            batch=56,
            smallest=Fraction(9, 10) / 56,
            alpha=Fraction(1271, 10_000),
            depth=110,
            width=10**14,
        ),
        theorem.simulated(
            "a width that can be simulated: the floor hides the wrong rate",
            setting.outlier(8, Fraction(1, 9)),
            width=20_000,
            depth=16,
            alpha=Fraction(3, 10),
            power=2,
            replicas=64,
        ),
    ),
    derivation=_derivation,
    decreasing=("width", "depth"),
    errata=(
        "A₁ bounds σ_min but the proof uses σ_min² ≥ α: the theorem is proved with α ≤ σ_min², and "
        "false for n ≥ 5 with α ≤ σ_min.",
        "Equation (15) lacks the inverse of the square root; equation (14) has V for V̂.",
    ),
    siblings=("orthogonalization.theorem-1-corrected", "orthogonalization.tight-gap"),
)
