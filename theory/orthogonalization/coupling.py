"""How far a batch-normalised linear network of finite width strays from its wide limit.

Let C_k be the trace-normalised Gram matrix of layer k at width d, and Λ_{k+1} = P(Λ_k) the
wide-limit recursion from the same start, P(G) = E[C_{k+1} | C_k = G]. Then C_{k+1} = P(C_k) + N
with E‖N‖_F² ≤ (1 − 1/n)/d (Lemma 6, exact form). Two facts carry Λ to finite width:

* ‖DP(Λ)‖ is known exactly for two-level spectra (`TwoLevelSpectrum.contraction`);
* on {G ⪰ m I, tr G = 1}, ‖D²P(G)[E, E]‖_F ≤ B(m) ‖E‖_F², B as in `curvature_bound`.

With τ the first layer at which ‖C_k − Λ_k‖_F > r, Minkowski's inequality on {τ > k} gives

    ε_{k+1} = (‖DP(Λ_k)‖ + B(λ_min(Λ_k) − r) r/2) ε_k + √((1 − 1/n)/d),   ε_0 = 0,

for ε_k² ≥ E[‖C_k − Λ_k‖_F²; τ ≥ k], and Chebyshev's gives P(τ ≤ ℓ) ≤ Σ_{k≤ℓ} ε_k²/r².
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from depthlaw.theory.errors import ArgumentError, integer
from depthlaw.theory.orthogonalization.spectral_map import TwoLevelSpectrum
from depthlaw.theory.rigorous.balls import Number, ball, ball_text


def curvature_bound(batch: int, smallest: arb) -> arb:
    """Return B(m) = 2(2+√n)/((n+2)(n+4)m²) + 2/(n(n+4)m³).

    It bounds ‖D²P(G)[E, E]‖_F for ‖E‖_F = 1, G ⪰ m I and tr G = 1.

    P(G) = ½ ∫₀^∞ det(I+tG)^{−1/2} R G dt with R = (I+tG)^{−1} (Lemma 9 in matrix form). For
    ‖E‖_F = 1 its second derivative along E is ½ ∫ det^{−1/2} [−2t RERER − t tr(RE) RER
    + (t²/2) tr(RERE) RG + (t²/4) tr(RE)² RG] dt. Bound ‖R‖ by ρ = 1/(1+tm), |tr RE| by √n ρ,
    |tr RERE| by ρ², ‖RG‖_F by ρ, the determinant by ρ^{−n}, and integrate the beta functions.

    >>> bool(curvature_bound(2, ball(1) / 2) > 0)
    True
    """
    n, m = batch, smallest
    return 2 * (2 + arb(n).sqrt()) / ((n + 2) * (n + 4) * m**2) + arb(2) / (n * (n + 4) * m**3)


@dataclass(frozen=True)
class FiniteWidth:
    """The gap of a network of width d, and how it is tied to the wide limit.

    Attributes
    ----------
    gap
        Encloses E[V(H_{ℓ+1}); σ_min(H_k)² ≥ s for k = 1..ℓ] for the stated threshold s.
    wide_limit_gap
        V(Λ_{ℓ+1}).
    escape
        Upper bound on P(τ ≤ ℓ), which also bounds the probability that the threshold fails.
    distance
        Upper bound on ε_{ℓ+1}.
    """

    gap: arb
    wide_limit_gap: arb
    escape: arb
    distance: arb


def finite_width_gap(
    start: TwoLevelSpectrum, *, depth: int, width: int, threshold: Number
) -> FiniteWidth:
    """Enclose the expected gap at finite width, on the event that assumption A₁ holds.

    Parameters
    ----------
    start
        Spectrum of H_0; its Gram matrix is taken diagonal without loss of generality.
    depth
        ℓ ≥ 1: the gap is that of layer ℓ + 1, the assumption that of layers 1, …, ℓ.
    width
        d, at least the batch.
    threshold
        s > 0, below λ_min of every Λ_k, k = 1..ℓ: the radius r is the distance to it.

    Raises
    ------
    ArgumentError
        If the wide limit itself does not stay above the threshold, or the width is too small for
        the bound to say anything.

    Examples
    --------
    The wider, the closer to the recursion:

    >>> start = TwoLevelSpectrum(4, 3, ball(2) / 9, ball(1) / 3)
    >>> narrow, wide = (finite_width_gap(start, depth=5, width=10**k, threshold=ball(1) / 5)
    ...                 for k in (8, 12))
    >>> bool(wide.distance < narrow.distance), wide.gap.overlaps(wide.wide_limit_gap)
    (True, True)
    """
    n, s = start.batch, ball(threshold)
    ell, d = integer("depth", depth), integer("width", width, at_least=n)
    radius = _margin(start, ell, s)
    noise = ((1 - arb(1) / n) / d).sqrt()
    spectrum, distance, escape = start, arb(0), arb(0)
    for layer in range(ell + 1):
        reach = arb(0) if layer == 0 else radius
        curvature = curvature_bound(n, spectrum.smallest - reach)
        distance = (spectrum.contraction() + curvature * reach / 2) * distance + noise
        spectrum = spectrum.next()
        if layer < ell:
            escape += (distance / radius) ** 2
    if not escape < 1:
        raise ArgumentError("width", width, "too small for the wide limit to be felt: raise it")
    limit = spectrum.gap
    highest = (1 - arb(1) / n).sqrt()
    low = limit * (1 - escape) - distance
    high = limit + distance + highest * escape
    return FiniteWidth(low.union(high), limit, escape, distance)


def _margin(start: TwoLevelSpectrum, depth: int, threshold: arb) -> arb:
    """Return the smallest of λ_min(Λ_k) − s over k = 1..ℓ."""
    spectrum = start.next()
    margin = spectrum.smallest - threshold
    for _ in range(depth - 1):
        spectrum = spectrum.next()
        margin = margin.min(spectrum.smallest - threshold)
    if not margin > 0:
        raise ArgumentError(
            "threshold", ball_text(threshold), "the wide limit falls below it: lower it"
        )
    return margin
