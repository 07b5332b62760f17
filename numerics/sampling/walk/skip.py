"""A skip around a branch, on Gram matrices: G of aH + bN where N is drawn independently of H.

About the means over the neurons, H = √d Q Fᵀ with a uniform frame Q of D = d directions (d − 1 if
the mean is known). For Gaussian N with root T, QᵀN is Gaussian with root T again, and what N has
beyond the range of Q is independent: a Wishart matrix. For another N the frames meet in a corner of
a uniform orthogonal matrix, as long as N has no axes of its own: an activation at the end of a
branch gives it some, and the sum would remember them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.matrices import symmetrised, transpose
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.fresh import Fresh
from depthlaw.numerics.sampling.walk.moments import Moments

Array = NDArray[np.float64]


def add_gaussian(a: float, stream: Moments, b: float, fresh: Fresh, draws: Draws) -> Moments:
    """Return the moments of aH + bN for Gaussian neurons N."""
    F, T, d = stream.root(), fresh.root, stream.width
    k, r = T.shape[-1], F.shape[-1]
    free = d - r - (stream.mean is not None)
    U = draws.normals(r, k)
    A = draws.bartlett(k, free)
    TU = T @ transpose(U) / np.sqrt(d)
    R = np.concatenate([a * F + b * TU, b * (T @ A) / np.sqrt(d)], axis=-1)
    mean = None
    if stream.mean is not None:
        own = (T @ draws.normals(k, 1))[..., 0] / np.sqrt(d)
        mean = b * (own if fresh.offset is None else own + fresh.offset) + a * stream.mean
    return _joined(R, mean, d)


def add_rotated(a: float, stream: Moments, b: float, branch: Moments, draws: Draws) -> Moments:
    """Return the moments of aH + bN where N too is rotated uniformly, independently of H."""
    F, E, d = stream.root(), branch.root(), stream.width
    r, s = F.shape[-1], E.shape[-1]
    directions = d - (stream.mean is not None)
    R = np.zeros((len(F), F.shape[-2], 0))
    if directions:
        U, A = draws.normals(r, s), draws.bartlett(s, directions - r)
        # The frame of N seen from that of H: U V⁻¹ with VᵀV = UᵀU + AAᵀ.
        V = np.linalg.cholesky(transpose(U) @ U + A @ transpose(A))
        corner = np.linalg.solve(V, transpose(U))
        rest = np.linalg.solve(V, A)
        R = np.concatenate([a * F + b * (E @ corner), b * (E @ rest)], axis=-1)
    mean = None
    if stream.mean is not None:
        assert branch.mean is not None, "the program says that means are needed"
        mean = a * stream.mean + b * branch.mean
    return _joined(R, mean, d)


def _joined(R: Array, mean: Array | None, width: int) -> Moments:
    gram = R @ transpose(R)
    if mean is not None:
        gram = gram + mean[:, :, None] * mean[:, None, :]
    return Moments(symmetrised(gram), mean, width)
