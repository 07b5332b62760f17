"""Dong, Cordonnier and Loukas, 2021, and attention at initialisation.

Their bound is known from secondary sources alone; the other statements are ours and say so.
"""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "dong2021",
    "Attention Is Not All You Need: Pure Attention Loses Rank Doubly Exponentially with Depth",
    "arXiv:2103.03404, from secondary sources",
    authors=("Dong", "Cordonnier", "Loukas"),
    venue="ICML",
    year=2021,
    chapter=7,
)
