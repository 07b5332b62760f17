"""Daneshmand, Kohler, Bach, Hofmann and Lucchi, NeurIPS 2020: rank in deep random networks."""

from depthlaw.theory.claim import Paper

PAPER = Paper(
    "daneshmand2020",
    "Batch Normalization Provably Avoids Rank Collapse for Randomly Initialised Deep Networks",
    "NeurIPS 2020, arXiv:2003.01652",
)
