"""Joudaki, Daneshmand and Bach, 2023: activation and normalisation make isometric embeddings."""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "joudaki2023",
    "On the impact of activation and normalization in obtaining isometric "
    "embeddings at initialization",
    "NeurIPS 2023, arXiv:2305.18399v3",
)
