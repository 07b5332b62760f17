"""Daneshmand, Joudaki and Bach, 2021: batch normalisation orthogonalises representations."""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "daneshmand2021",
    "Batch Normalization Orthogonalizes Representations in Deep Random Networks",
    "arXiv:2106.03970",
    authors=("Daneshmand", "Joudaki", "Bach"),
    venue="NeurIPS",
    year=2021,
    chapter=1,
)
