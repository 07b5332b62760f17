"""What a run was made with, as far as its numbers may depend on it."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

import depthlaw

PACKAGES = ("numpy", "scipy", "sympy", "mpmath", "python-flint", "matplotlib")


def versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of those it computes and draws with.

    Nothing names the machine, so that the same run leaves the same page everywhere.

    >>> versions()["depthlaw"] == depthlaw.__version__
    True
    """
    python = ".".join(str(part) for part in sys.version_info[:3])
    return {
        "python": python,
        "depthlaw": depthlaw.__version__,
        **{name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
