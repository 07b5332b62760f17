"""Joudaki, Daneshmand and Bach, 2023: activation and normalisation make isometric embeddings."""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "joudaki2023",
    "On the impact of activation and normalization in obtaining isometric "
    "embeddings at initialization",
    "arXiv:2305.18399v3",
    authors=("Joudaki", "Daneshmand", "Bach"),
    venue="NeurIPS",
    year=2023,
    chapter=3,
)
