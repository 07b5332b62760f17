"""What a verification of the whole registry found, kept until a source of the package changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOMS = ("depthlaw.theory", "depthlaw.numerics")
"""What decides a verdict."""
LIBRARIES = ("numpy", "scipy", "sympy", "mpmath", "python-flint", "matplotlib")


@dataclass(frozen=True)
class Evidence:
    """A run of the verification, as ``depthlaw verify --json`` prints it.

    Attributes
    ----------
    verdicts
        By claim id.
    level, seed, budget
        Of the run.
    """

    verdicts: Mapping[str, Mapping[str, Any]]
    level: float
    seed: int
    budget: str

    @classmethod
    def read(cls, path: Path) -> Evidence:
        """Return the run that the file `path` holds."""
        return cls.of(json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Evidence:
        """Return the run that a document holds.

        >>> document = {"claims": [{"id": "a.b"}], "level": 0.1, "seed": 0, "budget": "quick"}
        >>> list(Evidence.of(document).verdicts)
        ['a.b']
        """
        verdicts = {verdict["id"]: verdict for verdict in document["claims"]}
        return cls(verdicts, document["level"], document["seed"], document["budget"])

    @property
    def failed_steps(self) -> list[str]:
        """Steps of derivations that could not be proved again, as ``claim: step``."""
        return [
            f"{claim_id}: {step['title']} ({step['detail']})"
            for claim_id, verdict in self.verdicts.items()
            for step in verdict["derivation"]["steps"]
            if not step["holds"]
        ]

    @property
    def unexpected(self) -> list[str]:
        """Claims with a verdict that is certainly not the expected one."""
        return [name for name, verdict in self.verdicts.items() if verdict["as_expected"] is False]


def fingerprint(*more: Path, rooms: Sequence[str] = ROOMS) -> str:
    """Return a digest of packages' sources, of `more` files, and of the libraries' versions.

    What a build computes depends on nothing else, so a folder with this name never goes stale.
    """
    digest = hashlib.sha256()
    for folder in _folders(rooms):
        for path in sorted(folder.glob("**/*.py")):
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    for path in more:
        digest.update(path.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}".encode())
    return digest.hexdigest()[:16]


def _folders(rooms: Sequence[str]) -> list[Path]:
    found = []
    for room in rooms:
        spec = find_spec(room)
        assert spec is not None  # the site is built where the package is installed
        found += [Path(folder) for folder in spec.submodule_search_locations or ()]
    return found
