"""Daneshmand, Kohler, Bach, Hofmann and Lucchi, NeurIPS 2020: rank in deep random networks."""

from depthlaw.theory.claim import Paper

PAPER = Paper(
    "daneshmand2020",
    "Batch Normalization Provably Avoids Rank Collapse for Randomly Initialised Deep Networks",
    "arXiv:2003.01652",
    authors=("Daneshmand", "Kohler", "Bach", "Hofmann", "Lucchi"),
    venue="NeurIPS",
    year=2020,
    chapter=2,
)
