"""Normalising before φ, or by the root mean square after it, leaves the kernel map unchanged.

E cos(h_i, h_j) = κ(ρ₀) + O(1/d) after one layer, for φ∘RN, φ∘LN and RN∘φ (RN: division by the root
mean square over the neurons; LN: the mean over the neurons is subtracted first).

Example: the law of large numbers is all there is, so the value is κ(ρ₀) itself.

>>> CLAIM.bound(kernel=Fraction(3, 4)).leading.contains(Fraction(3, 4))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import (
    Agreement,
    Argued,
    Budget,
    Check,
    Deferred,
    Domain,
    Identity,
    Measured,
    Outcome,
    Parameter,
    ParameterValue,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.network import Linear, Network, Operation, Over, Recenter, Rescale, gram

kernel = sp.Symbol(r"\kappa(\rho_0)", nonnegative=True)
KERNEL = Parameter("kernel", kernel, Domain.REAL, 0, "κ(ρ₀)")
BATCH = 4
RMS: tuple[Operation, ...] = (Rescale(Over.FEATURES),)
LAYER: tuple[Operation, ...] = (Recenter(Over.FEATURES), Rescale(Over.FEATURES))


def measured(layer: tuple[Operation, ...], start: Fraction, width: int) -> Measured:
    """Describe the mean cosine after one layer, from an equicorrelated batch."""
    return Measured(
        Network(width, BATCH, layer),
        gram.equicorrelated(BATCH, float(start)),
        1,
        {"cosine": gram.mean_cosine},
        lambda observed: observed["cosine"][:, -1],
        # 0 ≤ |Σ u_i|² = n + n(n−1)·(mean cosine) for unit vectors u_i.
        -1 / (BATCH - 1),
        1.0,
    )


def _check(
    name: str, order: str, start: Fraction, width: int = 300, budget: Budget = Budget.QUICK
) -> Check:
    subject = setting.catalogue(name)
    phi = activation(name).operation()
    layers: dict[str, tuple[Operation, ...]] = {
        "φ∘RN": (Linear(), *RMS, phi),
        "φ∘LN": (Linear(), *LAYER, phi),
        "RN∘φ": (Linear(), phi, *RMS),
    }

    def parameters() -> dict[str, ParameterValue]:
        return {"kernel": setting.below(subject.map(start).ball)}

    return Check(
        f"{order}, φ = {name}, ρ₀ = {start}, d = {width}",
        Deferred(parameters),
        measured(layers[order], start, width),
        budget=budget,
        replicas=2000,
    )


def _derivation() -> Steps:
    scales = (Fraction(1, 3), Fraction(4))
    relu, half = setting.catalogue("relu").map.kernel, Fraction(1, 2)
    yield Argued(
        "before φ",
        "pre-activations of an input have mean 0 and mean square 1 up to O(1/√d), by the "
        "law of large numbers over neurons: RN and LN multiply by 1 + O(1/√d)",
    )
    yield Argued(
        "after φ",
        "RN divides every input by √(E φ²) up to O(1/√d); a cosine is free of scale",
    )
    yield Agreement(
        "for ReLU scales pass through the kernel: κ(q, q, qρ) = q κ(ρ)",
        r"\kappa(q, q, q/2) = q \kappa(1/2)",
        lambda: [relu.covariance(q, q, q * half).ball for q in scales],
        lambda: [relu(half).ball * q.numerator / q.denominator for q in scales],
    )
    square, product = sp.symbols("q c", positive=True)
    yield Identity(
        "with mean squares q and mean products qκ(ρ₀) of two inputs their cosine is",
        sp.Subs(product / square, product, square * kernel),
        kernel,
    )


CLAIM = declare(
    __name__,
    "a norm before φ, or RMS after it, leaves the kernel map unchanged",
    equal(
        sp.Symbol(r"\mathbb{E} \cos(h_i, h_j)"),
        kernel,
        leading="O(1/width)",
        within=sp.Rational(1, 20),
    ),
    source=PAPER.at("Normalisation layers"),
    status=Status.PUBLISHED,
    expected=Outcome.SUPPORTED,
    parameters=(KERNEL,),
    assumes=(
        "Gaussian weights",
        "inputs of equal size with pairwise correlation ρ₀",
        Requires(kernel <= 1, "a correlation"),
        "E φ(X)⁴ < ∞ for X ~ N(0, 1)",
    ),
    checks=(
        *(
            _check(name, order, start)
            for name, start in (
                ("relu", Fraction(1, 2)),
                ("gelu", Fraction(1, 2)),
            )
            for order in ("φ∘RN", "φ∘LN", "RN∘φ")
        ),
        *(
            _check("elu", order, Fraction(9, 10), 3_000, Budget.STANDARD)
            for order in ("φ∘RN", "φ∘LN", "RN∘φ")
        ),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("fixed-points.layer-norm",),
)
