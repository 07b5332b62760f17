"""Batch-normalised linear chains: what one layer does to the covariance of the features.

M = HHᵀ/N has unit diagonal after batch normalisation without recentring, and one residual layer
maps it to M⁺ = D^{−1/2}(I+γW) M (I+γW)ᵀD^{−1/2}, D the diagonal of the middle factor
(daneshmand2020). Modules: exact functionals of M (`covariance`); the expansion in γ (`expansion`),
the drifts that it yields (`drift`) and what it leaves out (`remainder`); two routes that do not use
it, weights with finitely many values, enumerated (`weights`, `enumeration`), and weights with a
single entry (`single_entry`), both for one layer (`layer`) in power series with rational
coefficients (`series`); the gradient of the stable rank (`gradient`); whole chains without a root
(`rational_chain`); Lyapunov exponents of unnormalised chains (`lyapunov`); and the conjectured
spectrum at large width (`spectral_law`).
"""
