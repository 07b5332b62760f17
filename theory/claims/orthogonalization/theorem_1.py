"""Theorem 1 as printed: α is a lower bound on the smallest singular value.

E[V(H_{ℓ+1}); A₁] ≤ 2 (1 − 2α/3)^ℓ + 3n/(α √d): trajectories without A₁ count 0.

The proof uses σ_min² ≥ α. Read as printed the theorem is false for n ≥ 5: near isometry the chain
contracts by n/(n+2) per layer, while α may approach 1/√n and 1 − 2α/3 is then smaller. Two starting
spectra, given as fractions, carry the refutation to explicit finite widths (module
`depthlaw.theory.orthogonalization.coupling`), and since 3n/(α√d) falls and the certified lower
bound on E[V; A₁] rises with d, to every larger width. The mean under the condition A₁ is larger
still. At widths that can be simulated the printed form holds, because its floor 3n/(α√d) is so
high.

Example: the bound at ℓ = 0 is 2 and the floor.

>>> from fractions import Fraction
>>> CLAIM.bound(batch=4, width=14400, depth=0, alpha=Fraction(1, 2)).contains(
...     2 + Fraction(1, 5))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    ALPHA,
    BATCH,
    DEPTH,
    WIDTH,
    Check,
    Cited,
    Computed,
    Heading,
    Identity,
    Order,
    Outcome,
    ParameterValue,
    Requires,
    Sign,
    Status,
    Steps,
    TowerProperty,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER, a1_probability
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _theorem_1 as theorem
from depthlaw.theory.orthogonalization.coupling import finite_width_gap
from depthlaw.theory.orthogonalization.spectral_map import TwoLevelSpectrum
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import alpha, d, ell, n

ALPHA_RANGE = Requires(alpha <= 1 / sp.sqrt(n), "σ_min is at most that, since ‖H‖_F = 1")
EXPLICIT_START = Fraction(9025, 10_000) / 32


def _two_level(batch: int, smallest: Fraction) -> TwoLevelSpectrum:
    return TwoLevelSpectrum(batch, batch - 1, ball(smallest), ball(1 - (batch - 1) * smallest))


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
    excess = (root - 1) * (root - 2)
    factor, start, event = sp.symbols("kappa V_0 e", positive=True)
    layer = sp.Symbol("k", integer=True, nonnegative=True)

    def solution(steps: sp.Expr) -> sp.Expr:
        return factor**steps * start - event * factor * (1 - factor**steps) / (1 - factor)

    yield Heading("What is wrong with the printed rate")
    yield Uses("the true rate near isometry", "orthogonalization.asymptotic-rate")
    yield Identity(
        "it exceeds the printed one at the largest α = 1/√n, with s = √n, by",
        root**2 / (root**2 + 2) - (1 - 2 / (3 * root)),
        2 * excess / (3 * root * (root**2 + 2)),
    )
    yield Sign(
        "which is positive for n ≥ 5, s = 2 + t: there the printed rate is too fast",
        excess.subs(root, 2 + beyond_two),
        strict=True,
    )
    yield from pairs.factors()
    yield from pairs.bounds()
    yield Heading("From here on α bounds λ_min = σ_min²")
    yield from pairs.from_trace()
    yield from pairs.norms()
    yield from pairs.norms_from_below()
    yield Cited(
        "a norm is convex: so E V of the next layer, given H, is at least κV",
        "Jensen's inequality; Durrett, Probability: Theory and Examples, Theorem 1.6.2",
        r"\mathbb E\|C - I/n\|_F \ge \|\mathbb E C - I/n\|_F = \|p - 1/n\| \ge \kappa V",
    )
    yield Uses(
        "A₁ fails with a probability of at most",
        "orthogonalization.a1-probability",
        known=(alpha <= 1 / n,),
    )
    yield Heading("The mean gap on A₁ from below, with V at most √(1 − 1/n) where A₁ fails")
    yield TowerProperty(
        "with B_k the event that λ_min ≥ α in the layers 1, …, k, B_ℓ being A₁: given these layers",
        sp.Symbol(r"V_{k+1}\,1_{B_k}", nonnegative=True),
        factor * sp.Symbol(r"V_k\,1_{B_k}", nonnegative=True),
        ">=",
    )
    yield Identity(
        "V_k counts on B_{k−1} by e = √(1 − 1/n) P(A₁ fails) more at most: x_{k+1} ≥ κ(x_k − e) "
        "for x_k = E[V_k; B_{k−1}] and x_0 = V_0, which is solved by",
        factor * (solution(layer) - event),
        solution(layer + 1),
    )
    yield Identity(
        "this exceeds κ^k V_0 − eκ/(1 − κ) by",
        solution(layer) - (factor**layer * start - event * factor / (1 - factor)),
        factor ** (layer + 1) * event / (1 - factor),
    )
    yield Order(
        "the printed bound is smaller at n = 32, d = 10^25, ℓ = 180, from λ = (a, …, a, 1 − 31a) "
        "with a = α = (1 − 10^(−4))/32, whose root is the printed α",
        r"2(1 - 2\sqrt\alpha/3)^\ell + 3n/\sqrt{\alpha d} < "
        r"\kappa^{\ell+1} V_0 - \sqrt{1 - 1/n}\,\mathbb P(A_1\text{ fails})\,\kappa/(1 - \kappa)",
        _printed,
        _from_below,
    )


def _at_the_instance(formula: sp.Expr) -> arb:
    smallest = ball(Fraction(9999, 320_000))
    return evaluate(formula, {n: arb(32), d: arb(10**25), ell: arb(180), alpha: smallest})


def _printed() -> arb:
    return _at_the_instance(theorem.FORMULA.subs(alpha, sp.sqrt(alpha)))


def _from_below() -> arb:
    start = sp.sqrt(n * (n - 1)) * (1 / n - alpha)
    rare = setting.HIGHEST_GAP * a1_probability.FORMULA
    return _at_the_instance(
        pairs.LEAST ** (ell + 1) * start - rare * pairs.LEAST / (1 - pairs.LEAST)
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
