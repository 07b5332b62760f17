"""Sun, Song, Li, Yin, Zheng and Liu, 2025, and residual networks with norms at initialisation.

Only the abstract was read; the statements here are about its setting, and say that they are ours.
"""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "sun2025",
    "The Curse of Depth in Large Language Models",
    "arXiv:2502.05795, the abstract",
    authors=("Sun", "Song", "Li", "Yin", "Zheng", "Liu"),
    venue="NeurIPS",
    year=2025,
    chapter=6,
)
