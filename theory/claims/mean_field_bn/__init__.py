"""Yang and others, 2019."""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "yang2019",
    "A Mean Field Theory of Batch Normalization",
    "ICLR 2019",
    authors=("Yang", "Pennington", "Rao", "Sohl-Dickstein", "Schoenholz"),
    venue="ICLR",
    year=2019,
    chapter=6,
)
