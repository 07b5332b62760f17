"""What the one-step identities leave out, bounded: weights of size at most B and γ < 1/(4Bd).

With t_i² = w_iᵀMw_i ≤ (Bd)², on the circle |γ| t_i = 1/4 of the complex plane every D_ii is within
9/16 of 1, so that

    |M⁺_ij|² ≤ (5/4)⁴/(7/16)² = 625/49,    |log D_ii| ≤ log(16/7),

and Cauchy's estimate bounds the nth Taylor coefficient by (4t)ⁿ times these, t = max(t_i, t_j). For
a symmetric law the odd terms have mean 0, and from γ⁴ on a geometric series is left, whose sum is
at most (4tγ)⁴/(1 − 4Bdγ), with E t_i⁴ = d² + 2‖M‖_F² + (E w⁴ − 3) d.
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.writing.symbols import d

B = sp.Symbol("B", positive=True)
"""Largest |w|."""
GAMMA = sp.Symbol("gamma", positive=True)

FOURTH = 3 * d**2 + (B**2 - 3) * d
"""Bound on E t_i⁴, since ‖M‖_F² ≤ d² and E w⁴ ≤ B²."""
SCALE = GAMMA**4 / (1 - 4 * B * d * GAMMA)
SQUARE_NORM = d * (d - 1) * sp.Rational(625, 49) * 512 * FOURTH * SCALE
"""Bound on |E‖M⁺‖_F² − ‖M‖_F² − γ² δ(M)|."""
LOG_DETERMINANT = (
    256 * sp.log(sp.Rational(16, 7)) * d * FOURTH + (d**4 + (B**2 - 1) * d**2) / 2
) * SCALE
"""Bound on |E log det M⁺ − log det M − γ²(2Tr M² − d² − d)|, for M of full rank."""
