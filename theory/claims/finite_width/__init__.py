"""Hanin and Nica, 2020, and Jakub and Nica, 2023: ReLU networks of finite width, exactly.

Of both papers secondary sources were read; what is printed is what those print of them.
"""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "haninnica2020",
    "Products of Many Large Random Matrices and Gradients in Deep Neural Networks",
    "arXiv:1812.05994, by secondary sources",
    authors=("Hanin", "Nica"),
    venue="Communications in Mathematical Physics",
    year=2020,
    chapter=9,
)
