r"""Weights that are never drawn: Z = W H in law, and Wᵀ E in law given H and Z.

With Φ the rows that enter, s the standard deviation of a weight and F Fᵀ = s² ΦᵀΦ, it is
s Φ = Q Fᵀ with orthonormal columns Q, and Z = Ω Fᵀ with Ω standard normal. Given Ω, W = s(Ω Qᵀ + an
independent part on the complement of Q). Hence

    Wᵀ E = s [Q Ωᵀ E + (I − Q Qᵀ) N],   N with independent rows N(0, EᵀE).

An orthogonal W is Ω Qᵀ with a uniform frame Ω, and on the complements of Q and Ω a uniform
orthogonal matrix: N is then a uniform frame of that complement times a root of Eᵀ(I − Ω Ωᵀ)E.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward.chunks import Rows
from depthlaw.numerics.sampling.backward.weights import (
    Backwards,
    Entering,
    Law,
    Mixing,
    gather,
    shared_part,
    unmixed,
)
from depthlaw.numerics.sampling.haar import frames
from depthlaw.numerics.sampling.matrices import factor, transpose
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.streams import fill_normals

Array = NDArray[np.float64]


class Conditioned:
    """Weights of which only what they drew is known.

    Parameters
    ----------
    law
        Of the weights.
    covariance
        Of a neuron of Z without the mean of the weights: s² ΦᵀΦ + bias, shape (replicas, n, n).
    offset
        What every neuron of Z has in common, shape (replicas, n), or None.
    entering
        The rows of H; they are only needed on the way back.
    keeps
        Whether Ω is kept for the way back.
    mixed
        What acts on the columns of Z straight away: a recentring or a mean over tokens. It commutes
        with the draw, so that it acts on F.
    """

    def __init__(
        self,
        law: Law,
        covariance: Array,
        offset: Array | None,
        entering: Entering,
        draws: Draws,
        *,
        keeps: bool,
        mixed: Mixing = unmixed,
    ) -> None:
        self._law, self._offset, self._entering = law, offset, entering
        self._inner = (covariance - law.bias) / law.scale**2
        self._root = factor(covariance)
        if law.orthogonal:
            self._root = self._root[..., : min(self._root.shape[-1], sum(law.neurons))]
        self._draws, self._draw = draws, draws.next()
        self._keeps, self._mixed = keeps, mixed
        self._normals: deque[Array] = deque()

    def forward(self) -> Iterator[Array]:
        """Yield Z, chunk by chunk."""
        F = self._mixed(self._root)
        offset = None if self._offset is None else self._mixed(self._offset[:, :, None])
        for Omega in self._omegas():
            if self._keeps:
                self._normals.append(Omega)
            Z = F @ Omega
            if offset is not None:
                Z += offset
            yield Z

    def _omegas(self) -> Iterator[Array]:
        b, _, k = self._root.shape
        if self._law.orthogonal:
            whole = frames(self._draws.streams(self._draw), sum(self._law.neurons), k)
            yield np.ascontiguousarray(transpose(whole))
            return
        sizes = self._law.neurons
        for size, streams in zip(sizes, self._draws.in_chunks(self._draw, len(sizes)), strict=True):
            Omega = np.empty((b, k, size))
            fill_normals(streams, Omega)
            yield Omega

    def back(self, E: Iterable[Array], way: Backwards) -> Iterator[Array]:
        """Return Wᵀ E, chunk by chunk; everything above is through when this returns."""
        law = self._law
        M = np.zeros((*self._root.shape[:-2], self._root.shape[-1], self._root.shape[-2]))

        def see(chunk: Array) -> None:
            nonlocal M
            M += self._normals.popleft() @ transpose(chunk)

        found = gather(law, E, self._inner, see, self._mixed)
        way.squares(found.squares)
        rows = self._entering.known()
        if rows is None:
            return iter(())
        s = law.scale
        P = pseudo_inverse(self._root)
        M *= (P != 0).any(axis=-1)[:, :, None]
        known = transpose(M) @ M if law.orthogonal and not way.independent else 0.0
        R = factor(found.products - known)
        fresh = _Fresh(law, rows, R, way.draws)
        if way.independent:
            R = fresh.root(None)
            X = None
        else:
            T = with_bias(law, fresh.products @ transpose(P) * s, P, way.draws)
            R = fresh.root(T)
            X = projected(M, R, T) @ P * s**2
        return fresh.mapped(X, R * s, shared_part(law, found))


def with_bias(law: Law, T: Array, P: Array, draws: Draws) -> Array:
    """Return V Q with the row of Q that belongs to the bias, and a row of V of its own."""
    if not law.bias:
        return T
    q = np.sqrt(law.bias) * P.sum(axis=-1)
    return np.asarray(T + draws.normals(T.shape[-2], 1) * q[:, None, :])


def projected(M: Array, R: Array, T: Array) -> Array:
    """Return EᵀΩ − R V Q, by which Qᵀ is multiplied."""
    return transpose(M) - R @ T


class _Fresh:
    """The rows N, drawn: V with N = R V, and V Φᵀ, shape (replicas, k, n)."""

    def __init__(self, law: Law, rows: Rows, R: Array, draws: Draws) -> None:
        self._law, self._rows, self._R = law, rows, R
        self._V: deque[Array] = deque()
        b, n, k = R.shape
        self.products = np.zeros((b, k, n))
        self._squares = np.zeros((b, k, k))
        streams = draws.in_chunks(draws.next(), len(rows) * (len(law.shifts) if law.shifts else 1))
        for chunk in rows:
            for seen in law.seen(chunk):
                V = np.empty((b, k, seen.shape[-1]))
                fill_normals(next(streams), V)
                self._V.append(V)
                self.products += V @ transpose(seen)
                if law.orthogonal:
                    self._squares += V @ transpose(V)

    def root(self, T: Array | None) -> Array:
        """Return what V is multiplied by: R, but where rows of V have to become orthonormal.

        T is V Q, which is taken away from V before.
        """
        if not self._law.orthogonal:
            return self._R
        left = self._squares if T is None else self._squares - T @ transpose(T)
        L = np.asarray(np.linalg.cholesky(left), dtype=np.float64)
        turned = np.linalg.solve(transpose(L), transpose(self._R))
        return transpose(np.asarray(turned, dtype=np.float64))

    def mapped(self, X: Array | None, R: Array, shared: Array | float) -> Iterator[Array]:
        """Yield X Φ + R V + what is shared, put back where it came from."""
        law = self._law
        for chunk in self._rows:
            parts = []
            for seen in law.seen(chunk):
                part = R @ self._V.popleft()
                if X is not None:
                    part += X @ seen
                part += shared
                parts.append(part)
            yield law.put_back(parts, chunk)


def pseudo_inverse(F: Array) -> Array:
    """Return P with P F = I on the directions that F has, zero on the others; (replicas, k, n).

    F = S C, S the sizes of the samples and C with orthogonal columns, as `factor` makes it.
    """
    sizes = np.sqrt(np.einsum("bij,bij->bi", F, F))
    inverse = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    C = F * inverse[:, :, None]
    values = np.einsum("bij,bij->bj", C, C)
    inverses = np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)
    return np.asarray(transpose(C * inverses[:, None, :]) * inverse[:, None, :])
