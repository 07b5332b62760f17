"""`predict`: second moment, correlation and isometry gap layer by layer, in the wide limit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from flint import arb, arb_mat
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import (
    ArgumentError,
    flag,
    function,
    instance,
    integer,
    positive_double,
)
from depthlaw.theory.kernels.gram_flow import isometry_gap
from depthlaw.theory.network.gram import check_gram
from depthlaw.theory.network.layer import Network
from depthlaw.theory.prediction.answers import NoAnswer
from depthlaw.theory.prediction.covariance import MOST_COLUMNS, Covariance, rounded
from depthlaw.theory.prediction.limit import Limit, find_limit
from depthlaw.theory.prediction.numbers import Numbers
from depthlaw.theory.prediction.remarks import remarks_on
from depthlaw.theory.prediction.rows import Gaussian, Scores, State, Unknown
from depthlaw.theory.prediction.shared import shared_correlation
from depthlaw.theory.prediction.spread import spreads
from depthlaw.theory.prediction.walk import walk
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.values import Value

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)
_BALLS = 16
"""Columns up to which a determinant is enclosed."""
_KEPT = 10**7
"""Entries of Gram matrices that a prediction keeps in all."""


@dataclass(frozen=True, eq=False)
class Layer:
    """What is predicted at one depth.

    Attributes
    ----------
    depth
        0 is the stream before the first layer, behind the stem.
    second_moment
        Mean over the columns of the mean square over the features: tr K/n.
    correlation
        Of two columns; the mean over all pairs where they differ; None for a single column.
    isometry_gap
        −log I(K) = log(tr K/n) − (log det K)/n, infinite where K is singular.
    gram
        K in floats, shape (n, n), or that of two columns where all are alike; None where the
        matrices of all layers would be too large to keep.
    spread
        Standard deviation of the correlation at finite width, to leading order, where asked for
        and known.
    """

    depth: int
    second_moment: Value
    correlation: Value | None
    isometry_gap: Value
    gram: Array | None = field(repr=False, default=None)
    spread: Value | None = None


@dataclass(frozen=True, eq=False)
class Prediction:
    """The wide limit of a network, layer by layer, and where it goes.

    Attributes
    ----------
    network
        What was predicted.
    layers
        Depths 0, 1, …; they end early where theory has no answer.
    output
        Behind the head, if there is one.
    unanswered
        Why they end early, in one sentence; None where they do not.
    remarks
        What else holds, in sentences.
    """

    network: Network
    layers: tuple[Layer, ...]
    output: Layer | None
    unanswered: str | None
    remarks: tuple[str, ...] = ()
    _states: tuple[State, ...] = field(repr=False, default=())

    @cached_property
    def limit(self) -> Limit:
        """Fixed point, rate or law for great depth; the layer may be repeated to see where to."""
        with np.errstate(all="ignore"):
            return find_limit(
                self.network,
                self._states,
                len(self.layers) - 1,
                self.unanswered is not None or self._states[0].scores is not None,
            )


def predict(
    network: Network,
    *,
    depth: int,
    correlation: float | Fraction | None = None,
    initial_gram: ArrayLike | None = None,
    second_moment: float | None = None,
    gaussian: bool = True,
    spread: bool = False,
    scores: Scores | None = None,
) -> Prediction:
    """Return the wide limit of a network: K = HᵀH/d as every width tends to infinity.

    Dense layers take K to σ_w² K + σ_b², activations to E φ(h)φ(h)ᵀ with h ~ N(0, K), skips to
    a²K + b²K′; norms over features use expectations for means, norms over the batch are integrals
    over a sphere. Numbers are `Enclosure` where every step was proved, with errors carried through
    the layers, and `Numeric` from the first step on that was computed without a proof. Weights that
    are orthogonal, or independent with mean 0, have the limit of Gaussian ones.

    Parameters
    ----------
    network
        Its width matters for `spread` alone.
    depth
        L ≥ 0.
    correlation
        ρ₀ of any two columns at the start, in [−1/(n−1), 1]; 1/2 if nothing else is given.
    initial_gram
        Instead: K at the start, shape (n, n) for all columns.
    second_moment
        Of each column at the start, above 0; 1 unless given. It belongs to `correlation`.
    gaussian
        Whether the rows of the start are Gaussian, as behind a stem ``linear``, and as a start is
        that is known by its Gram matrix and turned at random. It matters where an activation, or a
        norm over the batch, acts on the stream before any fresh neurons.
    spread
        Whether to give the standard deviation of the correlation at the network's width as well.
    scores
        A function of K, the operation and the network that draws the covariance behind softmax
        attention, for which theory has no answer; all numbers are then one draw, none is proved,
        and no limit is known. `depthlaw.predict_drawn` draws many.

    Raises
    ------
    ArgumentError
        If an argument is out of range or two contradict each other. Where theory has no answer
        nothing is raised: `Prediction.unanswered` says why.

    Examples
    --------
    A pre-norm stream grows by the same amount in every layer, K_ℓ = K₀ + ℓσ²:

    >>> from depthlaw.theory.network.text import parse_layer
    >>> block = parse_layer("residual(rmsnorm:epsilon=0,relu,linear:variance=2)")
    >>> found = predict(Network(width=64, batch=2, layer=block), depth=9, correlation=0.5)
    >>> found.layers[9].second_moment.contains(10)
    True
    """
    instance("network", network, Network, "a Network")
    layers = integer("depth", depth, at_least=0)
    with_spread = flag("spread", spread)
    start = _start(network, correlation, initial_gram, second_moment, gaussian)
    if scores is not None:
        function("scores", scores, "a function that draws attention, or None")
        start = replace(start, proved=False, mean_proved=False, scores=scores)
    # An error may be infinite: then a number is not known, which is said.
    with np.errstate(all="ignore"):
        return _predict(network, layers, start, with_spread)


def _predict(network: Network, layers: int, start: State, with_spread: bool) -> Prediction:
    keep = (layers + 2) * start.covariance.size**2 <= _KEPT
    states = [start]
    unanswered, place = None, "in the stem"
    try:
        states[0] = walk(network.stem, start, network)
        for ell in range(1, layers + 1):
            place = f"in layer {ell}"
            states.append(walk(network.layer, states[-1], network))
    except NoAnswer as lost:
        unanswered = f"Theory has no answer {place}: {lost}."
    output = None
    if network.head and unanswered is None:
        try:
            output = layer_of(layers, walk(network.head, states[-1], network), keep)
        except NoAnswer as lost:
            unanswered = f"Theory has no answer in the head: {lost}."
    sizes: list[Value | None] = [None] * len(states)
    remarks = remarks_on(network) if unanswered is None else ()
    if with_spread:
        sizes, missing = spreads(network, start, states)
        remarks += missing
    found = tuple(layer_of(ell, state, keep, sizes[ell]) for ell, state in enumerate(states))
    few = states if keep else [states[0], *states[1:][-3:]]
    return Prediction(network, found, output, unanswered, remarks, tuple(few))


def _start(
    network: Network,
    correlation: object,
    gram: ArrayLike | None,
    second_moment: object,
    gaussian: object,
) -> State:
    n = network.columns
    if gram is not None:
        for name, value in (("correlation", correlation), ("second_moment", second_moment)):
            if value is not None:
                raise ArgumentError(name, value, "initial_gram says it already: leave one out")
        G = check_gram("initial_gram", gram)
        if len(G) != n:
            raise ArgumentError(
                "initial_gram", f"a matrix of shape {G.shape}", f"the network has {n} columns"
            )
        if n > MOST_COLUMNS:
            raise ArgumentError("initial_gram", f"a matrix of {n} columns", "at most 2000 are read")
        K = _of_gram(G)
    else:
        c = shared_correlation(n, correlation)
        q = 1.0 if second_moment is None else positive_double("second_moment", second_moment)
        K = Covariance.equicorrelated(n, c, q)
    known = flag("gaussian", gaussian)
    law = Gaussian() if known else Unknown("the rows of the start are data: add a stem linear")
    mean = rounded(np.zeros(K.size)) if known else None
    return State(K, mean, law)


def _of_gram(G: Array) -> Covariance:
    """Return the covariance of a batch, as that of two columns where all are alike."""
    n = len(G)
    pairs = G[np.triu_indices(n, 1)]
    if n > 2 and np.all(np.diagonal(G) == G[0, 0]) and np.all(pairs == pairs[0]):
        return Covariance.of_matrix(rounded(G[:2, :2]), n, shared=True)
    return Covariance.of_matrix(rounded(G), n)


def layer_of(depth: int, state: State, keep: bool, spread: Value | None = None) -> Layer:
    """Return the numbers of a state."""
    K = state.covariance
    q = K.variances
    number = Numbers(state.proved)
    error = float(q.error.mean()) + K.size * _UNIT * (0 if K.alike else float(q.value.mean()))
    moment = number(float(q.value.mean() if not K.alike else q.value[0]), error)
    gap = number.of_ball(gap_of(K, state.proved))
    gram = K.matrix().value if keep else None
    return Layer(depth, moment, _correlation(K, number), gap, gram, spread)


def _correlation(K: Covariance, number: Numbers) -> Value | None:
    if K.columns == 1:
        return None
    above = np.triu_indices(K.size, 1)
    rho, error = K.correlations.value[above], K.correlations.error[above]
    if len(rho) == 1:
        return number(float(rho[0]), float(error[0]))
    return number(float(rho.mean()), float(error.mean()) + len(rho) * _UNIT)


def gap_of(K: Covariance, proved: bool = True) -> arb:
    """Return the isometry gap of a covariance, as a ball where few columns make that cheap.

    >>> third = Covariance.equicorrelated(3, 0.5)
    >>> gap_of(third).overlaps(-(arb(1) / 2).log() / 3)  # det = 1/2
    True
    """
    n = K.columns
    q, rho = K.variances, K.correlations
    with precision(128):
        if K.columns == 1:
            return arb(0)
        if K.shared or K.size == 2:
            sizes = [arb(float(q.value[i]), float(q.error[i])) for i in range(2)]
            c = arb(float(rho.value[0, 1]), float(rho.error[0, 1]))
            if any(size == 0 for size in sizes) or abs(c) == 1:
                return arb.pos_inf()
            if n > 2 and abs(c.mid() * (n - 1) + 1) < arb(2) ** -50:
                return arb.pos_inf()  # recentred: −1/(n−1) is rarely a float
            rest = (n - 1) * (1 - c).log() + (1 + (n - 1) * c).log()
            if K.alike:
                return -rest / n
            return ((sizes[0] + sizes[1]) / 2).log() - (sizes[0].log() + sizes[1].log() + rest) / 2
        if K.size <= _BALLS and proved:
            G = K.matrix()
            table = [
                [arb(float(v), float(e)) for v, e in zip(*both, strict=True)]
                for both in zip(G.value, G.error, strict=True)
            ]
            return isometry_gap(arb_mat(table))
    G = K.matrix()
    lam = np.linalg.eigvalsh(G.value / G.value.trace() * n)
    moved = n * (G.error.max() / G.value.trace() * n + 4 * _UNIT * lam.max())
    if lam.min() <= moved:
        return arb.pos_inf() if lam.min() <= 0 else arb.nan()
    gap = -float(np.log(lam).mean())
    return arb(gap, float((moved / (lam - moved)).mean()))
