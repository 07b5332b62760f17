"""Norms over the features: their means are expectations in the wide limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.prediction.answers import NoAnswer, no_answer
from depthlaw.theory.prediction.covariance import rounded, settled, vanishes
from depthlaw.theory.prediction.rows import Affine, Gaussian, Image, Law, Normalised, State

_UNIT = float(np.finfo(np.float64).eps)


def recenter_features(state: State, operation: str) -> State:
    """Return the state less E r, for each column.

    Raises
    ------
    NoAnswer
        If the mean is not known, or nothing is left.
    """
    m = state.mean
    if m is None:
        raise no_answer(operation, "the mean over the features of these rows is not known")
    if vanishes(m):
        return state
    try:
        K = state.covariance.less(m)
    except NoAnswer as lost:
        raise no_answer(operation, str(lost)) from None
    one = rounded(np.ones(K.size))
    law = _affine(state.law, one, -m)
    centre = rounded(np.zeros(K.size))
    return state.but(K, mean=centre, law=law, proved=state.mean_proved, mean_proved=True)


def rescale_features(state: State, epsilon: float) -> State:
    """Return r_i/√(K_ii + ε); a column that is 0 stays 0."""
    K = state.covariance
    q = K.variances
    total = settled(q + rounded(np.full(K.size, epsilon)))
    vanish = total.value == 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = settled(total.sqrt().inverse())
        # q/(q + ε) has the slope ε/(q + ε)²: what is not known of q hardly matters.
        least = np.maximum(total.value - total.error, 0.0)
        share = np.where(vanish, 0.0, q.value / total.value)
        error = epsilon * q.error / (least * total.value) * (1 + 8 * _UNIT) + 2 * _UNIT * share
    scale.value[vanish], np.asarray(scale.absolute)[vanish] = 0.0, 0.0
    if epsilon:
        moment = rounded(share, np.where(vanish, 0.0, error))
    else:
        # Whatever the second moment was, it is 1 now.
        moment = rounded(np.where(vanish, 0.0, 1.0))
    mean = state.mean
    if mean is not None and not vanishes(mean):
        mean = settled(mean * scale)
    law = _affine(state.law, scale, rounded(np.zeros(K.size)))
    return state.but(replace(K, variances=moment), mean=mean, law=law)


def _affine(law: Law, scale: Rounded, shift: Rounded) -> Law:
    step = Affine(settled(scale), settled(shift))
    match law:
        case Gaussian():
            return law  # its mean is 0, and its scale that of K
        case Image(base, steps):
            return Image(base, (*steps, step))
        case Normalised():
            return replace(law, steps=(*law.steps, step))
        case _:
            return law
