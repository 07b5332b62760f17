"""Products of many steps without loss of the small singular values: H = Q diag(e^s) V.

Over 10⁵ layers at d = 64 the smallest singular values of a batch-normalised H fall below 1e-300.
Carried as one array, all that lies below eps·σ_1 would be rounding. Here H is a sum of rank-one
terms q_i e^{s_i} v_iᵀ: Q has orthonormal columns, the s_i are logarithms, and the rows of V have
norm one. A step A (for instance I + γW) acts on Q alone:

    A Q = Q⁺ R,    H⁺ = Q⁺ R diag(e^s) V = Q⁺ diag(|R_ii| e^{s_i}) V⁺,
    V⁺ = (unit upper triangular matrix with entries R_ij/R_ii · e^{s_j − s_i}) V,

and the norms of the rows of V⁺ move into s. Every exponential has a nonpositive exponent because
terms are put into decreasing order first, so nothing overflows, and what underflows is smaller than
the term it is added to by more than e^{−700}. Batch normalisation divides rows of A Q by the norms
of the rows of H⁺, sums of squares that the leading terms dominate.

**What is computed.** Householder QR is columnwise backward stable (Higham 2002, *Accuracy and
Stability of Numerical Algorithms*, theorem 19.4), and the products A Q and V⁺ err by d·eps of the
norms of their factors. So Q, s, V are the exact factors of a product whose steps are A_ℓ + ΔA_ℓ and
whose V is perturbed once a layer, both by at most c·d^{3/2}·eps of their norms for a small constant
c. To first order log|det| then errs by at most Σ_ℓ c·d²·eps·(κ(A_ℓ) + κ(V_ℓ)); single s_i err by as
much as rounding the weights in their last place would change them. Adding up logarithms rounds each
s_i in every layer, by L·eps·|s_i| in all after L layers at most.

**Log singular values** come from s and V by Jacobi rotations of the rows e^{s_i} v_i, done with
their logarithms. Each is found with a relative error of σ_i of the order N·eps·κ(V), however small
σ_i is (Demmel and Veselić 1992, https://doi.org/10.1137/0613074). `condition` returns κ(V): it
grows like a power of d and not with depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import ArgumentError

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_EPS = float(np.finfo(np.float64).eps)
_SWEEPS = 60
"""Jacobi's method ends after about ten sweeps; this only keeps a mistake from running for ever."""


