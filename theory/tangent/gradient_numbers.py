"""What is predicted of gradients, as it is handed out."""

from __future__ import annotations

from dataclasses import dataclass

from depthlaw.theory.network.layer import Network
from depthlaw.theory.values import Value


@dataclass(frozen=True)
class GradientLayer:
    """Gradients at one depth.

    Attributes
    ----------
    depth
        0 is the stream before the first layer, behind the stem.
    growth
        χ: by what E ‖∂L/∂H‖² grows from this layer's output to its input; None at depth 0.
    log_norm
        log E ‖∂L/∂H‖² behind this layer, for a random gradient of norm 1 at the last one.
    log_weight_norm
        log E ‖∂L/∂W‖² of this layer's weights, for the same gradient, at the network's width; None
        at depth 0 and where a layer has another number of weight matrices than one, or a bias.
    """

    depth: int
    growth: Value | None
    log_norm: Value | None
    log_weight_norm: Value | None = None


@dataclass(frozen=True, eq=False)
class GradientPrediction:
    """How gradients grow, layer by layer.

    Attributes
    ----------
    network
        Of what.
    layers
        Depths 0, 1, …; without numbers where theory has no answer.
    growth
        The growth per layer that is settled at the end; None where it is not.
    power
        s, where instead E ‖∂L/∂H₀‖² grows like depth^s; None where it does not.
    unanswered
        Why there are no numbers, in a sentence.
    """

    network: Network
    layers: tuple[GradientLayer, ...]
    growth: Value | None
    power: Value | None
    unanswered: str | None
