"""Meterez, Joudaki, Orabona, Immer, Rätsch and Daneshmand, 2024: orthogonal weights.

The main text was read, without an appendix.
"""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "meterez2024",
    "Towards Training Without Depth Limits: Batch Normalization Without Gradient Explosion",
    "arXiv:2310.02012, main text",
    authors=("Meterez", "Joudaki", "Orabona", "Immer", "Rätsch", "Daneshmand"),
    venue="ICLR",
    year=2024,
    chapter=10,
)
