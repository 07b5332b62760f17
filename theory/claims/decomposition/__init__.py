"""Nachum, Bondaschi, Gastpar and Khina, 2024: recentring and ReLU without rescaling.

The statements here are ours and say so.
"""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "nachum2024",
    "Batch Normalization Decomposed",
    "arXiv:2412.02843; the formal statements are not available",
    authors=("Nachum", "Bondaschi", "Gastpar", "Khina"),
    year=2024,
    chapter=5,
)
