"""Write the table of how wrong gradient independence is: ``python docs/gradient_independence.py``.

Takes about a minute. The page on gradients reads what this writes, and a test takes some of it
again.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from depthlaw import Network, parse_layer, simulate
from depthlaw.theory.network.gram import equicorrelated

FILE = Path(__file__).parent / "theory" / "gradient_independence.json"
LAYERS = {
    "batch norm, ReLU": "linear,batchnorm:epsilon=0,relu",
    "ReLU, layer norm": "relu,layernorm:epsilon=0,linear",
}
BATCHES, WIDTHS = (4, 8, 16), (16, 32, 64, 128, 256)
DEPTH, UPPER, LOWER = 28, 24, 8
SEED = 1


def cell(layer: str, batch: int, width: int, replicas: int, seed: int = SEED) -> dict[str, float]:
    """Return growths per layer of log ‖∂L/∂W‖², true and independent, with standard errors."""
    seen = []
    for independent in (False, True):
        found = simulate(
            Network(width, batch, parse_layer(layer)),
            depth=DEPTH,
            replicas=replicas,
            seed=seed,
            initial_gram=equicorrelated(batch, 0.5),
            gradients=True,
            independent=independent,
            observables={},
        ).gradients
        assert found is not None
        norms = found.log_total_weight_norms
        seen.append((norms[:, LOWER] - norms[:, UPPER]) / (UPPER - LOWER))
    true, anew = seen
    numbers = {"true": true, "independent": anew, "difference": true - anew}
    root = np.sqrt(replicas)
    return {
        "batch": batch,
        "width": width,
        "replicas": replicas,
        **{name: round(float(values.mean()), 5) for name, values in numbers.items()},
        **{
            f"{name}_error": round(float(values.std(ddof=1) / root), 5)
            for name, values in numbers.items()
        },
    }


def main() -> None:
    """Write the file."""
    found = {
        name: [cell(layer, n, d, 400) for n in BATCHES for d in WIDTHS]
        for name, layer in LAYERS.items()
    }
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
