"""Joudaki and Hofmann, 2025: which correlations deep networks settle at."""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "joudaki2025",
    "Emergence of Globally Attracting Fixed Points in Deep Neural Networks With "
    "Nonlinear Activations",
    "arXiv:2410.20107",
    authors=("Joudaki", "Hofmann"),
    venue="AISTATS",
    year=2025,
    chapter=4,
)
