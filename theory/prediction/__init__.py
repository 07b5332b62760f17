"""What theory predicts for a network in the wide limit, layer by layer and in great depth.

`predict` follows the covariance K of a row of neurons, and of its law what an activation needs
(`depthlaw.theory.prediction.rows`). Where theory has no answer it says so in a sentence.
"""

from __future__ import annotations

from depthlaw.theory.prediction.limit import Law, Limit
from depthlaw.theory.prediction.prediction import Layer, Prediction, predict

__all__ = ["Law", "Layer", "Limit", "Prediction", "predict"]
