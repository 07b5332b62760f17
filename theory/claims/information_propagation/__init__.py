"""Schoenholz, Gilmer, Ganguli and Sohl-Dickstein, 2017: how far signals and gradients reach."""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "schoenholz2017",
    "Deep Information Propagation",
    "ICLR 2017",
    authors=("Schoenholz", "Gilmer", "Ganguli", "Sohl-Dickstein"),
    venue="ICLR",
    year=2017,
    chapter=11,
)
