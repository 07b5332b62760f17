"""Daneshmand, Kohler, Bach, Hofmann and Lucchi, 2020: batch normalisation avoids rank collapse."""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "daneshmand2020",
    "Batch Normalization Provably Avoids Rank Collapse for Randomly Initialised Deep Networks",
    "NeurIPS 2020, arXiv:2003.01652",
)
