"""The letters of the papers, once, with their assumptions.

========= ============ ============================================= =================
on paper  in words     meaning                                       domain
========= ============ ============================================= =================
n         batch        samples in the batch, columns of H            integer ≥ 1
d         width        neurons in a layer, rows of H                 integer ≥ 1
ℓ         depth        layers                                        integer ≥ 0
α         alpha        lower bound on a singular value (or square)   real > 0
V         gap          orthogonality gap ‖G/tr G − I/n‖_F            [0, √(1−1/n)]
V̂         lyapunov     1/n − λ_min(G/tr G)                           [0, 1/n]
λ_i       eigenvalues  spectrum of G/tr G, decreasing                sums to 1
p_i       expected     E of the same spectrum's diagonal next layer  sums to 1
========= ============ ============================================= =================
"""

import sympy as sp

n = sp.Symbol("n", integer=True, positive=True)
d = sp.Symbol("d", integer=True, positive=True)
ell = sp.Symbol("ell", integer=True, nonnegative=True)
alpha = sp.Symbol("alpha", positive=True)
theta = sp.Symbol("theta", nonnegative=True)
delta = sp.Symbol("delta", nonnegative=True)
lam = sp.Symbol("lambda_n", nonnegative=True)
gap = sp.Symbol("V", nonnegative=True)
lyapunov = sp.Symbol(r"\hat{V}", nonnegative=True)