@dataclass(frozen=True, eq=False)
class Graded:
    """H = Q diag(e^s) V for some replicas; immutable.

    Attributes
    ----------
    frame
        Q, shape (replicas, d, k), orthonormal columns.
    log_scales
        s, shape (replicas, k), natural logarithms, in no order: these are not singular values.
    right
        V, shape (replicas, k, N), rows of norm one.

    Examples
    --------
    Ten thousand halvings of the second singular value only change a logarithm:

    >>> H = Graded.of(np.eye(2)[None])
    >>> for _ in range(10_000):
    ...     H = H.step(np.diag([1.0, 0.5])[None])
    >>> error = H.log_singular_values()[0] - [0, -10_000 * np.log(2)]
    >>> bool(np.abs(error).max() <= 10_000 * np.finfo(float).eps * 10_000)
    True
    """

    frame: Array
    log_scales: Array
    right: Array

    @classmethod
    def of(cls, state: Array) -> Graded:
        """Return the factors of H, shape (replicas, d, N); k is its rank to double precision.

        Raises
        ------
        ArgumentError
            If the replicas differ in rank, or H is zero or not finite.
        """
        H = np.asarray(state, dtype=np.float64)
        if H.ndim != 3 or not np.isfinite(H).all():
            raise ArgumentError(
                "state", f"an array of shape {H.shape}", "give finite ones of (replicas, d, N)"
            )
        U, sigma, Vt = np.linalg.svd(H, full_matrices=False)
        ranks = (sigma > max(H.shape[1:]) * _EPS * sigma[:, :1]).sum(axis=1)
        k = int(ranks[0])
        if k == 0 or (ranks != k).any():
            raise ArgumentError(
                "state", f"ranks {sorted(set(map(int, ranks)))}", "one rank above 0"
            )
        return cls(U[..., :k], np.log(sigma[:, :k]), Vt[:, :k])

    def step(self, matrix: Array, *, rescale: bool = False) -> Graded:
        """Return A H, or BN(A H) with each row divided by its root mean square.

        Parameters
        ----------
        matrix
            A, shape (replicas, d, d) or (1, d, d).
        rescale
            Whether rows are rescaled over the N samples.

        Raises
        ------
        ArgumentError
            If A H has a smaller rank than H to double precision, as a singular A makes it.
        """
        order = np.argsort(-self.log_scales, axis=1, kind="stable")
        s = np.take_along_axis(self.log_scales, order, axis=1)
        V = np.take_along_axis(self.right, order[:, :, None], axis=1)
        B = matrix @ np.take_along_axis(self.frame, order[:, None, :], axis=2)
        if rescale:
            # The largest scale is taken out of H and comes back into s.
            rows = B @ (np.exp(s - s[:, :1])[:, :, None] * V)
            sizes = np.sqrt(np.square(rows).mean(axis=2, keepdims=True))
            if not sizes.min() > 0:
                raise _singular("a neuron is zero on the whole batch")
            B = B / sizes
            s = s - s[:, :1]
        Q, R = np.linalg.qr(B)
        pivots = np.diagonal(R, axis1=1, axis2=2)
        lengths = np.sqrt(np.square(R).sum(axis=1))
        if not (np.abs(pivots) > R.shape[-1] * _EPS * lengths).all():
            raise _singular("the step is singular to double precision")
        exponents = np.minimum(s[:, None, :] - s[:, :, None], 0.0)
        V = np.triu(R / pivots[:, :, None] * np.exp(exponents)) @ V
        norms = np.sqrt(np.square(V).sum(axis=2))
        return Graded(
            Q * np.sign(pivots)[:, None, :],
            s + np.log(np.abs(pivots)) + np.log(norms),
            V / norms[:, :, None],
        )

    def state(self) -> Array:
        """Return H as an array, shape (replicas, d, N), to the precision of its largest entries."""
        return np.asarray(self.frame @ (np.exp(self.log_scales)[:, :, None] * self.right))

    def condition(self) -> Array:
        """Return κ(V), shape (replicas,): what multiplies eps in `log_singular_values`."""
        return np.asarray(np.linalg.cond(self.right))

    def log_volume(self) -> Array:
        """Return Σ_i log σ_i, shape (replicas,): half the log pseudo-determinant of HHᵀ.

        It needs no singular values: V is well conditioned, and Q orthogonal.
        """
        gram = self.right @ self.right.swapaxes(1, 2)
        return np.asarray(self.log_scales.sum(axis=1) + np.linalg.slogdet(gram)[1] / 2)

    def log_singular_values(self) -> Array:
        """Return log σ_i(H) in decreasing order, shape (replicas, k)."""
        found = [
            _log_singular_values(s, V) for s, V in zip(self.log_scales, self.right, strict=True)
        ]
        return -np.sort(-np.stack(found), axis=1)


def _singular(what: str) -> ArgumentError:
    return ArgumentError(
        "matrix", f"a step that loses rank ({what})", "take weights with a density, or smaller γ"
    )


def _log_singular_values(log_norms: Array, rows: Array) -> Array:
    """Return the logarithms of the singular values of the matrix with rows e^{a_i} v_i."""
    a, v = log_norms.copy(), rows.copy()
    for _ in range(_SWEEPS):
        largest = 0.0
        for first, second in _rounds(len(a)):
            swap = a[first] < a[second]
            i, j = np.where(swap, second, first), np.where(swap, first, second)
            cosine = np.einsum("pn,pn->p", v[i], v[j])
            largest = max(largest, float(np.abs(cosine).max(initial=0.0)))
            ratio = np.exp(a[j] - a[i])
            gap = (1 - ratio) * (1 + ratio)
            # tan θ divided by the ratio stays finite when the ratio vanishes: then it is cos.
            below = gap + np.sqrt(gap**2 + 4 * (ratio * cosine) ** 2)
            slope = np.divide(2 * cosine, below, out=np.zeros_like(below), where=below > 0)
            upper = v[i] + (slope * ratio**2)[:, None] * v[j]
            lower = v[j] - slope[:, None] * v[i]
            stretch = np.log1p((slope * ratio) ** 2) / 2
            for index, new in ((i, upper), (j, lower)):
                norms = np.sqrt(np.square(new).sum(axis=1))
                a[index] += np.log(norms) - stretch
                v[index] = new / norms[:, None]
        # Cosines of rounded unit vectors of length N carry an error of N·eps.
        if largest <= v.shape[1] * _EPS:
            break
    return a


@cache
def _rounds(size: int) -> tuple[tuple[Indices, Indices], ...]:
    """Return a tournament: every pair of 0, …, size−1 once, in rounds of disjoint pairs."""
    players = list(range(size + size % 2))
    found = []
    for _ in range(len(players) - 1):
        half = len(players) // 2
        pairs = zip(players[:half], reversed(players[half:]), strict=True)
        kept = np.array([pair for pair in pairs if max(pair) < size], dtype=np.int64).reshape(-1, 2)
        found.append((kept[:, 0], kept[:, 1]))
        players = [players[0], players[-1], *players[1:-1]]
    return tuple(found)
