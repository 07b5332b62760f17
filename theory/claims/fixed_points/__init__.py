"""Joudaki and Hofmann, 2025: which correlations deep networks settle at."""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "joudaki2025",
    "Emergence of Globally Attracting Fixed Points in Deep Neural Networks With "
    "Nonlinear Activations",
    "AISTATS 2025, arXiv:2410.20107",
)
