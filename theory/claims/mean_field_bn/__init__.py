"""Yang, Pennington, Rao, Sohl-Dickstein and Schoenholz, 2019, and how far its assumption goes.

The paper was read in parts; what is printed of its numbered statements is told by the claims.
"""

from depthlaw.theory.claim.source import Paper

PAPER = Paper(
    "yang2019",
    "A Mean Field Theory of Batch Normalization",
    "ICLR 2019, parts of it",
    authors=("Yang", "Pennington", "Rao", "Sohl-Dickstein", "Schoenholz"),
    venue="ICLR",
    year=2019,
    chapter=8,
)
